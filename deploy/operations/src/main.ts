import { createInterface } from 'node:readline/promises';
import { run } from './program.js';

/** `npm run kenri -- <command>` */
const INTERRUPTED = 130;
let interrupts = 0;
const watchInterrupts = (): (() => boolean) => {
  for (const signal of process.listenerCount('SIGINT') === 0 ? (['SIGINT', 'SIGTERM'] as const) : []) {
    process.on(signal, () => {
      interrupts += 1;
      if (interrupts > 1) process.exit(INTERRUPTED);
    });
  }
  return () => interrupts > 0;
};
// A reader that has seen enough (`| head`) is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const ask = async (question: string): Promise<string> => {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  lines.on('SIGINT', () => process.exit(INTERRUPTED));
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
};

process.exitCode = await run(process.argv.slice(2), process.env, {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  width: process.stdout.isTTY ? process.stdout.columns : Infinity,
  ask: process.stdin.isTTY ? ask : undefined,
  live: process.stderr.isTTY,
  watchInterrupts,
});
// A connection to what hangs must not hold up the operator's shell.
setTimeout(() => process.exit(), 1000).unref();
