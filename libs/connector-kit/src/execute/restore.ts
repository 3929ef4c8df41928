import { check, eventId, type RecordsRestored } from '@kenri/contracts';
import type { Change, Received } from '@kenri/messaging';
import { traceOf, withSpan } from '@kenri/telemetry';
import { KeyDestroyed, SignatureRefused } from '@kenri/vault';
import { Type } from 'typebox';
import type { Connector } from '../connector.js';
import { canonicalJson } from '../documents/comparable.js';
import type { Document } from '../documents/paths.js';
import { documentKey } from '../rows.js';
import type { GuardedWrite } from '../store/store-adapter.js';
import { failedAnswer } from '../units/answers.js';
import { backoff, TIMER, unitId, withPlan, type Unit } from '../units/unit.js';
import { ORDER, type Chunk } from './journal.js';

type Restoration = Received<'dsr.restoration.approved.v1'>;

const ApprovalSchema = Type.Object({
  caseId: Type.String(),
  system: Type.String(),
  round: Type.Integer(),
  planId: Type.String(),
  reason: Type.String(),
});

/**
 * Takes approved restorations in: durable, then carried out by the timer. Outside the window, unsigned or for a plan that erased
 * nothing, it fails for good, and says so.
 */
export async function approveRestorations(connector: Connector, messages: readonly Restoration[]): Promise<void> {
  const verified = await Promise.all(
    messages.map(async (message) => ({ message, valid: await isSigned(connector, message) })),
  );
  await connector.units.commit(
    verified.map(({ message, valid }): Change<Unit> => {
      const { caseId, round, planId } = message.data;
      return {
        id: unitId(caseId, round),
        cause: message,
        decide: (state, { now }) => {
          if (!state) return undefined;
          const progress = state.plans[planId];
          if (progress?.restored) return { state: state, send: [restoredAnswer(connector, progress.restored)] };
          const open = progress?.state === 'executed' && progress.undoUntil !== undefined && now < progress.undoUntil;
          if (!valid || !open) {
            const reason = valid ? 'undo-window-over' : 'invalid-signature';
            return {
              state: state,
              send: [failedAnswer(connector, state, { step: 'restore', planId, reason, attempts: 1, now, next: null })],
            };
          }
          // What would undo the restoration, or look for what is restored, must not run meanwhile.
          const cancel = [TIMER.verify(planId), TIMER.deferred(planId), TIMER.undo(planId)];
          return {
            state: withPlan(state, planId, { ...progress, trace: traceOf(message) }),
            timers: { cancel, set: [{ id: TIMER.restore(planId), kind: 'restore', at: now }] },
          };
        },
      };
    }),
  );
}

async function isSigned({ vault, map }: Connector, { data }: Restoration): Promise<boolean> {
  try {
    const checked = check(ApprovalSchema, await vault.verifier.verify(data.approval, 'cases'));
    if (!checked.ok) return false;
    const { caseId, system, round, planId } = checked.value;
    return caseId === data.caseId && system === map.system && round === data.round && planId === data.planId;
  } catch (error) {
    if (error instanceof SignatureRefused) return false;
    throw error;
  }
}

const restoredAnswer = ({ map }: Connector, data: RecordsRestored) =>
  ({
    id: eventId(data.caseId, map.system, 'restored', data.round, data.planId),
    type: 'dsr.records.restored.v1',
    caseId: data.caseId,
    data,
  }) as const;

/** Puts every document back as it was before the erasure, where it is still as the erasure left it. May be repeated. */
export async function restore(connector: Connector, id: string, planId: string): Promise<Change<Unit> | undefined> {
  const unit = await connector.units.get(id);
  const progress = unit?.plans[planId];
  if (!unit || progress?.state !== 'executed') return undefined;
  const { trace } = progress;
  const attributes = { 'kenri.system': connector.map.system };
  const change = await withSpan(
    'restore',
    { attributes, ...(trace && { parent: trace }) },
    async (): Promise<Change<Unit>> => {
      let outcome: { restored: number; notRestored: number };
      try {
        outcome = await putBack(connector, id, planId);
      } catch (error) {
        if (error instanceof KeyDestroyed) return given(connector, unit, planId, 'undo-window-over', null);
        return given(connector, unit, planId, 'restore-failed', backoff(progress.attempts + 1));
      }
      const data: RecordsRestored = {
        caseId: unit.caseId,
        system: connector.map.system,
        round: unit.round,
        planId,
        restoredAt: connector.clock.now().toISOString(),
        records: outcome.restored,
        notRestored: outcome.notRestored,
      };
      return {
        id,
        decide: (state, { now }) => {
          const before = state?.plans[planId];
          if (!state || before?.state !== 'executed') return undefined;
          const { undoUntil: _until, ...rest } = before;
          return {
            state: withPlan(state, planId, { ...rest, state: 'restored', restored: data }),
            send: [restoredAnswer(connector, data)],
            timers: { cancel: [TIMER.restore(planId)], set: [{ id: TIMER.undo(planId), kind: 'undo', at: now }] },
          };
        },
      };
    },
  );
  return trace ? { ...change, cause: trace } : change;
}

interface Undo {
  readonly collection: string;
  readonly id: unknown;
  /** Before the first thing the erasure did to it. */
  readonly before: Document;
  /** After the last. */
  target: Document | null;
}

async function putBack(
  connector: Connector,
  unit: string,
  planId: string,
): Promise<{ restored: number; notRestored: number }> {
  const { journal, store } = connector;
  const chunks = (await journal.ofUnit(unit)).filter(
    (chunk) => chunk.planId === planId && ORDER[chunk.operation] >= ORDER.restrict,
  );
  const undos = new Map<string, Undo>();
  for (const chunk of chunks) await collect(connector, chunk, undos);
  const writes: GuardedWrite[] = [];
  const open: Undo[] = [];
  let restored = 0;
  // Roots before leaves: nothing hangs in the air meanwhile. The journal has them the other way round.
  for (const undo of [...undos.values()].reverse()) {
    if (undo.target !== null && canonicalJson(undo.target) === canonicalJson(undo.before)) continue;
    open.push(undo);
    const { collection, id, before, target } = undo;
    writes.push(
      target === null
        ? { collection, id, before: null, target: { document: before } }
        : { collection, id, before: target, target: { document: before } },
    );
  }
  const done = await store.write(writes);
  restored += done.filter(Boolean).length;
  return { restored, notRestored: open.length - restored };
}

async function collect({ journal }: Connector, chunk: Chunk, undos: Map<string, Undo>): Promise<void> {
  const intents = await journal.intentsOf(chunk);
  intents.forEach(({ collection, id, before, target }, index) => {
    if (chunk.left?.includes(index)) return;
    const key = documentKey(collection, id);
    const known = undos.get(key);
    if (known) known.target = target;
    else undos.set(key, { collection, id, before, target });
  });
}

const given = (
  connector: Connector,
  unit: Unit,
  planId: string,
  reason: string,
  wait: number | null,
): Change<Unit> => ({
  id: unit._id,
  decide: (state, { now }) => {
    const before = state?.plans[planId];
    if (!state || !before) return undefined;
    const attempts = before.attempts + 1;
    const next = wait === null ? null : new Date(now.getTime() + wait);
    return {
      state: withPlan(state, planId, { ...before, attempts }),
      send: [failedAnswer(connector, unit, { step: 'restore', planId, reason, attempts, now, next })],
      timers: next
        ? { set: [{ id: TIMER.restore(planId), kind: 'restore', at: next }] }
        : { cancel: [TIMER.restore(planId)] },
    };
  },
});
