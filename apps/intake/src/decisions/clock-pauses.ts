import type { Application, Pause } from './application.js';
import { missingOf } from './completeness.js';

/**
 * Stops the statutory clock while anything is missing, with the reason, and starts it when the last of it arrives.
 * Called after every change to a received application.
 */
export function settle(application: Application, arrivedAt: Date): Application {
  const missing = missingOf(application);
  const open = application.pauses.find((pause) => !pause.until);
  if (missing.length === 0) {
    const pauses = application.pauses.map((pause) => (pause.until ? pause : { ...pause, until: arrivedAt }));
    return { ...application, pauses, completeAt: application.completeAt ?? arrivedAt };
  }
  const reason: Pause['reason'] = missing.every(({ code }) => code === 'fee') ? 'awaiting-fee' : 'awaiting-documents';
  const { completeAt: _incompleteAgain, ...rest } = application;
  if (open?.reason === reason) return rest;
  const closed = application.pauses.map((pause) => (pause.until ? pause : { ...pause, until: arrivedAt }));
  return { ...rest, pauses: [...closed, { reason, from: arrivedAt }] };
}
