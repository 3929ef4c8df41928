import type { Condition, MappedCollection } from '../data-map.js';
import { withValue, type Document } from '../documents/paths.js';
import { elementsIn, type Row } from '../rows.js';

/** A document in which conditions hold: how a suite brings about a legal hold, a blocker or a running period in any system. */
export function withConditions(
  collection: MappedCollection,
  row: Row,
  document: Document,
  conditions: readonly Condition[] | undefined,
  now: Date,
): Document | null {
  let result = document;
  for (const { path, is, value } of conditions ?? []) {
    const forced = forcedValue(is, value, now);
    if (forced === undefined) return null;
    for (const at of placesFor(collection, row, result, path)) result = withValue(result, at, forced);
  }
  return result;
}

export function placesFor(collection: MappedCollection, row: Row, document: Document, path: string): string[] {
  if (!path.startsWith('@.')) return [path.replaceAll('[]', '.0')];
  return [...elementsIn(collection, row, document)].flatMap(([at, indices]) =>
    [...indices].map((index) => `${at}.${index}.${path.slice(2)}`),
  );
}

/** What stands at a concrete place (`contacts.2.tel`). */
export const valueAt = (document: Document, at: string): unknown =>
  at.split('.').reduce<unknown>((value, name) => (value as Document | undefined)?.[name], document);

const DAY = 86_400_000;

function forcedValue(is: Condition['is'], value: unknown, now: Date): unknown {
  switch (is) {
    case 'equal':
    case 'at-least':
      return value;
    case 'in':
      return (value as unknown[])[0];
    case 'not-equal':
    case 'not-in':
      return 'another-value';
    case 'present':
      return 'present';
    case 'before-now':
      return new Date(now.getTime() - DAY);
    case 'after-now':
      return new Date(now.getTime() + 400 * DAY);
    case 'absent':
      return null;
  }
}
