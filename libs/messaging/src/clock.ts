/** Where "now" comes from: real time in production, a test's own time in tests. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
