import type { CaseEvent } from './case-events.js';
import type { HistoryEntry } from './history.js';

type Entry = Pick<HistoryEntry, 'what' | 'why' | 'detail'>;

/** How an event stands in the history; null for what only counts. Codes, counts, ids: never personal data. */
export function describeEvent(event: CaseEvent): Entry | null {
  const why = 'reason' in event && typeof event.reason === 'string' ? event.reason : null;
  const on = 'system' in event ? { system: event.system, round: event.round } : {};
  const entry = (detail: HistoryEntry['detail'] = {}, reason: string | null = why): Entry => ({
    what: event.type,
    why: reason,
    detail: { ...on, ...detail },
  });
  switch (event.type) {
    case 'CaseOpened': {
      const { kinds, channel, receivedAt, acceptedBy } = event.request;
      return entry({ kinds, channel, receivedAt, acceptedBy, systems: event.expected, dueAt: event.dueAt });
    }
    case 'RecordsLocated': {
      const { matches, records, freshness, manifestDigest } = event.answer;
      return entry({ matches, records, fresh: freshness.fresh, manifestDigest });
    }
    case 'PartMoved':
      return entry({ to: event.to }, event.why);
    case 'AnswerAskedFor':
      // Attempts are counters; the first is a step, so that one sees that somebody was silent.
      return event.times === 1 ? entry({ step: event.step }) : null;
    case 'AttemptFailed': {
      const { step, reason, attempts } = event.failure;
      return event.first || event.escalated ? entry({ step, attempts, escalated: event.escalated }, reason) : null;
    }
    case 'MatchDecided':
      return entry({ match: event.decision.ref, verdict: event.decision.verdict, decision: event.decision.decision });
    case 'CorrectionDetermined': {
      const { claimId, record, path, finding } = event.determination;
      return entry({ claimId, record, path, finding });
    }
    case 'ExclusionsSet':
      return entry({
        exclusions: event.exclusions.map(({ record, operations, ground }) => ({ record, operations, ground })),
      });
    case 'PlanProposed': {
      const { planId, operations, manifestDigest, confirmed, rejected, corrections, undoDays } = event.plan;
      const counts = { confirmed: confirmed.length, rejected: rejected.length, corrections: corrections.length };
      return entry({ planId, operations, manifestDigest, undoDays, ...counts });
    }
    case 'PlanApproved':
      return entry({ planId: event.planId, validUntil: event.validUntil });
    case 'PlanRejected':
    case 'PlanExpired':
      return entry({ planId: event.planId });
    case 'PlanExecuted': {
      const { planId, stage, part, changed, appeared, journal, done } = event.data;
      const erased = done.erase
        ? { erased: done.erase.deleted + done.erase.personRemoved + done.erase.fieldsRemoved }
        : {};
      const deferred = event.data.deferred.map(({ rule, until }) => ({ rule, until }));
      return entry({ planId, stage, part, changed, appeared, journal, deferred, planned: event.planned, ...erased });
    }
    case 'PlanRefused':
      return entry({ planId: event.planId, blockers: event.blockers.map(({ code }) => code) });
    case 'CancellationSent':
      return entry({ mayBeUnderWay: event.mayBeUnderWay });
    case 'ResolvedManually':
      return entry({ outcome: event.resolution.outcome }, event.resolution.ground);
    case 'RestorationApproved':
      return entry({ planId: event.planId });
    case 'RecordsRestored':
      return entry({ planId: event.data.planId, records: event.data.records, notRestored: event.data.notRestored });
    case 'AbsenceVerified':
      return entry({ sweep: event.sweep, found: event.found, fresh: event.fresh });
    case 'WithdrawalRecorded':
      return entry({ by: event.by });
    case 'DeadlineWarned':
      return entry({ percent: event.percent, unsettled: event.unsettled });
    case 'ClockResumed':
      return entry({ dueAt: event.dueAt });
    case 'DueDateExtended':
      return entry({ days: event.days, dueAt: event.dueAt });
    case 'PackageBuilt':
      return entry({ size: event.artifact.size, sha256: event.artifact.sha256 });
    case 'SuppressionOrdered':
      return entry({
        revision: event.revision,
        purposes: event.purposes.map(({ purpose, applies }) => `${purpose} ${applies}`),
      });
    case 'SuppressionLifted':
    case 'SuppressionPublished':
      return entry({ revision: event.revision });
    case 'ErasureAnnounced':
      return entry({ eventId: event.eventId, systems: event.results.map(({ system }) => system) });
    case 'CorrectionAnnounced':
      return entry({ eventId: event.eventId });
    case 'ReceiptRecorded':
      return entry({ eventId: event.eventId, outcome: event.outcome, records: event.records }, event.ground);
    case 'ReceiptsChased':
      return entry({ eventId: event.eventId, missing: event.missing, escalated: event.escalated });
    case 'CaseClosed':
      return entry({ outcome: event.outcome });
    case 'StaleAnswerSetAside':
    case 'SystemAskedAgain':
    case 'ClockPaused':
    case 'PackageOrdered':
    case 'PackageReleaseProposed':
    case 'PackageReleased':
    case 'PackageDownloaded':
    case 'QuestionAnswered':
    case 'CaseReopened':
    case 'IdentityDestroyed':
    case 'CaseDisposed':
      return entry();
  }
}
