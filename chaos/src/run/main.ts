import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { planFaults, inWords } from '../faults/plan.js';
import { runChaos, type Progress } from './chaos.js';
import { HELP, readOptions, WrongUsage } from './options.js';
import { commandOf, progressLine, resultLines } from './report.js';

const INTERRUPTED = 130;
const out = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  const interrupt = new AbortController();
  const stop = () => {
    out('interrupted: stopping everything that was started');
    interrupt.abort(new Error('interrupted'));
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const { json, lines, ...asked } = options;
  const command = commandOf(asked);
  out(command);
  out('plan of faults:');
  for (const fault of planFaults(asked))
    out(`  ${String(fault.number).padStart(4)}  after ${fault.after} cases: ${inWords(fault)}`);
  let loadBegan = Date.now();
  const progress = (at: Progress) => {
    if (at.phase !== 'running') loadBegan = at.phase === 'starting' ? Date.now() : loadBegan;
    if (at.phase === 'running' && at.cases === 0) loadBegan = Date.now();
    out(progressLine(at, (Date.now() - loadBegan) / 1000));
  };
  let kept: WriteStream | undefined;
  if (lines !== undefined) {
    await mkdir(path.dirname(path.resolve(lines)), { recursive: true });
    kept = createWriteStream(lines);
    await once(kept, 'open');
  }
  try {
    const report = await runChaos({
      ...asked,
      signal: interrupt.signal,
      say: out,
      progress,
      ...(kept && { onLine: (service: string, line: string) => kept.write(`${service} ${line}\n`) }),
    });
    for (const line of resultLines(report, command)) out(line);
    if (json !== undefined) {
      await mkdir(path.dirname(path.resolve(json)), { recursive: true });
      await writeFile(json, JSON.stringify({ ...report, command }, null, 2));
      out(`written: ${json}`);
    }
    return report.holds ? 0 : 1;
  } catch (error) {
    if (interrupt.signal.aborted) return INTERRUPTED;
    throw error;
  } finally {
    kept?.end();
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const wrongUsage = error instanceof WrongUsage;
    process.stderr.write(wrongUsage ? `${error.message}\n` : `chaos: ${(error as Error).stack}\n`);
    process.exit(wrongUsage ? 2 : 1);
  },
);
