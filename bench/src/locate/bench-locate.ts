import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startBackingServices, TEST_DATA_PREFIX } from '@kenri/local';
import { stopAll } from '../machine/stop-all.js';
import { compared, quantilesOf, type LocateFigures, type StoreFigures } from './figures.js';
import { Installation, SYSTEM } from './installation.js';
import type { LocateSpan } from './locate-spans.js';
import { applicantsIn } from './people.js';

export type { LocateFigures } from './figures.js';

export interface LocateOptions {
  /** Sizes of store, in people; measured side by side. */
  readonly people: readonly number[];
  readonly seed: number;
  /** Asked of each store, beside a tenth as many that only warm it up. */
  readonly requests: number;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Locating one person in stores of several sizes, in one run, each request asked of every store in turn: so that a busy machine slows all
 * of them alike. The connectors are real processes, asked by real messages; their own traces tell what locating alone takes.
 * @throws Error where somebody who is in the store was not found
 */
export async function benchLocate(options: LocateOptions): Promise<LocateFigures> {
  const { people, seed, requests, say, signal } = options;
  const folder = await mkdtemp(path.join(tmpdir(), `${TEST_DATA_PREFIX}locate-`));
  const installations: Installation[] = [];
  const stops: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  try {
    const log = { line: say, progress: () => undefined };
    // Its lock on the folder says that the folder is in use.
    const backing = await startBackingServices({ dataDir: folder, purpose: 'test', log, signal });
    stops.push(backing.stop);
    const { kafkaBrokers, mongodbUri } = backing;
    for (const count of people) {
      const name = `bench_locate_${process.pid}_${count}`;
      const own = { people: count, seed, kafkaBrokers, mongodbUri, folder, name, say, signal };
      const installation = await Installation.open(own);
      installations.push(installation);
      stops.push(() => installation.close());
    }
    const asked = await askInTurn(installations, { requests, seed, say, signal });
    return compared(await Promise.all(installations.map((one, index) => figuresOf(one, asked[index]!))));
  } finally {
    await stopAll(stops);
  }
}

interface Asked {
  readonly answers: number[];
  readonly spans: LocateSpan[];
  readonly rows: number;
}

async function askInTurn(
  installations: readonly Installation[],
  { requests, seed, say, signal }: Pick<LocateOptions, 'requests' | 'seed' | 'say' | 'signal'>,
): Promise<Asked[]> {
  const applicants = installations.map(({ options: { people } }) => applicantsIn(SYSTEM, { people, seed }));
  const warming = Math.ceil(requests / 10);
  const answers: number[][] = installations.map(() => []);
  const rows = installations.map(() => 0);
  for (let n = 0; n < warming + requests; n += 1) {
    signal.throwIfAborted();
    if (n === warming) for (const one of installations) await one.locateSpans(warming);
    // Nobody is always the first.
    const order = n % 2 === 0 ? [...installations.keys()] : [...installations.keys()].reverse();
    for (const index of order) {
      const identity = applicants[index]!.next().value;
      const { answer, milliseconds } = await installations[index]!.ask(identity);
      const { people } = installations[index]!.options;
      if (!answer.freshness.fresh)
        throw new Error(`request ${n + 1} in the store of ${people} people: answered from an index that was not fresh`);
      if (answer.records.certain + answer.records.candidate === 0)
        throw new Error(`request ${n + 1} in the store of ${people} people: somebody who is in it was not found`);
      if (n < warming) continue;
      answers[index]!.push(milliseconds);
      rows[index]! += answer.records.certain + answer.records.candidate;
    }
    if ((n + 1) % 100 === 0) say(`locating: ${n + 1} of ${warming + requests} requests`);
  }
  const spans = await Promise.all(installations.map((one) => one.locateSpans(requests)));
  return installations.map((_, index) => ({ answers: answers[index]!, spans: spans[index]!, rows: rows[index]! }));
}

async function figuresOf(installation: Installation, { answers, spans, rows }: Asked): Promise<StoreFigures> {
  const { documents, entries } = await installation.size();
  const { fillSeconds, sweepSeconds, options } = installation;
  return {
    people: options.people,
    documents,
    entries,
    fillSeconds,
    sweepSeconds,
    sweptPerSecond: Math.round(entries / Math.max(0.001, sweepSeconds)),
    requests: answers.length,
    rowsPerRequest: rows / answers.length,
    comparedPerRequest: spans.reduce((sum, { compared }) => sum + compared, 0) / spans.length,
    locate: quantilesOf(spans.map(({ milliseconds }) => milliseconds)),
    answer: quantilesOf(answers),
    connectorMb: await installation.connectorMb(),
  };
}
