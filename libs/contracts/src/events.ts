import { Type, type Static, type TObject } from 'typebox';
import { ScopeSchema } from './applicant.js';
import { ArtifactRefSchema, SealedSchema } from './sealed.js';
import { TOPICS, type TopicName } from './topics.js';
import {
  BilingualSchema,
  CaseIdSchema,
  ChannelSchema,
  DigestSchema,
  KindSchema,
  LanguageSchema,
  OperationSchema,
  PurposeSchema,
  SystemSchema,
  TimeSchema,
} from './vocabulary.js';

const count = Type.Integer({ minimum: 0 });
const round = Type.Integer({ minimum: 1, maximum: 1000 });
const code = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,63}$' });
const token = Type.String({
  pattern: '^m1\\.[A-Za-z0-9_-]{1,32}\\.(email|phone|kana-birth|record)\\.[A-Za-z0-9_-]{43}$',
});
/** Of one system's records. */
const recordTokens = Type.Array(token, { maxItems: 200 });
/** Match tokens that one event to the group carries at most: with the longest key ids still within MAX_PAYLOAD_BYTES. */
export const MOST_TOKENS = 600;
const tokens = Type.Array(token, { maxItems: MOST_TOKENS });
const unit = { caseId: CaseIdSchema, system: SystemSchema, round };
/** A code and a bound: nothing a person wrote, so that no personal data can ride along. */
const detail = Type.String({ maxLength: 200 });

// ── dsr.requests.v1 ────────────────────────────────────────────────────────────────────────────────────────────────
/** Accepted after identity was confirmed. `systems` is also header `ce_systems`. */
export const RequestAcceptedSchema = Type.Object({
  caseId: CaseIdSchema,
  reference: Type.String({ maxLength: 40 }),
  kinds: Type.Array(KindSchema, { minItems: 1, uniqueItems: true }),
  channel: ChannelSchema,
  language: LanguageSchema,
  systems: Type.Array(SystemSchema, { uniqueItems: true, maxItems: 100 }),
  scope: ScopeSchema,
  /** Arrival of the complete application: the statutory clock starts here. */
  receivedAt: TimeSchema,
  acceptedAt: TimeSchema,
  acceptedBy: Type.String({ maxLength: 100, description: 'staff account' }),
  /** A `Subject`, sealed for `cases` and every system named. */
  subject: SealedSchema,
});
export type RequestAccepted = Static<typeof RequestAcceptedSchema>;

export const RequestWithdrawnSchema = Type.Object({
  caseId: CaseIdSchema,
  withdrawnAt: TimeSchema,
  by: Type.Enum(['applicant', 'clerk']),
});
export type RequestWithdrawn = Static<typeof RequestWithdrawnSchema>;

// ── dsr.plans.v1 ───────────────────────────────────────────────────────────────────────────────────────────────────
/** A further round for one system: ask again, with what has become known since. */
export const LookupRequestedSchema = Type.Object({
  ...unit,
  kinds: Type.Array(KindSchema, { minItems: 1 }),
  scope: ScopeSchema,
  requestedAt: TimeSchema,
  reason: Type.Enum(['asked-again', 'records-changed', 'records-appeared', 'unanswered', 'found-after-erasure']),
  subject: SealedSchema,
});
export type LookupRequested = Static<typeof LookupRequestedSchema>;

/** `plan` is a compact JWS (RFC 7515, EdDSA/Ed25519, kid `cases`) over a `Plan`; the other fields only help to route it. */
export const PlanApprovedSchema = Type.Object({
  ...unit,
  planId: Type.String({ pattern: '^[A-Za-z0-9_-]{8,64}$' }),
  validUntil: TimeSchema,
  plan: Type.String({ maxLength: 60_000 }),
});
export type PlanApproved = Static<typeof PlanApprovedSchema>;

/** Permanent, also for a plan never seen; without `planId` every plan of the unit. */
export const PlanCancelledSchema = Type.Object({
  ...unit,
  planId: Type.Optional(Type.String()),
  reason: Type.Enum(['withdrawn', 'superseded', 'expired', 'resolved-manually', 'closed']),
  cancelledAt: TimeSchema,
});
export type PlanCancelled = Static<typeof PlanCancelledSchema>;

/** Undo within the window. `approval` is a compact JWS over `{ caseId, system, round, planId, approvedBy, reason, at }`. */
export const RestorationApprovedSchema = Type.Object({
  ...unit,
  planId: Type.String(),
  approval: Type.String({ maxLength: 8000 }),
});
export type RestorationApproved = Static<typeof RestorationApprovedSchema>;

const exclusion = Type.Object({
  record: Type.String(),
  /** Where given, only these paths of the record are withheld or spared. */
  paths: Type.Optional(Type.Array(Type.String())),
  operations: Type.Array(OperationSchema, { minItems: 1 }),
  ground: code,
});
/** What four eyes approved for one system: the payload of the JWS in `dsr.plan.approved.v1`. Nothing else is executed. */
export const PlanSchema = Type.Object({
  planId: Type.String(),
  ...unit,
  /** The manifest it approves, as answered in `dsr.records.located.v1`. */
  manifestDigest: DigestSchema,
  operations: Type.Array(OperationSchema, { minItems: 1, uniqueItems: true }),
  scope: ScopeSchema,
  /** Candidates that a person confirmed to be the applicant. Certain matches are included without being named. */
  confirmed: Type.Array(Type.String()),
  /** Matches, certain or candidate, that a person rejected. Candidates not confirmed are left alone in any case. */
  rejected: Type.Array(Type.String()),
  /** Refusals per record or field. */
  exclusions: Type.Array(exclusion),
  /** `{ corrections: { record, path, claimId, value: string | null }[] }` sealed for the system: founded claims only. */
  corrections: Type.Optional(SealedSchema),
  /** Beyond a hundred decisions `confirmed`, `rejected`, `exclusions` and corrections stand in this artifact instead. */
  decisions: Type.Optional(ArtifactRefSchema),
  /** Days during which an erasure can be undone; 0 = never. */
  undoDays: Type.Integer({ minimum: 0, maximum: 90 }),
  approvedBy: Type.Array(Type.Object({ staff: Type.String(), at: TimeSchema }), { minItems: 1 }),
  validUntil: TimeSchema,
});
export type Plan = Static<typeof PlanSchema>;

// ── dsr.answers.v1 ─────────────────────────────────────────────────────────────────────────────────────────────────
/** How far the side index had followed the business store when the answer was given. */
export const FreshnessSchema = Type.Object({
  /** False: "nothing found" is not an answer (architecture.md, Finding people fast). */
  fresh: Type.Boolean(),
  /** The index holds every change up to here; null before the first sweep is complete. */
  indexedUntil: Type.Union([TimeSchema, Type.Null()]),
});
export type Freshness = Static<typeof FreshnessSchema>;

export const HoldSchema = Type.Object({
  rule: code,
  law: BilingualSchema,
  article: Type.String({ maxLength: 100 }),
  /** ISO date, the last day of the longest period; null: no end is known (legal hold). */
  until: Type.Union([Type.String({ format: 'date' }), Type.Null()]),
  records: count,
});
export type Hold = Static<typeof HoldSchema>;

export const BlockerSchema = Type.Object({
  code,
  label: BilingualSchema,
  operations: Type.Array(OperationSchema),
  records: count,
});
export type Blocker = Static<typeof BlockerSchema>;

export const RecordsLocatedSchema = Type.Object({
  ...unit,
  manifestDigest: DigestSchema,
  locatedAt: TimeSchema,
  freshness: FreshnessSchema,
  /** Persons found (a match is one person-bearing record with all rows hanging on it), and rows. */
  matches: Type.Object({ certain: count, candidate: count }),
  records: Type.Object({ certain: count, candidate: count }),
  /** Free text elsewhere that may speak of the person; never acted on automatically. */
  possibleMentions: count,
  /** What the certain matches' dry run would do. */
  dryRun: Type.Object({
    export: Type.Optional(Type.Object({ records: count, files: count })),
    correct: Type.Optional(Type.Object({ records: count, fields: count })),
    suppress: Type.Optional(Type.Object({ records: count, publishedOnly: Type.Array(PurposeSchema) })),
    erase: Type.Optional(Type.Object({ delete: count, removePerson: count, removeFields: count, hold: count })),
  }),
  blockers: Type.Array(BlockerSchema, { maxItems: 100 }),
  holds: Type.Array(HoldSchema, { maxItems: 100 }),
  /** Services that end. */
  endings: Type.Array(Type.Object({ code, label: BilingualSchema, records: count }), { maxItems: 100 }),
  /** A `Review` (review.ts), sealed for `cases`, or `cases/medical` where the map says so; null where nothing was found. */
  review: Type.Union([ArtifactRefSchema, Type.Null()]),
  /** Match tokens of the certain matches' root records. */
  recordTokens,
});
export type RecordsLocated = Static<typeof RecordsLocatedSchema>;

export const PlanExecutedSchema = Type.Object({
  ...unit,
  planId: Type.String(),
  /** 'plan' the first time; 'deferred' when a retention period ended and the records kept until then were erased. */
  stage: Type.Enum(['plan', 'deferred']),
  /** 0 for the plan, then 1, 2, … for each deferred part. */
  part: count,
  startedAt: TimeSchema,
  finishedAt: TimeSchema,
  done: Type.Object({
    export: Type.Optional(
      Type.Object({ records: count, files: count, artifact: Type.Union([ArtifactRefSchema, Type.Null()]) }),
    ),
    correct: Type.Optional(Type.Object({ records: count, fields: count })),
    suppress: Type.Optional(Type.Object({ records: count, publishedOnly: Type.Array(PurposeSchema) })),
    erase: Type.Optional(
      Type.Object({ deleted: count, personRemoved: count, fieldsRemoved: count, restricted: count }),
    ),
  }),
  /** Kept for the law, restricted meanwhile, erased by itself when `until` has passed. */
  deferred: Type.Array(HoldSchema, { maxItems: 100 }),
  /** Found to have changed since the plan was made: left alone, back to a person. */
  changed: count,
  /** Appeared since the plan was made: reported, not acted on. */
  appeared: count,
  recordTokens,
  /** Digest over the journal of this execution. */
  journal: DigestSchema,
});
export type PlanExecuted = Static<typeof PlanExecutedSchema>;

export const PlanRefusedSchema = Type.Object({
  ...unit,
  planId: Type.String(),
  reason: Type.Enum([
    'cancelled',
    'stale',
    'expired',
    'unknown-manifest',
    'invalid-signature',
    'blocked',
    'superseded',
  ]),
  blockers: Type.Array(BlockerSchema, { maxItems: 100 }),
  refusedAt: TimeSchema,
});
export type PlanRefused = Static<typeof PlanRefusedSchema>;

export const AbsenceVerifiedSchema = Type.Object({
  ...unit,
  planId: Type.String(),
  sweep: count,
  verifiedAt: TimeSchema,
  freshness: FreshnessSchema,
  /** Records of the person that ought to be gone and are there. */
  found: count,
});
export type AbsenceVerified = Static<typeof AbsenceVerifiedSchema>;

export const RecordsRestoredSchema = Type.Object({
  ...unit,
  planId: Type.String(),
  restoredAt: TimeSchema,
  records: count,
  notRestored: count,
});
export type RecordsRestored = Static<typeof RecordsRestoredSchema>;

export const AnswerFailedSchema = Type.Object({
  ...unit,
  step: Type.Enum(['locate', 'execute', 'verify', 'restore']),
  planId: Type.Optional(Type.String()),
  reason: code,
  detail,
  attempts: count,
  failedAt: TimeSchema,
  /** Null: the connector has given up; a person must look. */
  nextAttemptAt: Type.Union([TimeSchema, Type.Null()]),
});
export type AnswerFailed = Static<typeof AnswerFailedSchema>;

// ── dsr.cases.v1 ───────────────────────────────────────────────────────────────────────────────────────────────────
export const CASE_STATES = ['collecting', 'deciding', 'executing', 'answering', 'closed', 'cancelled'] as const;
export type CaseState = (typeof CASE_STATES)[number];
const forApplicant = { caseId: CaseIdSchema, reference: Type.String(), historyHead: DigestSchema };
export const CaseOpenedSchema = Type.Object({ ...forApplicant, openedAt: TimeSchema, dueAt: TimeSchema });
export type CaseOpened = Static<typeof CaseOpenedSchema>;
export const CaseChangedSchema = Type.Object({
  ...forApplicant,
  revision: count,
  state: Type.Enum([...CASE_STATES]),
  outcome: Type.Optional(
    Type.Enum(['carried-out', 'partly-carried-out', 'refused', 'nothing-found', 'withdrawn', 'answered']),
  ),
  /** Where records are kept for a legal period. */
  deferredUntil: Type.Optional(Type.String({ format: 'date' })),
  dueAt: TimeSchema,
  packageReady: Type.Boolean(),
  changedAt: TimeSchema,
});
export type CaseChanged = Static<typeof CaseChangedSchema>;
export const CaseDisposedSchema = Type.Object({
  caseId: CaseIdSchema,
  disposedAt: TimeSchema,
  historyHead: DigestSchema,
});
export type CaseDisposed = Static<typeof CaseDisposedSchema>;

// ── for the business systems ───────────────────────────────────────────────────────────────────────────────────────
const purposes = Type.Array(
  Type.Object({
    purpose: PurposeSchema,
    /** `ongoing`, or only for data collected before `collectedBefore`: who joins again later is not blocked for ever. */
    applies: Type.Enum(['ongoing', 'collected-before']),
    collectedBefore: Type.Optional(TimeSchema),
  }),
);
export const SubjectErasedSchema = Type.Object({
  caseId: CaseIdSchema,
  set: Type.String(),
  tokens,
  erasedAt: TimeSchema,
  /** Data collected after this time is not meant. */
  collectedBefore: TimeSchema,
  systems: Type.Array(
    Type.Object({
      system: SystemSchema,
      erased: count,
      deferredUntil: Type.Union([Type.String({ format: 'date' }), Type.Null()]),
    }),
  ),
});
export type SubjectErased = Static<typeof SubjectErasedSchema>;
export const SubjectCorrectedSchema = Type.Object({
  caseId: CaseIdSchema,
  set: Type.String(),
  /** Tokens of the person before the correction, and of what has changed after it. */
  tokens,
  newTokens: Type.Array(token, { maxItems: 200 }),
  fields: Type.Array(Type.String()),
  correctedAt: TimeSchema,
  systems: Type.Array(Type.Object({ system: SystemSchema, records: count })),
});
export type SubjectCorrected = Static<typeof SubjectCorrectedSchema>;
/** One compacted entry per token and case. No purposes and a higher revision: lifted. A tombstone may follow. */
export const SuppressionSetSchema = Type.Object({
  token,
  set: Type.String(),
  caseId: CaseIdSchema,
  purposes,
  since: TimeSchema,
  until: Type.Union([TimeSchema, Type.Null()]),
  revision: Type.Integer({ minimum: 1 }),
});
export type SuppressionSet = Static<typeof SuppressionSetSchema>;
export const ReceiptRecordedSchema = Type.Object({
  caseId: CaseIdSchema,
  /** `ce_id` of the event acknowledged (for suppressions, the `set`). */
  eventId: Type.String({ maxLength: 200 }),
  /** Id of the business system in the register. */
  subscriber: SystemSchema,
  outcome: Type.Enum(['done', 'not-held', 'refused', 'failed']),
  ground: Type.Optional(code),
  records: Type.Optional(count),
  recordedAt: TimeSchema,
});
export type ReceiptRecorded = Static<typeof ReceiptRecordedSchema>;

/** Every event type with its topic and payload schema: messages, AsyncAPI and docs are all made from this table. */
export const EVENTS = {
  'dsr.request.accepted.v1': { topic: TOPICS.requests.name, schema: RequestAcceptedSchema },
  'dsr.request.withdrawn.v1': { topic: TOPICS.requests.name, schema: RequestWithdrawnSchema },
  'dsr.lookup.requested.v1': { topic: TOPICS.plans.name, schema: LookupRequestedSchema },
  'dsr.plan.approved.v1': { topic: TOPICS.plans.name, schema: PlanApprovedSchema },
  'dsr.plan.cancelled.v1': { topic: TOPICS.plans.name, schema: PlanCancelledSchema },
  'dsr.restoration.approved.v1': { topic: TOPICS.plans.name, schema: RestorationApprovedSchema },
  'dsr.records.located.v1': { topic: TOPICS.answers.name, schema: RecordsLocatedSchema },
  'dsr.plan.executed.v1': { topic: TOPICS.answers.name, schema: PlanExecutedSchema },
  'dsr.plan.refused.v1': { topic: TOPICS.answers.name, schema: PlanRefusedSchema },
  'dsr.absence.verified.v1': { topic: TOPICS.answers.name, schema: AbsenceVerifiedSchema },
  'dsr.records.restored.v1': { topic: TOPICS.answers.name, schema: RecordsRestoredSchema },
  'dsr.answer.failed.v1': { topic: TOPICS.answers.name, schema: AnswerFailedSchema },
  'dsr.case.opened.v1': { topic: TOPICS.cases.name, schema: CaseOpenedSchema },
  'dsr.case.changed.v1': { topic: TOPICS.cases.name, schema: CaseChangedSchema },
  'dsr.case.disposed.v1': { topic: TOPICS.cases.name, schema: CaseDisposedSchema },
  'dsr.subject.erased.v1': { topic: TOPICS.erasures.name, schema: SubjectErasedSchema },
  'dsr.subject.corrected.v1': { topic: TOPICS.corrections.name, schema: SubjectCorrectedSchema },
  'dsr.suppression.set.v1': { topic: TOPICS.suppressions.name, schema: SuppressionSetSchema },
  'dsr.receipt.recorded.v1': { topic: TOPICS.receipts.name, schema: ReceiptRecordedSchema },
} as const satisfies Record<string, { topic: TopicName; schema: TObject }>;

export type EventType = keyof typeof EVENTS;
export type Payload<T extends EventType> = Static<(typeof EVENTS)[T]['schema']>;
