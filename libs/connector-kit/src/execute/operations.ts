import type { ReviewRecord } from '@kenri/contracts';
import {
  corrected,
  eraseAction,
  erased,
  reducedToHold,
  restricted,
  suppressed,
  suppressible,
  withoutPersonal,
} from '../changes.js';
import type { DataMap, MappedCollection } from '../data-map.js';
import { canonicalJson } from '../documents/comparable.js';
import { withoutArrays, type Document } from '../documents/paths.js';
import { blockersOn } from '../dry-run/outlook.js';
import { holdsOn, longest, type HoldOnRow } from '../retention.js';
import { circumstances, mapped, ownFields } from '../rows.js';
import type { Intended } from './carry-out.js';
import type { Effect } from './journal.js';
import type { LiveDocument } from './read-documents.js';
import { excludedFrom, sparedPaths, type Plan, type SelectedRow } from './selection.js';

/** Pure: what each operation of a plan makes of one live document. Null where there is nothing to do. */
export type Apply = (read: LiveDocument) => Intended | null;

type Effects = { row: SelectedRow; effect: Effect }[];

const same = (a: Document, b: Document): boolean => canonicalJson(a) === canonicalJson(b);

/** @throws ImpossibleCorrection */
export const correctWith =
  (map: DataMap): Apply =>
  ({ document, live, unchanged }) => {
    if (!live) return null;
    let target = live;
    const effects: Effects = [];
    for (const row of unchanged) {
      if (row.corrections.length === 0 || excludedFrom(row, 'correct')) continue;
      const spared = sparedPaths(row, 'correct').map((path) => `${withoutArrays(path)}.`);
      const own = row.corrections.filter(
        ({ path }) => !spared.some((keep) => `${withoutArrays(path)}.`.startsWith(keep)),
      );
      const after = corrected(mapped(map, document.collection), row, target, own);
      if (!same(after, target)) effects.push({ row, effect: { kind: 'corrected', fields: own.length } });
      target = after;
    }
    return effects.length === 0 ? null : { document, before: live, target, effects };
  };

export const suppressWith =
  (map: DataMap, purposes: Plan['scope']['purposes']): Apply =>
  ({ document, live, unchanged }) => {
    if (!live) return null;
    const about = mapped(map, document.collection);
    let target = live;
    const effects: Effects = [];
    for (const row of unchanged) {
      if (excludedFrom(row, 'suppress')) continue;
      const after = suppressed(about, row, target, purposes);
      // Also where the wish stands there already: it is in force, and that is what is counted.
      if (!same(after, target) || suppressible(about, row, purposes).length > 0)
        effects.push({ row, effect: { kind: 'suppressed' } });
      target = after;
    }
    return effects.length === 0 ? null : { document, before: live, target, effects };
  };

export const restrictWith =
  (map: DataMap): Apply =>
  ({ document, live, unchanged }) => {
    if (!live) return null;
    const about = mapped(map, document.collection);
    let target = live;
    const effects: Effects = [];
    for (const row of unchanged) {
      if (excludedFrom(row, 'erase')) continue;
      const after = restricted(about, row, target);
      if (!same(after, target)) effects.push({ row, effect: { kind: 'restricted' } });
      target = after;
    }
    return effects.length === 0 ? null : { document, before: live, target, effects };
  };

/** Refs of rows that must not be erased now, beside what people excluded: something hangs on them, or blocks them. */
export type Kept = ReadonlySet<string>;

/** Erases each row, or keeps of it what a law asks for. A document goes only if every row in it may go. */
export const eraseWith =
  (map: DataMap, kept: Kept, now: Date): Apply =>
  ({ document, live, unchanged, changed }) => {
    if (!live) return null;
    const about = mapped(map, document.collection);
    const acting = unchanged.filter((row) => !excludedFrom(row, 'erase') && !row.refs.some((ref) => kept.has(ref)));
    if (acting.length === 0) return null;
    const laws = new Map(acting.map((row) => [row, holdsOn(about, circumstances(about, row, live, now), map)]));
    const mayGo =
      changed.length === 0 &&
      acting.length === document.rows.length &&
      acting.every((row) => laws.get(row)!.length === 0 && sparedPaths(row, 'erase').length === 0);
    let target: Document = live;
    let gone = false;
    const effects: Effects = [];
    const holds: (HoldOnRow & { ref: string })[] = [];
    for (const row of acting) {
      const keeping = laws.get(row)!;
      if (keeping.length > 0) {
        target = restricted(about, row, reducedToHold(about, row, target, keeping));
        holds.push(...keeping.map((law) => ({ ...law, ref: row.ref })));
        effects.push({ row, effect: { kind: 'held', until: longest(keeping) } });
        continue;
      }
      const outcome = erased(about, row, target);
      if ('gone' in outcome && mayGo) {
        gone = true;
        effects.push({ row, effect: { kind: 'deleted' } });
        continue;
      }
      const spared = sparedPaths(row, 'erase');
      // Where the whole document (or element) may not go, what is personal in this row does.
      const after =
        'gone' in outcome || spared.length > 0 ? withoutPersonal(about, row, target, spared) : outcome.document;
      const action = spared.length > 0 ? 'remove-fields' : eraseAction(about, row);
      if (!same(after, target))
        effects.push({ row, effect: { kind: action === 'remove-person' ? 'personRemoved' : 'fieldsRemoved' } });
      target = after;
    }
    if (effects.length === 0) return null;
    return { document, before: live, target: gone ? null : target, effects, ...(holds.length > 0 && { holds }) };
  };

/** Blockers of a live document for the operations of a plan, by row. */
export function blockersIn(
  map: DataMap,
  { document, live, unchanged }: LiveDocument,
  operations: Plan['operations'],
  now: Date,
) {
  if (!live) return [];
  const about = mapped(map, document.collection);
  return unchanged.flatMap((row) => {
    const wanted = operations.filter((operation) => !excludedFrom(row, operation));
    const found = [
      ...unknownFields(about, row, wanted),
      ...blockersOn(about, circumstances(about, row, live, now), wanted),
    ];
    return found.map((blocker) => ({ row, blocker }));
  });
}

/** Somebody refused a field that the row does not have: what they meant would be acted on. */
function unknownFields(
  about: MappedCollection,
  row: SelectedRow,
  operations: Plan['operations'],
): ReviewRecord['blockers'] {
  const concerned = operations.filter((operation) =>
    sparedPaths(row, operation).some((path) => !isOwn(about, row, path)),
  );
  if (concerned.length === 0) return [];
  const label = { ja: '除外された項目がこの記録にありません', en: 'a refused field is not one of this record' };
  return [{ code: 'unknown-field', label, operations: concerned }];
}

const isOwn = (about: MappedCollection, row: SelectedRow, path: string): boolean => {
  const plain = withoutArrays(path);
  return ownFields(about, row).some(([own]) => `${withoutArrays(own)}.`.startsWith(`${plain}.`));
};
