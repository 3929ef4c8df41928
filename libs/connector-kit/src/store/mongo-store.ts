import DataLoader from 'dataloader';
import {
  BSON,
  MongoBulkWriteError,
  MongoServerError,
  type AnyBulkWriteOperation,
  type ChangeStreamDocument,
  type Db,
  type Document as BsonDocument,
} from 'mongodb';
import { canonicalJson, comparable } from '../documents/comparable.js';
import { withoutArrays, type Document } from '../documents/paths.js';
import {
  FeedHistoryLost,
  type ChangeBatch,
  type ChangedDocument,
  type ChangeFeed,
  type GuardedWrite,
  type StoreAdapter,
} from './store-adapter.js';

/** The only thing Kenri puts into a business store of its own: one tiny document per connector instance (docs/decisions). */
export const HEARTBEATS = 'kenri_heartbeats';

/** Numbers stay in the type that the store has, so that writing a document back changes nothing else in it. */
const AS_STORED = { promoteValues: false } as const;
const DURABLE = { w: 'majority', j: true } as const;
const IDS_PER_QUERY = 500;
const DUPLICATE_KEY = 11000;
/** What is asked for in one turn of the event loop, as by plans executed together, goes to the store together. */
const TOGETHER = { cache: false, batchScheduleFn: (dispatch: () => void) => setImmediate(dispatch) } as const;
const READS_AT_A_TIME = 200;
const WRITES_AT_A_TIME = 100;

interface Wanted {
  readonly collection: string;
  readonly id: unknown;
}

/** Business store in MongoDB: the native driver, indexed reads in batches, writes guarded by the whole document. */
export class MongoStore implements StoreAdapter {
  private readonly reads = new DataLoader<Wanted, Document | null>((wanted) => this.readAll(wanted), {
    ...TOGETHER,
    maxBatchSize: READS_AT_A_TIME,
  });
  private readonly writes = new DataLoader<readonly GuardedWrite[], boolean[]>((groups) => this.writeAll(groups), {
    ...TOGETHER,
    maxBatchSize: WRITES_AT_A_TIME,
  });

  constructor(private readonly db: Db) {}

  /** One cursor over the index of `_id`: where a server sorts anew for each query, a query per page reads the whole collection each time. */
  async *ids(collection: string, after: unknown, atATime: number): AsyncIterable<unknown[]> {
    // Compared as an expression: `$gt` in a query finds ids of the same type only.
    const rest = after === undefined || after === null ? {} : { $expr: { $gt: ['$_id', { $literal: after }] } };
    const cursor = this.db
      .collection(collection)
      .find(rest, { ...AS_STORED, projection: { _id: 1 }, batchSize: atATime })
      .sort({ _id: 1 });
    let page: unknown[] = [];
    for await (const { _id } of cursor) {
      page.push(_id);
      if (page.length < atATime) continue;
      yield page;
      page = [];
    }
    if (page.length > 0) yield page;
  }

  async *byId(collection: string, ids: readonly unknown[], paths?: readonly string[]): AsyncIterable<Document> {
    yield* this.having(collection, '_id', ids, paths);
  }

  async read(collection: string, ids: readonly unknown[]): Promise<Document[]> {
    const found = await Promise.all(ids.map((id) => this.reads.load({ collection, id })));
    return found.filter((document) => document !== null);
  }

  private async readAll(wanted: readonly Wanted[]): Promise<(Document | null)[]> {
    const found = new Map<string, Document>();
    const byCollection = Map.groupBy(wanted, ({ collection }) => collection);
    await Promise.all(
      [...byCollection].map(async ([collection, some]) => {
        const ids = new Map(some.map(({ id }) => [canonicalJson(id), id]));
        for await (const document of this.having(collection, '_id', [...ids.values()]))
          found.set(`${collection}\u0000${canonicalJson(document['_id'])}`, document);
      }),
    );
    return wanted.map(({ collection, id }) => found.get(`${collection}\u0000${canonicalJson(id)}`) ?? null);
  }

  async *having(
    collection: string,
    path: string,
    values: readonly unknown[],
    paths?: readonly string[],
  ): AsyncIterable<Document> {
    const options = paths
      ? {
          projection: Object.fromEntries(['_id', ...outermost(paths)].map((own) => [own, 1])),
          batchSize: IDS_PER_QUERY,
        }
      : { batchSize: 200 };
    for (let from = 0; from < values.length; from += IDS_PER_QUERY) {
      const chunk = values.slice(from, from + IDS_PER_QUERY);
      yield* this.db
        .collection(collection)
        .find({ [withoutArrays(path)]: { $in: chunk } }, { ...AS_STORED, ...options });
    }
  }

  async write(writes: readonly GuardedWrite[]): Promise<boolean[]> {
    const outcomes = new Array<boolean>(writes.length).fill(false);
    for (const group of consecutive(writes)) {
      const applied = await this.writes.load(group.map(({ write }) => write));
      group.forEach(({ index }, position) => (outcomes[index] = applied[position]!));
    }
    return outcomes;
  }

  /** Groups of one collection by one bulk write; where a document refuses its write, each group by itself: none suffers from another. */
  private async writeAll(groups: readonly (readonly GuardedWrite[])[]): Promise<(boolean[] | Error)[]> {
    const outcomes = new Map<readonly GuardedWrite[], boolean[] | Error>();
    const byCollection = Map.groupBy(groups, (group) => group[0]!.collection);
    await Promise.all(
      [...byCollection.values()].map(async (some) => {
        try {
          const applied = await this.writeGroup(some.flat());
          for (const group of some) outcomes.set(group, applied.splice(0, group.length));
        } catch (error) {
          if (some.length === 1 || !(error instanceof MongoBulkWriteError)) throw error;
          for (const group of some) outcomes.set(group, await this.writeGroup(group).catch((alone: Error) => alone));
        }
      }),
    );
    return groups.map((group) => outcomes.get(group)!);
  }

  private async writeGroup(writes: readonly GuardedWrite[]): Promise<boolean[]> {
    const collection = this.db.collection(writes[0]!.collection);
    let applied: number;
    try {
      const result = await collection.bulkWrite(writes.map(operation), { ordered: false, writeConcern: DURABLE });
      applied = result.matchedCount + result.deletedCount + result.insertedCount;
    } catch (error) {
      if (
        !(error instanceof MongoBulkWriteError) ||
        [error.writeErrors].flat().some(({ code }) => code !== DUPLICATE_KEY)
      )
        throw error;
      applied = -1;
    }
    if (applied === writes.length) return writes.map(() => true);
    // The server does not say which ones missed: look at each.
    const live = new Map<string, Document>();
    for await (const document of this.byId(
      collection.collectionName,
      writes.map(({ id }) => id),
    ))
      live.set(canonicalJson(document['_id']), document);
    return writes.map((write) => {
      const found = live.get(canonicalJson(write.id));
      return 'gone' in write.target
        ? found === undefined
        : found !== undefined && canonicalJson(found) === canonicalJson(write.target.document);
    });
  }

  async changes(collections: readonly string[], resumeToken: unknown): Promise<ChangeFeed | null> {
    const stream = this.db.watch(
      [
        { $match: { 'ns.coll': { $in: [...collections, HEARTBEATS] } } },
        {
          $project: {
            operationType: 1,
            ns: 1,
            documentKey: 1,
            clusterTime: 1,
            'fullDocument.number': 1,
            // Names alone: values stay in the store.
            updated: { $map: { input: { $objectToArray: '$updateDescription.updatedFields' }, in: '$$this.k' } },
            removed: '$updateDescription.removedFields',
            truncated: '$updateDescription.truncatedArrays.field',
          },
        },
      ],
      { maxAwaitTimeMS: 1000, batchSize: 500, ...(resumeToken ? { resumeAfter: resumeToken } : {}) },
    );
    try {
      const first = await stream.tryNext();
      return new MongoChangeFeed(stream as never, first);
    } catch (error) {
      await stream.close();
      if (isWithoutChangeStreams(error)) return null;
      if (resumeToken && error instanceof MongoServerError) throw new FeedHistoryLost({ cause: error });
      throw error;
    }
  }

  async heartbeat(instance: string, number: number): Promise<void> {
    await this.db
      .collection<{ _id: string }>(HEARTBEATS)
      .replaceOne({ _id: instance }, { number, at: new Date() }, { upsert: true });
  }

  async ping(): Promise<void> {
    await this.db.command({ ping: 1 });
  }
}

/** Standalone servers have no change streams: code 40573, "only supported on replica sets". */
const isWithoutChangeStreams = (error: unknown): boolean => error instanceof MongoServerError && error.code === 40573;

/** A projection may not name a path and one below it. */
const outermost = (paths: readonly string[]): string[] => {
  const plain = [...new Set(paths.map(withoutArrays))];
  return plain.filter((path) => !plain.some((other) => path.startsWith(`${other}.`)));
};

function operation(write: GuardedWrite): AnyBulkWriteOperation {
  if (write.before === null) return { insertOne: { document: write.target.document } };
  // `$and`, so that every server finds it by `_id`: beside a bare `$expr` the local one reads the whole collection.
  const filter = { $and: [{ _id: write.id as never }, { $expr: { $eq: ['$$ROOT', { $literal: write.before }] } }] };
  if ('gone' in write.target) return { deleteOne: { filter } };
  const { before, target } = write;
  const changed = Object.entries(target.document).filter(([name, value]) => name !== '_id' && before[name] !== value);
  const removed = Object.keys(before).filter((name) => !(name in target.document));
  const update = {
    ...(changed.length > 0 && { $set: Object.fromEntries(changed) }),
    ...(removed.length > 0 && { $unset: Object.fromEntries(removed.map((name) => [name, ''])) }),
  };
  // An update without operators is refused by the server; a no-op still has to prove that the document is unchanged.
  return {
    updateOne: { filter, update: Object.keys(update).length > 0 ? update : { $setOnInsert: { _id: write.id } } },
  };
}

/** Runs of writes on one collection, in the order given. */
function consecutive(writes: readonly GuardedWrite[]): { index: number; write: GuardedWrite }[][] {
  const groups: { index: number; write: GuardedWrite }[][] = [];
  const seen = new Set<string>();
  writes.forEach((write, index) => {
    const key = canonicalJson(write.id);
    const last = groups.at(-1);
    // Two writes of one document follow each other in separate groups.
    if (last && last[0]!.write.collection === write.collection && !seen.has(key)) last.push({ index, write });
    else {
      groups.push([{ index, write }]);
      seen.clear();
    }
    seen.add(key);
  });
  return groups;
}

interface Stream {
  tryNext(): Promise<ChangeStreamDocument | null>;
  close(): Promise<void>;
  readonly resumeToken: unknown;
  readonly cursor: { bufferedCount(): number };
}

const MAX_BATCH = 1000;

/** Paths as a change event names them, dotted. */
interface ChangedNames {
  readonly operationType: string;
  readonly updated: readonly string[] | null;
  readonly removed: readonly string[] | null;
  readonly truncated: readonly string[] | null;
}

function fieldsOf({ operationType, updated, removed, truncated }: Partial<ChangedNames>): string[] | undefined {
  if (operationType !== 'update' || !updated || !removed) return undefined;
  return [...updated, ...removed, ...(truncated ?? [])].map((path) => path.split('.', 1)[0]!);
}

class MongoChangeFeed implements ChangeFeed {
  constructor(
    private readonly stream: Stream,
    private first: ChangeStreamDocument | null,
  ) {}

  get resumeToken(): unknown {
    return this.stream.resumeToken;
  }

  async next(): Promise<ChangeBatch> {
    const events: ChangeStreamDocument[] = [];
    const take = (event: ChangeStreamDocument | null) => event && events.push(event);
    take(this.first ?? (await this.readOne()));
    this.first = null;
    while (events.length > 0 && events.length < MAX_BATCH && this.stream.cursor.bufferedCount() > 0)
      take(await this.readOne());
    return this.batchOf(events);
  }

  private async readOne(): Promise<ChangeStreamDocument | null> {
    try {
      return await this.stream.tryNext();
    } catch (error) {
      if (error instanceof MongoServerError && (error.code === 286 || error.code === 280))
        throw new FeedHistoryLost({ cause: error });
      throw error;
    }
  }

  private batchOf(events: readonly ChangeStreamDocument[]): ChangeBatch {
    const changed = new Map<string, ChangedDocument>();
    const heartbeats = new Map<string, number>();
    let upheaval = false;
    for (const event of events) {
      const { ns, documentKey } = event as { ns?: { coll?: string }; documentKey?: BsonDocument };
      if (!documentKey || !ns?.coll) {
        upheaval = true;
        continue;
      }
      const id: unknown = documentKey['_id'];
      if (ns.coll === HEARTBEATS) {
        const { fullDocument } = event as { fullDocument?: { number?: unknown } };
        // Two that are written at the same time may come in either order: the later one proves both.
        const number = Number(comparable(fullDocument?.number ?? 0));
        heartbeats.set(String(id), Math.max(number, heartbeats.get(String(id)) ?? 0));
      } else {
        const key = `${ns.coll}\u0000${canonicalJson(id)}`;
        const before = changed.get(key);
        const now = fieldsOf(event);
        const fields = now && (!before || before.fields) ? new Set([...(before?.fields ?? []), ...now]) : undefined;
        changed.set(key, { collection: ns.coll, id, ...(fields && { fields }) });
      }
    }
    return { changed: [...changed.values()], heartbeats, upheaval, resumeToken: this.resumeToken };
  }

  async close(): Promise<void> {
    await this.stream.close();
  }
}

/** A document's bytes as stored, and back, for pre-images. */
export const toBytes = (document: Document): Uint8Array => BSON.serialize(document, { ignoreUndefined: true });
export const fromBytes = (bytes: Uint8Array): Document => BSON.deserialize(bytes, { promoteValues: false });
