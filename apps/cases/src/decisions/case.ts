import { dueAt, fansOut } from '@kenri/rights';
import {
  recordExecuted,
  recordFailed,
  recordLocated,
  recordPlanRefused,
  recordReceipt,
  recordRestored,
  recordVerified,
} from './answers.js';
import type { CaseCommand } from './case-command.js';
import type { CaseEvent } from './case-events.js';
import type { CaseState, SystemPart } from './case-state.js';
import { describeEvent } from './describe-event.js';
import { emptyCase, evolve } from './evolve.js';
import { fireTimer } from './fire-timer.js';
import { append, headOf } from './history.js';
import { approvePlan, proposePlan, rejectPlan } from './plans.js';
import type { CasePolicy } from './policy.js';
import { react } from './react.js';
import { noSuch } from './refused.js';
import * as staff from './staff.js';

export { emptyCase, evolve } from './evolve.js';

/** The case after an event, with its entry in the history. */
export function apply(state: CaseState, event: CaseEvent): CaseState {
  const next = evolve(state, event);
  const described = describeEvent(event);
  const history = described
    ? append(state._id, state.history, { at: event.at, who: event.who, ...described })
    : state.history;
  return {
    ...next,
    revision: state.revision + 1,
    changedAt: event.at,
    history,
    historyHead: headOf(state._id, history),
  };
}

/** More consequences than any real case has: a rule that calls itself forth would otherwise never end. */
const MOST_CONSEQUENCES = 400;

/**
 * What a command makes happen, with everything that follows from it; none for "nothing happened".
 * @param now ISO time.
 * @throws DecisionRefused for a command of a person that the present state does not allow; never for a message or a timer.
 */
export function decide(
  state: CaseState | null,
  id: string,
  command: CaseCommand,
  now: string,
  policy: CasePolicy,
): CaseEvent[] {
  const before = state ?? emptyCase(id, now);
  const events = directly(before, state !== null, command, now, policy);
  let after = events.reduce(evolve, before);
  // A timer may only remind of what the state says is due by now.
  if (events.length === 0 && command.type !== 'fire-timer') return events;
  for (;;) {
    const consequences = react(after, now, policy);
    if (consequences.length === 0) return events;
    events.push(...consequences);
    after = consequences.reduce(evolve, after);
    if (events.length > MOST_CONSEQUENCES) {
      throw new Error(`the consequences of ${command.type} do not end: last ${events.at(-1)?.type ?? ''}`);
    }
  }
}

function directly(
  state: CaseState,
  exists: boolean,
  command: CaseCommand,
  now: string,
  policy: CasePolicy,
): CaseEvent[] {
  const part = (): SystemPart => partOf(state, exists, 'system' in command ? command.system : '');
  const opened = (): CaseState => {
    if (!exists || !state.request) throw noSuch('この案件', 'case');
    return state;
  };
  switch (command.type) {
    case 'open':
      return open(state, command, now, policy);
    case 'record-withdrawal-wish': {
      const { by } = command.data;
      return staff.withdraw(
        state,
        { who: by === 'applicant' ? 'applicant' : 'staff:clerk', by, reason: 'withdrawn' },
        now,
      );
    }
    case 'record-located':
      return recordLocated(state, command.data, now);
    case 'record-executed':
      return recordExecuted(state, command.data, now, policy.undoDays);
    case 'record-plan-refused':
      return recordPlanRefused(state, command.data, now);
    case 'record-failed':
      return recordFailed(state, command.data, now);
    case 'record-verified':
      return recordVerified(state, command.data, now);
    case 'record-restored':
      return recordRestored(state, command.data, now);
    case 'record-receipt':
      return recordReceipt(state, command.data, now);
    case 'decide-match':
      return staff.decideMatch(state, part(), command, now);
    case 'determine-correction':
      return staff.determineCorrection(state, part(), command, now);
    case 'set-exclusions':
      return staff.setExclusions(state, part(), command, now);
    case 'propose-plan':
      return proposePlan(state, part(), command, now, policy);
    case 'approve-plan':
      return approvePlan(part(), command, now, policy);
    case 'reject-plan':
      return rejectPlan(part(), command, now);
    case 'ask-again':
      return staff.askAgain(state, part(), command.who, now);
    case 'resolve-manually': {
      const { who, outcome, ground, note } = command;
      return staff.resolveManually(state, part(), { outcome, ground, note, by: who }, now);
    }
    case 'restore':
      return staff.restore(part(), command, now);
    case 'cancel':
      return staff.withdraw(opened(), { who: command.who, by: 'staff', reason: command.reason }, now);
    case 'answer-question':
      return staff.answerQuestion(opened(), command, now);
    case 'close':
      return staff.close(opened(), command.who, now);
    case 'pause-clock':
      return staff.pauseClock(opened(), command, now);
    case 'resume-clock':
      return staff.resumeClock(opened(), command.who, now, policy);
    case 'extend-due-date':
      return staff.extendDueDate(opened(), command, now, policy);
    case 'record-package-built':
      return state.package.state === 'released'
        ? []
        : [{ type: 'PackageBuilt', at: now, who: 'policy', artifact: command.artifact }];
    case 'propose-release':
      return staff.proposeRelease(opened(), command.who, now);
    case 'release-package':
      return staff.releasePackage(opened(), command.who, now);
    case 'record-download':
      return [{ type: 'PackageDownloaded', at: now, who: command.who }];
    case 'record-suppression-published': {
      const { suppression } = state;
      if (!suppression || suppression.applied >= command.revision) return [];
      return [{ type: 'SuppressionPublished', at: now, who: 'policy', revision: command.revision }];
    }
    case 'fire-timer':
      return state.request ? fireTimer(state, command, now, policy) : [];
  }
}

function partOf(state: CaseState, exists: boolean, system: string): SystemPart {
  if (!exists || !state.request) throw noSuch('この案件', 'case');
  const part = Object.hasOwn(state.systems, system) ? state.systems[system] : undefined;
  if (!part) throw noSuch('このシステム', 'system in this case');
  return part;
}

/** The expected systems are frozen here: a system added later does not disturb open cases. */
function open(
  state: CaseState,
  { request, identity }: Extract<CaseCommand, { type: 'open' }>,
  now: string,
  policy: CasePolicy,
): CaseEvent[] {
  if (state.request) return [];
  const { reference, kinds, channel, language, scope, receivedAt, acceptedAt, acceptedBy, systems } = request;
  return [
    {
      type: 'CaseOpened',
      at: now,
      who: `staff:${acceptedBy}`,
      request: { reference, kinds, channel, language, scope, receivedAt, acceptedAt, acceptedBy },
      expected: kinds.some(fansOut) ? [...systems] : [],
      identity,
      dueAt: dueAt({ kinds, receivedAt }, new Date(now), policy.dueDays).toISOString(),
    },
  ];
}
