import { FreshnessSchema, HoldSchema, OPERATIONS, PlanExecutedSchema, RecordsLocatedSchema } from '@kenri/contracts';
import { PART_STATES } from '../decisions/case-state.js';
import { codes, contract, count, listOf, orNull, ref, Shown, text, time, yes } from './answer-fields.js';

// One system's part of a case as it is answered (queries/case-view.ts), for the OpenAPI document. No personal data in any of it.

const located = RecordsLocatedSchema.properties;
const operations = listOf(codes(OPERATIONS));
const verdict = codes(['certain', 'candidate']);
const account = 'account of the staff member';

export class MatchDecisionAnswer {
  @Shown(text, 'reference of the match in the review')
  ref: string;
  @Shown(verdict)
  verdict: string;
  @Shown(codes(['confirmed', 'rejected']))
  decision: string;
  @Shown(count, "claimed corrections that concern this match's records")
  corrections: number;
  @Shown(text, account)
  by: string;
  @Shown(time)
  at: string;
}

export class DeterminationAnswer {
  @Shown(text, 'reference of the match in the review')
  match: string;
  @Shown(verdict)
  verdict: string;
  @Shown(yes, 'false where the system holds the claimed value already')
  due: boolean;
  @Shown(text)
  claimId: string;
  @Shown(text, 'reference of the record in the review')
  record: string;
  @Shown(text)
  path: string;
  @Shown(codes(['founded', 'unfounded', 'partly']))
  finding: string;
  @Shown(text, account)
  by: string;
  @Shown(time)
  at: string;
}

export class ExclusionAnswer {
  @Shown(text, 'reference of the record in the review')
  record: string;
  @Shown(listOf(text), 'empty: the whole record')
  paths: string[];
  @Shown(operations)
  operations: string[];
  @Shown(text, 'code of a refusal ground')
  ground: string;
}

export class DecisionsAnswer {
  @Shown(text, 'as in the ETag')
  etag: string;
  @Shown(listOf(ref(MatchDecisionAnswer)))
  matches: MatchDecisionAnswer[];
  @Shown(listOf(ref(DeterminationAnswer)), 'values and grounds in words stay sealed')
  corrections: DeterminationAnswer[];
  @Shown(listOf(ref(ExclusionAnswer)))
  exclusions: ExclusionAnswer[];
}
/** What a change of the decisions answers. */
export class ChangedDecisionsAnswer extends DecisionsAnswer {
  @Shown(codes(PART_STATES), "where the system's part stands now")
  state: string;
}

export class ApprovalAnswer {
  @Shown(text, account)
  staff: string;
  @Shown(time)
  at: string;
}
export class FrozenPlanAnswer {
  @Shown(text)
  planId: string;
  @Shown(count)
  round: number;
  @Shown(text, 'SHA-256 of what was found and is approved')
  manifestDigest: string;
  @Shown(operations)
  operations: string[];
  @Shown(listOf(text))
  confirmed: string[];
  @Shown(listOf(text))
  rejected: string[];
  @Shown(listOf(ref(ExclusionAnswer)))
  exclusions: ExclusionAnswer[];
  @Shown(listOf(ref(DeterminationAnswer)))
  corrections: DeterminationAnswer[];
  @Shown(count)
  undoDays: number;
  @Shown(text, account)
  proposedBy: string;
  @Shown(time)
  proposedAt: string;
  @Shown(listOf(ref(ApprovalAnswer)))
  approvedBy: ApprovalAnswer[];
  @Shown(orNull(time), 'executed until then or never; null before it is approved')
  validUntil: string | null;
  @Shown(count, 'times the approved plan was sent')
  sent: number;
}
export class PlanAnswer {
  @Shown(text, 'as in the ETag')
  etag: string;
  @Shown(listOf(text), 'accounts of all who decided or proposed: none of them may approve (R-51)')
  involved: string[];
  @Shown(orNull(ref(FrozenPlanAnswer)))
  plan: FrozenPlanAnswer | null;
}
/** What a change of the plan answers. */
export class ChangedPlanAnswer extends PlanAnswer {
  @Shown(codes(PART_STATES), "where the system's part stands now")
  state: string;
}

export class FoundAnswer {
  @Shown(contract(located.matches), 'persons')
  matches: object;
  @Shown(contract(located.records), 'rows')
  records: object;
  @Shown(count)
  possibleMentions: number;
  @Shown(contract(FreshnessSchema.properties.fresh), '"nothing found" counts only where true')
  fresh: boolean;
  @Shown(orNull(time))
  indexedUntil: string | null;
  @Shown(text)
  manifestDigest: string;
  @Shown(time)
  locatedAt: string;
}
export class OpenDecisions {
  @Shown(count)
  candidates: number;
  @Shown(count)
  determinations: number;
  @Shown(operations, 'operations of the next plan')
  operations: string[];
}
export class ActedTotals {
  @Shown({ type: 'object', properties: { records: count, files: count } })
  exported: object;
  @Shown({ type: 'object', properties: { records: count, fields: count } })
  corrected: object;
  @Shown({ type: 'object', properties: { records: count, publishedOnly: listOf(text) } })
  suppressed: object;
  @Shown({
    type: 'object',
    properties: { deleted: count, personRemoved: count, fieldsRemoved: count, restricted: count },
  })
  erased: object;
}
export class PlanResultAnswer {
  @Shown(count)
  round: number;
  @Shown(text)
  planId: string;
  @Shown(contract(PlanExecutedSchema.properties.stage))
  stage: string;
  @Shown(count)
  part: number;
  @Shown(time)
  finishedAt: string;
  @Shown(operations)
  operations: string[];
  @Shown(contract(PlanExecutedSchema.properties.done))
  done: object;
  @Shown(listOf(contract(HoldSchema)))
  deferred: object[];
  @Shown(count, 'changed since the plan was made: left alone')
  changed: number;
  @Shown(count, 'new since the plan was made: not acted on')
  appeared: number;
  @Shown(orNull(time), 'until when it can be undone')
  undoUntil: string | null;
  @Shown(orNull(text), 'ce_id of the dsr.subject.erased.v1 that told the group')
  announcedBy: string | null;
  @Shown(yes)
  restored: boolean;
}
export class FailureAnswer {
  @Shown(codes(['locate', 'execute', 'verify', 'restore']))
  step: string;
  @Shown(text, 'a code')
  reason: string;
  @Shown(count)
  attempts: number;
  @Shown(time)
  since: string;
  @Shown(time)
  lastAt: string;
  @Shown(orNull(time), 'null: it has given up')
  nextAttemptAt: string | null;
}
export class RefusalAnswer {
  @Shown(text, 'a code')
  reason: string;
  @Shown(contract(located.blockers))
  blockers: object[];
  @Shown(time)
  at: string;
}
export class ManualAnswer {
  @Shown(codes(['carried-out', 'refused', 'nothing-found']))
  outcome: string;
  @Shown(text, 'a code')
  ground: string;
  @Shown(text, account)
  by: string;
  @Shown(time)
  at: string;
  @Shown(yes, 'whether a note is kept, sealed')
  hasNote: boolean;
}
export class RestorationAnswer {
  @Shown(text)
  planId: string;
  @Shown(count)
  round: number;
  @Shown(text, 'a code')
  reason: string;
  @Shown(text, account)
  by: string;
  @Shown(time)
  at: string;
  @Shown(orNull(count))
  records: number | null;
  @Shown(orNull(count))
  notRestored: number | null;
}
export class VerificationAnswer {
  @Shown(count)
  sweeps: number;
  @Shown(orNull(time))
  lastAt: string | null;
  @Shown(count)
  found: number;
}

export class SystemPartAnswer {
  @Shown(text, 'system id')
  system: string;
  @Shown(count)
  round: number;
  @Shown(orNull(text), 'why the present round was asked; null for the first')
  roundReason: string | null;
  @Shown(codes(PART_STATES))
  state: string;
  @Shown(time)
  since: string;
  @Shown({ type: 'object', properties: { times: count, at: time } }, 'asking again for the answer that is due')
  asked: object;
  @Shown(count, '"nothing found" on an index that had not caught up')
  staleAnswers: number;
  @Shown(orNull(ref(FoundAnswer)))
  found: FoundAnswer | null;
  @Shown(orNull(contract(located.dryRun)), 'what the certain matches alone would come to')
  dryRun: object | null;
  @Shown(contract(located.blockers))
  blockers: object[];
  @Shown(contract(located.holds))
  holds: object[];
  @Shown(contract(located.endings), 'services that end (R-18)')
  endings: object[];
  @Shown(ref(OpenDecisions))
  open: OpenDecisions;
  @Shown(ref(DecisionsAnswer))
  decisions: DecisionsAnswer;
  @Shown(ref(PlanAnswer))
  plan: PlanAnswer;
  @Shown(operations, 'carried out, over all rounds')
  done: string[];
  @Shown(ref(ActedTotals))
  acted: ActedTotals;
  @Shown(listOf(ref(PlanResultAnswer)))
  results: PlanResultAnswer[];
  @Shown(orNull({ type: 'string', format: 'date' }))
  deferredUntil: string | null;
  @Shown(orNull(ref(FailureAnswer)))
  failure: FailureAnswer | null;
  @Shown(orNull(ref(RefusalAnswer)))
  refusal: RefusalAnswer | null;
  @Shown(yes)
  cancelling: boolean;
  @Shown(orNull(ref(ManualAnswer)))
  manual: ManualAnswer | null;
  @Shown(orNull(ref(RestorationAnswer)))
  restoration: RestorationAnswer | null;
  @Shown(ref(VerificationAnswer))
  verification: VerificationAnswer;
}

export const PART_ANSWERS = [
  MatchDecisionAnswer,
  DeterminationAnswer,
  ExclusionAnswer,
  DecisionsAnswer,
  ApprovalAnswer,
  FrozenPlanAnswer,
  PlanAnswer,
  FoundAnswer,
  OpenDecisions,
  ActedTotals,
  PlanResultAnswer,
  FailureAnswer,
  RefusalAnswer,
  ManualAnswer,
  RestorationAnswer,
  VerificationAnswer,
  SystemPartAnswer,
];
