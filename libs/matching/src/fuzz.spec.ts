import fc from 'fast-check';
import {
  blockingValues,
  compare,
  normaliseAddress,
  normaliseBirthDate,
  normaliseEmail,
  normaliseKana,
  normaliseName,
  normaliseOrganisation,
  normalisePhone,
  normalisePostalCode,
  normaliseRomaji,
  normaliseText,
  prepare,
  tokenValues,
} from './index.js';
import { type Applicant, type Person } from './person.js';

// The same runs every time; another seed searches elsewhere.
fc.configureGlobal({ seed: Number(process.env['FUZZ_SEED'] ?? 20_240) });

const snippets = fc.constantFrom(
  '山田',
  '太郎',
  'ﾔﾏﾀﾞ',
  'やまだ',
  'YAMADA',
  '齋',
  '﨑',
  '𠮷',
  '（',
  '）',
  '株式会社',
  '様',
  '旧姓',
  '昭和',
  '元年',
  '5月',
  '-',
  'ー',
  '〒',
  '丁目',
  '内線',
  '@',
  '.jp',
  '０９０',
  '1234',
  '\u0000',
  '\u202e',
  '\ud83d',
  '\udc00',
  '\u200d',
  '\u{e0100}',
  '\u3099',
  '$gt',
  '{"',
  '々',
  'ヶ',
  '\n',
  '　',
  '㍻',
  '㈱',
  '%',
  '\\',
  "'",
  ';--',
);
const text = fc.oneof(
  { weight: 3, arbitrary: fc.array(snippets, { maxLength: 12 }).map((parts) => parts.join('')) },
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom(
    '',
    '不明',
    '山'.repeat(100_000),
    '-'.repeat(999),
    '(('.repeat(400),
    'a@'.repeat(400),
    '1-'.repeat(450),
    'ア'.repeat(999),
    '山 '.repeat(450),
  ),
);
const anything = fc.oneof({ weight: 8, arbitrary: text }, fc.anything());
const person = fc.record(
  {
    fullName: anything,
    familyName: anything,
    givenName: anything,
    fullKana: anything,
    familyKana: anything,
    givenKana: anything,
    romaji: anything,
    birthDate: anything,
    emails: fc.oneof(fc.array(anything, { maxLength: 3 }), anything),
    phones: fc.oneof(fc.array(anything, { maxLength: 3 }), anything),
    postalCode: anything,
    address: anything,
    organisation: anything,
    contact: anything,
    customerNumber: anything,
    formerNames: fc.oneof(fc.array(fc.record({ fullName: anything }), { maxLength: 2 }), anything),
    earlierAddresses: anything,
    customerNumbers: anything,
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Applicant>;

describe('arbitrary input', () => {
  it('gives a verdict for any two persons whatever, the same from both sides', () => {
    fc.assert(
      fc.property(person, person, (a, b) => {
        const [x, y] = [prepare(a), prepare(b)];
        const [there, back] = [compare(x, y), compare(y, x)];
        expect(['certain', 'candidate', 'different']).toContain(there.verdict);
        expect(Number.isFinite(there.score)).toBe(true);
        expect([back.verdict, back.score]).toEqual([there.verdict, there.score]);
        const listed = [...there.agrees, ...there.disagrees, ...there.missing, ...there.notComparable];
        expect(new Set(listed).size).toBe(listed.length);
        for (const field of there.unreadable) expect(there.missing).toContain(field);
        blockingValues(x, 'query');
        tokenValues(a);
      }),
      { numRuns: 3000 },
    );
  });

  it('a person is never plainly another than themselves when a full name, mailbox or telephone can be read', () => {
    fc.assert(
      fc.property(person, (a) => {
        const prepared = prepare(a);
        const named = prepared.names.some(
          ({ kanji, kana, latin }) => (kanji?.full ?? kana?.full ?? latin?.full) === true,
        );
        if (!named && prepared.emails.length + prepared.phones.length === 0) return;
        expect(compare(prepared, prepare(structuredClone(a))).verdict).not.toBe('different');
      }),
      { numRuns: 2000 },
    );
  });

  it.each<[string, (raw: string) => string | null]>([
    ['text', normaliseText],
    ['kana', normaliseKana],
    ['name', normaliseName],
    ['romaji', normaliseRomaji],
    ['birth date', normaliseBirthDate],
    ['e-mail', normaliseEmail],
    ['address', normaliseAddress],
    ['postal code', normalisePostalCode],
    ['organisation', normaliseOrganisation],
    ['telephone', (raw) => normalisePhone(raw)[0] ?? null],
  ])('normalising twice is normalising once: %s', (_what, normalise) => {
    fc.assert(
      fc.property(text, (raw) => {
        const once = normalise(raw);
        if (once !== null) expect(normalise(once)).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });

  it('a hundred thousand hostile characters in every field take no time', () => {
    for (const character of ['-', '(', 'ア', '山', '1', '@', ' ', 'a', '・', '１', '\u3099', '旧']) {
      for (const length of [990, 100_000]) {
        const raw = character.repeat(length);
        const hostile: Person = {
          fullName: raw,
          fullKana: raw,
          romaji: raw,
          birthDate: raw,
          emails: [raw],
          phones: [raw],
          address: raw,
          organisation: raw,
          contact: raw,
          customerNumber: raw,
          postalCode: raw,
        };
        const started = process.cpuUsage();
        compare(prepare(hostile), prepare(hostile));
        expect(process.cpuUsage(started).user / 1000).toBeLessThan(250);
      }
    }
  });
});
