import type { AnyBulkWriteOperation, Filter } from 'mongodb';
import type { OutboxedDocument } from './document.js';
import type { Held, RelaySource } from './relay-sources.js';

// What the relay writes into the documents it publishes for. None of it touches `version`: a relay never makes a
// decision lose its race.

const writeConcern = { w: 'majority', j: true } as const;
/** A range, and beside `$or` an `$and`: so every server takes the partial index (docs/performance.md). */
const WAITING = { outboxAt: { $gt: new Date(0) } } as const;

/**
 * Removes acknowledged entries. Documents known to hold nothing else are emptied and freed, those of one version by one statement,
 * guarded by the version at which that was known. Returns the ids of documents where that guard failed (they were written to since).
 */
export async function clear(source: RelaySource, documents: readonly Held[], by: string): Promise<Set<string>> {
  const whole = new Map<number, string[]>();
  const operations: AnyBulkWriteOperation<OutboxedDocument>[] = [];
  for (const held of documents) {
    if (isWhole(held)) {
      const sameVersion = whole.get(held.version);
      if (sameVersion) sameVersion.push(held.id);
      else whole.set(held.version, [held.id]);
    } else {
      const update = { $pull: { outbox: { n: { $in: [...held.sent] } } } };
      operations.push({ updateOne: { filter: { _id: held.id }, update } });
    }
  }
  for (const [version, ids] of whole) {
    const filter = { _id: { $in: ids }, version, 'outboxLease.by': by };
    const update = { $set: { outbox: [] }, $unset: { outboxAt: '' as const, outboxLease: '' as const } };
    operations.push({ updateMany: { filter, update } });
  }
  const { matchedCount } = await source.collection.bulkWrite(operations, { ordered: false, writeConcern });
  if (matchedCount >= documents.length) return new Set();
  // By id alone: asked for those with an `outboxAt`, the local server reads everything that waits anywhere.
  const ids = [...whole.values()].flat();
  const found = await source.collection.find({ _id: { $in: ids } }, { projection: { outboxAt: 1 } }).toArray();
  return new Set(found.filter(({ outboxAt }) => outboxAt !== undefined).map(({ _id }) => _id));
}

/** Whether all that is in the document's outbox was acknowledged. */
export const isWhole = ({ waiting, sending, outbox, sent }: Held): boolean =>
  waiting.length + sending.length === 0 && [...outbox].every((n) => sent.has(n));

export interface Claim {
  by: string;
  now: Date;
  until: Date;
  leaseMs: number;
  limit: number;
  /** Documents not to be taken, although they could be. */
  leaveAlone(id: string): boolean;
}

type WaitingDocument = Pick<OutboxedDocument, '_id' | 'version' | 'outbox' | 'outboxLease'>;

/** Leases documents whose entries nobody publishes, oldest first, and returns those obtained. */
export async function claim(source: RelaySource, wanted: Claim): Promise<WaitingDocument[]> {
  const { by, now, until, leaseMs } = wanted;
  const own = new Date(now.getTime() + leaseMs - 3000);
  const farAhead = new Date(now.getTime() + 4 * leaseMs);
  const free: Filter<OutboxedDocument> = {
    $or: [
      { outboxLease: { $exists: false } },
      { 'outboxLease.until': { $lt: now } },
      // A clock that was ahead must not block a document for ever.
      { 'outboxLease.until': { $gt: farAhead } },
      // This relay's own, but of a write whose outcome it never heard, or which it had to let go.
      { 'outboxLease.by': by, 'outboxLease.until': { $lt: own } },
    ],
  };
  const found = await source.collection
    .find({ $and: [WAITING, free] }, { projection: { _id: 1 }, sort: { outboxAt: 1 }, limit: wanted.limit })
    .toArray();
  const ids = found.map(({ _id }) => _id).filter((id) => !wanted.leaveAlone(id));
  if (ids.length === 0) return [];
  await source.collection.updateMany(
    { $and: [{ _id: { $in: ids } }, WAITING, free] },
    { $set: { outboxLease: { by, until } } },
    { writeConcern },
  );
  return source.collection
    .find({ _id: { $in: ids }, 'outboxLease.by': by, 'outboxLease.until': until }, { projection: shape })
    .toArray();
}

const shape = { version: 1, outbox: 1, outboxLease: 1 } as const;

/** Prolongs leases; returns the ids that are still this relay's. */
export async function renew(source: RelaySource, ids: string[], by: string, until: Date): Promise<Set<string>> {
  await source.collection.updateMany(
    { _id: { $in: ids }, 'outboxLease.by': by },
    { $set: { 'outboxLease.until': until } },
    { writeConcern },
  );
  const kept = await source.collection
    .find({ _id: { $in: ids }, 'outboxLease.by': by }, { projection: { _id: 1 } })
    .toArray();
  return new Set(kept.map(({ _id }) => _id));
}

/** What is in documents now. */
export async function stillWaiting(source: RelaySource, ids: string[]): Promise<Map<string, WaitingDocument>> {
  const found = await source.collection.find({ _id: { $in: ids } }, { projection: shape }).toArray();
  return new Map(found.map((document) => [document._id, document]));
}

/** Gives back all of a relay's leases, so that others need not wait for their end. */
export async function releaseAll(source: RelaySource, by: string): Promise<void> {
  await source.collection.updateMany(
    { ...WAITING, 'outboxLease.by': by },
    { $unset: { outboxLease: '' } },
    { writeConcern },
  );
}
