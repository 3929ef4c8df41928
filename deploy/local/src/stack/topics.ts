import { TOPICS } from '@kenri/contracts';
import { Kafka, logLevel } from 'kafkajs';

/**
 * Creates the topics of `@kenri/contracts` that do not exist yet, with their partitions and settings.
 * @returns the names of those created
 */
export async function createTopics(brokers: string): Promise<string[]> {
  const admin = new Kafka({ brokers: brokers.split(','), clientId: 'kenri-local', logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const existing = new Set(await admin.listTopics());
    const missing = Object.values(TOPICS).filter(({ name }) => !existing.has(name));
    if (missing.length === 0) return [];
    await admin.createTopics({
      waitForLeaders: true,
      topics: missing.map(({ name, partitions, config }) => ({
        topic: name,
        numPartitions: partitions,
        configEntries: Object.entries(config).map(([key, value]) => ({ name: key, value })),
      })),
    });
    return missing.map(({ name }) => name);
  } finally {
    await admin.disconnect();
  }
}
