import { checkPayload, EVENTS, isEventType, MAX_PAYLOAD_BYTES, TOPICS, type EventType } from '@kenri/contracts';
import type { TraceContext } from '@kenri/telemetry';
import { Unprocessable } from './errors.js';
import type { OutboxEntry, Received } from './message.js';

// CloudEvents 1.0, Kafka protocol binding 1.0.2, binary content mode (§3.2): attributes are headers with the prefix `ce_`,
// the value is the payload. By hand, since the SDK does not take the Buffers in which kafkajs delivers headers.

export type HeaderValue = Buffer | string | (Buffer | string)[] | undefined;
export type Headers = Record<string, HeaderValue>;

/** A record as it came from Kafka, before anything about it is believed. */
export interface KafkaRecord {
  /** Name without a deployment's prefix. */
  topic: string;
  partition: number;
  offset: string;
  /** Milliseconds since 1970, as Kafka writes them. With the offset it names a record even after its topic was made anew. */
  timestamp: string;
  key: Buffer | null;
  value: Buffer | null;
  headers: Headers;
}

export const SPEC_VERSION = '1.0';
const CONTENT_TYPE = 'application/json';
const ID = /^[\x21-\x7e]{1,300}$/;
const CASE_ID = /^[0-9A-HJKMNP-TV-Z]{26}$/;
const SYSTEM = /^[a-z][a-z0-9-]{1,39}$/;
const COMPACTED: ReadonlySet<string> = new Set(
  Object.values(TOPICS)
    .filter((topic) => topic.config['cleanup.policy'] === 'compact')
    .map((topic) => topic.name),
);

export const isCompacted = (topic: string): boolean => COMPACTED.has(topic);

/** Headers of an entry. `trace` is the span under which it is published. */
export function encodeHeaders(entry: OutboxEntry, source: string, trace: TraceContext): Record<string, string> {
  const headers: Record<string, string> = {
    ce_specversion: SPEC_VERSION,
    ce_id: entry.id,
    ce_type: entry.type,
    ce_source: source,
    ce_subject: entry.caseId,
    ce_time: entry.time.toISOString(),
    'content-type': CONTENT_TYPE,
  };
  if (entry.systems) headers.ce_systems = entry.systems.join(',');
  if (trace.traceparent) headers.traceparent = trace.traceparent;
  if (trace.tracestate) headers.tracestate = trace.tracestate;
  return headers;
}

/** A header's text; of a repeated header the first; undefined where absent. */
export function header(headers: Headers, name: string): string | undefined {
  const found = headers[name];
  const first = Array.isArray(found) ? found[0] : found;
  return first === undefined || first === null ? undefined : first.toString();
}

/** The systems that `ce_systems` names; undefined where the header is absent (everyone is meant). */
export function systemsOf(headers: Headers): string[] | undefined {
  const named = header(headers, 'ce_systems');
  return named?.split(',').filter((system) => system !== '');
}

/** True when the header names systems and this one is not among them: nothing of the message needs parsing. */
export function concernsOthersOnly(headers: Headers, system: string | undefined): boolean {
  if (system === undefined) return false;
  const named = systemsOf(headers);
  return named !== undefined && !named.includes(system);
}

/** The trace a message was published under. */
export function traceOf(headers: Headers): TraceContext {
  const traceparent = header(headers, 'traceparent');
  const tracestate = header(headers, 'tracestate');
  return { ...(traceparent && { traceparent }), ...(tracestate && { tracestate }) };
}

/**
 * The event type of a record.
 * @throws Unprocessable `missing-header`, `unsupported-specversion`, `unknown-type`, `unknown-version`, `wrong-topic`
 */
export function typeOf(record: KafkaRecord): EventType {
  const specversion = header(record.headers, 'ce_specversion');
  if (specversion === undefined) throw new Unprocessable('missing-header', 'ce_specversion');
  if (specversion !== SPEC_VERSION) throw new Unprocessable('unsupported-specversion');
  const type = header(record.headers, 'ce_type');
  if (type === undefined) throw new Unprocessable('missing-header', 'ce_type');
  if (!isEventType(type)) {
    const unversioned = type.replace(/\.v\d+$/, '');
    const known = Object.keys(EVENTS).find((event) => event.replace(/\.v\d+$/, '') === unversioned);
    throw known ? new Unprocessable('unknown-version', `known: ${known}`) : new Unprocessable('unknown-type');
  }
  if (EVENTS[type].topic !== record.topic) throw new Unprocessable('wrong-topic', `expected on ${EVENTS[type].topic}`);
  return type;
}

/**
 * Decodes and validates a whole record. Errors are codes and places, never content.
 * @throws Unprocessable for whatever no retry can mend
 */
export function decode(record: KafkaRecord, type: EventType = typeOf(record)): Received {
  const { headers } = record;
  const required = (name: string) => {
    const found = header(headers, name);
    if (found === undefined || found === '') throw new Unprocessable('missing-header', name);
    return found;
  };
  const id = required('ce_id');
  if (!ID.test(id)) throw new Unprocessable('malformed-header', 'ce_id');
  const source = required('ce_source');
  const caseId = required('ce_subject');
  if (!CASE_ID.test(caseId)) throw new Unprocessable('malformed-header', 'ce_subject');
  const time = new Date(required('ce_time'));
  if (Number.isNaN(time.getTime())) throw new Unprocessable('malformed-header', 'ce_time');
  const contentType = header(headers, 'content-type');
  if (contentType !== undefined && !/^application\/json\b/i.test(contentType)) {
    throw new Unprocessable('unsupported-content-type');
  }
  const systems = systemsOf(headers) ?? [];
  if (!systems.every((system) => SYSTEM.test(system))) throw new Unprocessable('malformed-header', 'ce_systems');

  if (record.value === null) throw new Unprocessable('tombstone');
  if (record.value.length > MAX_PAYLOAD_BYTES) {
    throw new Unprocessable('oversized', `${record.value.length} bytes, at most ${MAX_PAYLOAD_BYTES}`);
  }
  const checked = checkPayload(type, parseJson(record.value));
  if (!checked.ok) {
    throw new Unprocessable(
      'schema-violation',
      `${checked.violation.pointer}: ${checked.violation.rule}`.slice(0, 200),
    );
  }
  if (checked.value.caseId !== caseId) throw new Unprocessable('wrong-subject', 'payload and ce_subject differ');
  const key = record.key?.toString() ?? '';
  if (key !== expectedKey(type, caseId, checked.value)) throw new Unprocessable('wrong-key');
  return {
    id,
    type,
    caseId,
    time,
    source,
    systems,
    data: checked.value,
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    key,
  };
}

/** Suppressions are compacted per token and case; everything else is keyed by its case (contracts.md, Topics). */
export function expectedKey(type: EventType, caseId: string, data: object): string {
  return type === 'dsr.suppression.set.v1' && 'token' in data ? `${String(data.token)}#${caseId}` : caseId;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function parseJson(value: Buffer): unknown {
  let text: string;
  try {
    text = utf8.decode(value);
  } catch {
    throw new Unprocessable('malformed-json', 'not UTF-8');
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The parser's own message quotes the text, which may be personal.
    throw new Unprocessable('malformed-json');
  }
}
