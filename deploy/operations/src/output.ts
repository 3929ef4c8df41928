import { styleText } from 'node:util';

/** Where a command writes to; its own in tests. */
export interface Terminal {
  out: (text: string) => void;
  /** Beside the result: progress, questions, faults. */
  err: (text: string) => void;
  /** Cells of a terminal; Infinity where the result goes into a file or a pipe. */
  width: number;
  /** Asks a person; undefined where nobody can be asked. */
  ask: ((question: string) => Promise<string>) | undefined;
  /** Whether `err` is a terminal on which a line may be written over. */
  live: boolean;
  /** From now on Ctrl-C does not end the process: what is returned tells whether it was pressed. A second time it ends it. */
  watchInterrupts: () => () => boolean;
}

/** What a command has found out. */
export interface Findings {
  /** For machines: one JSON document. */
  json: object;
  /** For people. */
  lines: readonly string[];
  /** What somebody ought to look after. */
  attention: readonly string[];
  /** Something was asked for and did not come about: a service that is down, a message that was not handled. */
  failed: boolean;
}

export interface OutputOptions {
  json?: boolean;
  check?: boolean;
}

/** Writes what was found; returns the exit code. */
export function report(
  { json, lines, attention, failed }: Findings,
  options: OutputOptions,
  terminal: Terminal,
): number {
  const ok = !failed && attention.length === 0;
  if (options.json) terminal.out(`${JSON.stringify({ ok, attention, ...json }, null, 2)}\n`);
  else {
    const shown = [...lines, ...(attention.length > 0 ? ['', ...attention.map((one) => emphasised(`! ${one}`))] : [])];
    terminal.out(`${shown.join('\n')}\n`);
  }
  return failed || (options.check && attention.length > 0) ? 1 : 0;
}

/** Only on a terminal that shows colours (NO_COLOR and FORCE_COLOR are obeyed). */
const emphasised = (text: string): string => styleText('yellow', text, { stream: process.stdout });
