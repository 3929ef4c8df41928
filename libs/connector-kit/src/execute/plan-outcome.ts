import { eventId, type PlanExecuted, type PlanRefused } from '@kenri/contracts';
import { classify, nameFailure, type AnyOutgoing, type Change } from '@kenri/messaging';
import { KeyDestroyed } from '@kenri/vault';
import { ImpossibleCorrection } from '../changes.js';
import { openSealed, type Connector } from '../connector.js';
import { dayAfter, startOfDayInJapan } from '../retention.js';
import { failedAnswer } from '../units/answers.js';
import { backoff, TIMER, withPlan, type Unit } from '../units/unit.js';
import { RecordTooLarge } from './carry-out.js';
import type { Decisions, Plan } from './selection.js';

/** The side index is not fresh: appeared records could be missed, so erasing waits. */
export class NotFresh extends Error {
  override readonly name = 'NotFresh';
}

/** The first moment at which a hold may have ended; one without a known end is looked at again from time to time. */
export function nextLook(holds: readonly { until: string | null }[], now: Date, reviewEvery: number): Date {
  const ends = holds.flatMap(({ until }) => (until === null ? [] : [startOfDayInJapan(dayAfter(until)).getTime()]));
  const review = holds.some(({ until }) => until === null) ? [now.getTime() + reviewEvery] : [];
  return new Date(Math.max(now.getTime() + 1000, Math.min(...ends, ...review)));
}

export const executedAnswer = ({ map }: Pick<Connector, 'map'>, data: PlanExecuted): AnyOutgoing => ({
  id: eventId(
    data.caseId,
    map.system,
    'executed',
    data.round,
    data.part === 0 ? data.planId : `${data.planId}-${data.part}`,
  ),
  type: 'dsr.plan.executed.v1',
  caseId: data.caseId,
  data,
});

export const refusedAnswer = ({ map }: Pick<Connector, 'map'>, data: PlanRefused): AnyOutgoing => ({
  id: eventId(data.caseId, map.system, 'refused', data.round, data.planId),
  type: 'dsr.plan.refused.v1',
  caseId: data.caseId,
  data,
});

export function refused(
  connector: Connector,
  unit: Unit,
  planId: string,
  reason: PlanRefused['reason'],
  blockers: PlanRefused['blockers'],
): Change<Unit> {
  return {
    id: unit._id,
    decide: (state, { now }) => {
      const progress = state?.plans[planId];
      if (!state || progress?.state !== 'approved') return undefined;
      const data: PlanRefused = {
        caseId: unit.caseId,
        system: connector.map.system,
        round: unit.round,
        planId,
        reason,
        blockers,
        refusedAt: now.toISOString(),
      };
      const { plan: _plan, ...rest } = progress;
      return {
        state: withPlan(state, planId, { ...rest, state: 'refused', refused: data }),
        send: [refusedAnswer(connector, data)],
        timers: { cancel: [TIMER.execute(planId)] },
      };
    },
  };
}

/** Tries again by a due time; what can never succeed goes to a person. */
export function failed(connector: Connector, unit: Unit, planId: string, error: unknown): Change<Unit> {
  if (error instanceof KeyDestroyed) return refused(connector, unit, planId, 'cancelled', []);
  const final = error instanceof ImpossibleCorrection || error instanceof RecordTooLarge;
  const reason =
    error instanceof ImpossibleCorrection
      ? error.code
      : error instanceof RecordTooLarge
        ? 'record-too-large'
        : error instanceof NotFresh
          ? 'index-not-fresh'
          : classify(error) === 'unavailable'
            ? 'store-unavailable'
            : 'execute-failed';
  connector.log.warn(reason, { failure: nameFailure(error) });
  return {
    id: unit._id,
    decide: (state, { now }) => {
      const progress = state?.plans[planId];
      if (!state || (progress?.state !== 'approved' && progress?.state !== 'executing')) return undefined;
      const attempts = progress.attempts + 1;
      const at = new Date(now.getTime() + backoff(attempts));
      return {
        state: withPlan(state, planId, { ...progress, attempts, ...(final && { state: 'refused' as const }) }),
        send: [
          failedAnswer(connector, unit, { step: 'execute', planId, reason, attempts, now, next: final ? null : at }),
        ],
        timers: final
          ? { cancel: [TIMER.execute(planId)] }
          : { set: [{ id: TIMER.execute(planId), kind: 'execute', at }] },
      };
    },
  };
}

/** Decisions stand in the plan, or beyond a hundred in an artifact. */
export async function readDecisions(connector: Connector, plan: Plan, messageId: string): Promise<Decisions> {
  if (plan.decisions) {
    const bytes = await connector.vault.artifacts.read(plan.decisions, { maxBytes: 64 * 1024 * 1024 });
    const read = JSON.parse(bytes.toString('utf8')) as Partial<Decisions>;
    return {
      confirmed: read.confirmed ?? [],
      rejected: read.rejected ?? [],
      exclusions: read.exclusions ?? [],
      corrections: read.corrections ?? [],
    };
  }
  const sealed = plan.corrections;
  const corrections = sealed
    ? (
        await openSealed<{ corrections: Decisions['corrections'] }>(connector, sealed, {
          id: messageId,
          type: 'dsr.plan.approved.v1',
          bindSystem: true,
        })
      ).corrections
    : [];
  return { confirmed: plan.confirmed, rejected: plan.rejected, exclusions: plan.exclusions, corrections };
}
