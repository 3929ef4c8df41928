import { injectTrace } from '@kenri/telemetry';
import { systemClock } from './clock.js';
import type { KafkaConnection } from './kafka-connection.js';
import type { AnyOutgoing } from './message.js';
import { toEntry } from './outbox.js';
import { Publisher } from './relay-publisher.js';

/**
 * Publishes messages without an outbox: for senders that keep no documents (tests, a demonstration's business system). A service
 * commits what it sends with its state, through a DocumentStore.
 */
export async function publish(kafka: KafkaConnection, source: string, messages: readonly AnyOutgoing[]): Promise<void> {
  const entries = messages.map((message, index) => toEntry(message, String(index), systemClock.now(), injectTrace()));
  await kafka.learnPartitions(entries.map(({ topic }) => topic));
  const publisher = new Publisher(kafka);
  try {
    const publications = entries.map((entry) => {
      const partition = kafka.partitionFor(entry.topic, entry.partitionBy ?? entry.key);
      if (partition === undefined) throw new Error(`partitions of ${entry.topic} are not known`);
      return { entry, source, partition };
    });
    await publisher.send(publications);
  } finally {
    await publisher.close();
  }
}
