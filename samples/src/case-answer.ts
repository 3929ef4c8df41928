/** The parts of `GET /cases/:id` that the demo reads. */
export interface CaseAnswer {
  caseId: string;
  reference: string;
  state: string;
  outcome: string | null;
  kinds: string[];
  systems: Record<string, PartAnswer>;
  package: { state: string };
  suppression: { published: boolean } | null;
  question: unknown;
  events: { id: string; type: string; receipts: { subscriber: string; outcome: string }[] }[];
}

export interface PartAnswer {
  system: string;
  state: string;
  round: number;
  found: { matches: { certain: number; candidate: number }; records: { certain: number; candidate: number } } | null;
  blockers: { code: string }[];
  decisions: {
    etag: string;
    matches: { ref: string; decision: string }[];
    corrections: { claimId: string; record: string; path: string }[];
    exclusions: unknown[];
  };
  plan: { etag: string; plan: { planId: string; operations: string[] } | null };
  acted: {
    exported: { records: number; files: number };
    corrected: { records: number; fields: number };
    suppressed: { records: number; publishedOnly: string[] };
    erased: { deleted: number; personRemoved: number; fieldsRemoved: number; restricted: number };
  };
  deferredUntil: string | null;
}

const SETTLED = new Set([
  'executed',
  'deferred',
  'nothing-found',
  'nothing-to-do',
  'refused',
  'manual',
  'restored',
  'cancelled',
]);

export const isSettled = (part: PartAnswer): boolean => SETTLED.has(part.state);
/** Nothing moves any more without a change in the business: an end for a demo. */
export const isAtRest = (part: PartAnswer): boolean => isSettled(part) || part.state === 'blocked';
export const hasAnswered = (part: PartAnswer): boolean => part.state !== 'awaiting';
