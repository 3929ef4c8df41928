import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Consumer, ConsumerRunConfig } from 'kafkajs';
import { isPassing, nameFailure } from './failure.js';
import type { KafkaConnection } from './kafka-connection.js';

export interface GroupConsumerOptions {
  kafka: KafkaConnection;
  /** Names as the broker knows them. */
  groupId: string;
  topics: readonly string[];
  run: ConsumerRunConfig;
  /** Each time the group is joined. */
  onJoin?: () => void;
  onFetch?: () => void;
  /** It was consuming and cannot go on: nothing restarts it. Not called for what makes `start` reject. */
  onCrash: (error: Error) => void;
  /** How long the first joining may take, in ms. Default 60,000. */
  joinWithinMs?: number;
}

const WARN_EVERY_MS = 3000;
const LONGEST_WAIT_MS = 5000;
/** Whoever consumed for so long has left an earlier trouble behind. */
const SOUND_AFTER_MS = 30_000;

/**
 * A consumer that outlives what passes: a broker that is new, restarting or out of reach, a coordinator or leader being elected. It
 * joins anew with growing waits (0.25 s … 5 s): for `joinWithinMs` at the start, without end once it has consumed, as an outage is no
 * reason to end. What does not pass is a crash.
 */
export class GroupConsumer {
  private readonly logger = new Logger('KafkaConsumer');
  private readonly stopping = new AbortController();
  private current: Consumer | undefined;
  private running: Promise<void> | undefined;
  private hasJoined = false;
  /** Ends the attempt in hand. */
  private end: () => void = () => undefined;
  private warnedAt = -Infinity;

  constructor(private readonly options: GroupConsumerOptions) {}

  get consumer(): Consumer | undefined {
    return this.current;
  }

  /** Resolves when the group is joined (or `stop` was called). @throws when it cannot be joined in time, or at all */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.running = this.keepConsuming(resolve)
        .catch((error: unknown) => {
          const fault = error instanceof Error ? error : new Error('the consumer failed');
          if (this.hasJoined) this.options.onCrash(fault);
          else reject(fault);
        })
        .finally(resolve);
    });
  }

  /** Waits for the batch in hand. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.end();
    await this.current?.disconnect();
    await this.running;
    this.current = undefined;
  }

  private async keepConsuming(joined: () => void): Promise<void> {
    const { groupId, joinWithinMs = 60_000 } = this.options;
    const deadline = performance.now() + joinWithinMs;
    const { signal } = this.stopping;
    for (let failures = 0; !signal.aborted;) {
      const startedAt = performance.now();
      const error = await this.consume(joined);
      if (error === undefined || signal.aborted) return;
      if (!isPassing(error)) throw error;
      if (!this.hasJoined && performance.now() > deadline) {
        throw new Error(
          `consumer group ${groupId} could not be joined within ${joinWithinMs} ms: ${nameFailure(error)}`,
          { cause: error },
        );
      }
      failures = performance.now() - startedAt > SOUND_AFTER_MS ? 1 : failures + 1;
      this.warn(`group ${groupId} cannot be joined yet, trying again: ${nameFailure(error)}`);
      const wait = Math.min(125 * 2 ** failures, LONGEST_WAIT_MS) * (0.75 + Math.random() / 2);
      // Rejects only when aborted, which ends the loop.
      await delay(wait, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Consumes until it crashes or is stopped. @returns why it ended; undefined when stopped */
  private async consume(joined: () => void): Promise<Error | undefined> {
    const { kafka, groupId, topics, run, onJoin, onFetch } = this.options;
    const consumer = kafka.consumer({ groupId });
    this.current = consumer;
    const ended = new Promise<Error | undefined>((resolve) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => resolve(payload.error));
      this.end = () => resolve(undefined);
    });
    if (onFetch) consumer.on(consumer.events.FETCH, onFetch);
    consumer.on(consumer.events.GROUP_JOIN, () => {
      this.hasJoined = true;
      onJoin?.();
      joined();
    });
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [...topics], fromBeginning: true });
      await consumer.run(run);
    } catch (error) {
      await consumer.disconnect();
      return error instanceof Error ? error : new Error('the consumer failed');
    }
    // Stopped while it was joining: then nobody else disconnects it.
    if (this.stopping.signal.aborted) await consumer.disconnect();
    return ended;
  }

  private warn(line: string): void {
    const now = performance.now();
    if (now - this.warnedAt < WARN_EVERY_MS) return;
    this.warnedAt = now;
    this.logger.warn(line);
  }
}
