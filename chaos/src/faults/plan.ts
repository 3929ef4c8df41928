import type { ServiceName } from '@kenri/local';
import { randomOf, type Random } from '@kenri/testing';
import { FAULT_NAMES, kindOf, type FaultName } from './kinds.js';

/** A fault as planned: same seed, same plan. */
export interface PlannedFault {
  readonly number: number;
  readonly fault: FaultName;
  /** It strikes when so many cases have ended. */
  readonly after: number;
  readonly target?: ServiceName;
  readonly ms?: number;
  readonly count?: number;
}

const shuffled = <T>(values: readonly T[], random: Random): T[] => {
  const rest = [...values];
  return values.map(() => rest.splice(random.between(0, rest.length - 1), 1)[0]!);
};

function drawn(names: readonly FaultName[], random: Random): FaultName {
  const total = names.reduce((sum, name) => sum + kindOf(name).weight, 0);
  let left = random.next() * total;
  for (const name of names) if ((left -= kindOf(name).weight) < 0) return name;
  return names[0]!;
}

/** `faults` faults over a run of `cases` cases. Every class comes once, as far as there are faults enough, then by weight. */
export function planFaults(options: {
  seed: number;
  cases: number;
  faults: number;
  only?: readonly FaultName[] | undefined;
}): PlannedFault[] {
  const { seed, cases, faults, only = FAULT_NAMES } = options;
  const random = randomOf('chaos faults', seed);
  const first = shuffled(only, random).slice(0, faults);
  const names = shuffled(
    [...first, ...Array.from({ length: faults - first.length }, () => drawn(only, random))],
    random,
  );
  // The last ones strike while there is still something to disturb.
  const span = Math.max(0, cases - 1) * 0.93;
  return names.map((fault, index) => {
    const { target, ms, count } = kindOf(fault);
    return {
      number: index + 1,
      fault,
      after: Math.floor(((index + random.next()) / faults) * span),
      ...(target && { target: target(random) }),
      ...(ms && { ms: random.between(ms[0], ms[1]) }),
      ...(count && { count: random.between(count[0], count[1]) }),
    };
  });
}

/** A fault in words. */
export const inWords = ({ fault, target, ms, count }: PlannedFault): string =>
  [
    fault,
    target,
    ms === undefined ? undefined : `${(ms / 1000).toFixed(1)} s`,
    count === undefined ? undefined : `${count}`,
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
