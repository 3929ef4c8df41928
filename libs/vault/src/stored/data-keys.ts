import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import DataLoader from 'dataloader';
import { Binary, MongoBulkWriteError, MongoServerError, type Collection, type WriteError } from 'mongodb';
import { BoundedMap } from '../bounded-map.js';
import type { Clock } from '../clock.js';
import type { KeyDirectory } from '../keys/key-directory.js';
import { KeyDestroyed, KeyMissing } from '../vault-error.js';
import type { StoredPurpose } from './purposes.js';

/** A live key has `wrapped`; a tombstone has `destroyedAt` instead, for ever. No personal data in either. */
export interface DataKeyDocument {
  _id: string;
  service: string;
  purpose: StoredPurpose;
  owner: string;
  createdAt?: Date;
  destroyedAt?: Date;
  wrapped?: Binary;
  masterId?: string;
}

/** A data key, or that it was destroyed. */
export type KeyState = KeyObject | 'destroyed';

export const CACHED_KEYS = 5000;
/** How long a process may go on using a key that another process destroyed. */
export const CACHE_MS = 30_000;
const DUPLICATE = 11000;
const DURABLE = { writeConcern: { w: 'majority', j: true } } as const;
/** What is asked for in one turn of the event loop goes to the database together. */
const TOGETHER = {
  cache: false,
  maxBatchSize: 500,
  batchScheduleFn: (dispatch: () => void) => setImmediate(dispatch),
} as const;

/** One key per service, purpose and owner, in a database of its own, wrapped by the service's master key. */
export class DataKeys {
  readonly #cache = new BoundedMap<string, { state: KeyState; at: number }>(CACHED_KEYS);
  /** Yields whether the id was taken already, by a live key or a tombstone. */
  readonly #inserts = new DataLoader<DataKeyDocument, boolean>(async (documents) => {
    const taken = await this.#insert(documents);
    return documents.map((_, index) => taken.has(index));
  }, TOGETHER);
  readonly #reads = new DataLoader<string, DataKeyDocument | null>(async (ids) => {
    const found = await this.collection.find({ _id: { $in: [...ids] } }, { readConcern: 'majority' }).toArray();
    const byId = new Map(found.map((document) => [document._id, document]));
    return ids.map((id) => byId.get(id) ?? null);
  }, TOGETHER);
  readonly #ends = new DataLoader<{ purpose: StoredPurpose; owner: string }, true>(async (ended) => {
    await this.#bury(ended);
    return ended.map(() => true);
  }, TOGETHER);

  constructor(
    private readonly collection: Collection<DataKeyDocument>,
    private readonly directory: KeyDirectory,
    private readonly clock: Clock,
  ) {}

  /**
   * The keys of these owners, made where they are new: one insert for the new ones, one more find where some are not.
   * A tombstone stands under the same `_id`, so that an insert can never bring a destroyed key back.
   */
  async forSealing(purpose: StoredPurpose, owners: readonly string[]): Promise<Map<string, KeyState>> {
    const { found, missing } = this.#cached(purpose, owners);
    if (missing.length === 0) return found;
    const fresh = await Promise.all(missing.map(async (owner) => this.#newKey(purpose, owner)));
    const taken = await Promise.all(fresh.map(({ document }) => this.#inserts.load(document)));
    const existing: string[] = [];
    for (const [index, { document, key }] of fresh.entries()) {
      if (taken[index]) existing.push(document.owner);
      else found.set(document.owner, this.#keep(document._id, key));
    }
    if (existing.length > 0) {
      for (const [owner, state] of await this.#read(purpose, existing)) found.set(owner, state);
      const lost = existing.find((owner) => !found.has(owner));
      if (lost !== undefined) throw new KeyMissing(purpose, lost);
    }
    return found;
  }

  /** The keys of these owners, by one find; owners without a key are not in the map. */
  async forOpening(purpose: StoredPurpose, owners: readonly string[]): Promise<Map<string, KeyState>> {
    const { found, missing } = this.#cached(purpose, owners);
    if (missing.length > 0) {
      for (const [owner, state] of await this.#read(purpose, missing)) found.set(owner, state);
    }
    return found;
  }

  /** Leaves tombstones, also where there was no key yet. Durable when it returns; repeating it changes nothing. */
  async destroy(purpose: StoredPurpose, owners: readonly string[]): Promise<void> {
    await Promise.all([...new Set(owners)].map((owner) => this.#ends.load({ purpose, owner })));
  }

  async #bury(ended: readonly { purpose: StoredPurpose; owner: string }[]): Promise<void> {
    const destroyedAt = this.clock.now();
    const operations = ended.map(({ purpose, owner }) => ({
      updateOne: {
        filter: { _id: this.#id(purpose, owner) },
        update: [
          {
            $replaceWith: {
              _id: this.#id(purpose, owner),
              service: this.directory.service,
              purpose,
              owner: { $literal: owner },
              destroyedAt: { $ifNull: ['$destroyedAt', destroyedAt] },
            },
          },
        ],
        upsert: true,
      },
    }));
    await retryDuplicate(() => this.collection.bulkWrite(operations, { ordered: false, ...DURABLE }));
    for (const { purpose, owner } of ended) this.#keep(this.#id(purpose, owner), 'destroyed');
  }

  /** Asks the database, not the cache. */
  async isDestroyed(purpose: StoredPurpose, owner: string): Promise<boolean> {
    const states = await this.#read(purpose, [owner]);
    return states.get(owner) === 'destroyed';
  }

  /**
   * Wraps every key under the newest master key, so that an older one can be taken out of the key file.
   * Resumable: it only looks at keys under another master key. @returns how many were wrapped anew
   */
  async rewrap(): Promise<number> {
    let count = 0;
    const cursor = this.collection.find({
      service: this.directory.service,
      masterId: { $exists: true, $ne: this.directory.masterKeyId },
    });
    for await (const document of cursor) {
      if (!document.wrapped || !document.masterId) continue;
      const wrapped = { masterId: document.masterId, bytes: document.wrapped.value() };
      const key = await this.directory.unwrapDataKey(wrapped, document._id);
      const renewed = await this.directory.wrapDataKey(key, document._id);
      const { modifiedCount } = await this.collection.updateOne(
        { _id: document._id, masterId: document.masterId },
        { $set: { wrapped: new Binary(renewed.bytes), masterId: renewed.masterId } },
        DURABLE,
      );
      count += modifiedCount;
    }
    return count;
  }

  #id(purpose: StoredPurpose, owner: string): string {
    return `${this.directory.service}:${purpose}:${owner}`;
  }

  #cached(purpose: StoredPurpose, owners: readonly string[]): { found: Map<string, KeyState>; missing: string[] } {
    const found = new Map<string, KeyState>();
    const missing: string[] = [];
    const now = this.clock.now().getTime();
    for (const owner of new Set(owners)) {
      if (typeof owner !== 'string' || owner === '') throw new TypeError('Stored data needs an owner, like a case id.');
      const entry = this.#cache.get(this.#id(purpose, owner));
      const age = entry ? now - entry.at : -1;
      // A tombstone is for ever; a live key may have been destroyed elsewhere since it was read.
      if (entry && (entry.state === 'destroyed' || (age >= 0 && age < CACHE_MS))) found.set(owner, entry.state);
      else missing.push(owner);
    }
    return { found, missing };
  }

  #keep(id: string, state: KeyState): KeyState {
    this.#cache.set(id, { state, at: this.clock.now().getTime() });
    return state;
  }

  async #newKey(purpose: StoredPurpose, owner: string): Promise<{ document: DataKeyDocument; key: KeyObject }> {
    const key = createSecretKey(randomBytes(32));
    const _id = this.#id(purpose, owner);
    const { masterId, bytes } = await this.directory.wrapDataKey(key, _id);
    const wrapped = new Binary(bytes);
    const createdAt = this.clock.now();
    return { document: { _id, service: this.directory.service, purpose, owner, createdAt, wrapped, masterId }, key };
  }

  /** @returns the indices of those whose id existed already, live or as a tombstone */
  async #insert(documents: readonly DataKeyDocument[]): Promise<Set<number>> {
    try {
      await this.collection.insertMany([...documents], { ordered: false, ...DURABLE });
      return new Set();
    } catch (error) {
      if (!(error instanceof MongoBulkWriteError)) throw error;
      const failures: WriteError[] = [error.writeErrors].flat();
      if (failures.length === 0 || failures.some(({ code }) => code !== DUPLICATE)) throw error;
      return new Set(failures.map(({ index }) => index));
    }
  }

  async #read(purpose: StoredPurpose, owners: readonly string[]): Promise<Map<string, KeyState>> {
    const states = new Map<string, KeyState>();
    const documents = await Promise.all(owners.map((owner) => this.#reads.load(this.#id(purpose, owner))));
    await Promise.all(
      documents.map(async (document) => {
        if (!document) return;
        states.set(document.owner, this.#keep(document._id, await this.#stateOf(document)));
      }),
    );
    return states;
  }

  async #stateOf(document: DataKeyDocument): Promise<KeyState> {
    if (document.destroyedAt || !document.wrapped || !document.masterId) return 'destroyed';
    const wrapped = { masterId: document.masterId, bytes: document.wrapped.value() };
    return this.directory.unwrapDataKey(wrapped, document._id);
  }
}

/** An upsert that lost to an insert of the same `_id` finds it the next time. */
async function retryDuplicate(write: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await write();
      return;
    } catch (error) {
      if (!(error instanceof MongoServerError) || error.code !== DUPLICATE || attempt >= 5) throw error;
    }
  }
}

/** The live key, or the typed error that says why there is none. */
export function liveKey(states: Map<string, KeyState>, purpose: StoredPurpose, owner: string): KeyObject {
  const state = states.get(owner);
  if (state === 'destroyed') throw new KeyDestroyed(purpose, owner);
  if (state === undefined) throw new KeyMissing(purpose, owner);
  return state;
}
