import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Consumer, Kafka } from 'kafkajs';

import { BSON, type ChangeStreamDocument, type Document, type MongoClient } from 'mongodb';

/** One write as the database saw it. */
export interface RecordedWrite {
  database: string;
  collection: string;
  op: 'insert' | 'update' | 'delete';
  id: unknown;
  /** The whole document of an insert; what an update has set, by dotted path. */
  document: Document;
  /** Paths that an update has removed. */
  removed: string[];
}

/** One message as the broker took it. */
export interface RecordedMessage {
  topic: string;
  type: string;
  key: string;
  headers: Record<string, string>;
  value: Record<string, unknown>;
}

/** Everything that one case of ours made, in the order in which it happened. */
export interface Recording {
  caseId: string;
  reference: string;
  /** The application as it stood before it was accepted. */
  application: Document;
  writes: RecordedWrite[];
  messages: RecordedMessage[];
}

/** Written whether there are cases or not: the connectors' own book-keeping of how far their side index is. */
export const isHousekeeping = (collection: string): boolean =>
  collection === 'index_state' || collection === 'kenri_heartbeats';

const MARKS = 'bench_marks';

/** Watches a deployment's writes and some topics' messages, from when `start` resolves until `stop`. */
export class Recorder {
  readonly writes: RecordedWrite[] = [];
  readonly messages: RecordedMessage[] = [];
  /** Bytes of keys, headers and values. */
  messageBytes = 0;
  private stopping: (() => Promise<void>)[] = [];

  constructor(
    private readonly mongo: MongoClient,
    private readonly kafka: Kafka,
    private readonly owns: (database: string) => boolean,
    private readonly topics: readonly string[],
  ) {}

  async start(): Promise<void> {
    await Promise.all([this.watch(), this.consume()]);
  }

  /** Resolves when nothing has come for a second: what a case leaves to be done follows it by moments. */
  async untilQuiet(signal: AbortSignal): Promise<void> {
    const seen = () => this.writes.length + this.messages.length;
    for (let before = -1; before !== seen();) {
      before = seen();
      await delay(1000, undefined, { signal });
    }
  }

  async stop(): Promise<void> {
    for (const stop of this.stopping.splice(0)) await stop();
  }

  private async watch(): Promise<void> {
    const stream = this.mongo.watch([], { maxAwaitTimeMS: 100 });
    const { promise: open, resolve: opened } = Promise.withResolvers<void>();
    const ended = (async () => {
      try {
        for await (const change of stream) {
          if ('ns' in change && 'coll' in change.ns && change.ns.coll === MARKS) opened();
          else this.note(change);
        }
      } catch (error) {
        if (!stream.closed) throw error;
      }
    })();
    ended.catch(() => undefined);
    this.stopping.push(async () => {
      await stream.close();
      await ended;
    });
    // Only what comes back through it proves that the stream is open; a mark that fails is followed by the next.
    const marks = this.mongo.db('kenri_local').collection(MARKS);
    const mark = setInterval(() => void marks.insertOne({ at: new Date() }).catch(() => undefined), 100);
    await Promise.race([open, ended]).finally(() => clearInterval(mark));
  }

  private note(change: ChangeStreamDocument): void {
    if (!('ns' in change) || !('documentKey' in change) || !('coll' in change.ns)) return;
    const { db: database, coll: collection } = change.ns;
    if (!this.owns(database) || isHousekeeping(collection)) return;
    const id: unknown = change.documentKey._id;
    const about = { database, collection, id, removed: [] };
    if (change.operationType === 'update') {
      const { updatedFields = {}, removedFields = [] } = change.updateDescription;
      this.writes.push({ ...about, op: 'update', document: updatedFields, removed: removedFields });
    } else if (change.operationType === 'delete') this.writes.push({ ...about, op: 'delete', document: {} });
    else this.writes.push({ ...about, op: 'insert', document: change.fullDocument ?? {} });
  }

  private async consume(): Promise<void> {
    const consumer: Consumer = this.kafka.consumer({ groupId: `bench-${randomUUID()}`, maxWaitTimeInMs: 50 });
    await consumer.connect();
    this.stopping.push(() => consumer.disconnect());
    await consumer.subscribe({ topics: [...this.topics], fromBeginning: false });
    const joined = new Promise<void>((resolve) => consumer.on(consumer.events.FETCH, () => resolve()));
    await consumer.run({
      autoCommit: false,
      eachMessage: ({ topic, message }) => {
        const headers = Object.fromEntries(
          Object.entries(message.headers ?? {}).map(([name, held]) => [
            name,
            String(Array.isArray(held) ? held[0] : held),
          ]),
        );
        const [key, value] = [String(message.key ?? ''), String(message.value ?? '')];
        this.messageBytes += Object.entries(headers).reduce(
          (sum, [name, held]) => sum + Buffer.byteLength(name + held),
          Buffer.byteLength(key) + Buffer.byteLength(value),
        );
        const parsed = JSON.parse(value === '' ? 'null' : value) as Record<string, unknown>;
        this.messages.push({ topic, type: headers['ce_type'] ?? '', key, headers, value: parsed });
        return Promise.resolve();
      },
    });
    await joined;
  }
}

/** Keeps every BSON type, for the replicas' processes to read. */
export const toText = (recording: Recording): string => BSON.EJSON.stringify(recording, { relaxed: false });
export const fromText = (text: string): Recording => BSON.EJSON.parse(text, { relaxed: false }) as Recording;
