import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

export const ROOT = path.resolve(import.meta.dirname, '../..');

export const USAGE = `npm run demo -- [options]

Starts a stack of its own with fresh data, plays clerk, case workers, medical reviewer and approver on every application
file, listens as a business system, and compares what came out with what each file expects.

  --applications DIR   application files (*.json); default samples/applications; format: samples/README.md
  --people N           generated people per store beside the personas; default 2000 (100 to 1000000)
  --seed N             seed of the generated people; default 1
  --parallel N         applications played at the same time; default ${defaultParallel()}
  --timeout SECONDS    how long one application may take; default 240
  --out DIR            where packages and demo.json go; default out
  --help               this text

Exits with 0 when everything is as expected, 1 when something is not (the differences are named), 2 for wrong options or files.
`;

export interface DemoOptions {
  applications: string;
  people: number;
  seed: number;
  parallel: number;
  timeoutMs: number;
  out: string;
}

/** Wrong words on the command line; the message says which and what is possible. */
export class UsageFault extends Error {
  override readonly name = 'UsageFault';
}

function defaultParallel(): number {
  return Math.max(2, availableParallelism());
}

function whole(name: string, text: string | undefined, fallback: number, min: number, max: number): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max)
    throw new UsageFault(`--${name} ${text}: give a whole number from ${min} to ${max}`);
  return value;
}

/** @throws UsageFault */
export function parseDemoOptions(args: string[]): DemoOptions | 'help' {
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        applications: { type: 'string' },
        people: { type: 'string' },
        seed: { type: 'string' },
        parallel: { type: 'string' },
        timeout: { type: 'string' },
        out: { type: 'string' },
        help: { type: 'boolean' },
      },
    }));
  } catch (error) {
    throw new UsageFault(`${(error as Error).message} (npm run demo -- --help)`);
  }
  if (values.help) return 'help';
  return {
    applications: path.resolve(values.applications ?? path.join(ROOT, 'samples/applications')),
    people: whole('people', values.people, 2000, 100, 1_000_000),
    seed: whole('seed', values.seed, 1, 0, 2 ** 31 - 1),
    parallel: whole('parallel', values.parallel, defaultParallel(), 1, 32),
    timeoutMs: whole('timeout', values.timeout, 240, 10, 3600) * 1000,
    out: path.resolve(values.out ?? path.join(ROOT, 'out')),
  };
}
