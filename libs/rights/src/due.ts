import { KIND_NAMES, type Kind } from '@kenri/contracts';

export type DueDays = Readonly<Record<Kind, number>>;

/**
 * 14 days for every kind: APPI 39 lets a person sue two weeks after the request, so "without delay" (33(2), 34(2), 35) is
 * read as that. Configuration may shorten or lengthen it per kind.
 */
export const DEFAULT_DUE_DAYS: DueDays = Object.fromEntries(KIND_NAMES.map((kind) => [kind, 14])) as Record<
  Kind,
  number
>;

/** A time during which the clock stands. ISO times; `until` null: still standing. */
export interface Pause {
  readonly from: string;
  readonly until: string | null;
}

const DAY = 24 * 60 * 60 * 1000;

/** Milliseconds during which the clock stood, up to `now`. Pauses must not overlap. */
export const pausedFor = (pauses: readonly Pause[], now: Date): number =>
  pauses.reduce((sum, { from, until }) => {
    const end = until === null ? now.getTime() : Date.parse(until);
    return sum + Math.max(0, end - Date.parse(from));
  }, 0);

/**
 * When an answer is due: the shortest period of the kinds asked, counted from the arrival of the complete application, later by what
 * was paused and by an extension given with notice (days). While a pause runs, the date still moves with `now`.
 */
export function dueAt(
  request: { kinds: readonly Kind[]; receivedAt: string; pauses?: readonly Pause[]; extendedByDays?: number },
  now: Date,
  days: DueDays = DEFAULT_DUE_DAYS,
): Date {
  const period = Math.min(...request.kinds.map((kind) => days[kind]));
  const start = Date.parse(request.receivedAt);
  return new Date(start + (period + (request.extendedByDays ?? 0)) * DAY + pausedFor(request.pauses ?? [], now));
}

/** Shares of the period at which the office is warned, in percent. */
export const WARNINGS = [50, 80, 100] as const;
export type Warning = (typeof WARNINGS)[number];

/** When each warning falls due. A pause moves every warning that has not been given by its whole length. */
export function warningTimes(receivedAt: string, due: Date, pausedMs = 0): { percent: Warning; at: Date }[] {
  const start = Date.parse(receivedAt) + pausedMs;
  return WARNINGS.map((percent) => ({ percent, at: new Date(start + ((due.getTime() - start) * percent) / 100) }));
}
