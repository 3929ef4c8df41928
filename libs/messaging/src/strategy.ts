import { setTimeout as delay } from 'node:timers/promises';
import { EVENTS, isEventType, type EventType } from '@kenri/contracts';
import { Logger } from '@nestjs/common';
import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import DataLoader from 'dataloader';
import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import { isObservable, lastValueFrom } from 'rxjs';
import { systemClock, type Clock } from './clock.js';
import type { KafkaRecord } from './envelope.js';
import { HandlerHung } from './errors.js';
import { nameFailure } from './failure.js';
import { GroupConsumer } from './group-consumer.js';
import { Heartbeat } from './heartbeat.js';
import type { KafkaConnection } from './kafka-connection.js';
import type { Received } from './message.js';
import { OffsetCommits } from './offset-commits.js';
import type { HandlerExtras } from './on-event.js';
import type { Parking } from './parking.js';
import { RecordProcessor, type MessageHandler } from './record-processor.js';

export interface KafkaStrategyOptions {
  kafka: KafkaConnection;
  parking: Parking;
  /** Consumer group: one per service. */
  group: string;
  /** A connector's own system id: messages for others are skipped by their header. */
  system?: string;
  clock?: Clock;
  /** Messages of one partition that are handled at a time. Default 100. */
  chunkSize?: number;
  /** Messages handled at a time by handlers that take one. Default 16. */
  concurrency?: number;
  /** Offsets are committed at most once in so many ms, and when consuming ends. Default 500. */
  commitEveryMs?: number;
  /** Waits between attempts after an unexpected error, in ms. Default [100, 400]. */
  retryAfterMs?: readonly number[];
  /** How long joining the group may take at the start, in ms. Default 60,000. */
  joinWithinMs?: number;
  /** A handler that takes longer than this, in ms, is taken for hung, which counts as a crash. Default 300,000. */
  hungAfterMs?: number;
  /** The consumer has crashed and does not restart. Default: exit with code 1, so that a supervisor starts the process anew. */
  onCrash?: (error: Error) => void;
  /** Runs when consuming has ended, before the application closes its connections. */
  afterClose?: () => Promise<void>;
}

const LONGEST_CLOSE_MS = 15_000;
/** One fetch is handled before the next is made: so all partitions of it at a time, as far as they fit into one batch. */
const PARTITIONS_AT_A_TIME = 64;
const CHUNKS_TOGETHER = 8;

/**
 * Nest transport over kafkajs (architecture.md, Kafka client): handlers by `ce_type`, effects before offsets, poison parked,
 * waiting instead of losing when something is unreachable.
 */
export class KafkaStrategy extends Server implements CustomTransportStrategy {
  /** When the consumer last asked the broker for messages: its age tells whether it is alive. */
  lastFetchAt: Date | undefined;
  /** Resolves when the consumer has joined its group the first time. */
  readonly ready: Promise<void>;
  readonly processor: RecordProcessor;
  override readonly propagatesEventHandlerErrors = true;
  private readonly log = new Logger('KafkaStrategy');
  private readonly clock: Clock;
  private readonly handlers = new Map<EventType, MessageHandler>();
  private readonly failures = new Map<string, number>();
  private readonly resumptions = new Set<NodeJS.Timeout>();
  private readonly commits: OffsetCommits;
  /** What one fetch brought of several partitions is one batch: one read, one write, one publication for all of it. */
  private readonly chunks = new DataLoader<readonly KafkaRecord[], true>((chunks) => this.handleTogether(chunks), {
    cache: false,
    maxBatchSize: CHUNKS_TOGETHER,
    batchScheduleFn: (dispatch: () => void) => setImmediate(dispatch),
  });
  private group: GroupConsumer | undefined;
  private closing = false;
  private joined: () => void = () => undefined;

  constructor(private readonly options: KafkaStrategyOptions) {
    super();
    this.clock = options.clock ?? systemClock;
    this.commits = new OffsetCommits(options.commitEveryMs ?? 500);
    this.ready = new Promise((resolve) => (this.joined = resolve));
    this.processor = new RecordProcessor({
      ...options,
      handlerOf: (type) => this.handlers.get(type),
    });
    options.parking.replayThrough((record) => this.processor.replay(record));
  }

  /** Called by Nest when the microservice starts; every handler is known by then. */
  async listen(callback: (error?: unknown) => void): Promise<void> {
    try {
      this.readHandlers();
      await this.consume();
      callback();
    } catch (error) {
      callback(error);
    }
  }

  async close(): Promise<void> {
    this.closing = true;
    for (const timer of this.resumptions) clearTimeout(timer);
    // Waits for the chunk in hand, whose offsets are still committed; not for a handler that never ends.
    const longest = delay(LONGEST_CLOSE_MS, undefined, { ref: false });
    await Promise.race([this.commits.flush(), longest]);
    await Promise.race([this.group?.stop(), longest]);
    this.commits.stop();
    this.group = undefined;
    await this.options.afterClose?.();
  }

  on(): never {
    throw new Error('KafkaStrategy has no events of its own; use `ready` and `lastFetchAt`');
  }

  unwrap<T>(): T {
    return this.group?.consumer as T;
  }

  private readHandlers(): void {
    for (const [pattern, handler] of this.messageHandlers) {
      if (!isEventType(pattern)) throw new Error(`a handler is subscribed to ${pattern}, which is no event type`);
      if (handler.next) throw new Error(`two handlers are subscribed to ${pattern}; its effect must be one`);
      const { batch = false } = (handler.extras ?? {}) as HandlerExtras;
      const handle = async (messages: Received | Received[]) => {
        const result: unknown = await handler(messages);
        if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
      };
      this.handlers.set(pattern, { batch, handle });
    }
  }

  private async consume(): Promise<void> {
    const { kafka, group } = this.options;
    const topics = [...new Set([...this.handlers.keys()].map((type) => kafka.physical(EVENTS[type].topic)))];
    if (topics.length === 0) {
      this.joined();
      return;
    }
    this.group = new GroupConsumer({
      kafka,
      groupId: kafka.physical(group),
      topics,
      run: {
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: PARTITIONS_AT_A_TIME,
        eachBatch: (payload) => this.eachBatch(payload),
      },
      onFetch: () => (this.lastFetchAt = this.clock.now()),
      onJoin: () => this.joined(),
      onCrash: (error) => this.crash(error),
      ...(this.options.joinWithinMs !== undefined && { joinWithinMs: this.options.joinWithinMs }),
    });
    await this.group.start();
  }

  private crash(error: Error): void {
    this.log.error(`consumer crashed and does not restart: ${nameFailure(error)}`);
    if (this.closing) return;
    if (this.options.onCrash) this.options.onCrash(error);
    else process.exit(1);
  }

  private async eachBatch(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const topic = this.options.kafka.logical(batch.topic);
    const chunkSize = this.options.chunkSize ?? 100;
    for (let start = 0; start < batch.messages.length; start += chunkSize) {
      if (!payload.isRunning() || payload.isStale() || this.closing) return;
      const chunk = batch.messages.slice(start, start + chunkSize);
      const heartbeat = new Heartbeat(
        () => payload.heartbeat(),
        this.options.hungAfterMs ?? 5 * 60_000,
        () => this.crash(new HandlerHung(`${topic}/${batch.partition}`)),
      );
      try {
        await this.chunks.load(chunk.map((message) => toRecord(topic, batch.partition, message)));
      } catch (error) {
        this.waitAndResume(payload, error);
        return;
      } finally {
        heartbeat.stop();
      }
      this.failures.delete(`${topic}/${batch.partition}`);
      const last = chunk.at(-1);
      if (last) payload.resolveOffset(last.offset);
      await (this.closing || !payload.isRunning() ? this.commits.commit(payload) : this.commits.resolved(payload));
      // Ends this batch when the group is rebalancing: kafkajs then joins again.
      await payload.heartbeat();
    }
  }

  /** Where not everything could be handled, each partition by itself: one that has to wait holds up no other. */
  private async handleTogether(chunks: readonly (readonly KafkaRecord[])[]): Promise<(true | Error)[]> {
    if (chunks.length > 1) {
      try {
        await this.processor.process(chunks.flat());
        return chunks.map(() => true);
      } catch (error) {
        this.log.debug(`${chunks.length} partitions could not be handled together: ${nameFailure(error)}`);
      }
    }
    const outcomes = await Promise.allSettled(chunks.map((chunk) => this.processor.process(chunk)));
    return outcomes.map((outcome) => (outcome.status === 'fulfilled' ? true : (outcome.reason as Error)));
  }

  /** Something needed is unreachable: nothing is parked, nothing committed; the partition comes again after a while. */
  private waitAndResume(payload: EachBatchPayload, error: unknown): void {
    const { batch } = payload;
    const partition = `${this.options.kafka.logical(batch.topic)}/${batch.partition}`;
    const failures = (this.failures.get(partition) ?? 0) + 1;
    this.failures.set(partition, failures);
    const wait = Math.min(125 * 2 ** failures, 10_000) * (0.75 + Math.random() / 2);
    this.log.warn(`${partition} waits ${Math.round(wait)} ms: ${nameFailure(error)}`);
    const resume = payload.pause();
    const timer = setTimeout(() => {
      this.resumptions.delete(timer);
      resume();
    }, wait);
    this.resumptions.add(timer);
  }
}

const toRecord = (topic: string, partition: number, message: KafkaMessage): KafkaRecord => ({
  topic,
  partition,
  offset: message.offset,
  timestamp: message.timestamp,
  key: message.key,
  value: message.value,
  headers: message.headers ?? {},
});
