import type { LatencyFigures } from '../latency.js';
import type { ThroughputFigures } from '../throughput.js';
import { rounded } from './figures.js';

/** How ours stands to what was measured beside it; parts that were not run are absent. */
export interface Ratios {
  /** Cases per second, ours by the floor's. At least 0.5, aim 0.7. */
  floorThroughput?: number;
  /** Cases per second, ours by the naive build's. At least 2, aim 4. */
  naiveThroughput?: number;
  /** Node CPU per case, ours by the floor's. At most 4, aim 2.5. */
  cpuPerCaseToFloor?: number;
  /** Node CPU per case, ours by the naive build's. At most 0.5, aim 0.25. */
  cpuPerCaseToNaive?: number;
  /** Accepted to last answer by one Kafka round trip under the same load, both p99. At most 10, aim 5. */
  latencyP99ToRoundTrip?: number;
  /** Locating in the large store by locating in the small one, both p99. At most 2, aim 1.3. */
  locateP99MillionToTenThousand?: number;
}

/** What a figure ought to be: design/quality.md, "at least" and "aim". */
export const GOALS: Readonly<
  Record<keyof Ratios, { name: string; better: 'more' | 'less'; least: number; aim: number }>
> = {
  floorThroughput: { name: 'throughput to the floor', better: 'more', least: 0.5, aim: 0.7 },
  naiveThroughput: { name: 'throughput to the naive build', better: 'more', least: 2, aim: 4 },
  cpuPerCaseToFloor: { name: 'Node CPU per case to the floor', better: 'less', least: 4, aim: 2.5 },
  cpuPerCaseToNaive: { name: 'Node CPU per case to the naive build', better: 'less', least: 0.5, aim: 0.25 },
  latencyP99ToRoundTrip: { name: 'latency p99 to one round trip', better: 'less', least: 10, aim: 5 },
  locateP99MillionToTenThousand: { name: 'locate p99, large store to small', better: 'less', least: 2, aim: 1.3 },
};

export type Verdict = 'aim' | 'enough' | 'short';

export function verdictOf(name: keyof Ratios, value: number): Verdict {
  const { better, least, aim } = GOALS[name];
  const reaches = (goal: number) => (better === 'more' ? value >= goal : value <= goal);
  return reaches(aim) ? 'aim' : reaches(least) ? 'enough' : 'short';
}

export interface Measured {
  throughput?: ThroughputFigures | undefined;
  latency?: LatencyFigures | undefined;
  /** The large store's p99 by the small one's. */
  locate?: { locateP99Ratio: number } | undefined;
}

export function ratiosOf({ throughput, latency, locate }: Measured): Ratios {
  return {
    ...(throughput && {
      floorThroughput: rounded(throughput.ours.casesPerSecond / throughput.floor.casesPerSecond),
      naiveThroughput: rounded(throughput.ours.casesPerSecond / throughput.naive.casesPerSecond),
      cpuPerCaseToFloor: rounded(throughput.ours.cpuMsPerCase / throughput.floor.cpuMsPerCase),
      cpuPerCaseToNaive: rounded(throughput.ours.cpuMsPerCase / throughput.naive.cpuMsPerCase),
    }),
    ...(latency && {
      latencyP99ToRoundTrip: rounded(latency.acceptedToLastAnswer.p99 / latency.roundTripUnderLoad.p99),
    }),
    ...(locate && { locateP99MillionToTenThousand: rounded(locate.locateP99Ratio) }),
  };
}
