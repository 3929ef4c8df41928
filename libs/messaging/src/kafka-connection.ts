import { Logger } from '@nestjs/common';
import './mended-kafkajs.js';
import kafkajs, {
  type Admin,
  type Consumer,
  type ConsumerConfig,
  type KafkaConfig,
  type Producer,
  type SASLOptions,
} from 'kafkajs';
import type { ConnectionOptions } from 'node:tls';

// kafkajs is CommonJS.
const { Kafka, logLevel, Partitioners } = kafkajs;

export interface KafkaSettings {
  /** Host and port of each broker: `KAFKA_BROKERS`, split at commas. */
  brokers: readonly string[];
  /** Shown in the broker's logs and metrics: the service's name. */
  clientId: string;
  /** Put before every topic's name, so that several installations (or tests) share a broker. Default none. */
  topicPrefix?: string;
  ssl?: boolean | ConnectionOptions;
  sasl?: SASLOptions;
}

/** The one place that knows how a client is configured (architecture.md, Kafka client: measured facts that bind us). */
export class KafkaConnection {
  readonly topicPrefix: string;
  private readonly kafka: InstanceType<typeof Kafka>;
  private readonly partitioner = Partitioners.DefaultPartitioner();
  private readonly partitionCounts = new Map<string, { count: number; until: number }>();

  constructor(readonly settings: KafkaSettings) {
    const malformed = settings.brokers.find((broker) => !/^[^\s:]+:\d{1,5}$|^\[[0-9a-fA-F:]+\]:\d{1,5}$/.test(broker));
    if (settings.brokers.length === 0 || malformed !== undefined) {
      throw new TypeError(
        `KAFKA_BROKERS must be "host:port", several separated by commas; got ${JSON.stringify(malformed ?? '')}`,
      );
    }
    this.topicPrefix = settings.topicPrefix ?? '';
    if (!/^[a-zA-Z0-9._-]{0,100}$/.test(this.topicPrefix)) {
      throw new TypeError('KENRI_TOPIC_PREFIX may hold letters, digits, ".", "_" and "-" only');
    }
    const config: KafkaConfig = {
      clientId: settings.clientId,
      brokers: [...settings.brokers],
      // A half-open socket is noticed in seconds: kafkajs's defaults let it stall a consumer for minutes.
      connectionTimeout: 3000,
      requestTimeout: 4000,
      enforceRequestTimeout: true,
      retry: { retries: 2, initialRetryTime: 100, maxRetryTime: 1000 },
      logLevel: logLevel.WARN,
      logCreator: () => logToNest,
      ...(settings.ssl !== undefined && { ssl: settings.ssl }),
      ...(settings.sasl && { sasl: settings.sasl }),
    };
    this.kafka = new Kafka(config);
  }

  /** Never idempotent: kafkajs 2.2.4 reuses a sequence after a lost acknowledgement and loses acknowledged messages. */
  producer(): Producer {
    return this.kafka.producer({ allowAutoTopicCreation: false, createPartitioner: Partitioners.DefaultPartitioner });
  }

  consumer(config: ConsumerConfig): Consumer {
    return this.kafka.consumer({
      sessionTimeout: 10_000,
      heartbeatInterval: 2000,
      rebalanceTimeout: 20_000,
      maxWaitTimeInMs: 500,
      maxBytes: 4 * 1024 * 1024,
      maxBytesPerPartition: 1024 * 1024,
      allowAutoTopicCreation: false,
      // Joining anew is GroupConsumer's: kafkajs gives up where a broker is only new, and tells of it as an error.
      retry: { retries: 5, restartOnFailure: () => Promise.resolve(false) },
      ...config,
    });
  }

  admin(): Admin {
    return this.kafka.admin();
  }

  /** A topic's name on this broker. */
  physical(topic: string): string {
    return this.topicPrefix + topic;
  }

  /** A topic's name in the contracts. */
  logical(topic: string): string {
    return topic.startsWith(this.topicPrefix) ? topic.slice(this.topicPrefix.length) : topic;
  }

  /** Asks the broker for the partition counts of topics that are not known, or not since five minutes. */
  async learnPartitions(topics: Iterable<string>): Promise<void> {
    for (const topic of new Set(topics)) {
      const known = this.partitionCounts.get(topic);
      if (known && known.until > performance.now()) continue;
      const count = await this.partitionCount(topic);
      this.partitionCounts.set(topic, { count, until: performance.now() + 300_000 });
    }
  }

  /** The partition a key belongs to, by the default partitioner of every Kafka client (murmur2); undefined before the topic is learnt. */
  partitionFor(topic: string, by: string): number | undefined {
    const known = this.partitionCounts.get(topic);
    if (!known) return undefined;
    const partitionMetadata = this.metadataOf(known.count);
    return this.partitioner({ topic, partitionMetadata, message: { key: by, value: null } });
  }

  private readonly metadata = new Map<
    number,
    Parameters<ReturnType<typeof Partitioners.DefaultPartitioner>>[0]['partitionMetadata']
  >();
  private metadataOf(count: number) {
    let made = this.metadata.get(count);
    if (!made) {
      made = Array.from({ length: count }, (_, partitionId) => ({
        partitionErrorCode: 0,
        partitionId,
        leader: 0,
        replicas: [],
        isr: [],
      }));
      this.metadata.set(count, made);
    }
    return made;
  }

  private async partitionCount(topic: string): Promise<number> {
    const admin = this.admin();
    await admin.connect();
    try {
      const { topics } = await admin.fetchTopicMetadata({ topics: [this.physical(topic)] });
      const count = topics[0]?.partitions.length ?? 0;
      if (count === 0) throw new Error(`topic ${this.physical(topic)} has no partitions`);
      return count;
    } finally {
      await admin.disconnect();
    }
  }
}

const logger = new Logger('Kafka');

/** How kafkajs words what passes by itself: a broker that is new, restarting or out of reach, elections, a group being rearranged. */
const PASSES = new RegExp(
  [
    'connection (error|timeout|closed)|closed connection|ECONN|ETIMEDOUT|request .*timed out|failed to connect',
    'coordinator|leader|does not host this topic-partition|topic metadata|rebalanc|re-joining|is not available',
  ].join('|'),
  'i',
);

/** kafkajs's own log lines: name topics, groups and errors, never content. */
function logToNest({
  level,
  namespace,
  log,
}: {
  level: number;
  namespace: string;
  log: Record<string, unknown>;
}): void {
  const error = typeof log.error === 'string' ? `: ${log.error}` : '';
  const [line = ''] = `${namespace ? `[${namespace}] ` : ''}${String(log.message)}${error}`.split('\n');
  // Single answers are retried inside kafkajs; what stays wrong is reported by whoever asked, a crash by GroupConsumer.
  if (namespace === 'Connection' || (namespace === 'Consumer' && line.includes('Crash:'))) logger.debug(line);
  else if (level <= Number(logLevel.ERROR) && !PASSES.test(line)) logger.error(line);
  else logger.warn(line);
}
