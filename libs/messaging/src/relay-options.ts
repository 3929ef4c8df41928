import type { Clock } from './clock.js';
import type { KafkaConnection } from './kafka-connection.js';

export interface RelayOptions {
  kafka: KafkaConnection;
  clock?: Clock;
  /** How often the sweep looks for what a crash left, in ms. Default 1000. */
  sweepMs?: number;
  /** How long a document belongs to one relay, in ms. Must be well over the 15 s a send may take. Default 25,000. */
  leaseMs?: number;
  /** Published entries stay in their document, for its next write to take them out, until nothing was published for so many ms. Default 500. */
  lingerMs?: number;
  /** While there always is something to publish: how long they stay at most, in ms. Well below `leaseMs`. Default 5000. */
  longestLingerMs?: number;
}
