/** A time span in milliseconds as people say it: `4 s`, `3 min`, `2 h 05 min`, `3 d 4 h`. */
export function span(ms: number): string {
  const seconds = Math.round(Math.max(0, ms) / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, '0')} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** `2026-11-26 11:43:23` UTC. */
export const instant = (iso: string): string => iso.replace('T', ' ').replace(/(\.\d+)?Z$/, '');

/** How long before `asOf` something was. */
export const age = (iso: string, asOf: string): number => Date.parse(asOf) - Date.parse(iso);

/** `1 message`, `3 messages`. */
export const count = (number: number, noun: string): string =>
  `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `10m`, `1h`, `30d` in milliseconds; undefined for anything else. */
export function durationOf(text: string): number | undefined {
  const [, number, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  return number && unit ? Number(number) * UNITS[unit]! : undefined;
}
