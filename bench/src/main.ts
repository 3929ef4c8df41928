import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, release, totalmem } from 'node:os';
import path from 'node:path';
import { logTo, removeAbandonedTestData } from '@kenri/local';
import { Installation } from './installation.js';
import { benchLatency, type LatencyFigures } from './latency.js';
import { benchLarge, type LargeFigures } from './large.js';
import { Profiles } from './machine/profiles.js';
import { parseBenchOptions, UnusableOption, USAGE, type BenchOptions } from './options.js';
import { latencyLines, ratioLines, throughputLines } from './report/print.js';
import { ratiosOf } from './report/summary.js';
import { shown } from './report/table.js';
import { benchThroughput, type ThroughputFigures } from './throughput.js';

const log = logTo(process.stderr);
const print = (lines: readonly string[]) => process.stdout.write(`${lines.join('\n')}\n\n`);
const LATENCY_SECONDS = 45;
const SAME_KEY_PRESS_MS = 500;
const NAMED_PEOPLE = 1_000_000;
const NAMED_MEGABYTES = 1000;

async function bench(options: BenchOptions, signal: AbortSignal, command: string): Promise<void> {
  const startedAt = new Date();
  await removeAbandonedTestData();
  const wanted = (part: BenchOptions['only'][number]) => options.only.includes(part);
  const main = wanted('throughput') || wanted('latency') ? await benchCases(options, signal) : undefined;
  const write = (large: LargeFigures) =>
    writeReport(options.json, { ...reportOf(options, main, large), command, ...timesSince(startedAt) });
  // After each part, so that a run which is interrupted has told what it knew.
  if (main) await write({});
  const large = await benchLarge(options, { log, signal, print, measured: write });
  const ratios = ratiosOf({ ...main, locate: large.locate });
  const summary = [...(Object.keys(ratios).length > 0 ? ratioLines(ratios) : []), ...smallerThanNamed(large)];
  if (summary.length > 0) print(summary);
  log.line(`figures: ${options.json}`);
}

const timesSince = (startedAt: Date) => ({
  startedAt: startedAt.toISOString(),
  seconds: Math.round((Date.now() - startedAt.getTime()) / 1000),
});

function reportOf(options: BenchOptions, main: CaseFigures | undefined, large: LargeFigures) {
  const memory = Object.entries(main?.throughput?.ours.memoryMb ?? {}).map(([name, { max }]) => [name, max]);
  const missing = options.only.filter((part) => !(part in { ...main, ...large }));
  return {
    missing,
    seed: options.seed,
    people: options.people,
    cases: options.cases,
    rounds: options.rounds,
    machine: {
      os: `${process.platform} ${release()}`,
      cpus: cpus().length,
      cpu: cpus()[0]?.model,
      memoryGb: Math.round(totalmem() / 1e9),
      node: process.version,
      ...(main && { mongodb: main.mongodb }),
    },
    ratios: ratiosOf({ ...main, locate: large.locate }),
    ...(memory.length > 0 && { memoryMb: Object.fromEntries(memory) as Record<string, number> }),
    ...(main?.throughput && { throughput: main.throughput }),
    ...(main?.latency && { latency: main.latency }),
    ...large,
  };
}

async function writeReport(file: string, report: object): Promise<void> {
  await mkdir(path.dirname(path.resolve(file)), { recursive: true });
  await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
}

/** The ratio is named for a million people, and the export for a gigabyte: a quicker run says that it is one. */
function smallerThanNamed({ locate, export: exported }: LargeFigures): string[] {
  const people = locate?.stores.at(-1)?.people ?? NAMED_PEOPLE;
  return [
    ...(people < NAMED_PEOPLE
      ? [`locating: with ${people.toLocaleString('en')} people; --locate-people ${NAMED_PEOPLE} takes some 20 minutes`]
      : []),
    ...((exported?.megabytes ?? NAMED_MEGABYTES) < NAMED_MEGABYTES
      ? [`export: of ${shown(exported?.megabytes ?? 0)} MB; --export-megabytes ${NAMED_MEGABYTES} takes some 4 minutes`]
      : []),
  ];
}

interface CaseFigures {
  throughput?: ThroughputFigures;
  latency?: LatencyFigures;
  mongodb: string;
}

async function benchCases(options: BenchOptions, signal: AbortSignal): Promise<CaseFigures> {
  const { people, seed, only } = options;
  const profiles = options.profile ? new Profiles(path.resolve('out', 'profiles')) : undefined;
  await profiles?.open();
  const installation = await Installation.start({ people, seed, log, signal, ...(profiles && { profiles }) });
  try {
    const figures: CaseFigures = { mongodb: await mongodbVersion(installation) };
    if (only.includes('throughput')) {
      figures.throughput = await benchThroughput(installation, { ...options, log });
      print(throughputLines(figures.throughput));
    }
    if (only.includes('latency')) {
      const casesPerSecond = figures.throughput?.ours.casesPerSecond ?? (await largestLoad(installation, options));
      await installation.stopReplicas();
      figures.latency = await benchLatency(installation, { casesPerSecond, seconds: LATENCY_SECONDS, log, signal });
      print(latencyLines(figures.latency));
    }
    return figures;
  } finally {
    await installation.stop();
  }
}

/** Without the throughput part: one round of ours alone, after one that warms it up. */
async function largestLoad(installation: Installation, { cases, rounds }: BenchOptions): Promise<number> {
  const count = Math.ceil(cases / rounds);
  await installation.round(installation.ours, installation.applicants(Math.min(30, count)), 'latency, first cases');
  const { casesPerSecond } = await installation.round(
    installation.ours,
    installation.applicants(count),
    'latency, largest load',
  );
  return casesPerSecond;
}

async function mongodbVersion({ mongo }: Installation): Promise<string> {
  const { version } = (await mongo.db('admin').command({ buildInfo: 1 })) as { version: string };
  return version;
}

/** Ctrl-C and a request to end stop everything in order; a second one at once: what was started ends by itself then. */
function stopOnRequest(abort: AbortController): void {
  let askedAt = 0;
  const stop = (code: number) => {
    if (askedAt > 0 && Date.now() - askedAt > SAME_KEY_PRESS_MS) process.exit(code);
    if (askedAt > 0) return;
    askedAt = Date.now();
    process.exitCode = code;
    log.line('interrupted: stopping in order (again to stop at once)');
    abort.abort(new Error('interrupted'));
  };
  process.on('SIGINT', () => stop(130));
  process.on('SIGTERM', () => stop(143));
  process.on('SIGHUP', () => stop(129));
}

const abort = new AbortController();
try {
  const args = process.argv.slice(2);
  const options = parseBenchOptions(args);
  if (options.help) process.stdout.write(`${USAGE}\n`);
  else {
    stopOnRequest(abort);
    await bench(options, abort.signal, ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' '));
  }
} catch (error) {
  if (error instanceof UnusableOption) {
    process.stderr.write(`${error.message}\n\n${USAGE}\n`);
    process.exitCode = 2;
  } else if (!abort.signal.aborted) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
