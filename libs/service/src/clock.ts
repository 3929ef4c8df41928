/** The one source of "now" for rules, stores and timers, so that tests can move it. */
export interface Clock {
  now(): Date;
}
export const CLOCK = Symbol('kenri clock');
export const systemClock: Clock = { now: () => new Date() };
