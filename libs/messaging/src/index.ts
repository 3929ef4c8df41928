export { Backlog, type OutboxReport, type TimerKind, type TimersReport } from './backlog.js';
export { systemClock, type Clock } from './clock.js';
export { ConflictError, RefusedWrite, TooLarge, Unavailable, UniqueIndexViolation, Unprocessable } from './errors.js';
export { classify, nameFailure, type Failure } from './failure.js';
export type { AnyOutgoing, Outgoing, OutboxEntry, Received } from './message.js';
export { decode, encodeHeaders, type KafkaRecord } from './envelope.js';
export type { Change, Committed, Decision, OutboxedDocument, Situation, Timer } from './document.js';
export { NOT_YET } from './document.js';
export { DocumentStore, type DocumentStoreOptions } from './document-store.js';
export { Relay } from './relay.js';
export type { RelayOptions } from './relay-options.js';
export { TimerSweep, type TimerDecision, type TimerSweepOptions, type TimerWork } from './timers.js';
export { OnEvent } from './on-event.js';
export { KafkaStrategy, type KafkaStrategyOptions } from './strategy.js';
export {
  Parking,
  type ParkedMessage,
  type ParkedPage,
  type ParkedReason,
  type ParkedSummary,
  type Replayed,
  type Sealer,
} from './parking.js';
export { KafkaConnection, type KafkaSettings } from './kafka-connection.js';
export { ensureTopics, type EnsuredTopics, type TopicDrift } from './topics.js';
export { readCompacted, type TopicRecord } from './topic-reader.js';
export { publish } from './publish.js';
export { MessagingModule, connectMessaging, MESSAGING_OPTIONS, type MessagingOptions } from './messaging.module.js';
