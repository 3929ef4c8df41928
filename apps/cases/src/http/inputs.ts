import { CASE_STATES, KIND_NAMES, OPERATIONS, type Operation } from '@kenri/contracts';
import {
  ChoiceField,
  ChoiceListField,
  IntegerField,
  ObjectListField,
  PageQuery,
  TextField,
  TextListField,
} from '@kenri/service';
import { PART_STATES } from '../decisions/case-state.js';

const ULID = /^[0-9A-HJKMNP-TV-Z]{26}$/;
const SYSTEM = /^[a-z][a-z0-9-]{1,39}$/;
const REF = /^[A-Za-z0-9._:#-]{1,200}$/;
const CODE = /^[a-z0-9][a-z0-9-]{0,63}$/;

export class CasePath {
  @TextField({ pattern: ULID, description: 'ULID of the case' })
  caseId: string;
}
export class SystemPath extends CasePath {
  @TextField({ pattern: SYSTEM, description: 'system id', example: 'auto' })
  system: string;
}
export class MatchPath extends SystemPath {
  @TextField({ pattern: REF, max: 200, description: 'reference of the match in the review' })
  ref: string;
}
export class ClaimPath extends SystemPath {
  @TextField({ pattern: /^[A-Za-z0-9_-]{1,40}$/, description: 'id of the claimed correction' })
  claimId: string;
}

export class CasesQuery extends PageQuery {
  @ChoiceField({ of: CASE_STATES, optional: true, description: 'where the case stands' })
  state?: string;
  @ChoiceField({ of: KIND_NAMES, optional: true, description: 'a kind of request among those asked' })
  kind?: string;
  @TextField({ pattern: SYSTEM, optional: true, description: 'a system among those that must answer' })
  system?: string;
  @ChoiceField({ of: PART_STATES, optional: true, description: "that system's state; needs `system`" })
  systemState?: string;
  @TextField({ max: 40, optional: true, description: 'the reference that the applicant was given' })
  reference?: string;
  @TextField({
    pattern: CODE,
    optional: true,
    description: 'what a person ought to look at, such as `awaiting-person`',
  })
  attention?: string;
}

export class MatchDecisionInput {
  @ChoiceField({ of: ['confirmed', 'rejected'], description: 'whether the match is the applicant' })
  decision: 'confirmed' | 'rejected';
}

export class DeterminationInput {
  @TextField({ pattern: REF, max: 200, description: 'reference of the record in the review' })
  record: string;
  @TextField({ max: 200, description: 'path of the field in the review' })
  path: string;
  @ChoiceField({ of: ['founded', 'unfounded', 'partly'] })
  finding: 'founded' | 'unfounded' | 'partly';
  @TextField({ max: 2000, description: 'why; kept sealed' })
  grounds: string;
  @TextField({ min: 0, max: 500, optional: true, description: 'what to record instead where `partly`; kept sealed' })
  value?: string;
}

export class ExclusionInput {
  @TextField({ pattern: REF, max: 200, description: 'reference of the record in the review' })
  record: string;
  @TextListField({
    max: 200,
    maxItems: 100,
    optional: true,
    description: 'only these fields; the whole record where absent',
  })
  paths?: string[];
  @ChoiceListField({ of: OPERATIONS, minItems: 1, maxItems: 4 })
  operations: Operation[];
  @TextField({ pattern: CODE, description: 'code of a refusal ground, see GET /refusal-grounds' })
  ground: string;
}
export class ExclusionsInput {
  @ObjectListField(() => ExclusionInput, { maxItems: 200 })
  exclusions: ExclusionInput[];
}

export class ReasonInput {
  @TextField({ pattern: CODE, max: 64, description: 'a code; never a text about a person', example: 'applicant-asked' })
  reason: string;
}
export const RESTORATION_REASONS = [
  'wrong-person',
  'wrong-record',
  'application-in-error',
  'legal-hold',
  'other',
] as const;
export class RestorationInput {
  @ChoiceField({ of: RESTORATION_REASONS, description: 'why the erasure is undone' })
  reason: string;
}
export class ResolutionInput {
  @ChoiceField({ of: ['carried-out', 'refused', 'nothing-found'] })
  outcome: 'carried-out' | 'refused' | 'nothing-found';
  @TextField({ pattern: CODE, description: 'a code for the ground', example: 'done-by-hand' })
  ground: string;
  @TextField({ max: 2000, optional: true, description: 'what was done; kept sealed, not part of the history' })
  note?: string;
}
export class AnswerInput {
  @TextField({ max: 10_000, optional: true, description: 'the answer given; kept sealed' })
  note?: string;
}
export class ExtensionInput extends ReasonInput {
  @IntegerField({ min: 1, max: 60, description: 'days' })
  days: number;
}
