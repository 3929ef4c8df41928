import { blockingValues, prepare } from '@kenri/matching';
import type { AnyBulkWriteOperation, Collection, Db } from 'mongodb';
import type { DataMap } from '../data-map.js';
import { canonicalJson, comparable } from '../documents/comparable.js';
import { valuesAt, withoutArrays, type Document } from '../documents/paths.js';
import { peopleIn } from '../people.js';
import { documentKey, mapped, mappedCollections } from '../rows.js';
import type { StoreAdapter } from '../store/store-adapter.js';
import { generationName, type Generation, type IndexKeys } from './generation.js';
import { mentionTerms } from './mention-terms.js';
import { KeyedQueue } from './keyed-queue.js';

/** One business document in the side index: keys only, no personal data. */
export interface IndexEntry {
  /** `<collection> <id>` */
  _id: string;
  /** Collection. */
  c: string;
  /** The document's id, as the store has it. */
  i: unknown;
  /** Generation of the keys. */
  g: string;
  /** Blocking keys of everyone in the document. */
  k: string[];
  /** Keys of mention terms in its free text; absent where it has none. */
  m?: string[];
}

export interface Hit {
  readonly collection: string;
  readonly id: unknown;
  /** The keys asked for under which it was found. */
  readonly keys: readonly string[];
}

/** More documents share the keys of a request than one answer can compare: a person must narrow it down. Never cut short silently. */
export class TooManyHits extends Error {
  constructor(readonly limit: number) {
    super(`more than ${limit} documents share the applicant's keys`);
    this.name = 'TooManyHits';
  }
}

/**
 * Who may be where in the business store, in the connector's own database: for every person-bearing document the keyed hashes of
 * its blocking values, equality-indexed. A stale entry can miss but never mislead: every hit is read live and compared in full.
 */
export class SideIndex {
  private readonly entries: Collection<IndexEntry>;
  /** One writer per document at a time: sweep and change feed both read the live document, and the later read must win. */
  private readonly writing = new KeyedQueue();

  constructor(
    database: Db,
    private readonly map: DataMap,
    private readonly store: StoreAdapter,
    readonly keys: IndexKeys,
  ) {
    this.entries = database.collection<IndexEntry>('side_index');
  }

  async ensureIndexes(): Promise<void> {
    await this.entries.createIndexes([
      { key: { k: 1 }, name: 'k' },
      { key: { m: 1 }, name: 'm', sparse: true },
      { key: { c: 1, i: 1 }, name: 'c_i' },
    ]);
  }

  /** Collections with people or free text to index. Screening and processor collections are never among them. */
  get collections(): string[] {
    return mappedCollections(this.map)
      .filter(([, { people, mentions }]) => (people?.length ?? 0) > 0 || (mentions?.length ?? 0) > 0)
      .map(([name]) => name);
  }

  /** What an index sweep reads of a document. */
  pathsOf(collection: string): string[] {
    const { people, mentions } = mapped(this.map, collection);
    const identifying = (people ?? []).flatMap((person) => [
      ...(person.at === '' || !person.elementKey ? [] : [`${person.at}.${person.elementKey}`]),
      ...Object.values(person.identify)
        .flat()
        .map((path) => (path.startsWith('/') ? path.slice(1) : person.at === '' ? path : `${person.at}.${path}`)),
    ]);
    return [...new Set([...identifying, ...(mentions ?? [])].map(withoutArrays))];
  }

  entryOf(collection: string, document: Document, generation: Generation): IndexEntry {
    const about = mapped(this.map, collection);
    const values = peopleIn(about, document).flatMap(({ person }) => blockingValues(prepare(person), 'record'));
    const terms = (about.mentions ?? [])
      .flatMap((path) => valuesAt(document, path))
      .flatMap((text) => mentionTerms(String(comparable(text))));
    const m = this.keys.mentions(terms, generation);
    return {
      _id: entryId(collection, document['_id']),
      c: collection,
      i: document['_id'],
      g: generationName(generation),
      k: this.keys.blocking(values, generation),
      ...(m.length > 0 && { m }),
    };
  }

  /** Re-reads documents and brings their entries up to date; entries of documents that are gone, or bear nobody, go. */
  async refresh(changed: readonly { collection: string; id: unknown }[], generation: Generation): Promise<void> {
    const byCollection = Map.groupBy(changed, ({ collection }) => collection);
    for (const [collection, group] of byCollection) {
      if (!this.collections.includes(collection)) continue;
      const ids = group.map(({ id }) => id);
      await this.writing.run(
        ids.map((id) => entryId(collection, id)),
        async () => {
          const entries = new Map<string, IndexEntry>();
          for await (const document of this.store.byId(collection, ids)) {
            const entry = this.entryOf(collection, document, generation);
            entries.set(entry._id, entry);
          }
          await this.replace(
            ids.map((id) => entryId(collection, id)),
            entries,
          );
        },
      );
    }
  }

  /** Writes what differs from what is indexed already, so that a repeated sweep costs reads only. */
  private async replace(ids: readonly string[], wanted: ReadonlyMap<string, IndexEntry>): Promise<number> {
    const before = new Map<string, string>();
    for await (const entry of this.entries.find({ _id: { $in: [...ids] } }))
      before.set(entry._id, canonicalJson(entry));
    const operations = ids.flatMap((id): AnyBulkWriteOperation<IndexEntry>[] => {
      const entry = wanted.get(id);
      const old = before.get(id);
      if (!entry || (entry.k.length === 0 && !entry.m))
        return old === undefined ? [] : [{ deleteOne: { filter: { _id: id } } }];
      if (old === canonicalJson(entry)) return [];
      return old === undefined
        ? [{ insertOne: { document: entry } }]
        : [{ replaceOne: { filter: { _id: id }, replacement: entry, upsert: true } }];
    });
    if (operations.length > 0)
      await this.entries.bulkWrite(operations, { ordered: false, writeConcern: { w: 'majority', j: true } });
    return operations.length;
  }

  /**
   * One step of a sweep: indexes the next documents of a collection in order of `_id`, removes entries of documents that are gone.
   * Returns the last id seen, how many documents, and whether the collection's end was reached.
   */
  async sweepPage(
    collection: string,
    after: unknown,
    limit: number,
    generation: Generation,
  ): Promise<{ last: unknown; count: number; end: boolean }> {
    const listed = await this.store.page(collection, after, limit, ['_id']);
    const last = listed.at(-1)?.['_id'];
    const range: Record<string, unknown> = {};
    if (after !== null && after !== undefined) range['$gt'] = after;
    if (listed.length === limit) range['$lte'] = last;
    const indexed = await this.entries
      .find({ c: collection, ...(Object.keys(range).length > 0 && { i: range }) }, { projection: { i: 1 } })
      .toArray();
    const ids = new Map(
      [...listed.map((document) => document['_id']), ...indexed.map(({ i }) => i)].map((id) => [
        entryId(collection, id),
        id,
      ]),
    );
    await this.writing.run([...ids.keys()], async () => {
      const entries = new Map<string, IndexEntry>();
      const documents = await this.store.page(collection, after, limit, this.pathsOf(collection));
      for (const document of documents) {
        const entry = this.entryOf(collection, document, generation);
        // One that came in since the ids were listed is the change feed's, or the next page's.
        if (ids.has(entry._id)) entries.set(entry._id, entry);
      }
      const known = [...ids.keys()].filter(
        (id) => entries.has(id) || indexed.some(({ i }) => entryId(collection, i) === id),
      );
      await this.replace(known, entries);
    });
    return { last, count: listed.length, end: listed.length < limit };
  }

  /** Documents under any of these blocking keys. @throws TooManyHits */
  async lookup(keys: readonly string[], limit: number): Promise<Hit[]> {
    return this.find('k', keys, limit);
  }

  /** Documents whose free text holds any of these terms; at most `limit`, more are not looked for. */
  async lookupMentions(keys: readonly string[], limit: number): Promise<Hit[]> {
    if (keys.length === 0) return [];
    const found = await this.entries
      .find({ m: { $in: [...keys] } })
      .limit(limit)
      .toArray();
    return found.map((entry) => hitOf(entry, entry.m ?? [], keys));
  }

  private async find(field: 'k', keys: readonly string[], limit: number): Promise<Hit[]> {
    if (keys.length === 0) return [];
    const found = await this.entries
      .find({ [field]: { $in: [...keys] } }, { projection: { c: 1, i: 1, k: 1 } })
      .limit(limit + 1)
      .toArray();
    if (found.length > limit) throw new TooManyHits(limit);
    return found.map((entry) => hitOf(entry, entry.k, keys));
  }

  async count(): Promise<number> {
    return this.entries.estimatedDocumentCount();
  }
}

const hitOf = (entry: IndexEntry, held: readonly string[], asked: readonly string[]): Hit => {
  const wanted = new Set(asked);
  return { collection: entry.c, id: entry.i, keys: held.filter((key) => wanted.has(key)) };
};

export const entryId = (collection: string, id: unknown): string => documentKey(collection, id).replace('\u0000', ' ');
