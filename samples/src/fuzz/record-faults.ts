import { INHERITED_NAMES, MARKS } from './schema-values.js';
import type { TextFault } from './spoiling.js';

// What may be wrong with a message beside its payload, each with the reason for which it must be parked.

export type StrangeHeaders = (typeof STRANGE)[number];
export const STRANGE = ['odd names', 'zero byte in a name', 'bytes', 'many', 'huge', 'odd trace'] as const;
export type HeaderFault = keyof typeof HEADER_FAULTS;
export type KeyFault = (typeof KEY_FAULTS)[number];
export const KEY_FAULTS = ['of another case', 'none', 'empty', 'bytes', 'personal'] as const;
export type ValueFault = (typeof VALUE_FAULTS)[number];
export const VALUE_FAULTS = [
  'tombstone',
  'just too long',
  'long',
  'just under the limit',
  'list',
  'number',
  'null',
  'text',
] as const;

export type Headers = Record<string, Buffer | string | (Buffer | string)[]>;
const without = (name: string) => (headers: Headers) =>
  Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));
const having = (name: string, value: Headers[string]) => (headers: Headers) => ({ ...headers, [name]: value });
export const BYTES = Buffer.from([0x00, 0xff, 0xfe, 0x80, 0xc3, 0x28]);
export const OTHER_CASE = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

/** `type`: nobody can tell what it is, so whoever reads the topic parks it. `message`: whoever takes the type does. */
export const HEADER_FAULTS = {
  'none at all': { stage: 'type', code: 'missing-header', change: () => ({}) },
  'no specversion': { stage: 'type', code: 'missing-header', change: without('ce_specversion') },
  'another specversion': { stage: 'type', code: 'unsupported-specversion', change: having('ce_specversion', '0.3') },
  'no type': { stage: 'type', code: 'missing-header', change: without('ce_type') },
  'an unknown type': { stage: 'type', code: 'unknown-type', change: having('ce_type', 'dsr.nothing.happened.v1') },
  'an inherited type': { stage: 'type', code: 'unknown-type', change: having('ce_type', 'constructor') },
  'an empty type': { stage: 'type', code: 'unknown-type', change: having('ce_type', '') },
  'a type of bytes': { stage: 'type', code: 'unknown-type', change: having('ce_type', BYTES) },
  'a personal type': { stage: 'type', code: 'unknown-type', change: having('ce_type', MARKS[1]) },
  'a later version': {
    stage: 'type',
    code: 'unknown-version',
    change: (headers: Headers) => having('ce_type', String(headers['ce_type']).replace(/v1$/, 'v9'))(headers),
  },
  'a type of another topic': {
    stage: 'type',
    code: 'wrong-topic',
    change: (headers: Headers) =>
      having(
        'ce_type',
        String(headers['ce_type']).startsWith('dsr.receipt.') ? 'dsr.plan.executed.v1' : 'dsr.receipt.recorded.v1',
      )(headers),
  },
  'no id': { stage: 'message', code: 'missing-header', change: without('ce_id') },
  'an empty id': { stage: 'message', code: 'missing-header', change: having('ce_id', '') },
  'a personal id': { stage: 'message', code: 'malformed-header', change: having('ce_id', MARKS[1]) },
  'an id too long': { stage: 'message', code: 'malformed-header', change: having('ce_id', 'x'.repeat(301)) },
  'no source': { stage: 'message', code: 'missing-header', change: without('ce_source') },
  'no subject': { stage: 'message', code: 'missing-header', change: without('ce_subject') },
  'a personal subject': { stage: 'message', code: 'malformed-header', change: having('ce_subject', MARKS[0]) },
  'a subject that is not the payload’s': {
    stage: 'message',
    code: 'wrong-subject',
    change: having('ce_subject', OTHER_CASE),
  },
  'the wrong subject first': {
    stage: 'message',
    code: 'wrong-subject',
    change: (headers: Headers) => having('ce_subject', [OTHER_CASE, String(headers['ce_subject'])])(headers),
  },
  'no time': { stage: 'message', code: 'missing-header', change: without('ce_time') },
  'no such time': {
    stage: 'message',
    code: 'malformed-header',
    change: having('ce_time', `the day after ${MARKS[0]}`),
  },
  'another content type': {
    stage: 'message',
    code: 'unsupported-content-type',
    change: having('content-type', 'text/xml'),
  },
} as const satisfies Record<string, { stage: 'type' | 'message'; code: string; change: (headers: Headers) => Headers }>;

/** These leave JSON that means the same: an unknown field more, or a repeated one. */
export const HARMLESS_TEXT: ReadonlySet<TextFault> = new Set([
  '__proto__',
  'duplicate-key',
  'huge-number',
  'byte-order-mark',
]);

export const strangeHeaders = (strange: StrangeHeaders | null): Headers => {
  switch (strange) {
    case null:
      return {};
    case 'odd names':
      return Object.fromEntries(
        [...INHERITED_NAMES, '', '$set', 'a.b', MARKS[1], 'x'.repeat(5000)].map((name) => [name, 'x']),
      );
    case 'zero byte in a name':
      return { 'a\u0000b': 'x' };
    case 'bytes':
      return { bytes: BYTES, nothing: Buffer.alloc(0), list: [BYTES, BYTES, 'x'] };
    case 'many':
      return Object.fromEntries(Array.from({ length: 10_000 }, (_none, index) => [`h${index}`, MARKS[0]]));
    case 'huge':
      return { huge: MARKS[0].repeat(20_000) };
    case 'odd trace':
      return { traceparent: `00-${MARKS[0]}-x`, tracestate: BYTES, baggage: MARKS[1] };
  }
};
