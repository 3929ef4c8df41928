import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from './error-code.js';

/**
 * Asks again and again until there is an answer. Throws, saying what was awaited and the last error met, when the time is
 * over; `giveUp` may end the wait early with a reason (the process died).
 * @param ask resolves to the answer, or to `undefined` (or throws) while there is none
 */
export async function awaitOutcome<T>(
  awaited: string,
  ask: () => Promise<T | undefined>,
  { withinMs, everyMs = 50, giveUp }: { withinMs: number; everyMs?: number; giveUp?: () => string | undefined },
): Promise<T> {
  const deadline = Date.now() + withinMs;
  let last = 'no answer';
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      last = messageOf(error);
    }
    const reason = giveUp?.();
    if (reason) throw new Error(`${awaited}: ${reason}`);
    if (Date.now() > deadline) throw new Error(`${awaited}: not within ${withinMs / 1000} s (${last})`);
    await delay(everyMs);
  }
}
