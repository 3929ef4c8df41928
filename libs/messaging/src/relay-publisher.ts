import { startSpan } from '@kenri/telemetry';
import type { Message, Producer } from 'kafkajs';
import { encodeHeaders } from './envelope.js';
import type { KafkaConnection } from './kafka-connection.js';
import type { OutboxEntry } from './message.js';

/** An entry with what it needs to become a Kafka message. */
export interface Publication {
  entry: OutboxEntry;
  source: string;
  partition: number;
}

/** Writes entries to Kafka: explicit key and partition, all replicas acknowledged, a producer span per message. */
export class Publisher {
  private producer: Producer | undefined;

  constructor(private readonly kafka: KafkaConnection) {}

  /** Resolves when every message is acknowledged; rejects when any is not (others may have been written). */
  async send(publications: readonly Publication[]): Promise<void> {
    const producer = await this.connected();
    const spans = publications.map(({ entry }) =>
      startSpan(`publish ${entry.type}`, {
        kind: 'producer',
        ...(entry.trace && { parent: entry.trace }),
        attributes: {
          'messaging.system': 'kafka',
          'messaging.destination.name': entry.topic,
          'messaging.operation.type': 'send',
          'cloudevents.event_type': entry.type,
        },
      }),
    );
    const byTopic = new Map<string, Message[]>();
    publications.forEach(({ entry, source, partition }, index) => {
      const topic = this.kafka.physical(entry.topic);
      // Where this process exports no traces, the trace still passes through it.
      const span = spans[index]!.traceContext;
      const message: Message = {
        key: entry.key,
        value: entry.value,
        partition,
        // No timestamp: the fact's time is ce_time; the producer's own is now, and a broker refuses one far from its clock.
        headers: encodeHeaders(entry, source, span.traceparent ? span : (entry.trace ?? {})),
      };
      const messages = byTopic.get(topic);
      if (messages) messages.push(message);
      else byTopic.set(topic, [message]);
    });
    try {
      await producer.sendBatch({
        acks: -1,
        topicMessages: [...byTopic].map(([topic, messages]) => ({ topic, messages })),
      });
    } catch (error) {
      for (const span of spans) span.fail(error instanceof Error ? error.name : 'unknown');
      throw error;
    } finally {
      for (const span of spans) span.end();
    }
  }

  async close(): Promise<void> {
    const producer = this.producer;
    this.producer = undefined;
    await producer?.disconnect();
  }

  private async connected(): Promise<Producer> {
    if (!this.producer) {
      const producer = this.kafka.producer();
      await producer.connect();
      this.producer = producer;
    }
    return this.producer;
  }
}
