import { eventId, type EventType, type Kind, type Payload, type Scope } from '@kenri/contracts';
import type { AnyOutgoing, Outgoing } from '@kenri/messaging';
import { kindsOf, operationsOf, scopeOf } from '@kenri/rights';
import type { CaseEvent, EventOf } from '../decisions/case-events.js';
import type { CaseState, FrozenPlan } from '../decisions/case-state.js';
import { keptUntil, outstanding, tokensOf } from '../decisions/part.js';
import type { CasePolicy } from '../decisions/policy.js';
import { attentionOf, forApplicant } from '../decisions/summary.js';

/**
 * What has to leave the case because of an event. Most are messages at once; some need keys (sealing, signing, tokens): those carry all
 * they need, so that what was prepared fits exactly what was decided.
 */
export type Intent =
  | { kind: 'message'; message: AnyOutgoing }
  | {
      kind: 'lookup';
      caseId: string;
      system: string;
      round: number;
      identity: string;
      kinds: Kind[];
      scope: Scope;
      reason: Payload<'dsr.lookup.requested.v1'>['reason'];
      at: string;
    }
  | { kind: 'plan'; caseId: string; system: string; plan: FrozenPlan; scope: Scope }
  | {
      kind: 'restoration';
      caseId: string;
      system: string;
      round: number;
      approval: { planId: string; approvedBy: string; reason: string; at: string };
    }
  | {
      kind: 'erased';
      caseId: string;
      identity: string | null;
      recordTokens: string[];
      payload: Omit<Payload<'dsr.subject.erased.v1'>, 'tokens'>;
      id: string;
    }
  | {
      kind: 'corrected';
      caseId: string;
      identity: string | null;
      recordTokens: string[];
      part: { system: string; round: number; records: number };
      id: string;
      at: string;
    }
  | { kind: 'destroy-identity'; caseId: string };
export type Prepared = Exclude<Intent, { kind: 'message' }>;

const message = <T extends EventType>(outgoing: Outgoing<T>): Intent => ({
  kind: 'message',
  message: outgoing as unknown as AnyOutgoing,
});

/** Everything that follows outside from what happened, in the order in which it happened. */
export function intentsOf(events: readonly CaseEvent[], after: CaseState): Intent[] {
  return events.flatMap((event) => intentsOfEvent(event, after));
}

function intentsOfEvent(event: CaseEvent, after: CaseState): Intent[] {
  const caseId = after._id;
  switch (event.type) {
    case 'CaseOpened':
      return [
        message({
          id: eventId(caseId, 'cases', 'opened', 1),
          type: 'dsr.case.opened.v1',
          caseId,
          systems: [],
          data: {
            caseId,
            reference: event.request.reference,
            historyHead: after.historyHead,
            openedAt: event.at,
            dueAt: event.dueAt,
          },
        }),
      ];
    case 'SystemAskedAgain':
      return lookup(after, event.system, event.round, event.reason, event.at);
    case 'AnswerAskedFor':
      return askedFor(after, event);
    case 'PlanApproved':
      return plan(after, event.system);
    case 'CancellationSent':
      return [cancellation(caseId, event.system, event.round, event.reason, event.at, null)];
    case 'PlanExpired':
      return [cancellation(caseId, event.system, event.round, 'expired', event.at, event.planId)];
    case 'RestorationApproved':
      return restoration(after, event.system);
    case 'ErasureAnnounced':
      return erased(after, event.eventId);
    case 'CorrectionAnnounced':
      return corrected(after, event.eventId, event.system, event.round);
    case 'ReceiptsChased':
      return chased(after, event);
    case 'IdentityDestroyed':
      return [{ kind: 'destroy-identity', caseId }];
    case 'CaseDisposed':
      return [
        message({
          id: eventId(caseId, 'cases', 'disposed', 1),
          type: 'dsr.case.disposed.v1',
          caseId,
          data: { caseId, disposedAt: event.at, historyHead: after.historyHead },
        }),
      ];
    default:
      return [];
  }
}

function lookup(
  after: CaseState,
  system: string,
  round: number,
  reason: Payload<'dsr.lookup.requested.v1'>['reason'],
  at: string,
): Intent[] {
  const part = after.systems[system];
  // An event that a later one of the same decision has overtaken asks nobody.
  if (!part || part.round !== round || !after.request || after.identity === null) return [];
  const wanted = outstanding(after, part).flatMap((operation) => kindsOf(operation, after.request!.kinds));
  const kinds = wanted.length > 0 ? wanted : after.request.kinds.filter((kind) => operationsOf([kind]).length > 0);
  if (kinds.length === 0) return [];
  return [
    {
      kind: 'lookup',
      caseId: after._id,
      system,
      round,
      identity: after.identity,
      kinds,
      scope: scopeOf(kinds, scopeFor(after, kinds)),
      reason,
      at,
    },
  ];
}

/** What the applicant named, as far as it concerns these kinds. */
const scopeFor = ({ request }: CaseState, kinds: readonly Kind[]): Partial<Scope> => ({
  purposes: request?.scope.purposes ?? [],
  exportScopes: operationsOf(kinds).includes('export') ? (request?.scope.exportScopes ?? []) : [],
});

function askedFor(after: CaseState, event: EventOf<'AnswerAskedFor'>): Intent[] {
  switch (event.step) {
    case 'locate':
      return lookup(after, event.system, event.round, 'unanswered', event.at);
    case 'execute':
      return plan(after, event.system);
    case 'restore':
      return restoration(after, event.system);
  }
}

function plan(after: CaseState, system: string): Intent[] {
  const part = after.systems[system];
  const frozen = part?.plan;
  if (!frozen || frozen.validUntil === null || !after.request) return [];
  const kinds = frozen.operations.flatMap((operation) => kindsOf(operation, after.request!.kinds));
  const scope = scopeOf(kinds, scopeFor(after, kinds));
  return [{ kind: 'plan', caseId: after._id, system, plan: frozen, scope }];
}

const cancellation = (
  caseId: string,
  system: string,
  round: number,
  reason: Payload<'dsr.plan.cancelled.v1'>['reason'],
  cancelledAt: string,
  planId: string | null,
): Intent =>
  message({
    id: eventId(caseId, system, 'cancelled', round),
    type: 'dsr.plan.cancelled.v1',
    caseId,
    systems: [system],
    data: { caseId, system, round, reason, cancelledAt, ...(planId !== null && { planId }) },
  });

function restoration(after: CaseState, system: string): Intent[] {
  const approved = after.systems[system]?.restoration;
  if (!approved) return [];
  const { planId, round, reason, by: approvedBy, at } = approved;
  return [
    {
      kind: 'restoration',
      caseId: after._id,
      system,
      round,
      approval: { planId, approvedBy, reason, at },
    },
  ];
}

function erased(after: CaseState, id: string): Intent[] {
  const at = after.published[id]?.at;
  if (at === undefined || !after.request) return [];
  const parts = Object.values(after.systems);
  const results = parts.flatMap((part) =>
    part.results.filter(({ announcedBy }) => announcedBy === id).map((result) => ({ part, result })),
  );
  const systems = parts
    .map((part) => ({ part, own: results.filter((entry) => entry.part === part).map(({ result }) => result) }))
    .filter(({ own }) => own.length > 0)
    .map(({ part, own }) => ({
      system: part.system,
      erased: own.reduce(
        (sum, { done: { erase } }) => sum + (erase ? erase.deleted + erase.personRemoved + erase.fieldsRemoved : 0),
        0,
      ),
      deferredUntil: keptUntil(part),
    }));
  return [
    {
      kind: 'erased',
      id,
      caseId: after._id,
      identity: after.identity,
      recordTokens: tokensOf([...new Set(results.map(({ part }) => part))]),
      payload: {
        caseId: after._id,
        set: id.replaceAll(':', '-'),
        erasedAt: at,
        collectedBefore: after.request.receivedAt,
        systems,
      },
    },
  ];
}

function corrected(after: CaseState, id: string, system: string, round: number): Intent[] {
  const part = after.systems[system];
  const at = after.published[id]?.at;
  if (!part || at === undefined) return [];
  const records = part.results
    .filter((r) => r.round === round)
    .reduce((sum, { done }) => sum + (done.correct?.records ?? 0), 0);
  const { identity, _id: caseId } = after;
  return [
    {
      kind: 'corrected',
      id,
      caseId,
      identity,
      recordTokens: tokensOf([part]),
      part: { system, round, records },
      at,
    },
  ];
}

/** Chasing publishes the event again, under the same id: it is seen as one. Suppressions go through the register. */
function chased(after: CaseState, { eventId: id }: EventOf<'ReceiptsChased'>): Intent[] {
  const published = after.published[id];
  if (published?.type === 'erased') return erased(after, id);
  if (published?.type !== 'corrected') return [];
  const [, system, , round] = id.split(':');
  return corrected(after, id, system ?? '', Number(round));
}

/**
 * The end of a decision: what lists show of the case, and `dsr.case.changed.v1` where what the applicant may know has changed; the
 * state then remembers what was told.
 */
export function conclude(
  before: CaseState | null,
  decided: CaseState,
  policy: CasePolicy,
): { state: CaseState; intents: Intent[] } {
  if (!decided.request) return { state: decided, intents: [] };
  const news = forApplicant(decided);
  const attention = [...new Set(attentionOf(decided, policy).map(({ code }) => code))];
  const after = { ...decided, shown: { phase: news.state, outcome: news.outcome ?? null, attention } };
  const told = JSON.stringify(news);
  if (told === (before?.told ?? null)) return { state: after, intents: [] };
  const data = {
    caseId: after._id,
    reference: decided.request.reference,
    historyHead: after.historyHead,
    revision: after.revision,
    ...news,
    changedAt: after.changedAt,
  };
  const id = eventId(after._id, 'cases', 'changed', after.revision);
  return {
    state: { ...after, told },
    intents: [message({ id, type: 'dsr.case.changed.v1', caseId: after._id, systems: [], data })],
  };
}
