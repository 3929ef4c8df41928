import type { CaseChanged } from '@kenri/contracts';

/** How one system's part ended, for the answer to the applicant. */
export type Ending = 'carried-out' | 'partly-carried-out' | 'refused' | 'nothing-found' | 'cancelled';
export type Outcome = NonNullable<CaseChanged['outcome']>;

/**
 * The outcome of a case from how all of its systems ended; call it only when every one has. Systems that hold nothing do not weigh
 * against those that acted: something carried out and nothing refused or left is `carried-out`.
 */
export function outcomeOf(endings: readonly Ending[]): Outcome {
  const weighed = endings.filter((ending) => ending !== 'nothing-found');
  if (endings.length === 0) return 'answered';
  if (weighed.length === 0) return 'nothing-found';
  if (weighed.every((ending) => ending === 'carried-out')) return 'carried-out';
  if (weighed.every((ending) => ending === 'refused')) return 'refused';
  if (weighed.every((ending) => ending === 'cancelled')) return 'withdrawn';
  if (weighed.every((ending) => ending === 'cancelled' || ending === 'refused')) return 'refused';
  return 'partly-carried-out';
}
