import { age, count, durationOf, instant, span } from './words.js';

it.each([
  [-5, '0 s'],
  [1499, '1 s'],
  [119_000, '119 s'],
  [120_000, '2 min'],
  [7_500_000, '2 h 05 min'],
  [200_000_000, '2 d 7 h'],
])('%d ms are %s', (ms, words) => expect(span(ms)).toBe(words));

it.each([
  ['90s', 90_000],
  ['2h', 7_200_000],
  ['1', undefined],
  ['-1s', undefined],
  ['1w', undefined],
])('%s is a duration of %s ms', (text, ms) => expect(durationOf(text)).toBe(ms));

it('times are told in UTC and ages against the clock of whoever counted', () => {
  expect(instant('2026-11-26T11:43:23.123Z')).toBe('2026-11-26 11:43:23');
  expect(age('2026-11-26T11:43:23.000Z', '2026-11-26T11:44:23.000Z')).toBe(60_000);
});

it('one is not several', () => {
  expect([count(1, 'message'), count(0, 'message'), count(1234, 'message')]).toEqual([
    '1 message',
    '0 messages',
    '1,234 messages',
  ]);
});
