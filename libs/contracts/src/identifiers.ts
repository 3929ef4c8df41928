/** Steps of a unit of work; with case, system and round they name an answer slot and make `ce_id` deterministic. */
export type Step =
  | 'accepted'
  | 'withdrawn'
  | 'lookup'
  | 'located'
  | 'plan'
  | 'cancelled'
  | 'executed'
  | 'refused'
  | 'verified'
  | 'restoration'
  | 'restored'
  | 'failed'
  | 'opened'
  | 'changed'
  | 'disposed'
  | 'erased'
  | 'corrected'
  | 'suppression'
  | 'receipt';

/**
 * The deterministic CloudEvents id `<case>:<system>:<step>:<round>` (contracts.md, Envelope): publishing the same fact again
 * is seen as one. `part` tells apart what can happen several times in a round (a sweep, a deferred part, a token).
 */
export function eventId(caseId: string, system: string, step: Step, round: number, part?: string | number): string {
  return `${caseId}:${system}:${step}:${round}${part === undefined ? '' : `:${part}`}`;
}
