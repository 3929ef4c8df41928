/** `EX_CONFIG` of sysexits(3): a service whose configuration cannot be used does not get better by trying again. */
export const CONFIGURATION_UNUSABLE = 78;

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
/** A service that ran this long before it ended starts with a short delay again. */
const STEADY_AFTER_MS = 60_000;

export type Restart = { again: true; afterMs: number; attempt: number } | { again: false };

/**
 * What to do with a service that ended without being asked to.
 * @param attempts restarts since it last ran steadily
 * @param ranForMs how long it ran this time
 */
export function decideRestart(ending: string, attempts: number, ranForMs: number): Restart {
  if (ending.endsWith(`exit code ${CONFIGURATION_UNUSABLE}`)) return { again: false };
  const attempt = ranForMs >= STEADY_AFTER_MS ? 1 : attempts + 1;
  return { again: true, attempt, afterMs: Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), LONGEST_DELAY_MS) };
}
