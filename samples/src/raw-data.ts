import { randomUUID } from 'node:crypto';
import { TOPICS } from '@kenri/contracts';
import type { IHeaders, Kafka } from 'kafkajs';
import { BSON, type MongoClient } from 'mongodb';

/** A message as it lies on the broker. */
export interface RawRecord {
  topic: string;
  partition: number;
  offset: string;
  key: Buffer | null;
  value: Buffer | null;
  headers: IHeaders;
}
export interface RawDocument {
  /** `database.collection`. */
  readonly where: string;
  readonly id: string;
  readonly bytes: Buffer;
}

const NAMES = Object.values(TOPICS).map(({ name }) => name);

/** Ends of every partition of Kenri's topics: `topic/partition` → offset of the next message. */
async function endsOf(kafka: Kafka): Promise<Map<string, bigint>> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const topics = (await admin.listTopics()).filter((name) => name.startsWith('dsr.'));
    const ends = new Map<string, bigint>();
    for (const topic of new Set([...NAMES, ...topics]))
      for (const { partition, high } of await admin.fetchTopicOffsets(topic))
        ends.set(`${topic}/${partition}`, BigInt(high));
    return ends;
  } finally {
    await admin.disconnect();
  }
}

/** Every message of every `dsr.*` topic, from the beginning to where it ended when asked. */
export async function readTopics(kafka: Kafka): Promise<RawRecord[]> {
  const ends = await endsOf(kafka);
  const open = new Set([...ends].filter(([, end]) => end > 0n).map(([partition]) => partition));
  const records: RawRecord[] = [];
  if (open.size === 0) return records;
  const consumer = kafka.consumer({ groupId: `raw-${randomUUID()}` });
  await consumer.connect();
  try {
    const topics = [...new Set([...ends.keys()].map((at) => at.slice(0, at.lastIndexOf('/'))))];
    await consumer.subscribe({ topics, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`not read to their ends: ${[...open].join(', ')}`)), 60_000);
      consumer
        .run({
          autoCommit: false,
          eachMessage: ({ topic, partition, message: { key, value, headers = {}, offset } }) => {
            const at = `${topic}/${partition}`;
            if (open.has(at)) records.push({ topic, partition, offset, key, value, headers });
            if (BigInt(offset) + 1n >= (ends.get(at) ?? 0n)) open.delete(at);
            if (open.size === 0) {
              clearTimeout(late);
              resolve();
            }
            return Promise.resolve();
          },
        })
        .catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
  return records;
}

/** Key, headers and value in one, as a search should see them. */
export const bytesOf = ({ key, headers, value }: RawRecord): Buffer =>
  Buffer.concat(
    [key, ...Object.entries(headers).flatMap(([name, held]) => [name, ...[held].flat()]), value].map((part) =>
      Buffer.from(part ?? ''),
    ),
  );

/** How many messages the groups have not yet handled, and how many there ever were. */
export async function lagOf(kafka: Kafka, groups: readonly string[]): Promise<{ lag: bigint; messages: bigint }> {
  const ends = await endsOf(kafka);
  const admin = kafka.admin();
  await admin.connect();
  try {
    let lag = 0n;
    for (const groupId of groups) {
      for (const { topic, partitions } of await admin.fetchOffsets({ groupId })) {
        for (const { partition, offset } of partitions) {
          const behind = (ends.get(`${topic}/${partition}`) ?? 0n) - (BigInt(offset) < 0n ? 0n : BigInt(offset));
          if (behind > 0n) lag += behind;
        }
      }
    }
    return { lag, messages: [...ends.values()].reduce((sum, end) => sum + end, 0n) };
  } finally {
    await admin.disconnect();
  }
}

/** Every document of the databases whose name fits, as the bytes that the server holds. */
export async function readDatabases(mongo: MongoClient, fits: (database: string) => boolean): Promise<RawDocument[]> {
  const documents: RawDocument[] = [];
  const { databases } = await mongo.db().admin().listDatabases({ nameOnly: true });
  for (const { name } of databases.filter(({ name }) => fits(name))) {
    for (const { name: collection } of await mongo.db(name).listCollections().toArray()) {
      const found = mongo.db(name).collection(collection).find({}, { raw: true });
      for await (const raw of found as AsyncIterable<unknown>) {
        const bytes = Buffer.from(raw as Uint8Array);
        documents.push({ where: `${name}.${collection}`, id: String(BSON.deserialize(bytes)['_id']), bytes });
      }
    }
  }
  return documents;
}

/** Ids that a document refers to: every ObjectId in it but its own. */
function referencesOf({ id, bytes }: RawDocument): string[] {
  const found: string[] = [];
  const walk = (value: unknown): void => {
    if (value instanceof BSON.ObjectId) found.push(value.toHexString());
    else if (Array.isArray(value)) value.forEach(walk);
    else if (value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype)
      Object.values(value).forEach(walk);
  };
  walk(BSON.deserialize(bytes));
  return found.filter((reference) => reference !== id);
}

/** Documents that name somebody, those that refer to them, those that refer to those, and so on. */
export function belongingTo(documents: readonly RawDocument[], names: (document: RawDocument) => boolean): Set<string> {
  const keyOf = ({ where, id }: RawDocument) => `${where}/${id}`;
  const own = new Set(documents.filter(names).map(keyOf));
  const ids = new Set(documents.filter((document) => own.has(keyOf(document))).map(({ id }) => id));
  const rest = documents
    .filter((document) => !own.has(keyOf(document)))
    .map((document) => ({ document, references: referencesOf(document) }));
  for (let grown = true; grown;) {
    grown = false;
    for (const { document, references } of rest) {
      if (own.has(keyOf(document)) || !references.some((reference) => ids.has(reference))) continue;
      own.add(keyOf(document));
      ids.add(document.id);
      grown = true;
    }
  }
  return own;
}
