import { check, PlanSchema, type PlanExecuted, type PlanRefused } from '@kenri/contracts';
import type { AnyOutgoing, Change, Received } from '@kenri/messaging';
import { traceOf } from '@kenri/telemetry';
import { SignatureRefused } from '@kenri/vault';
import type { Connector } from '../connector.js';
import { executedAnswer, refusedAnswer } from '../execute/plan-outcome.js';
import type { Plan } from '../execute/selection.js';
import { shell, TIMER, unitId, withPlan, type PlanProgress, type Unit } from './unit.js';

type Approved = Received<'dsr.plan.approved.v1'>;

/** The plan that `cases` signed, or null where the signature, its form or its routing does not hold. */
async function verifiedPlan({ vault, map }: Connector, { data }: Approved): Promise<Plan | null> {
  let payload: unknown;
  try {
    payload = await vault.verifier.verify(data.plan, 'cases');
  } catch (error) {
    if (error instanceof SignatureRefused) return null;
    throw error;
  }
  const checked = check(PlanSchema, payload);
  if (!checked.ok) return null;
  const plan = checked.value;
  const fits =
    plan.caseId === data.caseId &&
    plan.system === map.system &&
    data.system === map.system &&
    plan.round === data.round &&
    plan.planId === data.planId;
  return fits ? plan : null;
}

/** Why a plan is not executed (architecture.md, Exactly-once effect 6), or null. */
function refusalOf(unit: Unit, plan: Plan | null, now: Date): PlanRefused['reason'] | null {
  if (!plan) return 'invalid-signature';
  if (unit.cancelled || unit.disposedAt) return 'cancelled';
  if (!unit.located) return 'unknown-manifest';
  if (unit.located.manifestDigest !== plan.manifestDigest) return 'stale';
  if (now > new Date(plan.validUntil)) return 'expired';
  const taken = Object.values(unit.plans)
    .filter(({ state }) => ['approved', 'executing', 'executed', 'restored'].includes(state))
    .flatMap(({ operations }) => operations ?? []);
  return plan.operations.some((operation) => taken.includes(operation)) ? 'superseded' : null;
}

/**
 * Takes approved plans in: durable, to be executed once, or refused with the reason. A repeated plan gets the same answer again.
 * Returns the plans that are now to be executed.
 */
export async function approvePlans(
  connector: Connector,
  messages: readonly Approved[],
): Promise<{ unit: Unit; planId: string }[]> {
  const verified = await Promise.all(
    messages.map(async (message) => ({ message, plan: await verifiedPlan(connector, message) })),
  );
  const outcomes = await connector.units.commit(
    verified.map(({ message, plan }) => approval(connector, message, plan)),
  );
  return messages.flatMap(({ data: { planId } }, index) => {
    const { state, changed } = outcomes[index]!;
    return changed && state?.plans[planId]?.state === 'approved' ? [{ unit: state, planId }] : [];
  });
}

function approval(connector: Connector, message: Approved, plan: Plan | null): Change<Unit> {
  const { caseId, round, planId } = message.data;
  return {
    id: unitId(caseId, round),
    cause: message,
    decide: (state, { now }) => {
      const unit = (state ?? shell(caseId, round)) as Unit;
      const before = unit.plans[planId];
      // An invalid signature must not occupy the place of the real plan.
      if (before) return answersAgain(connector, unit, before, planId, now);
      const reason = refusalOf(unit, plan, now);
      if (reason) {
        const refused = refusal(connector, unit, planId, reason, now);
        const progress: PlanProgress = { state: 'refused', attempts: 0, parts: 0, sweeps: 0, refused };
        return { state: plan ? withPlan(unit, planId, progress) : unit, send: [refusedAnswer(connector, refused)] };
      }
      const progress: PlanProgress = {
        state: 'approved',
        plan: plan!,
        operations: [...plan!.operations],
        validUntil: new Date(plan!.validUntil),
        messageId: message.id,
        ...(message.traceparent && { trace: traceOf(message) }),
        attempts: 0,
        parts: 0,
        sweeps: 0,
      };
      // The timer takes over where this process dies before it is done.
      const at = new Date(now.getTime() + connector.settings.executeWithin);
      return {
        state: withPlan(unit, planId, progress),
        timers: { set: [{ id: TIMER.execute(planId), kind: 'execute', at }] },
      };
    },
  };
}

const refusal = (
  { map }: Connector,
  unit: Unit,
  planId: string,
  reason: PlanRefused['reason'],
  now: Date,
): PlanRefused => ({
  caseId: unit.caseId,
  system: map.system,
  round: unit.round,
  planId,
  reason,
  blockers: [],
  refusedAt: now.toISOString(),
});

function answersAgain(
  connector: Connector,
  unit: Unit,
  { executed, refused, state }: PlanProgress,
  planId: string,
  now: Date,
) {
  const send: AnyOutgoing[] = [];
  if (executed) send.push(executedAnswer(connector, executed satisfies PlanExecuted));
  else if (refused) send.push(refusedAnswer(connector, refused));
  else if (state === 'cancelled')
    send.push(refusedAnswer(connector, refusal(connector, unit, planId, 'cancelled', now)));
  return send.length > 0 ? { state: unit, send } : undefined;
}

/** Cancellations are permanent, also of a plan never seen. What is being executed is finished, and answered so. */
export async function cancelPlans(
  connector: Connector,
  messages: readonly Received<'dsr.plan.cancelled.v1'>[],
): Promise<void> {
  await connector.units.commit(
    messages.map((message): Change<Unit> => ({
      id: unitId(message.data.caseId, message.data.round),
      cause: message,
      decide: (state, { now }) => {
        const { caseId, round, planId, reason } = message.data;
        const unit = (state ?? shell(caseId, round)) as Unit;
        const named = planId === undefined ? Object.keys(unit.plans) : [planId];
        let next: Unit = planId === undefined && !unit.cancelled ? { ...unit, cancelled: { reason, at: now } } : unit;
        const send: AnyOutgoing[] = [];
        const cancel: string[] = planId === undefined ? [TIMER.locate] : [];
        for (const id of named) {
          const before = next.plans[id] ?? { state: 'approved' as const, attempts: 0, parts: 0, sweeps: 0 };
          if (before.state !== 'approved') {
            if (before.executed) send.push(executedAnswer(connector, before.executed));
            continue;
          }
          const { plan: _plan, ...rest } = before;
          const refused = refusal(connector, unit, id, 'cancelled', now);
          next = withPlan(next, id, { ...rest, state: 'cancelled', cancelledBecause: reason, refused });
          send.push(refusedAnswer(connector, refused));
          cancel.push(TIMER.execute(id));
        }
        return next === unit && send.length === 0 ? undefined : { state: next, send, timers: { cancel } };
      },
    })),
  );
}
