import type { CaseChanged } from '@kenri/contracts';
import { needsAnswer, outcomeOf, type Ending, type Outcome } from '@kenri/rights';
import type { CaseState, SystemPart } from './case-state.js';
import { medicalExportsOf } from './disclosure.js';
import { isSettled, keptUntil } from './part.js';
import type { CasePolicy } from './policy.js';

export type Phase = CaseChanged['state'];

/** True when every expected system's part has an end. A case without fan-out is settled from the start. */
export const allSettled = (state: CaseState): boolean =>
  state.request !== null && state.expected.every((system) => isSettled(state.systems[system]!));

/** Where the case stands as a whole: the earliest step at which any unfinished part stands. Read from the state alone. */
export function phaseOf(state: CaseState): Phase {
  if (state.closed) return state.withdrawal && state.closed.outcome === 'withdrawn' ? 'cancelled' : 'closed';
  if (!state.request) return 'collecting';
  const open = Object.values(state.systems).filter((part) => !isSettled(part));
  if (open.length === 0) return 'answering';
  const moving = new Set(['executing', 'acted', 'restoring', 'awaiting-package']);
  if (open.every((part) => moving.has(part.state))) return 'executing';
  return open.every((part) => part.state !== 'awaiting') ? 'deciding' : 'collecting';
}

/** How a settled part ended, for the applicant's answer. */
export function endingOf(part: SystemPart): Ending {
  switch (part.state) {
    case 'executed': {
      const kept = (part.plan?.exclusions.length ?? 0) > 0;
      const notAllFounded = part.decisions.corrections.some((correction) => correction.finding !== 'founded');
      return kept || notAllFounded || part.refusedOperations.length > 0 ? 'partly-carried-out' : 'carried-out';
    }
    case 'deferred':
      return 'partly-carried-out';
    case 'manual':
      return part.manual?.outcome ?? 'carried-out';
    case 'refused':
    case 'restored':
      return 'refused';
    case 'cancelled':
      return part.results.length > 0 ? 'partly-carried-out' : 'cancelled';
    default:
      return 'nothing-found';
  }
}

/** The outcome once every part has ended; undefined before. */
export function caseOutcome(state: CaseState): Outcome | undefined {
  if (!state.request || !allSettled(state)) return undefined;
  const endings = state.expected.map((system) => endingOf(state.systems[system]!));
  if (state.withdrawal && endings.every((ending) => ending === 'cancelled' || ending === 'nothing-found'))
    return 'withdrawn';
  if (endings.length === 0) return state.question || !needsAnswer(state.request.kinds) ? 'answered' : undefined;
  return outcomeOf(endings);
}

/** The last day until which the law keeps some of the person's records; null where none is kept. */
export function deferredUntil(state: CaseState): string | null {
  const days = Object.values(state.systems)
    .filter((part) => part.state === 'deferred')
    .flatMap((part) => keptUntil(part) ?? [])
    .sort();
  return days.at(-1) ?? null;
}

/** What the applicant may know (`dsr.case.changed.v1`), without what changes at every step. */
export function forApplicant(
  state: CaseState,
): Pick<CaseChanged, 'state' | 'outcome' | 'deferredUntil' | 'dueAt' | 'packageReady'> {
  const outcome = state.closed?.outcome ?? caseOutcome(state);
  const until = deferredUntil(state);
  return {
    state: phaseOf(state),
    ...(outcome !== undefined && { outcome }),
    ...(until !== null && { deferredUntil: until }),
    dueAt: state.clock.dueAt ?? state.changedAt,
    packageReady: state.package.state === 'released',
  };
}

export const ATTENTION = [
  'overdue',
  'gave-up',
  'found-after-erasure',
  'stale-index',
  'receipts-missing',
  'unplanned-execution',
  'awaiting-person',
  'awaiting-medical-reviewer',
  'unanswered',
] as const;
export type Attention = (typeof ATTENTION)[number];

/** What a person ought to look at now, with the system it concerns. */
export function attentionOf(state: CaseState, policy: CasePolicy): { code: Attention; system: string | null }[] {
  const list: { code: Attention; system: string | null }[] = [];
  const overdue = state.clock.warned.includes(100) && !state.closed;
  if (overdue) list.push({ code: 'overdue', system: null });
  for (const part of Object.values(state.systems)) {
    const { system } = part;
    if (part.state === 'failed' || (part.failure && part.failure.nextAttemptAt === null))
      list.push({ code: 'gave-up', system });
    if (part.roundReason === 'found-after-erasure' && !isSettled(part))
      list.push({ code: 'found-after-erasure', system });
    if (part.state === 'awaiting' && part.staleAnswers > 0) list.push({ code: 'stale-index', system });
    // retries go on until the deadline, then a person must look.
    if (overdue && (part.state === 'awaiting' || part.state === 'executing')) list.push({ code: 'unanswered', system });
    if (['deciding', 'decided', 'approving', 'blocked'].includes(part.state))
      list.push({ code: 'awaiting-person', system });
  }
  // Nobody else may have this package built: it would wait for ever unseen.
  if (state.package.state === 'ordered' && !state.closed && !state.withdrawal) {
    for (const system of medicalExportsOf(state, policy)) list.push({ code: 'awaiting-medical-reviewer', system });
  }
  if (Object.values(state.published).some(({ chased }) => chased >= 3))
    list.push({ code: 'receipts-missing', system: null });
  return list;
}
