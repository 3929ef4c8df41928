import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { BSON, type MongoClient } from 'mongodb';

/** Kenri's own data as people changed it. What a request leaves for its own repetition, and counters of the vault, are no change of it. */
const DATABASES = ['kenri_intake', 'kenri_cases', 'kenri_artifacts'];
const LEFT_OUT = new Set(['idempotency', 'rates', 'parked']);

/**
 * What stands in the databases, as one text per document: its version where it has one (every write is guarded by it, and the relay
 * changes none), else a digest of all of it.
 */
export async function standing(mongo: MongoClient): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const name of DATABASES) {
    for (const { name: collection } of await mongo.db(name).listCollections({}, { nameOnly: true }).toArray()) {
      if (LEFT_OUT.has(collection) || collection.startsWith('system.')) continue;
      const documents = mongo.db(name).collection(collection).find({}, { raw: true });
      for await (const raw of documents as AsyncIterable<unknown>) {
        const bytes = Buffer.from(raw as Uint8Array);
        const { _id, version } = BSON.deserialize(bytes) as { _id: unknown; version?: unknown };
        const value =
          typeof version === 'number' ? `version ${version}` : createHash('sha256').update(bytes).digest('base64');
        found.set(`${name}.${collection}/${String(_id)}`, value);
      }
    }
  }
  return found;
}

const STILL_MS = 80;
const GIVE_UP_MS = 2_000;

const same = (one: Map<string, string>, other: Map<string, string>) =>
  one.size === other.size && [...one].every(([key, value]) => other.get(key) === value);

/** What stands when nothing has moved for a moment; undefined when it does not come to rest. */
export async function whenStill(mongo: MongoClient): Promise<Map<string, string> | undefined> {
  let before = await standing(mongo);
  for (const deadline = Date.now() + GIVE_UP_MS; Date.now() < deadline;) {
    await delay(STILL_MS);
    const now = await standing(mongo);
    if (same(before, now)) return now;
    before = now;
  }
  return undefined;
}
