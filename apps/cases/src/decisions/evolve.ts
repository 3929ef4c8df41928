import type { Operation } from '@kenri/contracts';
import { newlyPublished, publishedAs } from './announcements.js';
import type { CaseEvent } from './case-events.js';
import type { CaseState, FrozenPlan, PlanResult, SystemPart } from './case-state.js';
import { genesis } from './history.js';
import { foundedCorrections, KEPT_TOKENS, newPart, noDecisions, slot, withDetermination, withMatch } from './part.js';

/** A case of which only its id is known: what an early answer finds, or the request itself. */
export const emptyCase = (id: string, at: string): CaseState => ({
  _id: id,
  revision: 0,
  changedAt: at,
  request: null,
  openedAt: null,
  identity: null,
  expected: [],
  systems: {},
  clock: { dueAt: null, pauses: [], extendedByDays: 0, warned: [] },
  withdrawal: null,
  question: null,
  package: {
    state: 'none',
    artifact: null,
    builtAt: null,
    builds: 0,
    releasedBy: null,
    releasedAt: null,
    releaseProposedBy: null,
    downloads: 0,
  },
  suppression: null,
  published: {},
  closed: null,
  reopened: 0,
  identityDestroyedAt: null,
  disposedAt: null,
  shown: { phase: 'collecting', outcome: null, attention: [] },
  told: null,
  history: [],
  historyHead: genesis(id),
});

/** The case after one event. History and revision are kept by `apply` (case.ts). */
export function evolve(state: CaseState, event: CaseEvent): CaseState {
  switch (event.type) {
    case 'CaseOpened':
      return {
        ...state,
        request: event.request,
        openedAt: event.at,
        identity: event.identity,
        expected: event.expected,
        // Early answers stay; answers of systems that are not asked do not count.
        systems: Object.fromEntries(
          event.expected.map((system) => [system, state.systems[system] ?? newPart(system, event.at)]),
        ),
        clock: { ...state.clock, dueAt: event.dueAt },
      };
    case 'WithdrawalRecorded':
      return { ...state, withdrawal: { at: event.at, by: event.by, reason: event.reason } };
    case 'DeadlineWarned':
      return { ...state, clock: { ...state.clock, warned: [...state.clock.warned, event.percent] } };
    case 'ClockPaused': {
      const pauses = [...state.clock.pauses, { from: event.at, until: null, reason: event.reason }];
      return { ...state, clock: { ...state.clock, pauses } };
    }
    case 'ClockResumed': {
      const pauses = state.clock.pauses.map((pause) => (pause.until === null ? { ...pause, until: event.at } : pause));
      return { ...state, clock: { ...state.clock, pauses, dueAt: event.dueAt } };
    }
    case 'DueDateExtended': {
      const extendedByDays = state.clock.extendedByDays + event.days;
      return { ...state, clock: { ...state.clock, extendedByDays, dueAt: event.dueAt } };
    }
    case 'PackageOrdered':
      return { ...state, package: { ...state.package, state: 'ordered' } };
    case 'PackageBuilt':
      return {
        ...state,
        package: {
          ...state.package,
          state: 'built',
          artifact: event.artifact,
          builtAt: event.at,
          builds: state.package.builds + 1,
          releaseProposedBy: null,
        },
      };
    case 'PackageReleaseProposed':
      return { ...state, package: { ...state.package, releaseProposedBy: event.who } };
    case 'PackageReleased':
      return {
        ...state,
        package: { ...state.package, state: 'released', releasedBy: event.who, releasedAt: event.at },
      };
    case 'PackageDownloaded':
      return { ...state, package: { ...state.package, downloads: state.package.downloads + 1 } };
    case 'SuppressionOrdered':
      return {
        ...state,
        suppression: {
          set: `${state._id}-suppression`,
          revision: event.revision,
          applied: state.suppression?.applied ?? 0,
          purposes: event.purposes,
          since: event.since,
          lifted: false,
          recordTokens: event.recordTokens,
        },
      };
    case 'SuppressionLifted':
      return state.suppression
        ? { ...state, suppression: { ...state.suppression, purposes: [], lifted: true, revision: event.revision } }
        : state;
    case 'SuppressionPublished': {
      if (!state.suppression) return state;
      const { set } = state.suppression;
      return {
        ...state,
        suppression: { ...state.suppression, applied: event.revision },
        published: { ...state.published, [set]: state.published[set] ?? newlyPublished('suppression', event.at) },
      };
    }
    case 'ErasureAnnounced': {
      const told = new Set(event.results.map(({ system, round, part }) => `${system} ${round} ${part}`));
      const systems = mapParts(state, (part) => ({
        ...part,
        results: part.results.map((result) =>
          told.has(`${part.system} ${result.round} ${result.part}`)
            ? { ...result, announcedBy: event.eventId }
            : result,
        ),
      }));
      return {
        ...state,
        systems,
        published: { ...state.published, [event.eventId]: newlyPublished('erased', event.at) },
      };
    }
    case 'CorrectionAnnounced':
      return { ...state, published: { ...state.published, [event.eventId]: newlyPublished('corrected', event.at) } };
    case 'ReceiptRecorded': {
      const known = publishedAs(state, event.eventId, event.at);
      if (!known) return state;
      const receipt = { outcome: event.outcome, ground: event.ground, records: event.records, at: event.at };
      const receipts = { ...known.receipts, [event.subscriber]: receipt };
      return { ...state, published: { ...state.published, [event.eventId]: { ...known, receipts } } };
    }
    case 'ReceiptsChased': {
      const known = state.published[event.eventId];
      if (!known) return state;
      return { ...state, published: { ...state.published, [event.eventId]: { ...known, chased: known.chased + 1 } } };
    }
    case 'QuestionAnswered':
      return { ...state, question: { answeredAt: event.at, by: event.who } };
    case 'CaseClosed':
      return { ...state, closed: { at: event.at, by: event.who, outcome: event.outcome } };
    case 'CaseReopened':
      return { ...state, closed: null, reopened: state.reopened + 1 };
    case 'IdentityDestroyed':
      return { ...state, identity: null, identityDestroyedAt: event.at };
    case 'CaseDisposed':
      return { ...state, disposedAt: event.at };
    default:
      return evolvePart(state, event);
  }
}

const mapParts = (state: CaseState, change: (part: SystemPart) => SystemPart): Record<string, SystemPart> =>
  Object.fromEntries(Object.entries(state.systems).map(([system, part]) => [system, change(part)]));

type PartEvent = Extract<CaseEvent, { system: string; round: number }>;

function evolvePart(state: CaseState, event: Exclude<PartEvent, { type: 'CorrectionAnnounced' }>): CaseState {
  const before = state.systems[event.system] ?? newPart(event.system, event.at);
  const after = partAfter(before, event);
  const part = after.state === before.state && after.round === before.round ? after : { ...after, since: event.at };
  return { ...state, systems: { ...state.systems, [event.system]: part } };
}

function partAfter(part: SystemPart, event: Exclude<PartEvent, { type: 'CorrectionAnnounced' }>): SystemPart {
  const fill = (name: string) => [...part.slots, name];
  switch (event.type) {
    case 'RecordsLocated':
      return {
        ...part,
        state: 'located',
        answer: event.answer,
        failure: null,
        asked: { times: 0, at: event.at },
        slots: fill(slot(event.round, 'located')),
      };
    case 'StaleAnswerSetAside':
      return {
        ...part,
        state: 'awaiting',
        staleAnswers: part.staleAnswers + 1,
        asked: { times: part.staleAnswers, at: event.at },
      };
    case 'PartMoved':
      return { ...part, state: event.to, ...(event.to === 'blocked' && { asked: { times: 0, at: event.at } }) };
    case 'SystemAskedAgain':
      return {
        ...part,
        round: event.round,
        roundReason: event.reason,
        state: 'awaiting',
        asked: { times: 0, at: event.at },
        answer: null,
        decisions: noDecisions(),
        plan: null,
        failure: null,
        refusal: null,
        cancelling: false,
        manual: null,
        // A person who asks again wants everything looked at and, where still asked for, done again.
        done: event.who.startsWith('staff:')
          ? []
          : part.done.filter((operation) => !actsAgain(part, event.reason).includes(operation)),
        refusedOperations: event.who.startsWith('staff:') ? [] : [...part.refusedOperations, ...foundWanting(part)],
      };
    case 'AnswerAskedFor':
      return {
        ...part,
        asked: { times: event.times, at: event.at },
        plan: part.plan && event.step === 'execute' ? { ...part.plan, sent: part.plan.sent + 1 } : part.plan,
      };
    case 'AttemptFailed':
      return {
        ...part,
        failure: event.failure,
        ...(event.escalated &&
          (event.failure.step === 'locate' || event.failure.step === 'execute') && { state: 'failed' as const }),
      };
    case 'MatchDecided':
      return decided(part, event.who, { matches: withMatch(part.decisions, event.decision) });
    case 'CorrectionDetermined':
      return decided(part, event.who, { corrections: withDetermination(part.decisions, event.determination) });
    case 'ExclusionsSet':
      return decided(part, event.who, { exclusions: event.exclusions });
    case 'PlanProposed':
      return { ...part, state: 'approving', plan: event.plan };
    case 'PlanApproved':
      return {
        ...part,
        state: 'executing',
        asked: { times: 0, at: event.at },
        plan: part.plan && approved(part.plan, event.staff, event.at, event.validUntil),
      };
    case 'PlanRejected':
      return { ...part, state: 'decided', plan: null };
    case 'PlanExecuted':
      return executed(part, event);
    case 'PlanRefused':
      return {
        ...part,
        refusal: { reason: event.reason, blockers: event.blockers, at: event.at },
        slots: fill(slot(event.round, 'refused', event.planId)),
      };
    case 'PlanExpired':
      return { ...part, plan: null };
    case 'CancellationSent':
      return event.mayBeUnderWay ? { ...part, cancelling: true } : part;
    case 'ResolvedManually':
      return { ...part, state: 'manual', manual: event.resolution, cancelling: false };
    case 'RestorationApproved': {
      const { planId, reason, round, who, at } = event;
      return {
        ...part,
        state: 'restoring',
        asked: { times: 0, at },
        restoration: { planId, round, reason, by: who, at, records: null, notRestored: null },
      };
    }
    case 'RecordsRestored':
      return {
        ...part,
        state: 'restored',
        failure: null,
        restoration: part.restoration && {
          ...part.restoration,
          records: event.data.records,
          notRestored: event.data.notRestored,
        },
        results: part.results.map((result) =>
          result.planId === event.data.planId ? { ...result, restored: true } : result,
        ),
        slots: fill(slot(event.round, 'restored', event.data.planId)),
      };
    case 'AbsenceVerified':
      return {
        ...part,
        verification: {
          sweeps: part.verification.sweeps + 1,
          lastAt: event.at,
          found: event.found,
        },
        slots: fill(slot(event.round, 'verified', event.sweep)),
      };
  }
}

/** What has to be carried out once more in a further round: what found changed or new records, or came back after erasing. */
const actsAgain = (part: SystemPart, reason: string): readonly Operation[] =>
  reason === 'records-changed' || reason === 'records-appeared'
    ? (part.results.at(-1)?.operations ?? []).filter((operation) => operation !== 'export')
    : reason === 'found-after-erasure'
      ? ['erase']
      : [];

/** Corrections that were all determined to be unfounded are not asked about again, unless a person does. */
const foundWanting = (part: SystemPart) =>
  part.decisions.corrections.length > 0 && foundedCorrections(part).length === 0 ? (['correct'] as const) : [];

const decided = (part: SystemPart, who: string, change: Partial<SystemPart['decisions']>): SystemPart => ({
  ...part,
  decisions: {
    ...part.decisions,
    ...change,
    revision: part.decisions.revision + 1,
    by: [...new Set([...part.decisions.by, who])],
  },
});

const approved = (plan: FrozenPlan, staff: string, at: string, validUntil: string): FrozenPlan => ({
  ...plan,
  approvedBy: [...plan.approvedBy, { staff, at }],
  validUntil,
  sent: 1,
});

function executed(part: SystemPart, event: Extract<CaseEvent, { type: 'PlanExecuted' }>): SystemPart {
  const { data } = event;
  const operations = (['export', 'correct', 'suppress', 'erase'] as const).filter(
    (operation) => data.done[operation] !== undefined || (event.planned && part.plan?.operations.includes(operation)),
  );
  const result: PlanResult = {
    round: data.round,
    planId: data.planId,
    stage: data.stage,
    part: data.part,
    finishedAt: data.finishedAt,
    operations,
    done: data.done,
    deferred: data.deferred,
    changed: data.changed,
    appeared: data.appeared,
    undoUntil: event.undoUntil,
    announcedBy: null,
    restored: false,
  };
  // A late fact of an old round is recorded; it does not move the present one. The end of a retention period is no late fact.
  const moves = data.round === part.round || (data.stage === 'deferred' && part.state === 'deferred');
  return {
    ...part,
    state: moves ? 'acted' : part.state,
    failure: null,
    cancelling: data.round === part.round ? false : part.cancelling,
    done: [...new Set([...part.done, ...operations])],
    results: [...part.results, result],
    recordTokens: [...new Set([...part.recordTokens, ...data.recordTokens])].slice(0, KEPT_TOKENS),
    slots: [...part.slots, slot(data.round, 'executed', data.part)],
  };
}
