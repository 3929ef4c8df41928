import { ConflictError, Unavailable, Unprocessable } from './errors.js';

// What kind of failure an error is decides what becomes of a message: parked at once, tried again, or waited for.

export type Failure = 'unprocessable' | 'unavailable' | 'unexpected';

const DATABASE = new Set([
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoServerSelectionError',
  'MongooseServerSelectionError',
  'MongoTopologyClosedError',
  'MongoNotConnectedError',
  'MongoClientClosedError',
  'MongoPoolClearedError',
  'MongoPoolClosedError',
  'MongoWaitQueueTimeoutError',
  'PoolClearedOnNetworkError',
  'MongoOperationTimeoutError',
]);
/** Server states that pass: elections, shutdowns, time limits, a full disk (MongoDB's error_codes.yml, RetriableError and network categories). */
const DATABASE_CODES = new Set([
  6, 7, 64, 89, 91, 112, 134, 189, 262, 317, 358, 384, 9001, 10107, 11600, 11602, 13435, 13436, 14031,
]);
/** The storage engine has stopped, such as for want of room: MongoDB ends itself then, and until it is gone it answers so. */
const PANIC = 'WT_PANIC';
const BROKER = new Set([
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
  'KafkaJSRequestTimeoutError',
  'KafkaJSNoBrokerAvailableError',
  'KafkaJSBrokerNotFound',
  'KafkaJSGroupCoordinatorNotFound',
  'KafkaJSMetadataNotLoaded',
  'KafkaJSLockTimeout',
  'KafkaJSTimeout',
]);
const BROKER_TYPES = new Set([
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
  'REQUEST_TIMED_OUT',
  'BROKER_NOT_AVAILABLE',
  'REPLICA_NOT_AVAILABLE',
  'NETWORK_EXCEPTION',
  'GROUP_LOAD_IN_PROGRESS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
  'NOT_ENOUGH_REPLICAS',
  'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  'KAFKA_STORAGE_ERROR',
]);
/** kafkajs asks a broker whose connection it has lost, and throws this without a class of its own (its broker/index.js). */
const BROKER_LOST = 'Broker not connected';
const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH']);

interface Described {
  name?: unknown;
  message?: unknown;
  code?: unknown;
  type?: unknown;
  cause?: unknown;
  originalError?: unknown;
  errorResponse?: unknown;
  hasErrorLabel?: (label: string) => boolean;
}

/** An error and what caused it, from the outside in. */
function* chain(error: unknown): Generator<Described> {
  const seen = new Set<unknown>();
  for (let current = error; typeof current === 'object' && current !== null && !seen.has(current);) {
    seen.add(current);
    yield current;
    const { cause, originalError, errorResponse } = current as Described;
    // The driver gives what ended a bulk write, whatever it was, as the answer of the server.
    current = cause ?? originalError ?? (errorResponse instanceof Error ? errorResponse : undefined);
  }
}

const some = (error: unknown, test: (described: Described) => boolean): boolean => [...chain(error)].some(test);
const isNetwork = ({ code }: Described) => typeof code === 'string' && NETWORK.has(code);

/** The broker cannot be reached, or will answer once it has settled; not a fault of the message. */
export const isBrokerUnreachable = (error: unknown): boolean =>
  some(error, (described) => {
    if (isNetwork(described)) return true;
    if (typeof described.type === 'string') return BROKER_TYPES.has(described.type);
    if (described.message === BROKER_LOST) return true;
    return typeof described.name === 'string' && BROKER.has(described.name);
  });

/** What a consumer may outlive: kafkajs's own criterion for joining anew, and what it wrongly takes for final at a broker that is new. */
export const isPassing = (error: unknown): boolean =>
  isBrokerUnreachable(error) ||
  some(error, ({ name }) => name === 'KafkaJSNumberOfRetriesExceeded') ||
  ([...chain(error)].at(-1) as { retriable?: unknown } | undefined)?.retriable === true;

const hasPanicked = ({ name, message }: Described): boolean =>
  typeof name === 'string' && name.startsWith('Mongo') && typeof message === 'string' && message.includes(PANIC);

/** The database cannot be reached, or is changing its primary. */
export const isDatabaseUnreachable = (error: unknown): boolean =>
  some(
    error,
    (described) =>
      isNetwork(described) ||
      (typeof described.name === 'string' && DATABASE.has(described.name)) ||
      (typeof described.code === 'number' && DATABASE_CODES.has(described.code)) ||
      hasPanicked(described) ||
      (typeof described.hasErrorLabel === 'function' && described.hasErrorLabel('RetryableWriteError')),
  );

/** What becomes of a message whose handling failed so. A lost race is waited out, never parked. */
export function classify(error: unknown): Failure {
  if (some(error, (described) => described instanceof Unprocessable)) return 'unprocessable';
  const waits = some(error, (described) => described instanceof Unavailable || described instanceof ConflictError);
  return waits || isDatabaseUnreachable(error) || isBrokerUnreachable(error) ? 'unavailable' : 'unexpected';
}

/** Names and codes of an error and its causes, for logs. Messages stay out: they may quote what a person wrote. */
export function nameFailure(error: unknown): string {
  const names = [...chain(error)].slice(0, 4).map(({ name, code, type }) => {
    const marks = [code, type].filter((mark) => typeof mark === 'string' || typeof mark === 'number');
    return `${typeof name === 'string' ? name : 'object'}${marks.length > 0 ? ` ${marks.join(' ')}` : ''}`;
  });
  return names.join(' < ') || typeof error;
}

/** A parked message's reason: a code, and for a programming error the class and the place it arose, never its text. */
export function reasonOf(error: unknown): { code: string; detail?: string } {
  const found = [...chain(error)].find((described) => described instanceof Unprocessable);
  if (found instanceof Unprocessable)
    return { code: found.code, ...(found.detail && { detail: found.detail.slice(0, 200) }) };
  return { code: 'handler-failed', detail: nameFailure(error).slice(0, 200) };
}
