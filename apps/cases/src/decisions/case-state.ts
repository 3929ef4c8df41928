import type {
  ArtifactRef,
  Blocker,
  CaseChanged,
  Channel,
  Freshness,
  Hold,
  Kind,
  Language,
  LookupRequested,
  Operation,
  PlanExecuted,
  ReceiptRecorded,
  RecordsLocated,
  RequestWithdrawn,
  Scope,
} from '@kenri/contracts';
import type { Outcome, Pause, SuppressedPurpose, Warning } from '@kenri/rights';
import type { HistoryEntry } from './history.js';

/**
 * Where a system's part of a case stands.
 * - `awaiting`: asked, no usable answer yet. `located` and `acted` are passing states, left within the same decision.
 * - `deciding`: a candidate or a claimed correction waits for a person. `decided`: nothing open, a plan may be proposed.
 * - `approving`: a frozen plan waits for a second person. `executing`: approved, signed and sent.
 * - `awaiting-package`: everything but the erasure is done; erasing waits until the disclosure package was built.
 * - `blocked`: an open transaction; looked at again by itself. `failed`: the connector gave up; a person must look.
 * - `restoring`: an undo was approved.
 * The others are endings: `executed`, `deferred` (the law keeps some until a date), `nothing-found`, `nothing-to-do`, `refused`,
 * `manual`, `restored`, `cancelled`.
 */
export const PART_STATES = [
  'awaiting',
  'located',
  'deciding',
  'decided',
  'approving',
  'executing',
  'acted',
  'awaiting-package',
  'blocked',
  'failed',
  'restoring',
  'executed',
  'deferred',
  'nothing-found',
  'nothing-to-do',
  'refused',
  'manual',
  'restored',
  'cancelled',
] as const;
export type PartState = (typeof PART_STATES)[number];

export interface RequestFacts {
  reference: string;
  kinds: Kind[];
  channel: Channel;
  language: Language;
  scope: Scope;
  receivedAt: string;
  acceptedAt: string;
  acceptedBy: string;
}

/** What a system answered in the current round, as far as it is not personal. Lists are cut to 10 entries, with what was cut counted. */
export interface LocatedAnswer {
  manifestDigest: string;
  locatedAt: string;
  freshness: Freshness;
  matches: RecordsLocated['matches'];
  records: RecordsLocated['records'];
  possibleMentions: number;
  dryRun: RecordsLocated['dryRun'];
  blockers: Blocker[];
  holds: Hold[];
  endings: RecordsLocated['endings'];
  notListed: number;
  review: ArtifactRef | null;
  recordTokens: string[];
}

export interface MatchDecision {
  ref: string;
  verdict: 'certain' | 'candidate';
  decision: 'confirmed' | 'rejected';
  /** Claimed corrections that concern this match's records: each then needs a determination. */
  corrections: number;
  by: string;
  at: string;
}

/** What was claimed and found stands sealed (`sealed`, base64 of a `DeterminedValue`): values and grounds are personal. */
export interface Determination {
  /** The match that the record belongs to: determinations of a match that is not the applicant's do not count. */
  match: string;
  verdict: MatchDecision['verdict'];
  /** False where the system holds the claimed value already: such a one need not be determined. */
  due: boolean;
  claimId: string;
  record: string;
  path: string;
  finding: 'founded' | 'unfounded' | 'partly';
  sealed: string;
  by: string;
  at: string;
}
export interface DeterminedValue {
  /** What the record shall hold; null removes the value. */
  value: string | null;
  grounds: string;
}

export interface Exclusion {
  record: string;
  /** Empty: the whole record. */
  paths: string[];
  operations: Operation[];
  ground: string;
}

export interface Decisions {
  /** Counts changes: the ETag of this system's decisions. */
  revision: number;
  matches: MatchDecision[];
  corrections: Determination[];
  exclusions: Exclusion[];
  /** Everyone who decided something in this round: none of them may approve. */
  by: string[];
}

/** A plan as it was frozen when proposed; later edits of decisions do not reach it. */
export interface FrozenPlan {
  planId: string;
  round: number;
  manifestDigest: string;
  operations: Operation[];
  confirmed: string[];
  rejected: string[];
  exclusions: Exclusion[];
  corrections: Determination[];
  undoDays: number;
  proposedBy: string;
  proposedAt: string;
  approvedBy: { staff: string; at: string }[];
  validUntil: string | null;
  /** Times the approved plan was sent. */
  sent: number;
}

/** What one execution did; kept per plan stage, also for rounds long past. */
export interface PlanResult {
  round: number;
  planId: string;
  stage: PlanExecuted['stage'];
  part: number;
  finishedAt: string;
  operations: Operation[];
  done: PlanExecuted['done'];
  deferred: Hold[];
  changed: number;
  appeared: number;
  /** Until when an erasure can be undone; null: it erased nothing, or cannot be undone. */
  undoUntil: string | null;
  /** ce_id of the `dsr.subject.erased.v1` that told the group of it. */
  announcedBy: string | null;
  restored: boolean;
}

export interface Failure {
  step: 'locate' | 'execute' | 'verify' | 'restore';
  reason: string;
  attempts: number;
  since: string;
  lastAt: string;
  nextAttemptAt: string | null;
}

export interface ManualResolution {
  outcome: 'carried-out' | 'refused' | 'nothing-found';
  ground: string;
  /** Sealed, base64: what the person wrote. */
  note: string | null;
  by: string;
  at: string;
}

export interface SystemPart {
  system: string;
  round: number;
  state: PartState;
  /** Since when it is in this state. */
  since: string;
  /** Why the current round was asked; null for the first. */
  roundReason: LookupRequested['reason'] | null;
  /** Asking again for the answer that is due: how often, and when last. */
  asked: { times: number; at: string };
  /** "Nothing found" on an index that had not caught up: no answer. */
  staleAnswers: number;
  answer: LocatedAnswer | null;
  decisions: Decisions;
  plan: FrozenPlan | null;
  /** Operations carried out, over all rounds. */
  done: Operation[];
  /** Operations that a person refused or found unfounded, over all rounds. */
  refusedOperations: Operation[];
  results: PlanResult[];
  /** Match tokens of the records that were acted on, over all rounds. */
  recordTokens: string[];
  failure: Failure | null;
  /** Grounds of a refusal by the connector or blockers found while executing. */
  refusal: { reason: string; blockers: Blocker[]; at: string } | null;
  /** A cancellation was sent while the plan may have been under way: the connector's answer tells which came first. */
  cancelling: boolean;
  manual: ManualResolution | null;
  restoration: {
    planId: string;
    round: number;
    reason: string;
    by: string;
    at: string;
    records: number | null;
    notRestored: number | null;
  } | null;
  verification: { sweeps: number; lastAt: string | null; found: number };
  /** Answer slots that are filled: `<round>.<step>[.<part>]`, each once (docs/design.md). */
  slots: string[];
}

export interface PackageState {
  state: 'none' | 'ordered' | 'built' | 'released';
  /** What the builder made; its meaning is the package module's. */
  artifact: ArtifactRef | null;
  builtAt: string | null;
  builds: number;
  releasedBy: string | null;
  releasedAt: string | null;
  /** Who asked for the release first: the second must be another person. */
  releaseProposedBy: string | null;
  downloads: number;
}

export interface Published {
  type: 'erased' | 'corrected' | 'suppression';
  at: string;
  chased: number;
  receipts: Record<
    string,
    { outcome: ReceiptRecorded['outcome']; ground: string | null; records: number | null; at: string }
  >;
}

export interface Suppression {
  set: string;
  /** Raised whenever purposes or tokens change; the register has it when `applied` is equal. */
  revision: number;
  applied: number;
  purposes: SuppressedPurpose[];
  since: string;
  lifted: boolean;
  /** Tokens of records known from the systems' answers; those of the person come from the sealed identity. */
  recordTokens: string[];
}

/** One MongoDB document per case. Before the request arrives it is a shell (`request` null) that only gathers answers. */
export interface CaseState {
  _id: string;
  revision: number;
  changedAt: string;
  request: RequestFacts | null;
  openedAt: string | null;
  /** A `Subject`, sealed under purpose `identity`, base64; null in a shell and once destroyed. */
  identity: string | null;
  /** Systems that must answer, frozen at opening. */
  expected: string[];
  systems: Record<string, SystemPart>;
  clock: { dueAt: string | null; pauses: (Pause & { reason: string })[]; extendedByDays: number; warned: Warning[] };
  withdrawal: { at: string; by: RequestWithdrawn['by'] | 'staff'; reason: string } | null;
  question: { answeredAt: string; by: string } | null;
  package: PackageState;
  suppression: Suppression | null;
  /** Events sent to the business systems, by `ce_id` (suppressions: by set), with who acknowledged. */
  published: Record<string, Published>;
  closed: { at: string; by: string; outcome: Outcome } | null;
  reopened: number;
  identityDestroyedAt: string | null;
  disposedAt: string | null;
  /** Derived with every change, for lists: where the case stands, how it ended, what a person ought to look at. */
  shown: { phase: CaseChanged['state']; outcome: Outcome | null; attention: string[] };
  /** What the applicant was last told: `dsr.case.changed.v1` follows when it differs. */
  told: string | null;
  history: HistoryEntry[];
  historyHead: string;
}
