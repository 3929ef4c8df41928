/** Midnight (UTC) of the day of `moment`: sample data dates count back from a day, so that five fills on one day agree. */
export function dayOf(moment: Date): Date {
  return new Date(Math.floor(moment.getTime() / 86_400_000) * 86_400_000);
}

/** `day` moved by whole and fractional years (365 days each) and days. */
export function moved(day: Date, by: { years?: number; days?: number }): Date {
  return new Date(day.getTime() + Math.round((by.years ?? 0) * 365 + (by.days ?? 0)) * 86_400_000);
}
