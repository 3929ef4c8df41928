import { TimerSweep } from '@kenri/messaging';
import type { Connector } from '../connector.js';
import { answersOf } from './locate-units.js';
import type { Unit } from './unit.js';

/** Everything a unit does by itself when a time comes. */
export function unitTimers(connector: Connector): TimerSweep<Unit> {
  const sweep = new TimerSweep<Unit>(connector.units, { clock: connector.clock });
  sweep.perform('locate', {
    withinMs: 60_000,
    work: async (state) => (state.waiting ? (await answersOf(connector, [{ unit: state as Unit }]))[0] : undefined),
  });
  return sweep;
}
