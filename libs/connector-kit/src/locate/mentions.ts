import { comparable } from '../documents/comparable.js';
import { valuesAt, type Document } from '../documents/paths.js';
import { mentionTerms, normaliseText, termsOf } from '../index/mention-terms.js';
import { documentKey, mapped } from '../rows.js';
import type { Found } from './follow.js';
import type { LocateContext } from './locate-context.js';
import type { LocatedRow, LocateRequest, Mention } from './located.js';

/** Characters shown before and after what was found. */
const AROUND = 40;

/** Free text elsewhere that holds the applicant's full name, e-mail address or telephone: for a person to look at, never acted on. */
export async function readMentions(
  requests: readonly LocateRequest[],
  rows: ReadonlyMap<Found, readonly LocatedRow[]>,
  { map, store, index, indexer }: LocateContext,
  limit: number,
): Promise<Map<string, Mention[]>> {
  const terms = new Map(requests.map(({ id, applicant }) => [id, termsOf(applicant)]));
  const keysOf = (own: readonly string[]) =>
    indexer.serving.flatMap((generation) => index.keys.mentions(own, generation));
  const keys = new Map([...terms].map(([id, own]) => [id, new Set(keysOf(own))]));
  const hits = await index.lookupMentions(
    [...new Set([...keys.values()].flatMap((own) => [...own]))],
    limit * requests.length,
  );
  if (hits.length === 0) return new Map();
  const documents = new Map<string, Document>();
  for (const [collection, group] of Map.groupBy(hits, (hit) => hit.collection))
    for await (const document of store.byId(
      collection,
      group.map(({ id }) => id),
    ))
      documents.set(documentKey(collection, document['_id']), document);

  const own = new Map<string, Set<string>>();
  for (const [root, located] of rows) {
    const held = own.get(root.request) ?? new Set<string>();
    located.forEach((row) => held.add(documentKey(row.collection, row.id)));
    own.set(root.request, held);
  }
  const mentions = new Map<string, Mention[]>();
  for (const { id } of requests) {
    const wanted = keys.get(id)!;
    const found = hits
      .filter(
        (hit) => hit.keys.some((key) => wanted.has(key)) && !own.get(id)?.has(documentKey(hit.collection, hit.id)),
      )
      .flatMap((hit) => {
        const document = documents.get(documentKey(hit.collection, hit.id));
        const excerpt = document && excerptOf(mapped(map, hit.collection).mentions ?? [], document, terms.get(id)!);
        return excerpt ? [{ collection: hit.collection, id: hit.id, excerpt }] : [];
      });
    if (found.length > 0) mentions.set(id, found.slice(0, limit));
  }
  return mentions;
}

function excerptOf(paths: readonly string[], document: Document, terms: readonly string[]): string | null {
  for (const text of paths.flatMap((path) => valuesAt(document, path)).map((value) => String(comparable(value)))) {
    const plain = normaliseText(text);
    for (const term of terms) {
      const at = plain.indexOf(term);
      if (at >= 0) return plain.slice(Math.max(0, at - AROUND), at + term.length + AROUND);
    }
    // Addresses and telephones are normalised, so that they need not stand in the text letter by letter.
    if (mentionTerms(text).some((term) => terms.includes(term))) return plain.slice(0, 2 * AROUND);
  }
  return null;
}
