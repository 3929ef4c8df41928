import type { Change, Received } from '@kenri/messaging';
import type { Connector } from '../connector.js';
import { withArtifacts } from './collect-orphans.js';
import { TIMER, type PlanProgress, type Unit } from './unit.js';

/**
 * The case is over: its keys are destroyed here too, and the unit becomes a tombstone. What a law still keeps is erased when its time
 * comes, from its own key; an open undo window ends by its own timer.
 */
export async function disposeCases(
  connector: Connector,
  messages: readonly Received<'dsr.case.disposed.v1'>[],
): Promise<void> {
  const caseIds = messages.map(({ data }) => data.caseId);
  const found = await connector.units.collection
    .find({ caseId: { $in: caseIds } } as never, { projection: { _id: 1 } })
    .toArray();
  if (found.length === 0) return;
  await connector.vault.stored.destroy('manifest', ...caseIds);
  await connector.units.commit(
    found.map(({ _id }): Change<Unit> => ({
      id: _id,
      decide: (state, { now }) => {
        if (!state || state.disposedAt) return undefined;
        const { manifest: _manifest, manifestArtifact: _artifact, waiting: _waiting, ...rest } = state as Unit;
        const plans = Object.entries(rest.plans).map(([id, { plan: _plan, ...progress }]): [string, PlanProgress] => [
          id,
          progress,
        ]);
        return {
          state: withArtifacts({ ...rest, plans: Object.fromEntries(plans), disposedAt: now }),
          timers: { cancel: [TIMER.locate, ...plans.flatMap(([id]) => [TIMER.execute(id), TIMER.verify(id)])] },
        };
      },
    })),
  );
}
