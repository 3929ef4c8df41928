import {
  ArtifactRefSchema,
  BilingualSchema,
  CASE_STATES,
  CaseChangedSchema,
  CHANNELS,
  KIND_NAMES,
  LANGUAGES,
  OPERATIONS,
  ReceiptRecordedSchema,
  ScopeSchema,
  SuppressionSetSchema,
} from '@kenri/contracts';
import { PART_STATES } from '../decisions/case-state.js';
import { CHAIN_FAULTS } from '../decisions/history.js';
import { ATTENTION } from '../decisions/summary.js';
import {
  codes,
  contract,
  count,
  listOf,
  namedBy,
  orNull,
  ref,
  Shown,
  ShownWhere,
  text,
  time,
  yes,
} from './answer-fields.js';
import { PART_ANSWERS, SystemPartAnswer } from './part-answers.dto.js';

// A case as it is answered (queries/case-view.ts), for the OpenAPI document. No personal data in any of it.

const kinds = listOf(codes(KIND_NAMES));
const outcome = orNull(contract(CaseChangedSchema.properties.outcome));
const who = 'staff:<account>, system:<id>, applicant, policy or timer';

export class CaseLineAnswer {
  @Shown(text, 'ULID of the case')
  caseId: string;
  @Shown(orNull(text), 'the reference that the applicant was given')
  reference: string | null;
  @Shown(kinds)
  kinds: string[];
  @Shown(orNull(codes(CHANNELS)))
  channel: string | null;
  @Shown(codes(CASE_STATES))
  state: string;
  @Shown(outcome)
  outcome: string | null;
  @Shown(listOf(codes(ATTENTION)), 'what a person ought to look at')
  attention: string[];
  @Shown(orNull(time))
  receivedAt: string | null;
  @Shown(orNull(time))
  dueAt: string | null;
  @Shown(time)
  changedAt: string;
  @Shown(namedBy(codes(PART_STATES)), "each system's state")
  systems: Record<string, string>;
}

export class AttentionAnswer {
  @Shown(codes(ATTENTION))
  code: string;
  @Shown(orNull(text), 'the system concerned, or null for the whole case')
  system: string | null;
}
export class PauseAnswer {
  @Shown(time)
  from: string;
  @Shown(orNull(time))
  until: string | null;
  @Shown(text, 'a code')
  reason: string;
}
export class CaseClock {
  @Shown(orNull(time))
  dueAt: string | null;
  @Shown(listOf(ref(PauseAnswer)))
  pauses: PauseAnswer[];
  @Shown(count)
  extendedByDays: number;
  @Shown(listOf(count), 'warnings given, in percent of the time')
  warned: number[];
}
export class WithdrawalAnswer {
  @Shown(time)
  at: string;
  @Shown(text)
  by: string;
  @Shown(text, 'a code')
  reason: string;
}
export class QuestionAnswer {
  @Shown(time)
  answeredAt: string;
  @Shown(text, who)
  by: string;
}
export class ClosedAnswer {
  @Shown(time)
  at: string;
  @Shown(text, who)
  by: string;
  @Shown(contract(CaseChangedSchema.properties.outcome))
  outcome: string;
}
export class PackageAnswer {
  @Shown(codes(['none', 'ordered', 'built', 'released']))
  state: string;
  @Shown(orNull(contract(ArtifactRefSchema)))
  artifact: object | null;
  @Shown(orNull(time))
  builtAt: string | null;
  @Shown(count)
  builds: number;
  @Shown(orNull(text))
  releasedBy: string | null;
  @Shown(orNull(time))
  releasedAt: string | null;
  @Shown(orNull(text), 'who asked for the release first: the second must be another person')
  releaseProposedBy: string | null;
  @Shown(count)
  downloads: number;
}
export class SuppressionAnswer {
  @Shown(text)
  set: string;
  @Shown(count)
  revision: number;
  @Shown(yes, 'whether the group was told of this revision')
  published: boolean;
  @Shown(contract(SuppressionSetSchema.properties.purposes))
  purposes: object[];
  @Shown(time)
  since: string;
  @Shown(yes)
  lifted: boolean;
}
export class ReceiptAnswer {
  @Shown(text, 'id in the register of systems')
  subscriber: string;
  @Shown(contract(ReceiptRecordedSchema.properties.outcome))
  outcome: string;
  @Shown(orNull(text), 'a code')
  ground: string | null;
  @Shown(orNull(count))
  records: number | null;
  @Shown(time)
  at: string;
}
export class PublishedAnswer {
  @Shown(text, 'ce_id of the event')
  id: string;
  @Shown(codes(['erased', 'corrected', 'suppression']))
  type: string;
  @Shown(time)
  at: string;
  @Shown(count, 'times missing receipts were asked for')
  chased: number;
  @Shown(listOf(ref(ReceiptAnswer)))
  receipts: ReceiptAnswer[];
  @Shown(listOf(text), 'systems that have not acknowledged (R-43)')
  missing: string[];
}
export class HistorySummary {
  @Shown(count)
  entries: number;
  @Shown(text, 'SHA-256 of the newest entry')
  head: string;
}

export class CaseAnswer {
  @Shown(text, 'ULID of the case')
  caseId: string;
  @Shown(count)
  revision: number;
  @Shown(orNull(text))
  reference: string | null;
  @Shown(kinds)
  kinds: string[];
  @Shown(orNull(codes(CHANNELS)))
  channel: string | null;
  @Shown(orNull(codes(LANGUAGES)))
  language: string | null;
  @Shown(orNull(contract(ScopeSchema)))
  scope: object | null;
  @Shown(codes(CASE_STATES))
  state: string;
  @Shown(outcome)
  outcome: string | null;
  @Shown(time)
  dueAt: string;
  @Shown(yes)
  packageReady: boolean;
  @Shown(orNull({ type: 'string', format: 'date' }))
  deferredUntil: string | null;
  @Shown(listOf(ref(AttentionAnswer)))
  attention: AttentionAnswer[];
  @Shown(orNull(time))
  openedAt: string | null;
  @Shown(orNull(time))
  receivedAt: string | null;
  @Shown(orNull(time))
  acceptedAt: string | null;
  @Shown(time)
  changedAt: string;
  @Shown(ref(CaseClock))
  clock: CaseClock;
  @Shown(orNull(ref(WithdrawalAnswer)))
  withdrawal: WithdrawalAnswer | null;
  @Shown(orNull(ref(QuestionAnswer)))
  question: QuestionAnswer | null;
  @Shown(orNull(ref(ClosedAnswer)))
  closed: ClosedAnswer | null;
  @Shown(namedBy(ref(SystemPartAnswer)), 'by system id')
  systems: Record<string, SystemPartAnswer>;
  @Shown(ref(PackageAnswer))
  package: PackageAnswer;
  @Shown(orNull(ref(SuppressionAnswer)))
  suppression: SuppressionAnswer | null;
  @Shown(listOf(ref(PublishedAnswer)))
  events: PublishedAnswer[];
  @Shown(orNull(time))
  identityDestroyedAt: string | null;
  @Shown(orNull(time))
  disposedAt: string | null;
  @Shown(ref(HistorySummary))
  history: HistorySummary;
}

export class HistoryStep {
  @Shown(count)
  n: number;
  @Shown(time)
  at: string;
  @Shown(text, who)
  who: string;
  @Shown(text)
  what: string;
  @Shown(orNull(text), 'a code')
  why: string | null;
  @Shown({ type: 'object', additionalProperties: true }, 'codes, counts and references of this step')
  detail: object;
  @Shown(text, 'digest of the entry before; that of the case id for the first')
  previous: string;
  @Shown(text, 'SHA-256 over the canonical JSON (RFC 8785) of all the other members')
  digest: string;
}
export class ChainVerdictAnswer {
  @Shown(yes)
  intact: boolean;
  @ShownWhere(count, 'where intact: how many')
  entries?: number;
  @ShownWhere(count, 'where not: the entry at fault')
  at?: number;
  @ShownWhere(codes(CHAIN_FAULTS), 'where not intact')
  fault?: string;
}
export class HistoryAnswer {
  @Shown(listOf(ref(HistoryStep)))
  entries: HistoryStep[];
  @Shown(text)
  head: string;
  @Shown(ref(ChainVerdictAnswer))
  verification: ChainVerdictAnswer;
}

export class RefusalGroundAnswer {
  @Shown(text)
  code: string;
  @Shown(listOf(codes(OPERATIONS)), 'what may be refused on it')
  operations: string[];
  @Shown(text, 'of the Act')
  article: string;
  @Shown(contract(BilingualSchema))
  text: object;
}
export class RefusalGroundsAnswer {
  @Shown(listOf(ref(RefusalGroundAnswer)))
  items: RefusalGroundAnswer[];
}
export class AlteredChain {
  @Shown(text)
  caseId: string;
  @Shown(count, 'the entry at fault')
  at: number;
  @Shown(codes(CHAIN_FAULTS))
  fault: string;
}
export class ChainsAnswer {
  @Shown(count)
  cases: number;
  @Shown(count)
  entries: number;
  @Shown(listOf(ref(AlteredChain)))
  altered: AlteredChain[];
}
export class ReconciledAnswer {
  @Shown(count, 'cases in the register')
  cases: number;
  @Shown(count, 'entries that the register wants in the topic')
  entries: number;
  @Shown(count, 'cases whose entries were missing or old, and were published again')
  republished: number;
  @Shown(count, 'keys in the topic of which the register knows nothing')
  unknown: number;
}
export class PasswordAnswer {
  @Shown(text)
  password: string;
}
export class LinkAnswer {
  @Shown(text, 'shown this once')
  path: string;
  @Shown(time)
  expiresAt: Date;
}

/** Every class that another one refers to. */
export const CASE_ANSWERS = [
  ...PART_ANSWERS,
  AttentionAnswer,
  PauseAnswer,
  CaseClock,
  WithdrawalAnswer,
  QuestionAnswer,
  ClosedAnswer,
  PackageAnswer,
  SuppressionAnswer,
  ReceiptAnswer,
  PublishedAnswer,
  HistorySummary,
  HistoryStep,
  ChainVerdictAnswer,
  RefusalGroundAnswer,
  AlteredChain,
];
