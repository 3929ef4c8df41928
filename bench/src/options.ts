import { parseArgs } from 'node:util';

export const PARTS = ['throughput', 'latency', 'locate', 'export'] as const;
export type Part = (typeof PARTS)[number];

/** What `npm run bench` was asked for. */
export interface BenchOptions {
  /** Generated people in each business store, beside the applicants. */
  people: number;
  /** Cases of each build, over all rounds. */
  cases: number;
  rounds: number;
  only: readonly Part[];
  /** File for the figures. */
  json: string;
  seed: number;
  /** Write V8 CPU profiles of every service. */
  profile: boolean;
  /** People in the stores that locating is compared in; the last is the largest. */
  locatePeople: readonly [number, number];
  exportMegabytes: number;
  help: boolean;
}

export const USAGE = `npm run bench [-- options]    measures Kenri beside a bare floor program and a naive build

  --people N           people in each store (default 2000)
  --cases N            cases of each of the three builds (default 900)
  --rounds N           rounds over which the cases are spread; figures are medians of them (default 3)
  --only A,B           only these parts: ${PARTS.join(', ')} (default all; latency without throughput first measures the maximum)
  --locate-people N    people in the larger of the two stores that locating is compared in (default 100000)
  --export-megabytes N megabytes of the one export whose memory is watched (default 100)
  --json FILE          where the figures go (default out/bench.json)
  --seed S             seed of the generated people, a whole number (default 1)
  --profile            write V8 CPU profiles of every service to out/profiles
  --help               print this

Kafka and MongoDB are always the bench's own; nothing of it is left behind.`;

/** Thrown for a command line that cannot be used; the message names it and says how to mend it. */
export class UnusableOption extends Error {
  override readonly name = 'UnusableOption';
}

/** Reads the command line. @throws UnusableOption naming what is wrong */
export function parseBenchOptions(args: readonly string[]): BenchOptions {
  const values = parse(args);
  const cases = wholeNumber('--cases', values.cases ?? '900', 1, 1_000_000);
  const rounds = wholeNumber('--rounds', values.rounds ?? String(Math.min(3, cases)), 1, 1000);
  if (rounds > cases) throw new UnusableOption(`--rounds ${rounds} cannot be used: there are only ${cases} cases`);
  return {
    people: wholeNumber('--people', values.people ?? '2000', 1, 1_000_000),
    cases,
    rounds,
    only: parts(values.only),
    json: file(values.json ?? 'out/bench.json'),
    seed: wholeNumber('--seed', values.seed ?? '1', 0, 2 ** 31 - 1),
    profile: values.profile ?? false,
    locatePeople: [10_000, wholeNumber('--locate-people', values['locate-people'] ?? '100000', 10_001, 5_000_000)],
    exportMegabytes: wholeNumber('--export-megabytes', values['export-megabytes'] ?? '100', 1, 10_000),
    help: values.help ?? false,
  };
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new UnusableOption(`${name} ${text} cannot be used: give a whole number from ${least} to ${most}`);
}

function file(name: string): string {
  if (name === '') throw new UnusableOption('--json names no file');
  return name;
}

function parts(text: string | undefined): readonly Part[] {
  if (text === undefined) return PARTS;
  const named = text.split(',').filter((name) => name !== '');
  const unknown = named.find((name) => !PARTS.some((part) => part === name));
  if (unknown !== undefined) throw new UnusableOption(`--only knows no part ${unknown}: there are ${PARTS.join(', ')}`);
  if (named.length === 0) throw new UnusableOption(`--only names no part: there are ${PARTS.join(', ')}`);
  return PARTS.filter((part) => named.includes(part));
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        people: text,
        cases: text,
        rounds: text,
        only: text,
        json: text,
        seed: text,
        'locate-people': text,
        'export-megabytes': text,
        profile: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new UnusableOption((error as Error).message);
  }
}
