import { setTimeout as delay } from 'node:timers/promises';
import type { Collection, MongoClient } from 'mongodb';
import type { Contestant } from '../contestant.js';
import { usageOf } from '../machine/process-usage.js';
import { sum } from '../report/figures.js';
import { inParallel } from './pool.js';

/** What one round of cases took. */
export interface RoundFigures {
  cases: number;
  /** From the first acceptance until the last case had its last system's answer. */
  seconds: number;
  /** Until the first case had all its answers. */
  casesPerSecond: number;
  /** User and system time by service, from the first acceptance until nothing was left to write or send. */
  cpuSeconds: Record<string, number>;
  /** User and system time that all services use in a second without cases, measured just before: part of `cpuSeconds`, not taken off. */
  idleCpuPerSecond: number;
  /** Resident bytes by service, sampled every half second. */
  residentBytes: Record<string, number[]>;
}

export interface CaseDocument {
  _id: string;
  systems?: Record<
    string,
    { state: string; answer?: { freshness?: { fresh: boolean }; matches?: { candidate: number } } | null }
  >;
}

const IDLE_MS = 3000;
const ACCEPTED_AT_A_TIME = 32;
const LOOK_EVERY_MS = 100;
const SAMPLE_EVERY_MS = 500;
const NO_PROGRESS_MS = 120_000;
const SETTLED_WITHIN_MS = 120_000;

export interface RoundOptions {
  mongo: MongoClient;
  caseIds: readonly string[];
  signal: AbortSignal;
  progress: (done: number, total: number) => void;
}

/** Accepts all cases as fast as intake takes them and waits until each has every system's answer. */
export async function runRound(contestant: Contestant, options: RoundOptions): Promise<RoundFigures> {
  const { mongo, caseIds, signal, progress } = options;
  const groups = await contestant.groups();
  const cases = mongo.db(contestant.casesDatabase).collection<CaseDocument>('cases');
  const first = [...caseIds].sort()[0]!;
  const earlier = await cases.countDocuments({ 'shown.phase': 'closed', _id: { $gte: first } });
  const idleCpuPerSecond = await idleCpu(groups, signal);
  const sampler = sampleMemory(groups);
  try {
    const before = await usageOf([...groups.values()]);
    const startedAt = performance.now();
    const accepting = inParallel(caseIds, ACCEPTED_AT_A_TIME, (id) => contestant.accept(id), signal);
    let refused: unknown;
    accepting.catch((error: unknown) => (refused = error));
    let done = 0;
    for (let movedAt = startedAt; done < caseIds.length;) {
      await delay(LOOK_EVERY_MS, undefined, { signal });
      if (refused !== undefined) await accepting;
      const now = (await cases.countDocuments({ 'shown.phase': 'closed', _id: { $gte: first } })) - earlier;
      if (now > done) movedAt = performance.now();
      else if (performance.now() - movedAt > NO_PROGRESS_MS)
        throw new Error(
          `${contestant.name}: ${done} of ${caseIds.length} cases done, then none for ${NO_PROGRESS_MS / 1000} s; the others: ${await whereOthersAre(cases, caseIds)}\n${await contestant.lastErrors()}`,
        );
      done = now;
      progress(done, caseIds.length);
    }
    const seconds = (performance.now() - startedAt) / 1000;
    await accepting;
    await untilSettled(contestant, signal);
    const after = await usageOf([...groups.values()]);
    const residentBytes = await sampler.stop();
    const cpuSeconds = Object.fromEntries(
      [...groups].map(([name, group]) => [name, usedBetween(before, after, group, `${contestant.name} ${name}`)]),
    );
    return {
      cases: caseIds.length,
      seconds,
      casesPerSecond: caseIds.length / seconds,
      cpuSeconds,
      idleCpuPerSecond,
      residentBytes,
    };
  } finally {
    // What failed before is told; what the sampler has to say then is not.
    await sampler.stop().catch(() => undefined);
  }
}

/** How many systems' parts of unfinished cases stand where, and why not everything ran by itself. No personal data. */
export async function whereOthersAre(cases: Collection<CaseDocument>, caseIds: readonly string[]): Promise<string> {
  const open = await cases.find({ _id: { $in: [...caseIds] }, 'shown.phase': { $ne: 'closed' } }).toArray();
  const parts = open.flatMap(({ systems = {} }) =>
    Object.entries(systems).map(([system, { state, answer }]) => {
      const why = answer ? ` (fresh ${answer.freshness?.fresh}, candidates ${answer.matches?.candidate})` : '';
      return `${system} ${state}${why}`;
    }),
  );
  const counts = [...Map.groupBy(parts, (part) => part)].map(([part, same]) => `${part} ${same.length}`);
  return [
    `not opened ${caseIds.length - (await cases.countDocuments({ _id: { $in: [...caseIds] } }))}`,
    ...counts,
  ].join(', ');
}

async function idleCpu(groups: ReadonlyMap<string, number>, signal: AbortSignal): Promise<number> {
  const total = async () =>
    sum([...(await usageOf([...groups.values()])).values()].map(({ cpuSeconds }) => cpuSeconds));
  const [before, startedAt] = [await total(), performance.now()];
  await delay(IDLE_MS, undefined, { signal });
  return ((await total()) - before) / ((performance.now() - startedAt) / 1000);
}

type Usages = Awaited<ReturnType<typeof usageOf>>;
function usedBetween(before: Usages, after: Usages, group: number, who: string): number {
  const [from, to] = [before.get(group), after.get(group)];
  if (!from || !to) throw new Error(`${who} ended while it was measured`);
  return to.cpuSeconds - from.cpuSeconds;
}

async function untilSettled(contestant: Contestant, signal: AbortSignal): Promise<void> {
  for (const deadline = Date.now() + SETTLED_WITHIN_MS; ; await delay(LOOK_EVERY_MS, undefined, { signal })) {
    const open = await contestant.unsettled();
    if (open.length === 0) return;
    if (Date.now() > deadline)
      throw new Error(
        `${contestant.name}: of closed cases is still to be written after ${SETTLED_WITHIN_MS / 1000} s: ${open.join(', ')}\n${await contestant.lastErrors()}`,
      );
  }
}

function sampleMemory(groups: ReadonlyMap<string, number>) {
  const samples: Record<string, number[]> = Object.fromEntries([...groups.keys()].map((name) => [name, []]));
  const stopping = new AbortController();
  const sampling = (async () => {
    do {
      const usage = await usageOf([...groups.values()]);
      for (const [name, group] of groups) samples[name]?.push(usage.get(group)?.residentBytes ?? 0);
      // Rejects only when stopped, which ends the loop.
      await delay(SAMPLE_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    } while (!stopping.signal.aborted);
    return samples;
  })();
  sampling.catch(() => undefined);
  return {
    /** @throws what a look at the processes threw */
    stop: () => {
      stopping.abort();
      return sampling;
    },
  };
}
