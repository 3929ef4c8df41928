import type { DataMap, FieldMap, MappedCollection, PersonMap } from './data-map.js';
import { canonicalJson, comparable, digestOf } from './documents/comparable.js';
import type { Circumstances } from './documents/conditions.js';
import { places, valuesAt, withoutArrays, type Document, type Elements } from './documents/paths.js';

/** The person's place in one document of the business store: a row. */
export interface Row {
  readonly collection: string;
  readonly id: unknown;
  /** What the person is in this document (`PersonMap.role`, `Reach.as`). */
  readonly roles: readonly string[];
  /** Where the person is an element of an array: which array, and the element's key. Empty: the document as a whole. */
  readonly elements: readonly { readonly at: string; readonly key: unknown }[];
}

/** One name for one document, for maps and sets. */
export const documentKey = (collection: string, id: unknown): string => `${collection}\u0000${canonicalJson(id)}`;

export function mapped(map: DataMap, collection: string): MappedCollection {
  const found = map.collections[collection];
  if (found?.use !== 'mapped') throw new Error(`collection ${collection} of ${map.system} is not mapped for requests`);
  return found;
}

/** Collections that requests act on, by name. Screening and processor collections are never among them. */
export const mappedCollections = (map: DataMap): [string, MappedCollection][] =>
  Object.entries(map.collections).filter((entry): entry is [string, MappedCollection] => entry[1].use === 'mapped');

export const personOf = (collection: MappedCollection, role: string): PersonMap | undefined =>
  collection.people?.find((person) => person.role === role);

/** Whether the row is only elements of arrays: then the rest of the document is not this person's to change. */
export const isEmbedded = (row: Pick<Row, 'elements'>): boolean => row.elements.length > 0;

/** Indices of the person's elements as they stand in the document now. An element no longer there has none. */
export function elementsIn(collection: MappedCollection, row: Row, document: Document): Elements {
  const found = new Map<string, Set<number>>();
  for (const { at, key } of row.elements) {
    const person = collection.people?.find((candidate) => candidate.at === at && candidate.elementKey !== undefined);
    if (!person?.elementKey) continue;
    const indices = found.get(at) ?? new Set<number>();
    found.set(at, indices);
    const list = places(document, at)[0]?.value;
    if (!Array.isArray(list)) continue;
    list.forEach((element, index) => {
      const own = valuesAt({ element }, `element.${person.elementKey}`)[0];
      if (comparable(own) === comparable(key)) indices.add(index);
    });
  }
  return found;
}

export const circumstances = (
  collection: MappedCollection,
  row: Row,
  document: Document,
  now: Date,
): Circumstances => ({
  document,
  elements: elementsIn(collection, row, document),
  elementPaths: [...new Set(row.elements.map(({ at }) => at))],
  now,
});

/** Roles a field belongs to: as written, or the role of the person's array it lies in. Undefined: of whoever the row belongs to. */
function rolesOf(collection: MappedCollection, path: string, field: FieldMap): readonly string[] | undefined {
  if (field.of !== undefined) return typeof field.of === 'string' ? [field.of] : field.of;
  const plain = withoutArrays(path);
  const embedded = (collection.people ?? []).filter(({ at }) => at !== '' && plain.startsWith(`${at}.`));
  return embedded.length > 0 ? embedded.map(({ role }) => role) : undefined;
}

/** By collection and roles: a map never changes, and every row asks. */
const ownFieldsKnown = new WeakMap<MappedCollection, Map<string, readonly [string, FieldMap][]>>();

/** Fields that show this person's data: never other people's (systems.md, Other people). */
export function ownFields(collection: MappedCollection, row: Pick<Row, 'roles'>): readonly [string, FieldMap][] {
  const known = ownFieldsKnown.get(collection) ?? new Map<string, readonly [string, FieldMap][]>();
  ownFieldsKnown.set(collection, known);
  const key = row.roles.join('\u0000');
  const before = known.get(key);
  if (before) return before;
  const own = Object.entries(collection.fields).filter(([path, field]) => {
    const roles = rolesOf(collection, path, field);
    return roles === undefined || roles.some((role) => row.roles.includes(role));
  });
  known.set(key, own);
  return own;
}

/** Fields that may be changed or removed for this person: of an embedded person only the element's own, and what names the role. */
export function changeableFields(
  collection: MappedCollection,
  row: Pick<Row, 'roles' | 'elements'>,
): readonly [string, FieldMap][] {
  const own = ownFields(collection, row);
  return isEmbedded(row) ? own.filter(([path, field]) => rolesOf(collection, path, field) !== undefined) : own;
}

/**
 * Digest over the watched fields of the person's row: notices a change between plan and execution, but not one in other people's
 * elements or in counters (`watched: false`). Null where the person's element is no longer in the document.
 */
export function rowDigest(collection: MappedCollection, row: Row, document: Document): string | null {
  const elements = elementsIn(collection, row, document);
  if (isEmbedded(row) && ![...elements.values()].every((indices) => indices.size > 0)) return null;
  const watched: Record<string, unknown> = {};
  for (const [path, field] of ownFields(collection, row)) {
    if (field.watched === false) continue;
    const values = places(document, path, elements).map(({ value }) => value);
    if (values.length > 0) watched[path] = values;
  }
  return digestOf(watched);
}
