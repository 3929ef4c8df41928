import type { CaseEvent } from './case-events.js';
import type { CaseState, SystemPart } from './case-state.js';
import { isSettled } from './part.js';
import type { CasePolicy } from './policy.js';
import {
  awaitedStep,
  CHASES,
  disposalDueAt,
  hasDeferred,
  missingReceipts,
  overdueReceipts,
  timersOf,
  type TimerKind,
} from './timers.js';

/** What a timer does that is due. It re-derives from the state whether anything is; a timer fired twice or late changes nothing. */
export function fireTimer(
  state: CaseState,
  timer: { id: string; kind: TimerKind },
  now: string,
  policy: CasePolicy,
): CaseEvent[] {
  const due = timersOf(state, policy).find(({ id }) => id === timer.id);
  if (!due || due.at.getTime() > Date.parse(now)) return [];
  const part = state.systems[timer.id.slice(timer.id.indexOf(':') + 1)];
  switch (timer.kind) {
    case 'deadline':
      return warn(state, timer.id, now);
    case 'reask':
      return part ? reask(part, now) : [];
    case 'recheck':
      return part ? [again(part, 'asked-again', now)] : [];
    case 'plan-expiry':
      return part ? expire(part, now) : [];
    case 'receipts':
      return chase(state, now, policy);
    case 'disposal':
      return dispose(state, now, policy);
    // These follow from the state (`react`) or are carried out outside (register, package builder).
    case 'announce':
    case 'suppression':
    case 'package':
      return [];
  }
}

const fact = (part: SystemPart, now: string) => ({ at: now, who: 'timer', system: part.system, round: part.round });
const again = (part: SystemPart, reason: 'asked-again' | 'unanswered', now: string): CaseEvent => ({
  ...fact(part, now),
  type: 'SystemAskedAgain',
  round: part.round + 1,
  reason,
});

function warn(state: CaseState, id: string, now: string): CaseEvent[] {
  const percent = Number(id.slice('deadline:'.length));
  if (percent !== 50 && percent !== 80 && percent !== 100) return [];
  const unsettled = Object.values(state.systems)
    .filter((part) => !isSettled(part))
    .map((part) => part.system);
  return [{ type: 'DeadlineWarned', at: now, who: 'timer', percent, unsettled }];
}

/** The reconciler (architecture.md, Exactly-once effect 8): whoever has not answered in time is asked again. */
function reask(part: SystemPart, now: string): CaseEvent[] {
  const step = awaitedStep(part);
  if (step === null) return [];
  // A stale "nothing found" was an answer to its round; only a new round looks again.
  if (step === 'stale') return [again(part, 'unanswered', now)];
  return [{ ...fact(part, now), type: 'AnswerAskedFor', step, times: part.asked.times + 1 }];
}

/** A plan that was not carried out in time never will be: the connector holds the same limit. A new round looks afresh. */
function expire(part: SystemPart, now: string): CaseEvent[] {
  if (!part.plan) return [];
  return [{ ...fact(part, now), type: 'PlanExpired', planId: part.plan.planId }, again(part, 'unanswered', now)];
}

function chase(state: CaseState, now: string, policy: CasePolicy): CaseEvent[] {
  return overdueReceipts(state, now, policy).flatMap((eventId): CaseEvent[] => {
    const missing = missingReceipts(state, eventId, policy);
    if (missing.length === 0) return [];
    const escalated = (state.published[eventId]?.chased ?? 0) + 1 >= CHASES;
    return [{ type: 'ReceiptsChased', at: now, who: 'timer', eventId, missing, escalated }];
  });
}

function dispose(state: CaseState, now: string, policy: CasePolicy): CaseEvent[] {
  const at = disposalDueAt(state, policy);
  if (!at || at.getTime() > Date.parse(now)) return [];
  const destroyed: CaseEvent[] =
    state.identityDestroyedAt === null ? [{ type: 'IdentityDestroyed', at: now, who: 'timer' }] : [];
  // Connectors still hold what waits for a retention period; they are told once that has ended.
  return hasDeferred(state) ? destroyed : [...destroyed, { type: 'CaseDisposed', at: now, who: 'timer' }];
}
