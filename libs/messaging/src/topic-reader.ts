import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { decode, type KafkaRecord } from './envelope.js';
import { isBrokerUnreachable, reasonOf } from './failure.js';
import type { KafkaConnection } from './kafka-connection.js';
import type { Received } from './message.js';
import type { ParkedReason } from './parking.js';

/** One record of a topic read from its beginning. */
export type TopicRecord =
  | { key: string; kind: 'message'; message: Received }
  | { key: string; kind: 'tombstone' }
  | { key: string; kind: 'unreadable'; reason: ParkedReason };

/**
 * Reads a topic from its beginning to the end it has now, in order per key, under a group of its own that is removed afterwards.
 * For a compacted topic: whoever keeps the last record of each key has its state.
 * @throws when the end is not reached within `withinMs` (default 120,000)
 */
export async function readCompacted(
  kafka: KafkaConnection,
  topic: string,
  onRecord: (record: TopicRecord) => void | Promise<void>,
  { withinMs = 120_000 }: { withinMs?: number } = {},
): Promise<void> {
  const name = kafka.physical(topic);
  const admin = kafka.admin();
  await admin.connect();
  try {
    const offsets = await settled(() => admin.fetchTopicOffsets(name));
    const ends = new Map(
      offsets
        .filter(({ low, high }) => BigInt(high) > BigInt(low))
        .map(({ partition, high }) => [partition, BigInt(high)]),
    );
    if (ends.size === 0) return;
    const groupId = kafka.physical(`kenri-reader-${randomUUID()}`);
    const consumer = kafka.consumer({ groupId });
    await consumer.connect();
    try {
      await consumer.subscribe({ topics: [name], fromBeginning: true });
      await new Promise<void>((resolve, reject) => {
        const late = setTimeout(
          () => reject(new Error(`${topic} was not read to its end in ${withinMs} ms`)),
          withinMs,
        );
        const finish = (error?: unknown) => {
          clearTimeout(late);
          if (error === undefined) resolve();
          else reject(error instanceof Error ? error : new Error(`reading ${topic} failed`));
        };
        consumer.on(consumer.events.CRASH, ({ payload }) => {
          if (!payload.restart) finish(payload.error);
        });
        const run = consumer.run({
          autoCommit: false,
          eachBatch: async ({ batch }) => {
            const end = ends.get(batch.partition);
            if (end === undefined) return;
            try {
              for (const { offset, key, value, headers } of batch.messages) {
                if (BigInt(offset) >= end) break;
                await onRecord(read({ topic, partition: batch.partition, offset, key, value, headers: headers ?? {} }));
              }
            } catch (error) {
              finish(error);
              return;
            }
            if (BigInt(batch.lastOffset()) + 1n >= end) ends.delete(batch.partition);
            if (ends.size === 0) finish();
          },
        });
        run.catch(finish);
      });
    } finally {
      await consumer.disconnect();
      await admin.deleteGroups([groupId]);
    }
  } finally {
    await admin.disconnect();
  }
}

/** A topic just created, or one whose leader is changing, answers a moment later. */
async function settled<T>(ask: () => Promise<T>): Promise<T> {
  for (let wait = 100; ; wait *= 2) {
    try {
      return await ask();
    } catch (error) {
      if (wait > 5000 || !isBrokerUnreachable(error)) throw error;
      await delay(wait);
    }
  }
}

function read(record: KafkaRecord): TopicRecord {
  const key = record.key?.toString() ?? '';
  if (record.value === null) return { key, kind: 'tombstone' };
  try {
    return { key, kind: 'message', message: decode(record) };
  } catch (error) {
    return { key, kind: 'unreadable', reason: reasonOf(error) };
  }
}
