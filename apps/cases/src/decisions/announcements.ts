import type { CaseState, PlanResult, Published, SystemPart } from './case-state.js';
import { isUnderWay, outstanding } from './part.js';
import type { CasePolicy } from './policy.js';

export const newlyPublished = (type: Published['type'], at: string): Published => ({
  type,
  at,
  chased: 0,
  receipts: {},
});

/**
 * What the group was told under this id; undefined where it was told nothing. A suppression leaves with its register, a write before the
 * case notes it: who has acknowledged it by then was told of it.
 */
export function publishedAs({ published, suppression }: CaseState, id: string, at: string): Published | undefined {
  if (Object.hasOwn(published, id)) return published[id];
  return suppression?.set === id ? newlyPublished('suppression', at) : undefined;
}

/** Erasures that the group has not been told of, and that nobody has undone. */
export function unannounced(state: CaseState): { part: SystemPart; result: PlanResult }[] {
  return Object.values(state.systems).flatMap((part) =>
    part.state === 'restoring'
      ? []
      : part.results
          .filter(({ done, announcedBy, restored }) => erasedAny(done) && announcedBy === null && !restored)
          .map((result) => ({ part, result })),
  );
}

const erasedAny = ({ erase }: PlanResult['done']): boolean =>
  erase !== undefined && erase.deleted + erase.personRemoved + erase.fieldsRemoved > 0;

/**
 * When the group is told of the erasures that are final (ISO time); null when there are none. An erasure is final when its undo window has
 * closed, at once where there is none. So that business systems act once and not five times, it then waits a bounded time for
 * systems that are still on their way to erasing; blocked and failed ones hold up nobody.
 */
export function announceDueAt(state: CaseState, policy: Pick<CasePolicy, 'announceGraceHours'>): string | null {
  const waiting = unannounced(state);
  if (waiting.length === 0) return null;
  const final = waiting
    .map(({ result }) => result.undoUntil ?? result.finishedAt)
    .sort()
    .at(-1)!;
  const others = Object.values(state.systems).some(
    (part) => isUnderWay(part) && outstanding(state, part).includes('erase'),
  );
  return others && !state.withdrawal
    ? new Date(Date.parse(final) + policy.announceGraceHours * 3600_000).toISOString()
    : new Date(Date.parse(final)).toISOString();
}
