/** Where the local stack says what it does: whole lines, and progress that a terminal may overwrite. */
export interface Log {
  line: (text: string) => void;
  /** How far a long step is; the last one of a step stays. */
  progress: (text: string) => void;
}

/** Prints to a stream: progress overwrites itself on a terminal, and comes every ten seconds elsewhere. */
export function logTo(stream: NodeJS.WriteStream, now: () => number = Date.now): Log {
  let pending = false;
  let lastProgress = 0;
  return {
    line(text) {
      stream.write(pending ? `\r\x1b[K${text}\n` : `${text}\n`);
      pending = false;
    },
    progress(text) {
      if (stream.isTTY) {
        stream.write(`\r\x1b[K${text.slice(0, Math.max(20, stream.columns - 1))}`);
        pending = true;
      } else if (now() - lastProgress >= 10_000) {
        lastProgress = now();
        stream.write(`${text}\n`);
      }
    },
  };
}
