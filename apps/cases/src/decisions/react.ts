import { eventId, type Operation } from '@kenri/contracts';
import { kindsOf, needsAnswer, operationsOf, straightThrough, suppressedPurposes } from '@kenri/rights';
import type { CaseEvent } from './case-events.js';
import type { CaseState, PartState, SystemPart } from './case-state.js';
import { announceDueAt, unannounced } from './announcements.js';
import {
  acceptedMatches,
  blockedOperations,
  erasureMayGo,
  exportsEnded,
  foundedCorrections,
  hasExports,
  isSettled,
  MOST_RECORD_TOKENS,
  openCandidates,
  openDeterminations,
  outstanding,
  stageOperations,
  standingHolds,
  tokensOf,
} from './part.js';
import { approvalOf, freeze } from './plans.js';
import type { CasePolicy } from './policy.js';
import { allSettled, caseOutcome } from './summary.js';

/**
 * What follows from the state as it stands, whatever message led there: so that answers in any order end in the same state. Returns the
 * next consequences, or none; `decide` asks until none follow.
 */
export function react(state: CaseState, now: string, policy: CasePolicy): CaseEvent[] {
  if (!state.request || state.disposedAt) return [];
  for (const part of Object.values(state.systems)) {
    const events = state.withdrawal ? afterWithdrawal(part, now) : consequences(state, part, now, policy);
    if (events.length > 0) {
      return state.closed && events.some((event) => event.type === 'SystemAskedAgain')
        ? [{ type: 'CaseReopened', at: now, who: 'policy', reason: 'further-round' }, ...events]
        : events;
    }
  }
  return (
    reopening(state, now) ??
    suppression(state, now) ??
    announcements(state, now, policy) ??
    completion(state, now, policy) ??
    []
  );
}

const move = (part: SystemPart, to: PartState, why: string, now: string): CaseEvent => ({
  type: 'PartMoved',
  at: now,
  who: 'policy',
  system: part.system,
  round: part.round,
  to,
  why,
});

const askAgain = (
  part: SystemPart,
  reason: Extract<CaseEvent, { type: 'SystemAskedAgain' }>['reason'],
  now: string,
): CaseEvent => ({
  type: 'SystemAskedAgain',
  at: now,
  who: 'policy',
  system: part.system,
  round: part.round + 1,
  reason,
});

function consequences(state: CaseState, part: SystemPart, now: string, policy: CasePolicy): CaseEvent[] {
  switch (part.state) {
    case 'located':
      return afterLocated(state, part, now, policy);
    case 'deciding':
      return undecided(part) ? [] : ready(state, part, now, policy);
    case 'decided':
      // A decision was changed: something may be open again, or nothing left to do.
      if (undecided(part)) return [move(part, 'deciding', 'decision-open', now)];
      return acceptedMatches(part) === 0 || stageOperations(state, part).length === 0
        ? ready(state, part, now, policy)
        : [];
    case 'acted':
      return afterActing(state, part, now);
    case 'awaiting-package':
      return erasureMayGo(state) ? [askAgain(part, 'asked-again', now)] : [];
    case 'executing':
    case 'failed':
      return part.refusal ? afterRefusal(part, part.refusal.reason, now) : [];
    default:
      return [];
  }
}

const undecided = (part: SystemPart): boolean => openCandidates(part) > 0 || openDeterminations(part) > 0;

function afterLocated(state: CaseState, part: SystemPart, now: string, policy: CasePolicy): CaseEvent[] {
  const { answer } = part;
  if (!answer) return [];
  if (answer.matches.certain + answer.matches.candidate === 0) {
    // "Nothing found" on an index that had not caught up is no answer (architecture.md, Finding people fast).
    return answer.freshness.fresh
      ? [move(part, 'nothing-found', 'nothing-found', now)]
      : [{ type: 'StaleAnswerSetAside', at: now, who: 'policy', system: part.system, round: part.round }];
  }
  if (undecided(part)) return [move(part, 'deciding', openCandidates(part) > 0 ? 'candidates' : 'determination', now)];
  return ready(state, part, now, policy);
}

/** Nothing is open in this part: it is carried out by itself where the policy lets it, else it waits for a person's proposal. */
function ready(state: CaseState, part: SystemPart, now: string, policy: CasePolicy): CaseEvent[] {
  const { answer } = part;
  if (!answer || !state.request) return [];
  if (acceptedMatches(part) === 0) return [move(part, 'nothing-found', 'all-rejected', now)];
  const operations = stageOperations(state, part);
  if (operations.length === 0) return [nothingToCarryOut(state, part, now)];
  const { kinds } = state.request;
  const verdict = straightThrough({
    kinds: operations.flatMap((operation) => kindsOf(operation, kinds)),
    operations,
    configured: policy.straightThrough,
    answer,
    furtherRound:
      part.roundReason === 'records-changed' ||
      part.roundReason === 'records-appeared' ||
      part.roundReason === 'found-after-erasure',
  });
  if (!verdict.ok || part.decisions.by.length > 0) {
    return [move(part, 'decided', verdict.ok ? 'decided-by-person' : verdict.reasons[0]!, now)];
  }
  const who = 'policy:straight-through';
  const plan = freeze(state, part, operations, who, now, policy);
  return [
    { type: 'PlanProposed', at: now, who, system: part.system, round: part.round, plan },
    approvalOf(part, plan, who, now, policy),
  ];
}

function nothingToCarryOut(state: CaseState, part: SystemPart, now: string): CaseEvent {
  const left = outstanding(state, part);
  const blocked = blockedOperations(part);
  if (left.some((operation) => blocked.includes(operation))) return move(part, 'blocked', 'open-transaction', now);
  if (left.includes('erase') && !erasureMayGo(state)) return move(part, 'awaiting-package', 'package-first', now);
  if (left.includes('correct') && part.decisions.corrections.length > 0) return move(part, 'refused', 'unfounded', now);
  return move(part, 'nothing-to-do', 'nothing-to-do', now);
}

function afterActing(state: CaseState, part: SystemPart, now: string): CaseEvent[] {
  const last = part.results.at(-1);
  if (last && last.changed > 0) return [askAgain(part, 'records-changed', now)];
  if (last && last.appeared > 0) return [askAgain(part, 'records-appeared', now)];
  const left = outstanding(state, part).filter(
    (operation) => operation !== 'correct' || foundedCorrections(part).length > 0,
  );
  const blocked = blockedOperations(part);
  const free = left.filter((operation) => !blocked.includes(operation));
  if (free.length === 0 && left.length > 0) return [move(part, 'blocked', 'open-transaction', now)];
  if (free.some((operation) => operation !== 'erase' || erasureMayGo(state)))
    return [askAgain(part, 'asked-again', now)];
  if (free.length > 0) return [move(part, 'awaiting-package', 'package-first', now)];
  return [endOfPart(part, now)];
}

function endOfPart(part: SystemPart, now: string): CaseEvent {
  return standingHolds(part).length > 0
    ? move(part, 'deferred', 'legal-retention', now)
    : move(part, 'executed', 'carried-out', now);
}

function afterRefusal(part: SystemPart, reason: string, now: string): CaseEvent[] {
  if (reason === 'blocked') return [move(part, 'blocked', 'open-transaction', now)];
  // A signature that does not verify is a fault of keys or an attack: asking again would not mend it.
  if (reason === 'invalid-signature') return part.state === 'failed' ? [] : [move(part, 'failed', reason, now)];
  return [askAgain(part, 'records-changed', now)];
}

/** What was not sent yet stops here; what was sent gets a cancellation, and the connector's answer tells which came first. */
function afterWithdrawal(part: SystemPart, now: string): CaseEvent[] {
  if (isSettled(part) || part.state === 'restoring') return [];
  if (part.state === 'acted') return [endOfPart(part, now)];
  const cancel = (mayBeUnderWay: boolean): CaseEvent => ({
    type: 'CancellationSent',
    at: now,
    who: 'policy',
    system: part.system,
    round: part.round,
    reason: 'withdrawn',
    mayBeUnderWay,
  });
  if (part.state !== 'executing') return [cancel(false), move(part, 'cancelled', 'withdrawn', now)];
  if (part.refusal) return [move(part, 'cancelled', 'withdrawn', now)];
  return part.cancelling ? [] : [cancel(true)];
}

function reopening(state: CaseState, now: string): CaseEvent[] | undefined {
  if (!state.closed || allSettled(state)) return undefined;
  const part = Object.values(state.systems).find((candidate) => !isSettled(candidate));
  // An undo under way does not reopen a case; a further round does.
  if (!part || part.state === 'restoring') return undefined;
  return [{ type: 'CaseReopened', at: now, who: 'policy', reason: part.roundReason ?? part.state }];
}

/** published with the first approval of a plan that stops use or erases, widened as systems name records, lifted by an undo. */
function suppression(state: CaseState, now: string): CaseEvent[] | undefined {
  const { request, suppression: known } = state;
  if (!request) return undefined;
  const parts = Object.values(state.systems);
  const stops = parts.map((part) => ({ part, operations: suppressing(part) }));
  const acting = stops.filter(({ operations }) => operations.length > 0).map(({ part }) => part);
  const undone = parts.some((part) => part.state === 'restoring' || part.state === 'restored');
  const operations = new Set(stops.flatMap(({ operations }) => operations));
  // A stop of use holds for the group also where none of the five systems knows the person.
  if (operationsOf(request.kinds).includes('suppress') && allSettled(state) && !state.withdrawal && !undone) {
    if (parts.every((part) => part.state !== 'refused' && part.state !== 'manual')) operations.add('suppress');
  }
  if (operations.size === 0 || undone) {
    if (!known || known.lifted) return undefined;
    const reason = undone ? 'restored' : 'withdrawn';
    return [{ type: 'SuppressionLifted', at: now, who: 'policy', reason, revision: known.revision + 1 }];
  }
  const kinds = [...operations].flatMap((operation) => kindsOf(operation, request.kinds));
  const purposes = suppressedPurposes(kinds, request.scope, request.receivedAt);
  const recordTokens = new Set(known?.recordTokens);
  const before = recordTokens.size;
  // What was told stays; beyond the limit nothing is added, or the suppression would be ordered anew without end.
  for (const token of tokensOf(acting, parts.length))
    if (recordTokens.size < MOST_RECORD_TOKENS) recordTokens.add(token);
  const same =
    known &&
    !known.lifted &&
    JSON.stringify(known.purposes) === JSON.stringify(purposes) &&
    recordTokens.size === before;
  if (same) return undefined;
  return [
    {
      type: 'SuppressionOrdered',
      at: now,
      who: 'policy',
      purposes,
      recordTokens: [...recordTokens].sort(),
      revision: (known?.revision ?? 0) + 1,
      since: known?.since ?? now,
    },
  ];
}

/** Operations of this part that stop use and are approved or done. */
function suppressing(part: SystemPart): Operation[] {
  const approved =
    part.plan && part.plan.approvedBy.length > 0 && part.state !== 'cancelled' ? part.plan.operations : [];
  const done = part.results.filter((result) => !result.restored).flatMap((result) => result.operations);
  return [...new Set([...approved, ...done])].filter((operation) => operation === 'suppress' || operation === 'erase');
}

function announcements(state: CaseState, now: string, policy: CasePolicy): CaseEvent[] | undefined {
  for (const part of Object.values(state.systems)) {
    for (const result of part.results) {
      if ((result.done.correct?.records ?? 0) === 0) continue;
      const id = eventId(state._id, part.system, 'corrected', result.round, result.part);
      if (state.published[id]) continue;
      return [
        { type: 'CorrectionAnnounced', at: now, who: 'policy', system: part.system, round: result.round, eventId: id },
      ];
    }
  }
  const due = announceDueAt(state, policy);
  if (due === null || due > now) return undefined;
  const results = unannounced(state).map(({ part, result }) => ({
    system: part.system,
    round: result.round,
    part: result.part,
  }));
  const told = Object.values(state.published).filter(({ type }) => type === 'erased').length;
  const id = eventId(state._id, 'cases', 'erased', told + 1);
  return [{ type: 'ErasureAnnounced', at: now, who: 'policy', eventId: id, results }];
}

function completion(state: CaseState, now: string, policy: CasePolicy): CaseEvent[] | undefined {
  if (!state.request || state.closed) return undefined;
  if (state.package.state === 'none' && !state.withdrawal && exportsEnded(state) && hasExports(state)) {
    return [{ type: 'PackageOrdered', at: now, who: 'policy' }];
  }
  if (!allSettled(state)) return undefined;
  const waitsForPackage = hasExports(state) && state.package.state !== 'released' && !state.withdrawal;
  const waitsForAnswer = needsAnswer(state.request.kinds) && !state.question && !state.withdrawal;
  const outcome = state.withdrawal && state.expected.length === 0 ? 'withdrawn' : caseOutcome(state);
  if (!policy.closesByItself || waitsForPackage || waitsForAnswer || outcome === undefined) return undefined;
  return [{ type: 'CaseClosed', at: now, who: 'policy', outcome }];
}
