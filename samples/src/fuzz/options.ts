import { parseArgs } from 'node:util';
import { UsageFault } from '../demo-options.js';

export const AREAS = ['http', 'messages'] as const;
export type Area = (typeof AREAS)[number];

export const USAGE = `npm run fuzz -- [options]

Starts a stack of its own with fresh data, sends it requests and messages that are wrong in every way, with real work in between, and
checks that nothing crashes, hangs, is half-written or lost, and that nothing personal is told.

  --seconds N      how long, in rounds over everything; default 120 (10 to 86400)
  --runs N         instead: one round, with N requests per operation and N batches of messages (1 to 100000)
  --seed S         seed of what is generated, a whole number; default: a new one, which is printed
  --only A[,A]     areas: ${AREAS.join(', ')}; default all
  --service S[,S]  only these services: their operations, and their reaction to messages
  --operation TEXT only operations whose name contains TEXT, such as "POST /applications"
  --people N       generated people per store; default 200 (100 to 1000000)
  --json FILE      also write the findings and counts there
  --help           this text

Exits with 0 when nothing was found, 1 when something was (each with its smallest counter-example and how to repeat it), 2 for
wrong options.
`;

export interface FuzzOptions {
  limit: { seconds: number } | { runs: number };
  seed: number;
  areas: readonly Area[];
  services: readonly string[] | undefined;
  operation: string | undefined;
  people: number;
  json: string | undefined;
}

function whole(name: string, text: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max))
    throw new UsageFault(`--${name} ${text}: give a whole number from ${min} to ${max}`);
  return value;
}

function among<T extends string>(name: string, text: string, known: readonly T[]): T[] {
  const given = text.split(',').map((one) => one.trim());
  const unknown = given.find((one) => !known.includes(one as T));
  if (unknown !== undefined)
    throw new UsageFault(`--${name} ${text}: ${unknown || 'nothing'} is not among ${known.join(', ')}`);
  return given as T[];
}

/** @throws UsageFault that names what is wrong */
export function parseFuzzOptions(args: string[], services: readonly string[]): FuzzOptions | 'help' {
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        seconds: { type: 'string' },
        runs: { type: 'string' },
        seed: { type: 'string' },
        only: { type: 'string' },
        service: { type: 'string' },
        operation: { type: 'string' },
        people: { type: 'string' },
        json: { type: 'string' },
        help: { type: 'boolean' },
      },
    }));
  } catch (error) {
    throw new UsageFault(`${(error as Error).message} (npm run fuzz -- --help)`);
  }
  if (values.help) return 'help';
  if (values.seconds !== undefined && values.runs !== undefined)
    throw new UsageFault('--seconds and --runs: give one of them');
  const areas = values.only === undefined ? [...AREAS] : among('only', values.only, AREAS);
  if (values.operation !== undefined && !areas.includes('http'))
    throw new UsageFault('--operation: only requests have operations; leave it out, or give --only http');
  return {
    limit:
      values.runs === undefined
        ? { seconds: whole('seconds', values.seconds ?? '120', 10, 86_400) }
        : { runs: whole('runs', values.runs, 1, 100_000) },
    seed: values.seed === undefined ? Math.floor(Math.random() * 1e9) : whole('seed', values.seed, 0, 2 ** 31 - 1),
    areas,
    services: values.service === undefined ? undefined : among('service', values.service, services),
    operation: values.operation,
    people: whole('people', values.people ?? '200', 100, 1_000_000),
    json: values.json,
  };
}
