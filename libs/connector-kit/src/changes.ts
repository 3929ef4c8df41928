import type { Purpose } from '@kenri/contracts';
import type { FieldMap, MappedCollection } from './data-map.js';
import {
  places,
  valuesAt,
  withoutArrays,
  withoutElements,
  withoutValue,
  withValue,
  type Document,
} from './documents/paths.js';
import type { HoldOnRow } from './retention.js';
import { changeableFields, elementsIn, isEmbedded, type Row } from './rows.js';

/** What an operation makes of a document: gone, or a document with other content. Equal content means that nothing is to be done. */
export type Target = { readonly gone: true } | { readonly document: Document };

export type EraseAction = 'delete' | 'remove-person' | 'remove-fields';

/**
 * The map's rule as it applies to this row: an embedded person never takes the whole document along (a dealer's contact leaves, the
 * dealer stays), and a whole document cannot be taken out of itself.
 */
export function eraseAction(collection: MappedCollection, row: Pick<Row, 'elements'>): EraseAction {
  const { action } = collection.erase;
  if (isEmbedded(row)) return action === 'remove-fields' ? 'remove-fields' : 'remove-person';
  return action === 'remove-person' ? 'remove-fields' : action;
}

/** Erases one row where nothing keeps it. */
export function erased(collection: MappedCollection, row: Row, document: Document): Target {
  switch (eraseAction(collection, row)) {
    case 'delete':
      return { gone: true };
    case 'remove-person': {
      let result = document;
      for (const [at, indices] of elementsIn(collection, row, document)) result = withoutElements(result, at, indices);
      return { document: result };
    }
    case 'remove-fields':
      return { document: fieldsRemoved(collection, row, document, new Set()) };
  }
}

/** Takes away everything personal that no law asks to keep. A hold on the whole row leaves it as it is. */
export function reducedToHold(
  collection: MappedCollection,
  row: Row,
  document: Document,
  holds: readonly HoldOnRow[],
): Document {
  if (holds.some(({ keeps }) => keeps === null)) return document;
  return fieldsRemoved(
    collection,
    row,
    document,
    new Set(holds.flatMap(({ keeps }) => keeps ?? []).map(withoutArrays)),
  );
}

/** Removes the row's personal fields but those spared, where the document as a whole has to stay. */
export const withoutPersonal = (
  collection: MappedCollection,
  row: Row,
  document: Document,
  spared: readonly string[],
): Document => fieldsRemoved(collection, row, document, new Set(spared.map(withoutArrays)));

const ERASED_BY_DEFAULT: ReadonlySet<FieldMap['category']> = new Set([
  'identity',
  'contact',
  'image',
  'special-care',
  'free-text',
  'financial',
]);

function fieldsRemoved(
  collection: MappedCollection,
  row: Row,
  document: Document,
  kept: ReadonlySet<string>,
): Document {
  let result = document;
  for (const [path, field] of changeableFields(collection, row)) {
    const plain = withoutArrays(path);
    if (plain === '_id' || [...kept].some((keep) => plain === keep || plain.startsWith(`${keep}.`))) continue;
    const onErase = field.onErase ?? (ERASED_BY_DEFAULT.has(field.category) ? 'unset' : 'keep');
    if (onErase === 'keep') continue;
    for (const { at } of places(result, path, elementsIn(collection, row, result))) {
      result = onErase === 'unset' ? withoutValue(result, at) : withValue(result, at, onErase.set);
    }
  }
  return result;
}

/** Sets what a rule of the map sets; `@.` in the person's own elements. */
function withSet(
  collection: MappedCollection,
  row: Row,
  document: Document,
  set: Readonly<Record<string, unknown>>,
): Document {
  let result = document;
  for (const [path, value] of Object.entries(set)) {
    if (!path.startsWith('@.')) {
      result = withValue(result, withoutArrays(path), value);
      continue;
    }
    for (const [at, indices] of elementsIn(collection, row, result))
      for (const index of indices) result = withValue(result, `${at}.${index}.${path.slice(2)}`, value);
  }
  return result;
}

/** A rule that sets document-wide fields is not applied for an embedded person: it would change others' data. */
const appliesTo = (row: Row, set: Readonly<Record<string, unknown>>): boolean =>
  !isEmbedded(row) || Object.keys(set).every((path) => path.startsWith('@.'));

/** Restricts a row, where the store has a place for it. */
export function restricted(collection: MappedCollection, row: Row, document: Document): Document {
  const set = collection.restrict?.set;
  return set && appliesTo(row, set) ? withSet(collection, row, document, set) : document;
}

/** Which of the purposes asked for this row has a place for. `all-use` includes the others. */
export function suppressible(collection: MappedCollection, row: Row, purposes: readonly Purpose[]): Purpose[] {
  const places = new Set(
    (collection.suppress ?? []).filter(({ set }) => appliesTo(row, set)).map(({ purpose }) => purpose),
  );
  return purposes.filter((purpose) => places.has(purpose));
}

/** Writes the person's wish into the row. */
export function suppressed(
  collection: MappedCollection,
  row: Row,
  document: Document,
  purposes: readonly Purpose[],
): Document {
  let result = document;
  for (const rule of collection.suppress ?? []) {
    if (!appliesTo(row, rule.set)) continue;
    if (purposes.includes(rule.purpose) || purposes.includes('all-use'))
      result = withSet(collection, row, result, rule.set);
  }
  return result;
}

export interface FieldCorrection {
  /** The map's path. */
  readonly path: string;
  /** The determined value as text; null removes it. */
  readonly value: string | null;
}

/** A correction that cannot be written: the map does not allow it, or the text does not fit the field's type. */
export class ImpossibleCorrection extends Error {
  constructor(
    readonly code: 'field-not-correctable' | 'value-does-not-fit',
    path: string,
  ) {
    super(`${code}: ${path}`);
    this.name = 'ImpossibleCorrection';
  }
}

/** Writes determined values into the person's own fields. Text is turned into the type that the field holds now. */
export function corrected(
  collection: MappedCollection,
  row: Row,
  document: Document,
  corrections: readonly FieldCorrection[],
): Document {
  let result = document;
  for (const { path, value } of corrections) {
    const entry = changeableFields(collection, row).find(([own]) => withoutArrays(own) === withoutArrays(path));
    if (!entry?.[1].correctable) throw new ImpossibleCorrection('field-not-correctable', path);
    const elements = elementsIn(collection, row, result);
    const present = places(result, path, elements);
    const targets =
      present.length > 0 ? present : newPlaces(result, path, elements).map((at) => ({ at, value: undefined }));
    for (const { at, value: current } of targets) {
      result = value === null ? withoutValue(result, at) : withValue(result, at, fitting(value, current, path));
    }
  }
  return result;
}

/** Where an absent field would stand: in each of the person's elements, or in the document. */
function newPlaces(document: Document, path: string, elements: ReadonlyMap<string, ReadonlySet<number>>): string[] {
  const plain = withoutArrays(path);
  for (const [at, indices] of elements)
    if (plain.startsWith(`${at}.`)) return [...indices].map((index) => `${at}.${index}.${plain.slice(at.length + 1)}`);
  const parent = plain.includes('.') ? plain.slice(0, plain.lastIndexOf('.')) : '';
  return parent === '' || !Array.isArray(valuesAt(document, parent)[0]) ? [plain] : [];
}

function fitting(text: string, current: unknown, path: string): unknown {
  if (Array.isArray(current)) return [text];
  if (current instanceof Date) {
    const date = new Date(text);
    if (Number.isNaN(date.getTime())) throw new ImpossibleCorrection('value-does-not-fit', path);
    return date;
  }
  const isNumber =
    typeof current === 'number' ||
    ['Int32', 'Double', 'Long'].includes((current as { _bsontype?: string } | undefined)?._bsontype ?? '');
  if (isNumber) {
    const number = Number(text);
    if (text.trim() === '' || !Number.isFinite(number)) throw new ImpossibleCorrection('value-does-not-fit', path);
    return number;
  }
  if (typeof current === 'boolean') {
    if (text !== 'true' && text !== 'false') throw new ImpossibleCorrection('value-does-not-fit', path);
    return text === 'true';
  }
  return text;
}
