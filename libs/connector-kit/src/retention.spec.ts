import { dayInJapan, lastDayOfRetention } from './retention.js';

describe('the last day of a retention period', () => {
  it.each([
    ['the day of the event is not counted (Civil Code 140)', 'date', '2024-03-10T03:00:00Z', 3, 12, '2027-03-10'],
    [
      '29 February ends on the month’s last day (Civil Code 143(2))',
      'date',
      '2024-02-29T03:00:00Z',
      3,
      12,
      '2027-02-28',
    ],
    ['days are those of Japan', 'date', '2024-03-09T15:30:00Z', 3, 12, '2027-03-10'],
    [
      'from two months after the business year: December',
      'fiscal-year-filing',
      '2024-05-20T03:00:00Z',
      7,
      12,
      '2032-02-29',
    ],
    [
      'from two months after the business year: March',
      'fiscal-year-filing',
      '2024-05-20T03:00:00Z',
      7,
      3,
      '2032-05-31',
    ],
    ['the closing month belongs to its own year', 'fiscal-year-filing', '2024-03-31T03:00:00Z', 7, 3, '2031-05-31'],
  ] as const)('%s', (_rule, counted, from, years, fiscalYearEndsIn, expected) => {
    expect(lastDayOfRetention({ years, counted }, new Date(from), fiscalYearEndsIn)).toBe(expected);
  });

  it('begins a day at midnight in Japan', () => {
    expect(dayInJapan(new Date('2026-11-22T15:00:00Z'))).toBe('2026-11-23');
    expect(dayInJapan(new Date('2026-11-22T14:59:59Z'))).toBe('2026-11-22');
  });
});
