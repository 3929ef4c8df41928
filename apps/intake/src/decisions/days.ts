/** Japan has had no daylight saving since 1951: a day of the forms is a day at +09:00. */
const OFFSET_MS = 9 * 60 * 60 * 1000;
export const DAY_MS = 24 * 60 * 60 * 1000;

/** The calendar day in Japan, `YYYY-MM-DD`. */
export const dayOf = (moment: Date): string => new Date(moment.getTime() + OFFSET_MS).toISOString().slice(0, 10);

/** The first moment of a day in Japan. */
export const startOf = (day: string): Date => new Date(`${day}T00:00:00+09:00`);

/** The same day of the month some months earlier, or the last of that month where it has no such day. */
export function monthsBefore(day: string, months: number): string {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  const lastOfMonth = new Date(Date.UTC(year, month - months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 - months, Math.min(date, lastOfMonth))).toISOString().slice(0, 10);
}
