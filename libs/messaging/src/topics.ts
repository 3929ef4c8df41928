import { setTimeout as delay } from 'node:timers/promises';
import { TOPICS, type TopicDefinition } from '@kenri/contracts';
import kafkajs from 'kafkajs';
import { isBrokerUnreachable } from './failure.js';
import type { KafkaConnection } from './kafka-connection.js';

const { ConfigResourceTypes } = kafkajs;

/** What of a topic is made and compared. */
export type WantedTopic = Pick<TopicDefinition, 'name' | 'partitions' | 'config'>;

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
  definitions: readonly WantedTopic[] = Object.values(TOPICS),
  options: { replicationFactor?: number; waitMs?: number } = {},
): Promise<EnsuredTopics> {
  const deadline = performance.now() + (options.waitMs ?? 60_000);
  const created = new Set<string>();
  for (let wait = 250; ; wait = Math.min(wait * 2, 4000)) {
    try {
      const drift = await ensureOnce(kafka, definitions, options.replicationFactor ?? -1, created);
      return { created: [...created], drift };
    } catch (error) {
      if (!isBrokerUnreachable(error) && !isSettling(error)) throw error;
      if (performance.now() + wait > deadline) {
        throw new Error(
          `the topics are not there after ${options.waitMs ?? 60_000} ms: does a Kafka broker answer at ${kafka.settings.brokers.join(',')} (KAFKA_BROKERS)?`,
          { cause: error },
        );
      }
      await delay(wait);
    }
  }
}

/** The broker has taken a topic and does not list it yet. */
class NotYetVisible extends Error {}

/** Topics just created, by this process or another one at the same time: known everywhere a moment later. */
function isSettling(error: unknown): boolean {
  if (error instanceof NotYetVisible) return true;
  const { type, errors, cause } = error as { type?: unknown; errors?: unknown[]; cause?: unknown };
  if (Array.isArray(errors)) return errors.every(isSettling);
  if (type === 'UNKNOWN_TOPIC_OR_PARTITION' || type === 'TOPIC_ALREADY_EXISTS') return true;
  return typeof cause === 'object' && cause !== null && isSettling(cause);
}

async function ensureOnce(
  kafka: KafkaConnection,
  definitions: readonly WantedTopic[],
  replicationFactor: number,
  created: Set<string>,
): Promise<TopicDrift[]> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const missing = await missingOf(kafka, admin, definitions);
    if (missing.length > 0) {
      const topics = missing.map(({ name, partitions, config }) => ({
        topic: kafka.physical(name),
        numPartitions: partitions,
        replicationFactor,
        configEntries: Object.entries(config).map(([entry, value]) => ({ name: entry, value })),
      }));
      // False when another process came first.
      if (await admin.createTopics({ waitForLeaders: true, topics })) for (const { name } of missing) created.add(name);
      const unseen = await missingOf(kafka, admin, missing);
      if (unseen.length > 0) throw new NotYetVisible();
    }
    return await driftOf(kafka, admin, definitions);
  } finally {
    await admin.disconnect();
  }
}

async function missingOf(
  kafka: KafkaConnection,
  admin: ReturnType<KafkaConnection['admin']>,
  definitions: readonly WantedTopic[],
): Promise<WantedTopic[]> {
  const existing = new Set(await admin.listTopics());
  return definitions.filter(({ name }) => !existing.has(kafka.physical(name)));
}

async function driftOf(
  kafka: KafkaConnection,
  admin: ReturnType<KafkaConnection['admin']>,
  definitions: readonly WantedTopic[],
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
