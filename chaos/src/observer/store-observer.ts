import { setTimeout as delay } from 'node:timers/promises';
import { SYSTEMS, type SystemName } from '@kenri/testing';
import { BSON, type ChangeStream, type ChangeStreamDocument, type MongoClient } from 'mongodb';
import { databaseOf, keyOf, type DocumentKey } from '../load/stores.js';

/** One change of one business document, as the database itself tells it. */
export interface Effect {
  readonly op: 'insert' | 'update' | 'replace' | 'delete';
  /** Values that an update set, and the fields it removed. */
  readonly set: Readonly<Record<string, unknown>>;
  readonly removed: readonly string[];
}

/** The connectors' own heartbeats, the only thing Kenri adds to a store (libs/connector-kit/README.md). */
const HEARTBEATS = 'kenri_heartbeats';
/** Where the observer leaves a mark, to know that it has seen everything before it. */
const MARKS = 'chaos_marks';
const isBusiness = (collection: string) => collection !== HEARTBEATS && collection !== MARKS;
const REOPEN_MS = 300;

/**
 * Counts every change of every business document by a change stream per store, over a connection of its own, whatever Kenri says about
 * it. It goes on from its resume token when the database was gone.
 */
export class StoreObserver {
  /** In the order of the store. */
  readonly effects = new Map<DocumentKey, Effect[]>();
  /** Times a stream had to be opened again. */
  reopened = 0;
  private readonly streams = new Map<SystemName, ChangeStream>();
  private readonly marked = new Map<SystemName, number>();
  private readonly running: Promise<void>[] = [];
  private stopped = false;
  private fault: Error | undefined;

  private constructor(private readonly mongo: MongoClient) {}

  /** Resolves once every stream is open: what is written from then on is seen. */
  static async start(mongo: MongoClient): Promise<StoreObserver> {
    const observer = new StoreObserver(mongo);
    for (const system of SYSTEMS) observer.follow(system, await observer.open(system));
    return observer;
  }

  /** Resolves when everything written until now was seen. @throws Error when a stream cannot go on, or does not within a minute */
  async caughtUp(): Promise<void> {
    for (const system of SYSTEMS) {
      const marks = this.mongo.db(databaseOf(system)).collection<{ _id: string; number: number }>(MARKS);
      const number = (this.marked.get(system) ?? 0) + 1;
      await marks.replaceOne({ _id: 'observer' }, { number }, { upsert: true });
      for (const deadline = Date.now() + 60_000; (this.marked.get(system) ?? 0) < number; await delay(50)) {
        if (this.fault) throw this.fault;
        if (Date.now() > deadline)
          throw new Error(`the observer of the ${system} store has not caught up within a minute`);
      }
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all([...this.streams.values()].map((stream) => stream.close()));
    await Promise.all(this.running);
  }

  private async open(system: SystemName, resumeAfter?: unknown): Promise<ChangeStream> {
    const stream: ChangeStream = this.mongo
      .db(databaseOf(system))
      .watch([], { maxAwaitTimeMS: 500, ...(resumeAfter ? { resumeAfter } : {}) });
    this.streams.set(system, stream);
    const first = await stream.tryNext();
    if (first) this.note(system, first);
    return stream;
  }

  private follow(system: SystemName, opened: ChangeStream): void {
    let stream = opened;
    const run = async () => {
      while (!this.stopped) {
        try {
          const event = await stream.tryNext();
          if (event) this.note(system, event);
        } catch (error) {
          if (this.stopped) return;
          const token = stream.resumeToken;
          await stream.close().catch(() => undefined);
          this.reopened += 1;
          try {
            stream = await this.reopen(() => this.open(system, token));
          } catch {
            this.fault = new Error(`the observer of the ${system} store cannot go on`, { cause: error });
            return;
          }
        }
      }
    };
    this.running.push(run());
  }

  private async reopen<T>(open: () => Promise<T>): Promise<T> {
    for (const deadline = Date.now() + 120_000; ; await delay(REOPEN_MS)) {
      try {
        return await open();
      } catch (error) {
        if (this.stopped || Date.now() > deadline) throw error;
      }
    }
  }

  private note(system: SystemName, event: ChangeStreamDocument): void {
    if (!('documentKey' in event) || !('ns' in event)) return;
    const { coll } = event.ns;
    if (coll === MARKS && 'fullDocument' in event) {
      this.marked.set(system, Number((event.fullDocument as { number?: unknown } | undefined)?.number ?? 0));
      return;
    }
    if (!isBusiness(coll)) return;
    const { operationType: op } = event;
    if (op !== 'insert' && op !== 'update' && op !== 'replace' && op !== 'delete') return;
    const key = keyOf(system, coll, event.documentKey._id);
    const described = op === 'update' ? event.updateDescription : undefined;
    const effect: Effect = {
      op,
      set: described?.updatedFields ?? {},
      removed: described?.removedFields ?? [],
    };
    const known = this.effects.get(key);
    if (known) known.push(effect);
    else this.effects.set(key, [effect]);
  }
}

/** Every business document of every store, as the bytes that the server holds. */
export async function snapshotOf(mongo: MongoClient): Promise<Map<DocumentKey, Buffer>> {
  const found = new Map<DocumentKey, Buffer>();
  for (const system of SYSTEMS) {
    const database = mongo.db(databaseOf(system));
    for (const { name } of await database.listCollections().toArray()) {
      if (!isBusiness(name)) continue;
      const documents = database.collection(name).find({}, { raw: true, batchSize: 500 });
      for await (const raw of documents as AsyncIterable<unknown>) {
        const bytes = Buffer.from(raw as Uint8Array);
        found.set(keyOf(system, name, idOf(bytes)), bytes);
      }
    }
  }
  return found;
}

const idOf = (bytes: Buffer): unknown => (BSON.deserialize(bytes) as { _id: unknown })._id;
