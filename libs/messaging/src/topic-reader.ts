import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Batch } from 'kafkajs';
import { decode, type KafkaRecord } from './envelope.js';
import { isBrokerUnreachable, reasonOf } from './failure.js';
import { GroupConsumer } from './group-consumer.js';
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
    const reading = new Reading(topic, ends, onRecord);
    const consumer = new GroupConsumer({
      kafka,
      groupId,
      topics: [name],
      run: { autoCommit: false, eachBatch: ({ batch }) => reading.take(batch) },
      onCrash: (error) => reading.fail(error),
      joinWithinMs: withinMs,
    });
    const late = setTimeout(
      () => reading.fail(new Error(`${topic} was not read to its end in ${withinMs} ms`)),
      withinMs,
    );
    try {
      await Promise.race([consumer.start().then(() => reading.done), reading.done]);
    } finally {
      clearTimeout(late);
      await consumer.stop();
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

/** What has been read of a topic. A consumer that joins anew starts at the beginning again: what was read is skipped. */
class Reading {
  readonly done: Promise<void>;
  private finish: () => void = () => undefined;
  fail: (error: Error) => void = () => undefined;
  private readonly next = new Map<number, bigint>();

  /** @param ends the offset after the last record, per partition that has any */
  constructor(
    private readonly topic: string,
    private readonly ends: Map<number, bigint>,
    private readonly onRecord: (record: TopicRecord) => void | Promise<void>,
  ) {
    this.done = new Promise((resolve, reject) => {
      this.finish = resolve;
      this.fail = reject;
    });
  }

  async take(batch: Batch): Promise<void> {
    const { partition, messages } = batch;
    const end = this.ends.get(partition);
    if (end === undefined) return;
    try {
      for (const { offset, timestamp, key, value, headers } of messages) {
        const at = BigInt(offset);
        if (at >= end) break;
        if (at < (this.next.get(partition) ?? 0n)) continue;
        await this.onRecord(
          read({ topic: this.topic, partition, offset, timestamp, key, value, headers: headers ?? {} }),
        );
        this.next.set(partition, at + 1n);
      }
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(`reading ${this.topic} failed`));
      return;
    }
    if (BigInt(batch.lastOffset()) + 1n >= end) this.ends.delete(partition);
    if (this.ends.size === 0) this.finish();
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
