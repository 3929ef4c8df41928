/** What others may rely on about a topic: who writes it, how it is keyed and kept. */
export interface TopicDefinition {
  readonly name: string;
  readonly publisher: 'intake' | 'cases' | 'connectors' | 'business systems';
  readonly partitions: number;
  /** Kafka topic configuration entries, exactly as the broker takes them. */
  readonly config: Readonly<Record<string, string>>;
  readonly description: string;
}

const days = (count: number) => String(count * 24 * 60 * 60 * 1000);
const deleted = (keptDays: number) => ({ 'cleanup.policy': 'delete', 'retention.ms': days(keptDays) });

export const PARTITIONS = 8;

export const TOPICS = {
  requests: {
    name: 'dsr.requests.v1',
    publisher: 'intake',
    partitions: PARTITIONS,
    config: deleted(14),
    description: 'Accepted requests (one message fans out to every connector) and withdrawals (a wish).',
  },
  plans: {
    name: 'dsr.plans.v1',
    publisher: 'cases',
    partitions: PARTITIONS,
    config: deleted(14),
    description: 'Further rounds, approved plans, cancellations and restorations, one message per system.',
  },
  answers: {
    name: 'dsr.answers.v1',
    publisher: 'connectors',
    partitions: PARTITIONS,
    config: deleted(14),
    description: 'What each system found, did, refused or could not do.',
  },
  cases: {
    name: 'dsr.cases.v1',
    publisher: 'cases',
    partitions: PARTITIONS,
    config: deleted(14),
    description: 'What an applicant may know of a case, with the head of its history chain.',
  },
  erasures: {
    name: 'dsr.erasures.v1',
    publisher: 'cases',
    partitions: PARTITIONS,
    config: deleted(90),
    description: 'Final erasures, for the business systems of the group.',
  },
  corrections: {
    name: 'dsr.corrections.v1',
    publisher: 'cases',
    partitions: PARTITIONS,
    config: deleted(90),
    description: 'Executed corrections, for the business systems of the group.',
  },
  suppressions: {
    name: 'dsr.suppressions.v1',
    publisher: 'cases',
    partitions: PARTITIONS,
    config: {
      'cleanup.policy': 'compact',
      // Without these the active segment never rolls and nothing is ever compacted.
      'segment.ms': days(1),
      'max.compaction.lag.ms': days(2),
      'min.cleanable.dirty.ratio': '0.1',
      // Longer than the longest outage of a reader, so that no reader misses a tombstone.
      'delete.retention.ms': days(90),
    },
    description: 'Who may not be used for what: the whole state can be rebuilt from this topic alone.',
  },
  receipts: {
    name: 'dsr.receipts.v1',
    publisher: 'business systems',
    partitions: PARTITIONS,
    config: deleted(90),
    description: 'What each business system did with an erasure, suppression or correction event.',
  },
} as const satisfies Record<string, TopicDefinition>;

export type TopicName = (typeof TOPICS)[keyof typeof TOPICS]['name'];

/** A payload (the JSON value of a message) stays under this many bytes; what is larger travels as an artifact. */
export const MAX_PAYLOAD_BYTES = 64 * 1024;
