import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { TOPICS } from '@kenri/contracts';
import type { RawRecord } from '@kenri/samples';
import type { Consumer, Kafka } from 'kafkajs';

const NAMES = Object.values(TOPICS).map(({ name }) => name);
const KEPT_LAST = 2000;
const KEPT_EARLY = 1000;
/** Marks what a fault has put on a topic, so that it is not taken for a message of Kenri's. Nobody else reads it. */
export const CHAOS_HEADER = 'x-chaos';

/** Reads every message of every topic as it comes, past all proxies: for what is said again, and for what nobody may say in clear. */
export class TopicTap {
  /** The last messages of Kenri's own, oldest first. */
  readonly last: RawRecord[] = [];
  /** Messages from the beginning of the run. */
  readonly early: RawRecord[] = [];
  seen = 0;
  private consumer: Consumer | undefined;
  private stopped = false;
  private restarting: Promise<void> | undefined;
  private readonly group = `chaos-tap-${randomUUID()}`;

  private constructor(
    private readonly kafka: Kafka,
    private readonly onRecord: (record: RawRecord) => void,
  ) {}

  static async start(kafka: Kafka, onRecord: (record: RawRecord) => void): Promise<TopicTap> {
    const tap = new TopicTap(kafka, onRecord);
    await tap.consume();
    return tap;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.restarting;
    await this.consumer?.disconnect();
  }

  private async consume(): Promise<void> {
    const consumer = this.kafka.consumer({ groupId: this.group, sessionTimeout: 10_000, heartbeatInterval: 2000 });
    this.consumer = consumer;
    consumer.on(consumer.events.CRASH, ({ payload: { restart } }) => {
      if (!restart) this.again();
    });
    await consumer.connect();
    await consumer.subscribe({ topics: NAMES, fromBeginning: true });
    await consumer.run({
      eachMessage: ({ topic, partition, message: { key, value, headers = {}, offset } }) => {
        this.take({ topic, partition, offset, key, value, headers });
        return Promise.resolve();
      },
    });
  }

  /** A deleted topic ends a consumer for good. */
  private again(): void {
    if (this.stopped || this.restarting) return;
    this.restarting = (async () => {
      while (!this.stopped) {
        await delay(500);
        try {
          await this.consumer?.disconnect();
          await this.consume();
          return;
        } catch {
          // The broker is down or the topics are not back yet; the run's own deadline ends this.
        }
      }
    })().finally(() => (this.restarting = undefined));
  }

  private take(record: RawRecord): void {
    this.seen += 1;
    this.onRecord(record);
    if (record.headers[CHAOS_HEADER] !== undefined) return;
    if (this.early.length < KEPT_EARLY) this.early.push(record);
    this.last.push(record);
    if (this.last.length > KEPT_LAST) this.last.shift();
  }
}
