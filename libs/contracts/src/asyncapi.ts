import { EVENTS, type EventType } from './events.js';
import { TOPICS } from './topics.js';

const HEADERS = {
  type: 'object',
  description: 'CloudEvents 1.0, Kafka protocol binding, binary mode.',
  required: ['ce_specversion', 'ce_id', 'ce_type', 'ce_source', 'ce_subject', 'ce_time', 'content-type'],
  properties: {
    ce_specversion: { type: 'string', const: '1.0' },
    ce_id: {
      type: 'string',
      description: 'Deterministic: `<case>:<system>:<step>:<round>`. The same id twice is the same fact.',
    },
    ce_type: { type: 'string' },
    ce_source: { type: 'string', description: 'URI reference of the publisher, e.g. `/kenri/cases`.' },
    ce_subject: { type: 'string', description: 'Case id.' },
    ce_time: { type: 'string', format: 'date-time' },
    ce_systems: {
      type: 'string',
      description: 'Comma-separated systems concerned; others skip the message without parsing it.',
    },
    'content-type': { type: 'string', const: 'application/json' },
    traceparent: { type: 'string', description: 'W3C Trace Context.' },
    tracestate: { type: 'string' },
  },
} as const;

const keyOf = (type: EventType) =>
  type === 'dsr.suppression.set.v1'
    ? { type: 'string', description: '`<token>#<case id>`; partitioned by case.' }
    : { type: 'string', description: 'Case id (ULID).' };

const messageName = (type: EventType) => type.replace(/\./g, '-');

/** The AsyncAPI 3.0 document of all topics, made from the tables that the code itself runs on. */
export function asyncApiDocument(): Record<string, unknown> {
  const types = Object.keys(EVENTS) as EventType[];
  const entries = Object.entries(TOPICS);
  const typesOf = (topic: string) => types.filter((type) => EVENTS[type].topic === topic);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Kenri events',
      version: '1.0.0',
      license: { name: 'Apache-2.0' },
      description:
        "Requests, plans and answers inside Kenri, and the erasure, suppression and correction events for a group's business systems. " +
        'Nothing personal is in clear: people are identified by keyed match tokens, personal content is a JWE.',
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(
      entries.map(([id, topic]) => [
        id,
        {
          address: topic.name,
          description: topic.description,
          messages: Object.fromEntries(
            typesOf(topic.name).map((type) => [
              messageName(type),
              { $ref: `#/components/messages/${messageName(type)}` },
            ]),
          ),
          bindings: { kafka: { partitions: topic.partitions, bindingVersion: '0.5.0' } },
          'x-topic-configuration': topic.config,
          'x-publisher': topic.publisher,
        },
      ]),
    ),
    operations: Object.fromEntries(
      entries.map(([id, topic]) => [
        id === 'receipts' ? 'recordReceipt' : `receive${id[0]?.toUpperCase()}${id.slice(1)}`,
        {
          // Seen from a business system: it receives everything and sends receipts.
          action: id === 'receipts' ? 'send' : 'receive',
          channel: { $ref: `#/channels/${id}` },
          messages: typesOf(topic.name).map((type) => ({ $ref: `#/channels/${id}/messages/${messageName(type)}` })),
        },
      ]),
    ),
    components: {
      messages: Object.fromEntries(
        types.map((type) => [
          messageName(type),
          {
            name: type,
            headers: { ...HEADERS, properties: { ...HEADERS.properties, ce_type: { type: 'string', const: type } } },
            payload: EVENTS[type].schema,
            bindings: { kafka: { key: keyOf(type), bindingVersion: '0.5.0' } },
          },
        ]),
      ),
    },
  };
}
