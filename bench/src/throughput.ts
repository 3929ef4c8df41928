import type { Log } from '@kenri/local';
import type { Contestant } from './contestant.js';
import type { Installation } from './installation.js';
import type { RoundFigures } from './load/round.js';
import { median, rounded, sum } from './report/figures.js';
import { bytesOfCases, workOf, type Work } from './work/count.js';

/** One build's figures over all rounds. */
export interface BuildFigures {
  casesPerSecond: number;
  cpuMsPerCase: number;
  cpuMsPerCaseByService: Record<string, number>;
  /** What all its services use in a second without cases, in ms. */
  idleCpuMsPerSecond: number;
  /** Largest and middle of the samples over all rounds, in MB (10^6 bytes). */
  memoryMb: Record<string, { max: number; median: number }>;
  /** What it wrote and sent per case, counted at the broker and the database. */
  work: Work;
  rounds: { cases: number; seconds: number; casesPerSecond: number; cpuMsPerCase: number }[];
}

export type ThroughputFigures = Record<Contestant['name'], BuildFigures>;

export interface ThroughputOptions {
  cases: number;
  rounds: number;
  log: Log;
}

/** Cases on which the work is counted: they warm up every process as well. */
const COUNTED_CASES = 30;

/** The three builds in turns, round by round, so that whatever else the machine does hits all alike. */
export async function benchThroughput(
  installation: Installation,
  options: ThroughputOptions,
): Promise<ThroughputFigures> {
  const { cases, rounds, log } = options;
  const contestants: Contestant[] = [installation.ours, ...(await installation.startReplicas())];
  const measured = new Map(
    contestants.map((one) => [one, { work: undefined as Work | undefined, rounds: [] as RoundFigures[] }]),
  );
  const counted = installation.applicants(Math.min(COUNTED_CASES, cases));
  for (const contestant of contestants) {
    const recorder = await installation.recordedRound(contestant, counted, `counting, ${contestant.name}`);
    const caseBytes = await bytesOfCases(installation.mongo, contestant.casesDatabase);
    measured.get(contestant)!.work = { ...workOf(recorder, counted.length), caseBytes };
  }
  const applicantsOfRound = partsOf(cases, rounds).map((count) => installation.applicants(count));
  for (const [index, applicants] of applicantsOfRound.entries()) {
    for (const contestant of contestants) {
      const what = `round ${index + 1} of ${rounds}, ${contestant.name}`;
      const figures = await installation.round(contestant, applicants, what);
      measured.get(contestant)!.rounds.push(figures);
      const cpu = (sum(Object.values(figures.cpuSeconds)) / figures.cases) * 1000;
      log.line(`${what}: ${figures.casesPerSecond.toFixed(2)} cases/s, CPU ${cpu.toFixed(1)} ms per case`);
    }
  }
  const entries = [...measured].map(([{ name }, { work, rounds }]) => [name, figuresOf(rounds, work!)]);
  return Object.fromEntries(entries) as ThroughputFigures;
}

/** `total` in `parts` nearly equal parts. */
export const partsOf = (total: number, parts: number): number[] =>
  Array.from({ length: parts }, (_, n) => Math.floor((total * (n + 1)) / parts) - Math.floor((total * n) / parts));

export function figuresOf(rounds: readonly RoundFigures[], work: Work): BuildFigures {
  const services = Object.keys(rounds[0]?.cpuSeconds ?? {});
  const perCase = (seconds: number, { cases }: RoundFigures) => (seconds / cases) * 1000;
  const each = rounds.map((round) => ({
    cases: round.cases,
    seconds: rounded(round.seconds),
    casesPerSecond: rounded(round.casesPerSecond),
    cpuMsPerCase: rounded(perCase(sum(Object.values(round.cpuSeconds)), round)),
  }));
  const memory = services.map((name) => {
    const samples = rounds.flatMap(({ residentBytes }) => residentBytes[name] ?? []).map((bytes) => bytes / 1e6);
    return [name, { max: rounded(Math.max(...samples)), median: rounded(median(samples)) }];
  });
  return {
    casesPerSecond: rounded(median(each.map(({ casesPerSecond }) => casesPerSecond))),
    cpuMsPerCase: rounded(median(each.map(({ cpuMsPerCase }) => cpuMsPerCase))),
    cpuMsPerCaseByService: Object.fromEntries(
      services.map((name) => [
        name,
        rounded(median(rounds.map((round) => perCase(round.cpuSeconds[name] ?? 0, round)))),
      ]),
    ),
    idleCpuMsPerSecond: rounded(median(rounds.map(({ idleCpuPerSecond }) => idleCpuPerSecond * 1000))),
    memoryMb: Object.fromEntries(memory) as BuildFigures['memoryMb'],
    work,
    rounds: each,
  };
}
