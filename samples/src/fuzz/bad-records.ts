import { EVENTS, MAX_PAYLOAD_BYTES, type EventType } from '@kenri/contracts';
import fc from 'fast-check';
import type { RawRecord } from '../raw-data.js';
import { topicOf, TYPES } from './consumers.js';
import {
  BYTES,
  HEADER_FAULTS,
  KEY_FAULTS,
  OTHER_CASE,
  STRANGE,
  strangeHeaders,
  VALUE_FAULTS,
  type HeaderFault,
  type Headers,
  type KeyFault,
  type StrangeHeaders,
  type ValueFault,
} from './record-faults.js';
import { MARKS, valuesOf, type Schema } from './schema-values.js';
import { badText, spoiled, spoilings, TEXT_FAULTS, type Json, type Spoiling, type TextFault } from './spoiling.js';

/** What is wrong with a message; `right` where nothing is. */
export type MessageFault =
  | { in: 'nothing' }
  | { in: 'headers'; which: HeaderFault }
  | { in: 'key'; which: KeyFault }
  | { in: 'text'; which: TextFault }
  | { in: 'value'; which: ValueFault }
  | { in: 'payload'; spoilt: Spoiling[] }
  /** A message that was really sent, once more with another case, or with something in it changed. */
  | {
      in: 'what was sent';
      nth: number;
      which: 'another id' | 'another case' | 'odd times' | 'spoilt';
      spoilt: Spoiling[];
    };

export interface RecordPlan {
  type: EventType;
  caseId: string;
  data: Json;
  /** The `system` of the payload, where it has one; null leaves what was generated. */
  system: string | null;
  /** `ce_systems`; null: absent. */
  systems: string[] | null;
  partition: number;
  /** Beside those of the envelope. */
  strange: StrangeHeaders | null;
  fault: MessageFault;
}

const schemaOf = (type: EventType): Schema => JSON.parse(JSON.stringify(EVENTS[type].schema)) as Schema;
const noRefs = (ref: string): Schema => {
  throw new Error(`a payload schema refers to ${ref}`);
};
const caseIds = fc.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}$/);

/** Every type, mostly with one thing wrong. `sent`: messages of the running installation. */
export function recordPlans(systems: readonly string[], sent: readonly RawRecord[]): fc.Arbitrary<RecordPlan> {
  const spoilt = fc.array(spoilings, { minLength: 1, maxLength: 2 });
  const from = <T extends string>(values: readonly T[]) => fc.constantFrom(...values);
  const faults: { weight: number; arbitrary: fc.Arbitrary<MessageFault> }[] = [
    { weight: 3, arbitrary: fc.constant({ in: 'nothing' }) },
    {
      weight: 6,
      arbitrary: fc.record({
        in: fc.constant('headers' as const),
        which: from(Object.keys(HEADER_FAULTS) as HeaderFault[]),
      }),
    },
    { weight: 2, arbitrary: fc.record({ in: fc.constant('key' as const), which: from(KEY_FAULTS) }) },
    { weight: 4, arbitrary: fc.record({ in: fc.constant('text' as const), which: from(TEXT_FAULTS) }) },
    { weight: 3, arbitrary: fc.record({ in: fc.constant('value' as const), which: from(VALUE_FAULTS) }) },
    { weight: 6, arbitrary: fc.record({ in: fc.constant('payload' as const), spoilt }) },
  ];
  if (sent.length > 0) {
    faults.push({
      weight: 5,
      arbitrary: fc.record({
        in: fc.constant('what was sent' as const),
        nth: fc.nat({ max: sent.length - 1 }),
        which: from(['another id', 'another case', 'odd times', 'spoilt'] as const),
        spoilt,
      }),
    });
  }
  const fault = fc.oneof(...faults);
  // Made once per type: making what generates texts from a pattern costs more than generating them.
  const ofType = (type: EventType) =>
    fc.record<RecordPlan>({
      type: fc.constant(type),
      caseId: caseIds,
      data: valuesOf(schemaOf(type), noRefs) as fc.Arbitrary<Json>,
      system: fc.constantFrom(null, ...systems, 'ships', 'constructor'),
      systems: fc.oneof(
        { weight: 5, arbitrary: fc.constant(null) },
        { weight: 3, arbitrary: fc.subarray([...systems]) },
        {
          weight: 1,
          arbitrary: fc.constantFrom([MARKS[0]], ['', ''], ['AUTO'], ['auto', 'auto'], Array<string>(500).fill('auto')),
        },
      ),
      partition: fc.nat({ max: 7 }),
      strange: fc.oneof(
        { weight: 5, arbitrary: fc.constant(null) },
        { weight: 1, arbitrary: fc.constantFrom(...STRANGE) },
      ),
      fault,
    });
  return fc.oneof(...TYPES.map(ofType));
}

/** A message as it is sent. */
export interface BadRecord {
  plan: RecordPlan;
  topic: string;
  partition: number;
  key: Buffer | null;
  value: Buffer | null;
  headers: Headers;
}

const isObject = (value: Json): value is { [name: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const TIMES = [
  '1998-12-31T23:59:60Z',
  '9999-12-31T23:59:59Z',
  '2026-06-01 00:00:00Z',
  '1900-01-01T00:00:00+14:00',
  '2998-12-31T23:59:59-12:00',
  '2026-02-28T23:59:59.999999999Z',
];
/** The payload with every time replaced by one that calendars trip over. */
const oddTimes = (value: Json, time: string): Json => {
  if (Array.isArray(value)) return value.map((item) => oddTimes(item, time));
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, oddTimes(item, time)]));
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? time : value;
};

interface Envelope {
  topic: string;
  type: EventType;
  caseId: string;
  key: string;
  headers: Headers;
  data: Json;
}

function envelopeOf({ type, caseId, data, system, systems }: RecordPlan): Envelope {
  const own = { ...(data as { [name: string]: Json }), caseId };
  const payload = 'system' in own && system !== null ? { ...own, system } : own;
  const token = 'token' in payload ? `${String(payload.token)}#` : '';
  return {
    topic: topicOf(type),
    type,
    caseId,
    key: `${type === 'dsr.suppression.set.v1' ? token : ''}${caseId}`,
    headers: {
      ce_specversion: '1.0',
      ce_id: `${caseId}:fuzz:plan:1`,
      ce_type: type,
      ce_source: '/kenri/fuzz',
      ce_subject: caseId,
      ce_time: '2026-06-01T00:00:00.000Z',
      'content-type': 'application/json',
      ...(systems && { ce_systems: systems.join(',') }),
    },
    data: payload,
  };
}

/** The envelope of a message that was really sent: under another id its sealed part no longer opens; otherwise it does. */
function sentBefore(
  record: RawRecord,
  plan: RecordPlan,
  fault: Extract<MessageFault, { in: 'what was sent' }>,
): Envelope {
  const text = (name: string) => String([record.headers[name]].flat()[0] ?? '');
  const data = JSON.parse(String(record.value)) as { [name: string]: Json };
  const { caseId } = plan;
  const moved = { ...data, caseId };
  const headers: Headers = {
    ...Object.fromEntries(
      Object.entries(record.headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
    ce_subject: caseId,
    ...(fault.which === 'another id' && { ce_id: `${caseId}:fuzz:plan:1` }),
  };
  const time = TIMES[fault.nth % TIMES.length]!;
  return {
    topic: record.topic,
    type: text('ce_type') as EventType,
    caseId,
    key: caseId,
    headers,
    data:
      fault.which === 'odd times'
        ? oddTimes(moved, time)
        : fault.which === 'spoilt'
          ? fault.spoilt.reduce<Json>(spoiled, moved)
          : moved,
  };
}

export function recordOf(plan: RecordPlan, sent: readonly RawRecord[]): BadRecord {
  const { fault } = plan;
  const envelope = fault.in === 'what was sent' ? sentBefore(sent[fault.nth]!, plan, fault) : envelopeOf(plan);
  const headers = {
    ...(fault.in === 'headers' ? HEADER_FAULTS[fault.which].change(envelope.headers) : envelope.headers),
    ...strangeHeaders(plan.strange),
  };
  return {
    plan,
    topic: envelope.topic,
    partition: plan.partition,
    key: keyOf(fault, envelope.key),
    value: valueOf(fault, envelope.data),
    headers,
  };
}

function keyOf(fault: MessageFault, key: string): Buffer | null {
  if (fault.in !== 'key') return Buffer.from(key);
  const keys: Record<KeyFault, Buffer | null> = {
    'of another case': Buffer.from(OTHER_CASE),
    none: null,
    empty: Buffer.alloc(0),
    bytes: BYTES,
    personal: Buffer.from(MARKS[1]),
  };
  return keys[fault.which];
}

function valueOf(fault: MessageFault, data: Json): Buffer | null {
  const padded = (bytes: number) =>
    Buffer.from(JSON.stringify({ ...(data as object), padding: MARKS[0].repeat(bytes / MARKS[0].length) }));
  switch (fault.in) {
    case 'text':
      return badText(data, fault.which);
    case 'payload':
      return Buffer.from(JSON.stringify(fault.spoilt.reduce(spoiled, data)));
    case 'value':
      switch (fault.which) {
        case 'tombstone':
          return null;
        case 'just too long':
          return padded(MAX_PAYLOAD_BYTES + 1);
        case 'long':
          return padded(300_000);
        case 'just under the limit':
          return padded(1_000_000);
        case 'list':
          return Buffer.from(JSON.stringify([data]));
        case 'number':
          return Buffer.from('42');
        case 'null':
          return Buffer.from('null');
        case 'text':
          return Buffer.from(JSON.stringify(MARKS[1]));
      }
    // eslint-disable-next-line no-fallthrough -- every fault of a value has returned
    default:
      return Buffer.from(JSON.stringify(data));
  }
}
