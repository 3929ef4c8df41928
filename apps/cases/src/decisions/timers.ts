import { warningTimes, WARNINGS, type Warning } from '@kenri/rights';
import { announceDueAt } from './announcements.js';
import type { CaseState, SystemPart } from './case-state.js';
import { isFilled, isSettled, slot } from './part.js';
import { newRoundDelay, reaskDelay, type CasePolicy } from './policy.js';

export const TIMER_KINDS = [
  'deadline',
  'reask',
  'recheck',
  'plan-expiry',
  'announce',
  'suppression',
  'receipts',
  'package',
  'disposal',
] as const;
export type TimerKind = (typeof TIMER_KINDS)[number];
export interface DueTimer {
  id: string;
  kind: TimerKind;
  at: Date;
}

const DAY = 24 * 3600_000;
const after = (from: string, ms: number): Date => new Date(Date.parse(from) + ms);

/**
 * Every timer that the case has in this state: a pure function of it, so that none is forgotten and none outlives its reason. A
 * handler re-derives from the state what is due, never from the timer.
 */
export function timersOf(state: CaseState, policy: CasePolicy): DueTimer[] {
  if (!state.request || state.disposedAt) return [];
  return [
    ...deadlineTimers(state),
    ...Object.values(state.systems).flatMap((part) => partTimers(state, part, policy)),
    ...caseTimers(state, policy),
  ];
}

/** None while the clock stands. */
function deadlineTimers(state: CaseState): DueTimer[] {
  const { request, clock } = state;
  if (!request || !clock.dueAt || state.closed || clock.pauses.some(({ until }) => until === null)) return [];
  return warningTimes(request.receivedAt, new Date(clock.dueAt))
    .filter(({ percent }) => !clock.warned.includes(percent))
    .map(({ percent, at }) => ({ id: `deadline:${percent}`, kind: 'deadline', at }));
}

export const nextWarning = (state: CaseState): Warning | undefined =>
  WARNINGS.find((percent) => !state.clock.warned.includes(percent));

function partTimers(state: CaseState, part: SystemPart, policy: CasePolicy): DueTimer[] {
  const name = (kind: TimerKind) => `${kind}:${part.system}`;
  const timers: DueTimer[] = [];
  if (awaitedStep(part) !== null && !state.closed) {
    const stale = awaitedStep(part) === 'stale';
    const wait = stale
      ? newRoundDelay(policy.reaskSeconds * 1000, part.staleAnswers, DAY)
      : reaskDelay(policy, part.asked.times);
    const at = after(part.asked.at, wait);
    timers.push({ id: name('reask'), kind: 'reask', at });
  }
  if (part.state === 'blocked' && !state.withdrawal) {
    timers.push({
      id: name('recheck'),
      kind: 'recheck',
      at: after(part.since, newRoundDelay(policy.recheckHours * 3600_000, part.round, 28 * DAY)),
    });
  }
  if (part.state === 'executing' && part.plan?.validUntil) {
    // A little after the connector's own limit: its answer may still be on its way.
    timers.push({ id: name('plan-expiry'), kind: 'plan-expiry', at: after(part.plan.validUntil, 10 * 60_000) });
  }
  return timers;
}

/** The answer that a part waits for and that is asked for again by itself; null where none is. */
export function awaitedStep(part: SystemPart): 'locate' | 'stale' | 'execute' | 'restore' | null {
  switch (part.state) {
    case 'awaiting':
      return isFilled(part, slot(part.round, 'located')) ? 'stale' : 'locate';
    case 'failed':
      return part.failure?.step === 'locate' ? 'locate' : part.plan?.validUntil ? 'execute' : null;
    case 'executing':
      return 'execute';
    case 'restoring':
      return 'restore';
    default:
      return null;
  }
}

function caseTimers(state: CaseState, policy: CasePolicy): DueTimer[] {
  const timers: DueTimer[] = [];
  const announce = announceDueAt(state, policy);
  if (announce !== null) timers.push({ id: 'announce', kind: 'announce', at: new Date(announce) });
  const { suppression } = state;
  if (suppression && suppression.applied < suppression.revision) {
    // A timer of its own per revision: the sweep ends the one it worked on, and a newer revision must not end with it.
    const id = `suppression:${suppression.revision}`;
    timers.push({ id, kind: 'suppression', at: new Date(state.changedAt) });
  }
  const chase = receiptsDueAt(state, policy);
  if (chase) timers.push({ id: 'receipts', kind: 'receipts', at: chase });
  if (state.package.state === 'ordered') timers.push({ id: 'package', kind: 'package', at: new Date(state.changedAt) });
  const disposal = disposalDueAt(state, policy);
  if (disposal) timers.push({ id: 'disposal', kind: 'disposal', at: disposal });
  return timers;
}

export const CHASES = 3;

/** Business systems that have not acknowledged an event, or only with `failed`. */
export function missingReceipts(state: CaseState, eventId: string, policy: CasePolicy): string[] {
  const receipts = state.published[eventId]?.receipts ?? {};
  return policy.subscribers.filter((subscriber) => {
    const outcome = receipts[subscriber]?.outcome;
    return outcome === undefined || outcome === 'failed';
  });
}

const chaseAt = (published: CaseState['published'][string], policy: CasePolicy): Date =>
  after(published.at, (published.chased + 1) * policy.receiptDays * DAY);

export const overdueReceipts = (state: CaseState, now: string, policy: CasePolicy): string[] =>
  Object.entries(state.published)
    .filter(([, published]) => published.chased < CHASES && chaseAt(published, policy).getTime() <= Date.parse(now))
    .map(([id]) => id);

function receiptsDueAt(state: CaseState, policy: CasePolicy): Date | null {
  const due = Object.entries(state.published)
    .filter(([id, published]) => published.chased < CHASES && missingReceipts(state, id, policy).length > 0)
    .map(([, published]) => chaseAt(published, policy).getTime());
  return due.length > 0 ? new Date(Math.min(...due)) : null;
}

/** Not before every undo window has closed; a case that still waits for a retention period keeps its door open to late facts. */
export function disposalDueAt(state: CaseState, policy: Pick<CasePolicy, 'disposalDays'>): Date | null {
  if (!state.closed || (state.identityDestroyedAt !== null && hasDeferred(state))) return null;
  // What the group is still to be told needs the person's tokens.
  if (state.suppression && state.suppression.applied < state.suppression.revision) return null;
  const undo = Object.values(state.systems).flatMap((part) =>
    part.results.map((result) => (result.undoUntil && !result.restored ? Date.parse(result.undoUntil) : 0)),
  );
  return new Date(Math.max(after(state.closed.at, policy.disposalDays * DAY).getTime(), ...undo));
}

export const hasDeferred = (state: CaseState): boolean =>
  Object.values(state.systems).some((part) => part.state === 'deferred' || !isSettled(part));
