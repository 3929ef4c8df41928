import { blockingValues, prepare } from '@kenri/matching';
import { MongoBulkWriteError, type AnyBulkWriteOperation, type Collection, type Db } from 'mongodb';
import type { DataMap } from '../data-map.js';
import { canonicalJson, comparable, digestOf } from '../documents/comparable.js';
import { valuesAt, withoutArrays, type Document } from '../documents/paths.js';
import { peopleIn } from '../people.js';
import { documentKey, mapped, mappedCollections } from '../rows.js';
import type { ChangedDocument, StoreAdapter } from '../store/store-adapter.js';
import { generationName, type Generation, type IndexKeys } from './generation.js';
import { mentionTerms } from './mention-terms.js';
import { KeyedQueue } from './keyed-queue.js';

const DURABLE = { ordered: false, writeConcern: { w: 'majority', j: true } } as const;
const DUPLICATE_KEY = 11000;
const MAX_ATTEMPTS = 20;
const SOME = 500;
/** Free text of one document beyond this is not indexed: an entry stays small. */
const MAX_TERMS_PER_DOCUMENT = 4_000;

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
  /** How often it was written: a write that was decided before another one misses. */
  w?: number;
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
  /**
   * One writer per document at a time: sweep and change feed both read the live document, and the later read must win. Between
   * processes the count of writes (`w`) sees to that.
   */
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
      { key: { g: 1 }, name: 'g' },
    ]);
  }

  /** Collections with people or free text to index. Screening and processor collections are never among them. */
  get collections(): string[] {
    return mappedCollections(this.map)
      .filter(([, { people, mentions }]) => (people?.length ?? 0) > 0 || (mentions?.length ?? 0) > 0)
      .map(([name]) => name);
  }

  /** Names what of which collections is indexed: where the map says otherwise than it did, everything has to be swept again. */
  get layout(): string {
    const indexed = this.collections.map((name) => {
      const { people, mentions } = mapped(this.map, name);
      return [name, (people ?? []).map(({ at, elementKey, identify }) => ({ at, elementKey, identify })), mentions];
    });
    return digestOf(indexed).slice(0, 16);
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

  /** Outermost names of what an index entry is made from. */
  private indexedFields(collection: string): ReadonlySet<string> {
    return new Set(this.pathsOf(collection).map((path) => path.split('.', 1)[0]!));
  }

  entryOf(collection: string, document: Document, generation: Generation): IndexEntry {
    const about = mapped(this.map, collection);
    const values = peopleIn(about, document).flatMap(({ person }) => blockingValues(prepare(person), 'record'));
    const terms = (about.mentions ?? [])
      .flatMap((path) => valuesAt(document, path))
      .flatMap((text) => mentionTerms(String(comparable(text))));
    const m = this.keys.mentions([...new Set(terms)].slice(0, MAX_TERMS_PER_DOCUMENT), generation);
    return {
      _id: entryId(collection, document['_id']),
      c: collection,
      i: document['_id'],
      g: generationName(generation),
      k: this.keys.blocking(values, generation),
      ...(m.length > 0 && { m }),
    };
  }

  /**
   * Re-reads documents and brings their entries up to date; entries of documents that are gone, or bear nobody, go. A document of which
   * nothing changed that is indexed is left alone: Kenri's own restrictions and suppressions are mostly such.
   * `mayWrite` throws where the writer lost the right to write meanwhile.
   */
  async refresh(
    changed: readonly ChangedDocument[],
    generation: Generation,
    mayWrite: () => void = () => undefined,
  ): Promise<void> {
    const byCollection = Map.groupBy(changed, ({ collection }) => collection);
    for (const [collection, group] of byCollection) {
      if (!this.collections.includes(collection)) continue;
      const indexed = this.indexedFields(collection);
      const concerned = group.filter(({ fields }) => !fields || [...fields].some((name) => indexed.has(name)));
      if (concerned.length === 0) continue;
      const ids = new Map(concerned.map(({ id }) => [entryId(collection, id), id]));
      await this.bringUpToDate([...ids.keys()], mayWrite, () => this.read(collection, ids, generation));
    }
  }

  private async read(
    collection: string,
    ids: ReadonlyMap<string, unknown>,
    generation: Generation,
  ): Promise<Map<string, IndexEntry>> {
    const entries = new Map<string, IndexEntry>();
    for await (const document of this.store.byId(collection, [...ids.values()], this.pathsOf(collection))) {
      const entry = this.entryOf(collection, document, generation);
      entries.set(entry._id, entry);
    }
    return entries;
  }

  /**
   * Entries are read before the documents: where another process wrote one of them meanwhile, both are read again.
   * @param known the entries, where they were read already
   */
  private async bringUpToDate(
    ids: readonly string[],
    mayWrite: () => void,
    read: () => Promise<ReadonlyMap<string, IndexEntry>>,
    known?: ReadonlyMap<string, IndexEntry>,
  ): Promise<void> {
    await this.writing.run(ids, async () => {
      for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
        const again = () => this.entries.find({ _id: { $in: [...ids] } }).toArray();
        const before = attempt === 1 && known ? known : byEntryId(await again());
        const wanted = await read();
        mayWrite();
        if (await this.replace(ids, before, wanted)) return;
      }
      throw new Error(
        `index entries were written by others ${MAX_ATTEMPTS} times while they were being brought up to date`,
      );
    });
  }

  /** Writes what differs from what is indexed already, so that a repeated sweep costs reads only. False where another writer was first. */
  private async replace(
    ids: readonly string[],
    before: ReadonlyMap<string, IndexEntry>,
    wanted: ReadonlyMap<string, IndexEntry>,
  ): Promise<boolean> {
    const operations = ids.flatMap((id): AnyBulkWriteOperation<IndexEntry>[] => {
      const entry = wanted.get(id);
      const { w, ...old } = before.get(id) ?? {};
      const unchanged = { _id: id, w: w ?? (null as never) };
      if (!entry || (entry.k.length === 0 && !entry.m))
        return before.has(id) ? [{ deleteOne: { filter: unchanged } }] : [];
      if (!before.has(id)) return [{ insertOne: { document: { ...entry, w: 1 } } }];
      if (canonicalJson(old) === canonicalJson(entry)) return [];
      return [{ replaceOne: { filter: unchanged, replacement: { ...entry, w: (w ?? 0) + 1 } } }];
    });
    if (operations.length === 0) return true;
    try {
      const result = await this.entries.bulkWrite(operations, DURABLE);
      return result.matchedCount + result.deletedCount + result.insertedCount === operations.length;
    } catch (error) {
      if (
        error instanceof MongoBulkWriteError &&
        [error.writeErrors].flat().every(({ code }) => code === DUPLICATE_KEY)
      )
        return false;
      throw error;
    }
  }

  /** Ids of a collection in their order, as a sweep takes them. */
  idsOf(collection: string, after: unknown, atATime: number): AsyncIterable<unknown[]> {
    return this.store.ids(collection, after, atATime);
  }

  /**
   * One step of a sweep: indexes the documents listed, which follow each other after a given id, and removes entries of documents between
   * them that are gone. Without a list: entries after the collection's last document.
   */
  async sweepPage(
    collection: string,
    after: unknown,
    listed: readonly unknown[],
    generation: Generation,
    mayWrite: () => void = () => undefined,
  ): Promise<void> {
    const range: Record<string, unknown> = {};
    if (after !== null && after !== undefined) range['$gt'] = after;
    if (listed.length > 0) range['$lte'] = listed.at(-1);
    const indexed = byEntryId(
      await this.entries.find({ c: collection, ...(Object.keys(range).length > 0 && { i: range }) }).toArray(),
    );
    const ids = new Map<string, unknown>(listed.map((id) => [entryId(collection, id), id]));
    for (const { _id, i } of indexed.values()) ids.set(_id, i);
    await this.bringUpToDate([...ids.keys()], mayWrite, () => this.read(collection, ids, generation), indexed);
  }

  /** After a complete sweep: whatever entry is still of another generation, or of a collection that is no longer mapped. */
  async removeOthers(generation: Generation, mayWrite: () => void = () => undefined): Promise<void> {
    mayWrite();
    await this.entries.deleteMany({ c: { $nin: this.collections } }, { writeConcern: DURABLE.writeConcern });
    const name = generationName(generation);
    for (;;) {
      const others = await this.entries
        .find({ $or: [{ g: { $lt: name } }, { g: { $gt: name } }] }, { projection: { c: 1, i: 1 } })
        .limit(SOME)
        .toArray();
      if (others.length === 0) return;
      await this.refresh(
        others.map(({ c, i }) => ({ collection: c, id: i })),
        generation,
        mayWrite,
      );
    }
  }

  /** Documents under any of these blocking keys. @throws TooManyHits */
  async lookup(keys: readonly string[], limit: number): Promise<Hit[]> {
    return this.find('k', keys, limit);
  }

  /** Documents whose free text holds any of these terms; at most `limit`, more are not looked for. */
  async lookupMentions(keys: readonly string[], limit: number): Promise<Hit[]> {
    if (keys.length === 0) return [];
    const found = await this.entries
      .find({ m: { $in: [...keys] } }, { projection: { c: 1, i: 1, m: 1 } })
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

const byEntryId = (entries: readonly IndexEntry[]): Map<string, IndexEntry> =>
  new Map(entries.map((entry) => [entry._id, entry]));

const hitOf = (entry: IndexEntry, held: readonly string[], asked: readonly string[]): Hit => {
  const wanted = new Set(asked);
  return { collection: entry.c, id: entry.i, keys: held.filter((key) => wanted.has(key)) };
};

export const entryId = (collection: string, id: unknown): string => documentKey(collection, id).replace('\u0000', ' ');
