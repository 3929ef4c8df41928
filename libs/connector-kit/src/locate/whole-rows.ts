import { condensed } from '../documents/comparable.js';
import { withoutArrays, type Document } from '../documents/paths.js';
import type { DataMap } from '../data-map.js';
import { documentKey, mapped, mappedCollections } from '../rows.js';
import type { StoreAdapter } from '../store/store-adapter.js';
import type { LocatedRow } from './located.js';

const AT_A_TIME = 200;

/** Top-level fields of a collection that references lead on from, with the arrays in which people are elements. */
function leadingFields(map: DataMap, collection: string): ReadonlySet<string> {
  const reaches = mappedCollections(map)
    .flatMap(([, { reached }]) => reached ?? [])
    .filter(({ from }) => from.collection === collection);
  const referenced = reaches.flatMap(({ on }) => Object.values(on)).filter((path) => !path.startsWith('@.'));
  const elements = (mapped(map, collection).people ?? []).flatMap(({ at }) => (at === '' ? [] : [at]));
  return new Set(['_id', ...referenced, ...elements].map((path) => withoutArrays(path).split('.')[0]!));
}

/** Keeps of rows what following references needs; for each collection looked up once. */
export function reducer(map: DataMap): (row: LocatedRow) => LocatedRow {
  const fields = new Map<string, ReadonlySet<string>>();
  return (row) => {
    const kept = fields.get(row.collection) ?? leadingFields(map, row.collection);
    fields.set(row.collection, kept);
    const document = Object.fromEntries(Object.entries(row.document).filter(([name]) => kept.has(name)));
    return { ...row, document, reduced: true };
  };
}

/** Rows in their order with whole documents: those that were reduced are read again, a batch at a time. One that is gone is left out. */
export async function* wholeRows(store: StoreAdapter, rows: readonly LocatedRow[]): AsyncIterable<LocatedRow> {
  for (let from = 0; from < rows.length;) {
    const first = rows[from]!;
    if (!first.reduced) {
      yield first;
      from += 1;
      continue;
    }
    let to = from + 1;
    while (to < rows.length && to - from < AT_A_TIME && rows[to]!.reduced && rows[to]!.collection === first.collection)
      to += 1;
    const batch = rows.slice(from, to);
    from = to;
    const documents = new Map<string, Document>();
    for await (const document of store.byId(
      first.collection,
      batch.map(({ id }) => id),
    ))
      documents.set(documentKey(first.collection, document['_id']), condensed(document));
    for (const { reduced: _reduced, ...row } of batch) {
      const document = documents.get(documentKey(row.collection, row.id));
      if (document) yield { ...row, document };
    }
  }
}
