import { setTimeout as delay } from 'node:timers/promises';
import { TOPICS, type TopicDefinition } from '@kenri/contracts';
import kafkajs from 'kafkajs';
import { isBrokerUnreachable } from './failure.js';
import type { KafkaConnection } from './kafka-connection.js';

const { ConfigResourceTypes } = kafkajs;

/** A topic that is not as the contracts say. */
export interface TopicDrift {
  topic: string;
  /** `partitions` or the name of a topic configuration entry. */
  setting: string;
  wanted: string;
  found: string;
}

export interface EnsuredTopics {
  created: string[];
  /** Left as found: shrinking retention or changing partitions under running consumers is a person's decision. */
  drift: TopicDrift[];
}

/**
 * Creates the topics that do not exist and reports where existing ones differ. Waits for a broker that is not there yet.
 * @param options.replicationFactor default -1: the broker's own `default.replication.factor`
 * @param options.waitMs how long to wait for the broker, default 60,000
 */
export async function ensureTopics(
  kafka: KafkaConnection,
  definitions: readonly TopicDefinition[] = Object.values(TOPICS),
  options: { replicationFactor?: number; waitMs?: number } = {},
): Promise<EnsuredTopics> {
  const deadline = performance.now() + (options.waitMs ?? 60_000);
  for (let wait = 250; ; wait = Math.min(wait * 2, 4000)) {
    try {
      return await ensureOnce(kafka, definitions, options.replicationFactor ?? -1);
    } catch (error) {
      if (!isBrokerUnreachable(error) && !isSettling(error)) throw error;
      if (performance.now() + wait > deadline) {
        throw new Error(`no Kafka broker answers at ${kafka.settings.brokers.join(',')} (KAFKA_BROKERS)`, {
          cause: error,
        });
      }
      await delay(wait);
    }
  }
}

/** Topics just created, by this process or another one at the same time: known everywhere a moment later. */
function isSettling(error: unknown): boolean {
  const { type, errors, cause } = error as { type?: unknown; errors?: unknown[]; cause?: unknown };
  if (Array.isArray(errors)) return errors.every(isSettling);
  if (type === 'UNKNOWN_TOPIC_OR_PARTITION' || type === 'TOPIC_ALREADY_EXISTS') return true;
  return typeof cause === 'object' && cause !== null && isSettling(cause);
}

async function ensureOnce(
  kafka: KafkaConnection,
  definitions: readonly TopicDefinition[],
  replicationFactor: number,
): Promise<EnsuredTopics> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const existing = new Set(await admin.listTopics());
    const missing = definitions.filter(({ name }) => !existing.has(kafka.physical(name)));
    if (missing.length > 0) {
      // False when another process created one of them in between: just as good.
      await admin.createTopics({
        waitForLeaders: true,
        topics: missing.map(({ name, partitions, config }) => ({
          topic: kafka.physical(name),
          numPartitions: partitions,
          replicationFactor,
          configEntries: Object.entries(config).map(([entry, value]) => ({ name: entry, value })),
        })),
      });
    }
    const present = definitions.filter(({ name }) => existing.has(kafka.physical(name)));
    return { created: missing.map(({ name }) => name), drift: await driftOf(kafka, admin, present) };
  } finally {
    await admin.disconnect();
  }
}

async function driftOf(
  kafka: KafkaConnection,
  admin: ReturnType<KafkaConnection['admin']>,
  definitions: readonly TopicDefinition[],
): Promise<TopicDrift[]> {
  if (definitions.length === 0) return [];
  const names = definitions.map(({ name }) => kafka.physical(name));
  const { topics } = await admin.fetchTopicMetadata({ topics: names });
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({ type: ConfigResourceTypes.TOPIC, name })),
  });
  const drift: TopicDrift[] = [];
  for (const definition of definitions) {
    const name = kafka.physical(definition.name);
    const partitions = topics.find((topic) => topic.name === name)?.partitions.length ?? 0;
    const compare = (setting: string, wanted: string, found: string) => {
      if (wanted !== found) drift.push({ topic: definition.name, setting, wanted, found });
    };
    compare('partitions', String(definition.partitions), String(partitions));
    const entries = resources.find((resource) => resource.resourceName === name)?.configEntries ?? [];
    for (const [entry, wanted] of Object.entries(definition.config)) {
      compare(entry, wanted, entries.find(({ configName }) => configName === entry)?.configValue ?? '');
    }
  }
  return drift;
}
