import { ensureTopics, KafkaConnection } from '@kenri/messaging';

/**
 * Creates the topics of `@kenri/contracts` that do not exist yet, with their partitions and settings.
 * @param topicPrefix before every name: an installation that shares its broker with others
 * @returns the names of those created, without the prefix
 */
export async function createTopics(brokers: string, topicPrefix = ''): Promise<string[]> {
  const kafka = new KafkaConnection({ brokers: brokers.split(','), clientId: 'kenri-local', topicPrefix });
  return (await ensureTopics(kafka)).created;
}
