/** A request on its way to the server, or the reply to it. */
export type Side = 'request' | 'reply';

/** A message of MongoDB's wire protocol, by its command: `update`, `insert`, `findAndModify`, … */
export interface MongoPoint {
  command: string;
  collection?: string;
  database?: string;
  side: Side;
  /** Only a message whose bytes hold all these texts (a reply: whose request's did). */
  holding?: readonly string[];
  /** So many of its kind pass before. Default 0. */
  after?: number;
}

/** A message of Kafka's protocol, by the name of its API. */
export interface KafkaPoint {
  api: KafkaApi;
  topic?: string;
  side: Side;
  holding?: readonly string[];
  after?: number;
}

export type BreakPoint = MongoPoint | KafkaPoint;

/** Names by key: https://kafka.apache.org/protocol#protocol_api_keys */
export const KAFKA_APIS = {
  Produce: 0,
  Fetch: 1,
  ListOffsets: 2,
  Metadata: 3,
  OffsetCommit: 8,
  OffsetFetch: 9,
  FindCoordinator: 10,
  JoinGroup: 11,
  Heartbeat: 12,
  LeaveGroup: 13,
  SyncGroup: 14,
} as const;
export type KafkaApi = keyof typeof KAFKA_APIS;

/** A message that a break point caught: nothing after it passes on that connection in that direction until it is let go. */
export interface Held {
  /** Resolves at the moment when the message has come and is held back. */
  reached: Promise<void>;
  /** Lets it pass, also when its sender is gone by now. Before it was reached: takes the break point away. */
  release(): void;
  /** The message is lost; what follows it passes. */
  drop(): void;
}
