import { canonicalJson } from '../documents/comparable.js';
import type { Document } from '../documents/paths.js';
import { mapped, rowDigest } from '../rows.js';
import type { Connector } from '../connector.js';
import type { SelectedDocument, SelectedRow } from './selection.js';

/** A selected document as it stands in the store now. */
export interface LiveDocument {
  readonly document: SelectedDocument;
  /** Null: it is gone. */
  readonly live: Document | null;
  /** Rows that are as the plan saw them, or as this unit's own operations left them. */
  readonly unchanged: readonly SelectedRow[];
  readonly changed: readonly SelectedRow[];
}

const BATCH = 50;

/** Reads documents in batches, in the order given, and tells which rows are still what the plan saw. */
export async function* readSelected(
  { map, store, journal }: Pick<Connector, 'map' | 'store' | 'journal'>,
  documents: readonly SelectedDocument[],
  expected: ReadonlyMap<string, string | null>,
): AsyncIterable<LiveDocument> {
  for (let from = 0; from < documents.length;) {
    const { collection } = documents[from]!;
    let to = from + 1;
    while (to < documents.length && to - from < BATCH && documents[to]!.collection === collection) to += 1;
    const batch = documents.slice(from, to);
    from = to;
    const found = new Map<string, Document>();
    const ids = batch.map(({ id }) => id);
    for (const live of await store.read(collection, ids)) found.set(canonicalJson(live['_id']), live);
    for (const document of batch) {
      const live = found.get(canonicalJson(document.id)) ?? null;
      const about = mapped(map, collection);
      const isUnchanged = (row: SelectedRow): boolean =>
        live !== null &&
        row.seen.every(({ ref, roles, digest: asSeen }) => {
          const known = expected.get(ref);
          const digest = rowDigest(about, { ...row, roles }, live);
          return (
            digest !== null &&
            (known === undefined ? digest === asSeen : known !== null && journal.keyed(digest) === known)
          );
        });
      const unchanged = document.rows.filter(isUnchanged);
      yield { document, live, unchanged, changed: document.rows.filter((row) => !unchanged.includes(row)) };
    }
  }
}
