import fc from 'fast-check';
import { MARKS } from './schema-values.js';

// What may be wrong with a JSON document: with one value in it, or with its text as a whole.

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** A value that stands where another ought to. */
const WRONG: readonly Json[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  Number.MAX_SAFE_INTEGER + 2,
  '',
  ' ',
  MARKS[0],
  `${MARKS[1]}\u0000`,
  '\u0000',
  '\ud83d',
  '\udc00\ud83d',
  '\u202e\ufeff\u200b',
  '\u001b[31m',
  "'; DROP TABLE cases; --",
  '../../etc/passwd',
  '${jndi:ldap://localhost/a}',
  'constructor',
  '__proto__',
  'a'.repeat(501),
  '漢'.repeat(10_001),
  '2026-02-30',
  '9999-99-99T99:99:99Z',
  [],
  [[]],
  {},
  { $gt: '' },
  { $where: 'sleep(1000)' },
  { length: 1e9 },
  { toString: 1, valueOf: 2 },
];

/** As many levels of objects, lists, or both. */
export function nested(levels: number, within: 'list' | 'object'): Json {
  let value: Json = MARKS[0];
  for (let level = 0; level < levels; level += 1) value = within === 'list' ? [value] : { a: value };
  return value;
}

const isObject = (value: Json): value is { [name: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every place in a document, as the steps that lead there; the document itself is the first. */
function placesOf(value: Json, at: (string | number)[] = []): (string | number)[][] {
  const inner = Array.isArray(value)
    ? value.flatMap((item, index) => placesOf(item, [...at, index]))
    : isObject(value)
      ? Object.entries(value).flatMap(([name, item]) => placesOf(item, [...at, name]))
      : [];
  return [at, ...inner];
}

/** A copy of the document in which what stands at the place has become what `change` makes of it; undefined removes it. */
function changed(
  value: Json,
  [step, ...rest]: (string | number)[],
  change: (old: Json) => Json | undefined,
): Json | undefined {
  if (step === undefined) return change(value);
  if (Array.isArray(value)) {
    const item = changed(value[step as number] ?? null, rest, change);
    return value.flatMap((old, index) => (index !== step ? [old] : item === undefined ? [] : [item]));
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value).flatMap(([name, old]): [string, Json][] => {
    if (name !== step) return [[name, old]];
    const item = changed(old, rest, change);
    return item === undefined ? [] : [[name, item]];
  });
  return Object.fromEntries(entries);
}

/** One thing that is wrong with a value somewhere in a document. `at` is taken modulo the number of places. */
export type Spoiling =
  | { fault: 'replaced'; at: number; by: Json }
  | { fault: 'removed'; at: number }
  | { fault: 'extra'; at: number; name: string; value: Json }
  | { fault: 'wrapped'; at: number; in: 'list' | 'object' }
  | { fault: 'repeated'; at: number; times: number }
  | { fault: 'deep'; at: number; levels: number; within: 'list' | 'object' };

const at = fc.nat({ max: 200 });
const within = fc.constantFrom('list' as const, 'object' as const);
const EXTRA_NAMES = [
  'extra',
  '',
  '$set',
  'a.b',
  '__v',
  '_id',
  'toString',
  'constructor',
  'x'.repeat(300),
  MARKS[0],
  MARKS[1],
];

export const spoilings: fc.Arbitrary<Spoiling> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ fault: fc.constant('replaced' as const), at, by: fc.constantFrom(...WRONG) }) },
  { weight: 3, arbitrary: fc.record({ fault: fc.constant('removed' as const), at }) },
  {
    weight: 3,
    arbitrary: fc.record({
      fault: fc.constant('extra' as const),
      at,
      name: fc.constantFrom(...EXTRA_NAMES),
      value: fc.constantFrom(...WRONG),
    }),
  },
  { weight: 1, arbitrary: fc.record({ fault: fc.constant('wrapped' as const), at, in: within }) },
  {
    weight: 1,
    arbitrary: fc.record({ fault: fc.constant('repeated' as const), at, times: fc.constantFrom(2, 30, 300) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      fault: fc.constant('deep' as const),
      at,
      levels: fc.constantFrom(14, 17, 200, 1500),
      within,
    }),
  },
);

/** The document with this wrong in it; the same document where the place does not lend itself to it. */
export function spoiled(value: Json, spoiling: Spoiling): Json {
  const places = placesOf(value);
  const fits = (path: (string | number)[]) => {
    const found = path.reduce<Json>((inner, step) => (inner as Record<string | number, Json>)[step] ?? null, value);
    if (spoiling.fault === 'extra') return isObject(found);
    if (spoiling.fault === 'repeated') return Array.isArray(found) && found.length > 0;
    return path.length > 0;
  };
  const fitting = places.filter(fits);
  const place = fitting[spoiling.at % Math.max(1, fitting.length)];
  if (!place) return value;
  const result = changed(value, place, (old) => {
    switch (spoiling.fault) {
      case 'replaced':
        return spoiling.by;
      case 'removed':
        return undefined;
      case 'extra':
        return Object.fromEntries([...Object.entries(old as object), [spoiling.name, spoiling.value]]);
      case 'wrapped':
        return spoiling.in === 'list' ? [old] : { a: old };
      case 'repeated':
        return Array.from({ length: spoiling.times }, () => old as Json[]).flat();
      case 'deep':
        return nested(spoiling.levels, spoiling.within);
    }
  });
  return result ?? null;
}

/** What may be wrong with a document's text. Each makes it no JSON, no UTF-8, or something that readers differ over. */
export const TEXT_FAULTS = [
  'cut-in-half',
  'no-end',
  'trailing-comma',
  'two-documents',
  'single-quotes',
  'not-utf-8',
  'utf-16',
  'byte-order-mark',
  'lone-zero-byte',
  '__proto__',
  'duplicate-key',
  'huge-number',
  'nan',
  'comment',
  'empty',
  'white-space',
  'deep',
] as const;
export type TextFault = (typeof TEXT_FAULTS)[number];

/** The document's bytes with that fault. */
export function badText(value: Json, fault: TextFault): Buffer {
  const text = JSON.stringify(value);
  const inside = (member: string) => (isObject(value) && text !== '{}' ? `{${member},${text.slice(1)}` : `{${member}}`);
  const bytes = (content: string) => Buffer.from(content, 'utf8');
  switch (fault) {
    case 'cut-in-half':
      return bytes(text.slice(0, Math.max(1, text.length >> 1)));
    case 'no-end':
      return bytes(text.slice(0, -1));
    case 'trailing-comma':
      return bytes(`${text.slice(0, -1)},${text.slice(-1)}`);
    case 'two-documents':
      return bytes(`${text}${text}`);
    case 'single-quotes':
      return bytes(`${text}`.replaceAll('"', "'"));
    case 'not-utf-8':
      return Buffer.concat([bytes(text.slice(0, -1)), Buffer.from([0xff, 0xfe, 0xc3, 0x28]), bytes(text.slice(-1))]);
    case 'utf-16':
      return Buffer.from(text, 'utf16le');
    case 'byte-order-mark':
      return bytes(`\ufeff${text}`);
    case 'lone-zero-byte':
      return Buffer.from([0]);
    case '__proto__':
      return bytes(inside('"__proto__":{"polluted":true}'));
    case 'duplicate-key':
      return bytes(inside(`"kinds":["erasure"],"caseId":"x","reason":"first"`));
    case 'huge-number':
      return bytes(inside('"amount":1e999999,"days":-0,"limit":123456789012345678901234567890'));
    case 'nan':
      return bytes(inside('"amount":NaN'));
    case 'comment':
      return bytes(`/* ${MARKS[0]} */${text}`);
    case 'empty':
      return Buffer.alloc(0);
    case 'white-space':
      return bytes(' \r\n\t ');
    case 'deep':
      // Small enough for a message, so that it is read.
      return bytes('['.repeat(30_000) + ']'.repeat(30_000));
  }
}
