import type {
  AbsenceVerified,
  AnswerFailed,
  ArtifactRef,
  PlanExecuted,
  PlanRefused,
  ReceiptRecorded,
  RecordsLocated,
  RecordsRestored,
  RequestAccepted,
  RequestWithdrawn,
} from '@kenri/contracts';
import type { Determination, Exclusion, ManualResolution } from './case-state.js';
import type { TimerKind } from './timers.js';

interface ByStaff {
  /** `staff:<account>` */
  who: string;
}
interface OnSystem extends ByStaff {
  system: string;
}
/** Made from a version that was shown: the If-Match header. */
interface FromVersion extends OnSystem {
  ifMatch: string;
}

/** What can be asked of a case: messages that arrived, decisions of people, timers that fell due. */
export type CaseCommand =
  | { type: 'open'; request: Omit<RequestAccepted, 'subject'>; identity: string }
  | { type: 'record-withdrawal-wish'; data: RequestWithdrawn }
  | { type: 'record-located'; data: RecordsLocated }
  | { type: 'record-executed'; data: PlanExecuted }
  | { type: 'record-plan-refused'; data: PlanRefused }
  | { type: 'record-failed'; data: AnswerFailed }
  | { type: 'record-verified'; data: AbsenceVerified }
  | { type: 'record-restored'; data: RecordsRestored }
  | { type: 'record-receipt'; data: ReceiptRecorded }
  | ({
      type: 'decide-match';
      ref: string;
      verdict: 'certain' | 'candidate';
      decision: 'confirmed' | 'rejected';
      corrections: number;
    } & FromVersion)
  | ({ type: 'determine-correction'; determination: Omit<Determination, 'by' | 'at'> } & FromVersion)
  | ({ type: 'set-exclusions'; exclusions: Exclusion[] } & FromVersion)
  | ({ type: 'propose-plan' } & FromVersion)
  | ({ type: 'approve-plan' } & FromVersion)
  | ({ type: 'reject-plan'; reason: string } & FromVersion)
  | ({ type: 'ask-again' } & OnSystem)
  | ({ type: 'resolve-manually'; outcome: ManualResolution['outcome']; ground: string; note: string | null } & OnSystem)
  | ({ type: 'restore'; reason: string } & OnSystem)
  | ({ type: 'cancel'; reason: string } & ByStaff)
  | ({ type: 'answer-question'; note: string | null } & ByStaff)
  | ({ type: 'close' } & ByStaff)
  | ({ type: 'pause-clock'; reason: string } & ByStaff)
  | ({ type: 'resume-clock' } & ByStaff)
  | ({ type: 'extend-due-date'; days: number; reason: string } & ByStaff)
  | { type: 'record-package-built'; artifact: ArtifactRef }
  | ({ type: 'propose-release' } & ByStaff)
  | ({ type: 'release-package' } & ByStaff)
  | ({ type: 'record-download' } & ByStaff)
  | { type: 'record-suppression-published'; revision: number }
  | { type: 'fire-timer'; id: string; kind: TimerKind };
