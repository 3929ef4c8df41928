import type {
  ArtifactRef,
  Blocker,
  LookupRequested,
  PlanExecuted,
  PlanRefused,
  ReceiptRecorded,
  RecordsRestored,
} from '@kenri/contracts';
import type { Outcome, SuppressedPurpose, Warning } from '@kenri/rights';
import type {
  Determination,
  Exclusion,
  Failure,
  FrozenPlan,
  LocatedAnswer,
  ManualResolution,
  MatchDecision,
  PartState,
  RequestFacts,
} from './case-state.js';

/** Who did it: `staff:<account>`, `system:<id>`, `applicant`, `policy`, `timer`, or `subscriber:<id>`. */
interface Fact {
  at: string;
  who: string;
}
interface PartFact extends Fact {
  system: string;
  round: number;
}

/** What has happened in a case. Each becomes an entry of its history unless it only counts (`historyOf`). */
export type CaseEvent =
  | (Fact & { type: 'CaseOpened'; request: RequestFacts; expected: string[]; identity: string; dueAt: string })
  | (PartFact & { type: 'RecordsLocated'; answer: LocatedAnswer })
  | (PartFact & { type: 'StaleAnswerSetAside' })
  | (PartFact & { type: 'PartMoved'; to: PartState; why: string })
  | (PartFact & { type: 'SystemAskedAgain'; reason: LookupRequested['reason'] })
  | (PartFact & { type: 'AnswerAskedFor'; step: 'locate' | 'execute' | 'restore'; times: number })
  | (PartFact & { type: 'AttemptFailed'; failure: Failure; escalated: boolean; first: boolean })
  | (PartFact & { type: 'MatchDecided'; decision: MatchDecision })
  | (PartFact & { type: 'CorrectionDetermined'; determination: Determination })
  | (PartFact & { type: 'ExclusionsSet'; exclusions: Exclusion[] })
  | (PartFact & { type: 'PlanProposed'; plan: FrozenPlan })
  | (PartFact & { type: 'PlanApproved'; planId: string; staff: string; validUntil: string })
  | (PartFact & { type: 'PlanRejected'; planId: string; reason: string })
  | (PartFact & { type: 'PlanExecuted'; data: PlanExecuted; undoUntil: string | null; planned: boolean })
  | (PartFact & { type: 'PlanRefused'; planId: string; reason: PlanRefused['reason']; blockers: Blocker[] })
  | (PartFact & { type: 'PlanExpired'; planId: string })
  | (PartFact & {
      type: 'CancellationSent';
      reason: 'withdrawn' | 'superseded' | 'resolved-manually' | 'closed';
      mayBeUnderWay: boolean;
    })
  | (PartFact & { type: 'ResolvedManually'; resolution: ManualResolution })
  | (PartFact & { type: 'RestorationApproved'; planId: string; reason: string })
  | (PartFact & { type: 'RecordsRestored'; data: RecordsRestored })
  | (PartFact & { type: 'AbsenceVerified'; sweep: number; found: number; fresh: boolean })
  | (Fact & { type: 'WithdrawalRecorded'; by: 'applicant' | 'clerk' | 'staff'; reason: string })
  | (Fact & { type: 'DeadlineWarned'; percent: Warning; unsettled: string[] })
  | (Fact & { type: 'ClockPaused'; reason: string })
  | (Fact & { type: 'ClockResumed'; dueAt: string })
  | (Fact & { type: 'DueDateExtended'; days: number; reason: string; dueAt: string })
  | (Fact & { type: 'PackageOrdered' })
  | (Fact & { type: 'PackageBuilt'; artifact: ArtifactRef })
  | (Fact & { type: 'PackageReleaseProposed' })
  | (Fact & { type: 'PackageReleased' })
  | (Fact & { type: 'PackageDownloaded' })
  | (Fact & {
      type: 'SuppressionOrdered';
      purposes: SuppressedPurpose[];
      recordTokens: string[];
      revision: number;
      since: string;
    })
  | (Fact & { type: 'SuppressionLifted'; reason: string; revision: number })
  | (Fact & { type: 'SuppressionPublished'; revision: number })
  | (Fact & { type: 'ErasureAnnounced'; eventId: string; results: { system: string; round: number; part: number }[] })
  | (PartFact & { type: 'CorrectionAnnounced'; eventId: string })
  | (Fact & {
      type: 'ReceiptRecorded';
      eventId: string;
      subscriber: string;
      outcome: ReceiptRecorded['outcome'];
      ground: string | null;
      records: number | null;
    })
  | (Fact & { type: 'ReceiptsChased'; eventId: string; missing: string[]; escalated: boolean })
  | (Fact & { type: 'QuestionAnswered'; note: string | null })
  | (Fact & { type: 'CaseClosed'; outcome: Outcome })
  | (Fact & { type: 'CaseReopened'; reason: string })
  | (Fact & { type: 'IdentityDestroyed' })
  | (Fact & { type: 'CaseDisposed' });

export type CaseEventType = CaseEvent['type'];
export type EventOf<T extends CaseEventType> = Extract<CaseEvent, { type: T }>;
