import type { Applicant } from './population.js';

/** One of the three builds that do the same work on the same broker and database. */
export interface Contestant {
  readonly name: 'ours' | 'floor' | 'naive';
  /** Process group of each service. */
  groups(): Promise<Map<string, number>>;
  /** Kafka topics begin so, after which comes their name in the contracts. */
  readonly topicPrefix: string;
  /** Whether a database of the server belongs to it, business stores included. */
  owns(database: string): boolean;
  /** Database of the cases, in collection `cases`. */
  readonly casesDatabase: string;
  /** Database of a system's business store. */
  storeDatabase(system: string): string;
  /** Makes the applicants' applications ready to be accepted: submitted, identity confirmed. Gives their case ids, in order. */
  prepare(applicants: readonly Applicant[], signal: AbortSignal): Promise<string[]>;
  /** Accepts one by HTTP; resolves when it is durable there. */
  accept(caseId: string): Promise<void>;
  /** What is left to be written or sent of cases that are closed, in words; empty: nothing. */
  unsettled(): Promise<string[]>;
  /** What its processes have logged as errors, the last of it. */
  lastErrors(): Promise<string>;
  stop(): Promise<void>;
}
