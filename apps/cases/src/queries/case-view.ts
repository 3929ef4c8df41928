import type { CaseState, PlanResult, SystemPart } from '../decisions/case-state.js';
import { involvedIn, keptUntil, openCandidates, openDeterminations, stageOperations } from '../decisions/part.js';
import { decisionsVersion, planVersion } from '../decisions/plans.js';
import type { CasePolicy } from '../decisions/policy.js';
import { attentionOf, deferredUntil, forApplicant } from '../decisions/summary.js';
import { missingReceipts } from '../decisions/timers.js';

/** A line of the list of cases. No personal data. */
export const caseLine = (state: CaseState) => ({
  caseId: state._id,
  reference: state.request?.reference ?? null,
  kinds: state.request?.kinds ?? [],
  channel: state.request?.channel ?? null,
  state: state.shown.phase,
  outcome: state.shown.outcome,
  attention: state.shown.attention,
  receivedAt: state.request?.receivedAt ?? null,
  dueAt: state.clock.dueAt,
  changedAt: state.changedAt,
  systems: Object.fromEntries(Object.values(state.systems).map((part) => [part.system, part.state])),
});
export type CaseLine = ReturnType<typeof caseLine>;

/** A case as its handling may be seen by every role: states, counts, deadlines, decisions by reference; no personal data. */
export const caseView = (state: CaseState, policy: CasePolicy) => ({
  caseId: state._id,
  revision: state.revision,
  reference: state.request?.reference ?? null,
  kinds: state.request?.kinds ?? [],
  channel: state.request?.channel ?? null,
  language: state.request?.language ?? null,
  scope: state.request?.scope ?? null,
  ...forApplicant(state),
  outcome: state.closed?.outcome ?? forApplicant(state).outcome ?? null,
  deferredUntil: deferredUntil(state),
  attention: attentionOf(state, policy),
  openedAt: state.openedAt,
  receivedAt: state.request?.receivedAt ?? null,
  acceptedAt: state.request?.acceptedAt ?? null,
  changedAt: state.changedAt,
  clock: state.clock,
  withdrawal: state.withdrawal,
  question: state.question,
  closed: state.closed,
  systems: Object.fromEntries(Object.values(state.systems).map((part) => [part.system, partView(state, part)])),
  package: state.package,
  suppression: state.suppression && {
    set: state.suppression.set,
    revision: state.suppression.revision,
    published: state.suppression.applied === state.suppression.revision,
    purposes: state.suppression.purposes,
    since: state.suppression.since,
    lifted: state.suppression.lifted,
  },
  events: Object.entries(state.published).map(([id, { type, at, chased, receipts }]) => ({
    id,
    type,
    at,
    chased,
    receipts: Object.entries(receipts).map(([subscriber, receipt]) => ({ subscriber, ...receipt })),
    missing: missingReceipts(state, id, policy),
  })),
  identityDestroyedAt: state.identityDestroyedAt,
  disposedAt: state.disposedAt,
  history: { entries: state.history.length, head: state.historyHead },
});
export type CaseView = ReturnType<typeof caseView>;

const partView = (state: CaseState, part: SystemPart) => ({
  system: part.system,
  round: part.round,
  roundReason: part.roundReason,
  state: part.state,
  since: part.since,
  asked: part.asked,
  staleAnswers: part.staleAnswers,
  found: part.answer && {
    matches: part.answer.matches,
    records: part.answer.records,
    possibleMentions: part.answer.possibleMentions,
    fresh: part.answer.freshness.fresh,
    indexedUntil: part.answer.freshness.indexedUntil,
    manifestDigest: part.answer.manifestDigest,
    locatedAt: part.answer.locatedAt,
  },
  dryRun: part.answer?.dryRun ?? null,
  blockers: [...(part.answer?.blockers ?? []), ...(part.refusal?.blockers ?? [])],
  holds: part.answer?.holds ?? [],
  endings: part.answer?.endings ?? [],
  open: {
    candidates: openCandidates(part),
    determinations: openDeterminations(part),
    operations: stageOperations(state, part),
  },
  decisions: decisionsView(part),
  plan: planView(part),
  done: part.done,
  acted: totals(part.results),
  results: part.results,
  deferredUntil: part.state === 'deferred' ? keptUntil(part) : null,
  failure: part.failure,
  refusal: part.refusal,
  cancelling: part.cancelling,
  manual: part.manual && {
    outcome: part.manual.outcome,
    ground: part.manual.ground,
    by: part.manual.by,
    at: part.manual.at,
    hasNote: part.manual.note !== null,
  },
  restoration: part.restoration,
  verification: part.verification,
});

/** What was decided, by opaque references; values and grounds of corrections stay sealed. */
export const decisionsView = (part: SystemPart) => ({
  etag: decisionsVersion(part),
  matches: part.decisions.matches,
  corrections: part.decisions.corrections.map(({ sealed: _sealed, ...determination }) => determination),
  exclusions: part.decisions.exclusions,
});

export const planView = (part: SystemPart) => ({
  etag: planVersion(part),
  involved: involvedIn(part),
  plan: part.plan && {
    planId: part.plan.planId,
    round: part.plan.round,
    manifestDigest: part.plan.manifestDigest,
    operations: part.plan.operations,
    confirmed: part.plan.confirmed,
    rejected: part.plan.rejected,
    exclusions: part.plan.exclusions,
    corrections: part.plan.corrections.map(({ sealed: _sealed, ...determination }) => determination),
    undoDays: part.plan.undoDays,
    proposedBy: part.plan.proposedBy,
    proposedAt: part.plan.proposedAt,
    approvedBy: part.plan.approvedBy,
    validUntil: part.plan.validUntil,
    sent: part.plan.sent,
  },
});

/** Sums over every execution in every round. An export counts once: a further round exports everything again. */
function totals(results: readonly PlanResult[]) {
  const sum = (of: (done: PlanResult['done']) => number | undefined) =>
    results.reduce((total, { done }) => total + (of(done) ?? 0), 0);
  const exported = results.findLast(({ done }) => done.export)?.done.export;
  return {
    exported: exported ? { records: exported.records, files: exported.files } : { records: 0, files: 0 },
    corrected: { records: sum((d) => d.correct?.records), fields: sum((d) => d.correct?.fields) },
    suppressed: {
      records: sum((d) => d.suppress?.records),
      publishedOnly: [...new Set(results.flatMap(({ done }) => done.suppress?.publishedOnly ?? []))],
    },
    erased: {
      deleted: sum((d) => d.erase?.deleted),
      personRemoved: sum((d) => d.erase?.personRemoved),
      fieldsRemoved: sum((d) => d.erase?.fieldsRemoved),
      restricted: sum((d) => d.erase?.restricted),
    },
  };
}
