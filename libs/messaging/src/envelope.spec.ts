import { Buffer } from 'node:buffer';
import { concernsOthersOnly, decode, encodeHeaders, traceOf, type KafkaRecord } from './envelope.js';
import { Unprocessable } from './errors.js';
import type { AnyOutgoing } from './message.js';
import { toEntry } from './outbox.js';

const CASE = '01JZZZZZZZZZZZZZZZZZZZZZZZ';
const outgoing: AnyOutgoing = {
  id: `${CASE}:auto:cancelled:1`,
  type: 'dsr.plan.cancelled.v1',
  caseId: CASE,
  systems: ['auto', 'flower'],
  data: { caseId: CASE, system: 'auto', round: 1, reason: 'closed', cancelledAt: '2026-01-05T00:00:00.000Z' },
};
const trace = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', tracestate: 'a=1' };

function record(overrides: Partial<KafkaRecord> = {}, headers: Record<string, string> = {}): KafkaRecord {
  const entry = toEntry(outgoing, 'n', new Date('2026-01-05T01:02:03.004Z'), {});
  const encoded = { ...encodeHeaders(entry, '/kenri/cases', trace), ...headers };
  return {
    topic: entry.topic,
    partition: 3,
    offset: '42',
    timestamp: '1767225600000',
    key: Buffer.from(entry.key),
    value: Buffer.from(entry.value!),
    // As kafkajs delivers them.
    headers: Object.fromEntries(Object.entries(encoded).map(([name, value]) => [name, Buffer.from(value)])),
    ...overrides,
  };
}

it('what is encoded is decoded again, with the attributes of CloudEvents 1.0 as ce_ headers', () => {
  expect(decode(record())).toEqual({
    id: outgoing.id,
    type: outgoing.type,
    caseId: CASE,
    time: new Date('2026-01-05T01:02:03.004Z'),
    source: '/kenri/cases',
    systems: ['auto', 'flower'],
    data: outgoing.data,
    topic: 'dsr.plans.v1',
    partition: 3,
    offset: '42',
    key: CASE,
  });
  expect(traceOf(record().headers)).toEqual(trace);
});

it('unknown fields of a payload are ignored', () => {
  const value = Buffer.from(JSON.stringify({ ...outgoing.data, addedLater: true }));
  expect(decode(record({ value })).data).toMatchObject({ system: 'auto' });
});

it.each([
  ['ce_systems names this system', 'auto,flower', false],
  ['ce_systems names others', 'flower,medical', true],
  ['ce_systems names none', '', true],
  ['a name only begins alike', 'auto-parts', true],
])('skipping: %s', (_what, systems, skipped) => {
  expect(concernsOthersOnly({ ce_systems: Buffer.from(systems) }, 'auto')).toBe(skipped);
});

it('without ce_systems a message concerns everyone, and who is no system skips nothing', () => {
  expect(concernsOthersOnly({}, 'auto')).toBe(false);
  expect(concernsOthersOnly({ ce_systems: Buffer.from('flower') }, undefined)).toBe(false);
});

it.each(['ce_id', 'ce_subject', 'ce_time', 'ce_systems'])('a malformed %s is named, its content is not', (name) => {
  const malformed = () => decode(record({}, { [name]: '山田 太郎' }));
  expect(malformed).toThrow(Unprocessable);
  expect(malformed).toThrow(name);
  expect(malformed).not.toThrow('山田');
});

it('of a repeated header the first counts', () => {
  const repeated = record();
  repeated.headers.ce_source = [Buffer.from('/kenri/cases'), Buffer.from('/kenri/other')];
  expect(decode(repeated).source).toBe('/kenri/cases');
});

it('a key or payload of another case cannot be written', () => {
  const now = new Date();
  expect(() => toEntry({ ...outgoing, key: 'another' }, 'n', now, {})).toThrow(/key/);
  expect(() => toEntry({ ...outgoing, caseId: CASE.replace('Z', 'Y') }, 'n', now, {})).toThrow(/another case/);
});
