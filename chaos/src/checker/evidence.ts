import type { CaseAnswer, PartAnswer } from '@kenri/samples';
import type { SentPoison } from '../faults/messages.js';
import type { BusinessWrite } from '../load/business.js';
import type { CaseRun } from '../load/case-run.js';
import type { DocumentKey } from '../load/stores.js';
import type { GroupTraffic } from '../observer/group-traffic.js';
import type { Effect } from '../observer/store-observer.js';

/** One execution as the case reports it. */
export interface ReportedResult {
  readonly round: number;
  readonly operations: readonly string[];
  readonly done: {
    readonly correct?: { readonly records: number };
    readonly suppress?: { readonly records: number };
    readonly erase?: { readonly deleted: number; readonly personRemoved: number; readonly fieldsRemoved: number };
  };
}

/** A case as it stands at the end, from its own API. */
export interface FinalCase extends Omit<CaseAnswer, 'systems'> {
  readonly systems: Record<string, PartAnswer & { readonly results: readonly ReportedResult[] }>;
}

export interface ParkedEntry {
  readonly service: string;
  readonly id: string;
  readonly reason: string;
  readonly ceId: string | undefined;
}

/** Everything that was seen of a run from outside, gathered once all is quiet. Ids and counts, but for the documents themselves. */
export interface Evidence {
  readonly runs: readonly CaseRun[];
  /** By case id. */
  readonly cases: ReadonlyMap<string, FinalCase>;
  /** What intake tells the applicant of the case, by case id. */
  readonly told: ReadonlyMap<string, { readonly state: string; readonly outcome?: string }>;
  readonly before: ReadonlyMap<DocumentKey, Buffer>;
  readonly after: ReadonlyMap<DocumentKey, Buffer>;
  readonly effects: ReadonlyMap<DocumentKey, readonly Effect[]>;
  readonly business: readonly BusinessWrite[];
  readonly poison: readonly SentPoison[];
  readonly parked: readonly ParkedEntry[];
  /** The business system that acknowledges. */
  readonly subscriber: string;
  /** Documents with messages that were not published, and with timers long due. */
  readonly outboxes: readonly string[];
  readonly overdueTimers: readonly string[];
  /** Documents that were looked at for the two. */
  readonly documentsLookedAt: number;
  readonly lag: bigint;
  readonly messages: bigint;
  /** Heads of history chains that left with messages, and the digests of the chains as they stand, by case id. */
  readonly publishedHeads: ReadonlyMap<string, ReadonlySet<string>>;
  readonly chains: ReadonlyMap<string, ReadonlySet<string>>;
  /** Where an event to the group was lost. */
  readonly traffic: Pick<GroupTraffic, 'whereLost'>;
  readonly history: { readonly cases: number; readonly altered: readonly string[]; readonly alterationCaught: boolean };
  /** Where personal data was met in clear, and how much was searched. */
  readonly sightings: readonly string[];
  readonly searched: Readonly<Record<string, number>>;
  /** Every how many packages one was opened. */
  readonly openEvery: number;
}

/** What became of one invariant: how many things were looked at, and which broke it (ids only). */
export interface Verdict {
  readonly invariant: string;
  readonly checked: number;
  readonly broken: readonly string[];
}
