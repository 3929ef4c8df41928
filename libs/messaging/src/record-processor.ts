import { setTimeout as delay } from 'node:timers/promises';
import { EVENTS, type EventType } from '@kenri/contracts';
import { startSpan, type OpenSpan, type TraceContext } from '@kenri/telemetry';
import { Logger } from '@nestjs/common';
import { concernsOthersOnly, decode, isCompacted, traceOf, typeOf, type KafkaRecord } from './envelope.js';
import { classify, nameFailure, reasonOf } from './failure.js';
import type { Received } from './message.js';
import type { ParkedReason, Parking } from './parking.js';
import { toWaves, type Group } from './waves.js';

/** A subscribed handler. Its promise is the durable effect. */
export interface MessageHandler {
  batch: boolean;
  handle(messages: Received | Received[]): Promise<void>;
}

export interface ProcessorOptions {
  /** Own system id: messages whose `ce_systems` does not name it are skipped unparsed. */
  system?: string;
  handlerOf(type: EventType): MessageHandler | undefined;
  parking: Parking;
  /** Messages handled at a time by handlers that take one. Default 16. */
  concurrency?: number;
  /** Waits between attempts after an unexpected error, in ms. Default [100, 400]. */
  retryAfterMs?: readonly number[];
}

interface Opened {
  record: KafkaRecord;
  message: Received;
  key: string;
  type: EventType;
  span: OpenSpan;
}

/** From records to effects: decode, skip, validate, group, handle, park. Knows nothing of consumers and offsets. */
export class RecordProcessor {
  /** Plain numbers for metrics. */
  readonly counters = { handled: 0, skipped: 0, retried: 0 };
  private readonly logger = new Logger('Messages');
  private readonly concurrency: number;
  private readonly retryAfterMs: readonly number[];

  constructor(private readonly options: ProcessorOptions) {
    this.concurrency = options.concurrency ?? 16;
    this.retryAfterMs = options.retryAfterMs ?? [100, 400];
  }

  /**
   * Resolves when every record has had its durable effect: handled, skipped or parked. Records of one key keep their order.
   * @throws what made it impossible just now (database, broker or store unreachable): then the same records are to come again
   */
  async process(records: readonly KafkaRecord[]): Promise<void> {
    const opened: Opened[] = [];
    const poison: { record: KafkaRecord; reason: ParkedReason }[] = [];
    for (const record of records) {
      try {
        const found = this.open(record);
        if (found) opened.push(found);
        else this.counters.skipped += 1;
      } catch (error) {
        poison.push({ record, reason: reasonOf(error) });
      }
    }
    try {
      await this.park(poison);
      for (const wave of toWaves(opened, (type) => this.options.handlerOf(type)?.batch ?? false)) {
        const outcomes = await Promise.allSettled(wave.map((group) => this.handleGroup(group)));
        const failed = outcomes.find((outcome) => outcome.status === 'rejected');
        if (failed) throw failed.reason;
      }
    } finally {
      for (const { span } of opened) span.end();
    }
  }

  /** One record through the same path; returns why it could not be handled. @throws as `process` does */
  async replay(record: KafkaRecord): Promise<ParkedReason | undefined> {
    let opened: Opened | undefined;
    try {
      opened = this.open(record);
    } catch (error) {
      return reasonOf(error);
    }
    if (!opened) return undefined;
    try {
      return await this.attempt(opened);
    } finally {
      opened.span.end();
    }
  }

  private open(record: KafkaRecord): Opened | undefined {
    if (concernsOthersOnly(record.headers, this.options.system)) return undefined;
    // On a compacted topic a tombstone is a message like any other: what was said is no longer said.
    if (record.value === null && isCompacted(record.topic)) return undefined;
    const type = typeOf(record);
    if (!this.options.handlerOf(type)) return undefined;
    const message = decode(record, type);
    const parent = traceOf(record.headers);
    const span = startSpan(`process ${type}`, {
      kind: 'consumer',
      ...(parent.traceparent && { parent }),
      attributes: {
        'messaging.system': 'kafka',
        'messaging.destination.name': record.topic,
        'messaging.operation.type': 'process',
        'messaging.destination.partition.id': String(record.partition),
        'cloudevents.event_type': type,
      },
    });
    const trace: TraceContext = span.traceContext.traceparent ? span.traceContext : parent;
    return { record, message: { ...message, ...trace }, key: message.key, type, span };
  }

  private async handleGroup({ type, messages }: Group<Opened>): Promise<void> {
    const handler = this.options.handlerOf(type);
    if (!handler) return;
    if (!handler.batch) return this.handleEach(messages, this.concurrency);
    if (messages.length > 1) {
      try {
        await underBatchSpan(type, messages, () => handler.handle(messages.map(({ message }) => message)));
        this.counters.handled += messages.length;
        return;
      } catch (error) {
        if (classify(error) === 'unavailable') throw error;
        this.logger.warn(`${messages.length} × ${type} failed together (${nameFailure(error)}): now one by one`);
      }
    }
    // One after the other: a batch group may hold several messages of one key.
    await this.handleEach(messages, 1);
  }

  private async handleEach(messages: readonly Opened[], concurrency: number): Promise<void> {
    const rest = messages.values();
    const work = async () => {
      for (const opened of rest) {
        const reason = await this.attempt(opened);
        if (reason) await this.park([{ record: opened.record, reason }]);
      }
    };
    const workers = Array.from({ length: Math.min(concurrency, messages.length) }, work);
    const failed = (await Promise.allSettled(workers)).find((outcome) => outcome.status === 'rejected');
    if (failed) throw failed.reason;
  }

  /** Bounded attempts at one message; returns the reason when it must be parked. */
  private async attempt({ message, span, type }: Opened): Promise<ParkedReason | undefined> {
    const handler = this.options.handlerOf(type);
    if (!handler) return undefined;
    for (let failures = 0; ; failures += 1) {
      try {
        await span.run(() => handler.handle(handler.batch ? [message] : message));
        this.counters.handled += 1;
        return undefined;
      } catch (error) {
        const failure = classify(error);
        span.fail(reasonOf(error).code);
        if (failure === 'unavailable') throw error;
        const wait = this.retryAfterMs[failures];
        if (failure === 'unprocessable' || wait === undefined) return reasonOf(error);
        this.counters.retried += 1;
        this.logger.warn(`${type} failed (${nameFailure(error)}), attempt ${failures + 1}`);
        await delay(wait);
      }
    }
  }

  private async park(poison: { record: KafkaRecord; reason: ParkedReason }[]): Promise<void> {
    if (poison.length === 0) return;
    await this.options.parking.park(poison);
    for (const { record, reason } of poison) {
      const known = Object.values(EVENTS).some(({ topic }) => topic === record.topic) ? record.topic : 'unknown topic';
      this.logger.warn(`parked ${known}/${record.partition}/${record.offset}: ${reason.code}`);
    }
  }
}

/** A batch belongs to many traces: its own span links to them all. */
async function underBatchSpan(type: EventType, messages: Opened[], work: () => Promise<void>): Promise<void> {
  const span = startSpan(`process batch ${type}`, {
    kind: 'internal',
    attributes: { 'messaging.batch.message_count': messages.length },
    links: messages.map(({ span: { traceContext } }) => traceContext),
  });
  try {
    await span.run(work);
  } catch (error) {
    span.fail(classify(error));
    throw error;
  } finally {
    span.end();
  }
}
