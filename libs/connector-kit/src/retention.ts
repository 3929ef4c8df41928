import type { DataMap, MappedCollection, RetentionRule } from './data-map.js';
import { datesAt, holds, type Circumstances } from './documents/conditions.js';

/** A law that keeps a row on a given day. */
export interface HoldOnRow {
  readonly rule: string;
  readonly law: { ja: string; en: string };
  readonly article: string;
  /** ISO date, the last day on which the row is kept; null: no end is known. */
  readonly until: string | null;
  /** Personal paths that the law asks to keep; null: the whole row (legal hold). */
  readonly keeps: readonly string[] | null;
}

const TOKYO_OFFSET_MS = 9 * 60 * 60 * 1000;

/** The calendar day in Japan, `YYYY-MM-DD`: legal periods are counted in days of the place where the law applies. */
export const dayInJapan = (time: Date): string => new Date(time.getTime() + TOKYO_OFFSET_MS).toISOString().slice(0, 10);

/** The moment at which a day in Japan begins. */
export const startOfDayInJapan = (day: string): Date => new Date(Date.parse(`${day}T00:00:00.000Z`) - TOKYO_OFFSET_MS);

export const dayAfter = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00.000Z`) + 86_400_000).toISOString().slice(0, 10);

const pad = (number: number) => String(number).padStart(2, '0');
const lastDayOf = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** Same month and day `years` later; the month's last day where there is no such day (Civil Code art. 143(2)). */
function yearsLater(day: string, years: number): string {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  return `${year + years}-${pad(month)}-${pad(Math.min(date, lastDayOf(year + years, month)))}`;
}

/**
 * Last day of a retention period.
 * - `date`: the day of the event is not counted (Civil Code art. 140), so the period ends with the corresponding day.
 * - `fiscal-year-filing`: counted from the day on which two months have passed since the day after the end of the business year
 *   (法人税法施行規則 59条2項): a year that ends on 31 December counts from 1 March, and seven years end with the last day of February.
 */
export function lastDayOfRetention(
  rule: Pick<RetentionRule, 'years' | 'counted'>,
  from: Date,
  fiscalYearEndsIn = 12,
): string {
  const day = dayInJapan(from);
  if (rule.counted === 'date') return yearsLater(day, rule.years);
  const [year, month] = day.split('-').map(Number) as [number, number];
  const closingYear = month > fiscalYearEndsIn ? year + 1 : year;
  // The second month after the closing month; Date carries December over into the next year.
  const end = new Date(Date.UTC(closingYear + rule.years, fiscalYearEndsIn + 1, 1));
  return `${end.getUTCFullYear()}-${pad(end.getUTCMonth() + 1)}-${pad(lastDayOf(end.getUTCFullYear(), end.getUTCMonth() + 1))}`;
}

/**
 * Which laws keep a row today. A rule whose date is missing in the row keeps it without a known end: nothing is erased because a
 * field was left empty.
 */
export function holdsOn(
  collection: MappedCollection,
  about: Circumstances,
  map: Pick<DataMap, 'fiscalYearEndsIn'>,
): HoldOnRow[] {
  const today = dayInJapan(about.now);
  const kept: HoldOnRow[] = [];
  for (const rule of collection.retention ?? []) {
    if (!holds(rule.when, about)) continue;
    const ends = datesAt(rule.from, about).map((from) => lastDayOfRetention(rule, from, map.fiscalYearEndsIn));
    const until = ends.length === 0 ? null : ends.reduce((a, b) => (a > b ? a : b));
    if (until !== null && until < today) continue;
    kept.push({ rule: rule.rule, law: rule.law, article: rule.article, until, keeps: rule.keeps });
  }
  const legal = collection.legalHold;
  if (legal && holds(legal.when, about)) {
    kept.push({ rule: 'legal-hold', law: legal.law, article: legal.article, until: null, keeps: null });
  }
  return kept;
}

/** The last day of the longest of several holds; null where one has no known end. */
export const longest = (kept: readonly HoldOnRow[]): string | null =>
  kept.some(({ until }) => until === null) ? null : kept.map(({ until }) => until!).reduce((a, b) => (a > b ? a : b));
