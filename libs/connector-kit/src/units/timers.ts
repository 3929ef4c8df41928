import { TimerSweep, type Change } from '@kenri/messaging';
import type { Connector } from '../connector.js';
import { eraseDeferred } from '../execute/deferred.js';
import { restore } from '../execute/restore.js';
import { verifyAbsence } from '../execute/verify.js';
import type { Executions } from './executions.js';
import { answerWaiting } from './locate-units.js';
import { planOfTimer, withPlan, type Unit } from './unit.js';

/** Everything a unit does by itself when a time comes. */
export function unitTimers(connector: Connector, executions: Executions): TimerSweep<Unit> {
  const withinMs = connector.settings.executeWithin;
  const sweep = new TimerSweep<Unit>(connector.units, { clock: connector.clock });
  const perform = (kind: string, work: (unit: string, planId: string) => Promise<Change<Unit> | undefined>) =>
    sweep.perform(kind, { withinMs, work: (state, timer) => work(state._id, planOfTimer(timer.id)) });
  sweep.perform('locate', { withinMs, work: (state) => answerWaiting(connector, state) });
  sweep.perform('execute', { withinMs, work: (state, timer) => executions.perform(state, planOfTimer(timer.id)) });
  perform('verify', (unit, planId) => verifyAbsence(connector, unit, planId));
  perform('deferred', (unit, planId) => eraseDeferred(connector, unit, planId));
  perform('restore', (unit, planId) => restore(connector, unit, planId));
  perform('undo', (unit, planId) => endUndo(connector, unit, planId));
  return sweep;
}

/** The undo window is over: the pre-images can never be opened again. */
async function endUndo(connector: Connector, id: string, planId: string): Promise<Change<Unit> | undefined> {
  const progress = (await connector.units.get(id))?.plans[planId];
  if (!progress) return undefined;
  await connector.journal.forgetPreImages(id, planId, progress.parts);
  return {
    id,
    decide: (state) => {
      const before = state?.plans[planId];
      if (!state || before?.undoUntil === undefined) return undefined;
      const { undoUntil: _until, ...rest } = before;
      return { state: withPlan(state, planId, rest) };
    },
  };
}
