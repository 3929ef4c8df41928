import { Kafka, logLevel, type IHeaders } from 'kafkajs';

/** What a business system sees of an event: the plain message, nothing of Kenri's own code. */
export interface SeenEvent {
  readonly topic: string;
  readonly type: string;
  readonly id: string;
  readonly caseId: string;
  readonly data: Record<string, unknown>;
}

const TOPICS = ['dsr.erasures.v1', 'dsr.suppressions.v1', 'dsr.corrections.v1'];
const RECEIPTS = 'dsr.receipts.v1';

export interface Subscriber {
  /** Everything seen so far, each event once (by `ce_id` and key), tombstones left out. */
  readonly seen: readonly SeenEvent[];
  /** Records that are no event: a reader that stops at one is stopped by whoever can write to the topic. */
  readonly unreadable: readonly { topic: string; partition: number; offset: string }[];
  stop(): Promise<void>;
}

/**
 * A business system as simple as it can be: a plain Kafka client that knows only the published AsyncAPI document. It reads the
 * erasure, suppression and correction events from the beginning and acknowledges each set once.
 * @param outcomeOf decides what it answers; undefined for no receipt
 */
export async function startSubscriber(options: {
  brokers: string[];
  subscriber: string;
  onEvent: (event: SeenEvent) => void;
  outcomeOf: (event: SeenEvent) => 'done' | 'not-held' | undefined;
}): Promise<Subscriber> {
  const kafka = new Kafka({ clientId: options.subscriber, brokers: options.brokers, logLevel: logLevel.ERROR });
  const consumer = kafka.consumer({
    groupId: `business-system-${options.subscriber}`,
    sessionTimeout: 10_000,
    heartbeatInterval: 2_000,
  });
  const producer = kafka.producer();
  const seen: SeenEvent[] = [];
  const unreadable: { topic: string; partition: number; offset: string }[] = [];
  const known = new Set<string>();
  const acknowledged = new Set<string>();

  await producer.connect();
  await consumer.connect();
  await consumer.subscribe({ topics: TOPICS, fromBeginning: true });
  await consumer.run({
    autoCommit: true,
    eachMessage: async ({ topic, partition, message }) => {
      if (message.value === null) return;
      const event = toEvent(topic, message.headers ?? {}, message.value);
      if (!event) {
        unreadable.push({ topic, partition, offset: message.offset });
        return;
      }
      const identity = `${event.id}|${message.key?.toString() ?? ''}|${Number(event.data['revision'] ?? 0)}`;
      if (!known.has(identity)) {
        known.add(identity);
        seen.push(event);
        options.onEvent(event);
      }
      const outcome = options.outcomeOf(event);
      const eventId =
        typeof event.data['set'] === 'string' && topic === 'dsr.suppressions.v1' ? event.data['set'] : event.id;
      if (!outcome || acknowledged.has(eventId)) return;
      await producer.send({
        topic: RECEIPTS,
        acks: -1,
        messages: [receipt(options.subscriber, event, eventId, outcome)],
      });
      // Only now: where it could not be sent, the event comes again and is answered then.
      acknowledged.add(eventId);
    },
  });
  return {
    seen,
    unreadable,
    stop: async () => {
      await consumer.disconnect();
      await producer.disconnect();
    },
  };
}

const header = (headers: IHeaders, name: string): string => {
  const value = headers[name];
  return value === undefined || value === null || Array.isArray(value) ? '' : value.toString();
};

/** Of AsyncAPI's message headers; a receipt repeats both. */
const EVENT_ID = /^[\x21-\x7e]{1,200}$/;
const CASE_ID = /^[0-9A-HJKMNP-TV-Z]{26}$/;

/** Undefined where the value is no JSON object, or ids are not of the published form: no receipt could name them. */
function toEvent(topic: string, headers: IHeaders, value: Buffer): SeenEvent | undefined {
  let data: unknown;
  try {
    data = JSON.parse(value.toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return undefined;
  const [id, caseId] = [header(headers, 'ce_id'), header(headers, 'ce_subject')];
  const { set } = data as { set?: unknown };
  if (![id, ...(typeof set === 'string' ? [set] : [])].every((one) => EVENT_ID.test(one)) || !CASE_ID.test(caseId))
    return undefined;
  return { topic, type: header(headers, 'ce_type'), id, caseId, data: data as Record<string, unknown> };
}

function receipt(subscriber: string, event: SeenEvent, eventId: string, outcome: 'done' | 'not-held') {
  const recordedAt = new Date().toISOString();
  return {
    key: event.caseId,
    headers: {
      ce_specversion: '1.0',
      ce_id: `${event.caseId}:${subscriber}:receipt:1:${eventId}`,
      ce_type: 'dsr.receipt.recorded.v1',
      ce_source: `/${subscriber}`,
      ce_subject: event.caseId,
      ce_time: recordedAt,
      'content-type': 'application/json',
    },
    value: JSON.stringify({ caseId: event.caseId, eventId, subscriber, outcome, recordedAt }),
  };
}
