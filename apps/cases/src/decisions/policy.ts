import type { Kind } from '@kenri/contracts';
import type { DueDays } from '@kenri/rights';

/** What the office configures of how cases run. Times in seconds or days as named. */
export interface CasePolicy {
  dueDays: DueDays;
  /** Kinds that may run without a person where nothing needs one. */
  straightThrough: readonly Kind[];
  undoDays: number;
  /** An approved plan is executed within this time or never. */
  planValidDays: number;
  /** First waiting time before a system is asked again; doubles each time up to an hour (ten times this, if longer). */
  reaskSeconds: number;
  /** How soon a blocked part is looked at again. */
  recheckHours: number;
  /** How long an erasure that is final waits for the other systems, so that the group is told once. */
  announceGraceHours: number;
  /** Business systems that acknowledge events. */
  subscribers: readonly string[];
  /** Systems whose records only a medical reviewer may see. */
  medicalSystems: readonly string[];
  receiptDays: number;
  /** After closing, the applicant's identity is destroyed after this time. */
  disposalDays: number;
  /** Whether a case in which nothing is left to do closes without a person. */
  closesByItself: boolean;
}

const HOUR = 3600_000;

/** How long to wait for an answer before asking the `times`-th time again, in milliseconds. */
export const reaskDelay = (policy: Pick<CasePolicy, 'reaskSeconds'>, times: number): number => {
  const first = policy.reaskSeconds * 1000;
  return Math.min(first * 2 ** Math.min(times, 20), Math.max(HOUR, first * 10));
};

/**
 * How long to wait before a question is asked in a new round, which is a step of the history: doubles with each round up to a day for
 * a stale index and four weeks for an open transaction, so that a case that waits for months stays small.
 */
export const newRoundDelay = (firstMs: number, round: number, mostMs: number): number =>
  Math.min(firstMs * 2 ** Math.min(Math.max(0, round - 1), 20), Math.max(firstMs, mostMs));
