import { KIND_NAMES, OPERATION_OF_KIND, type Kind, type Operation, type RecordsLocated } from '@kenri/contracts';
import { isIrreversible } from './kinds.js';

/** Kinds that may run without a person where nothing needs one: those without a determination and without an irreversible step. */
export const STRAIGHT_THROUGH_ELIGIBLE: readonly Kind[] = KIND_NAMES.filter((kind) => {
  const operation = OPERATION_OF_KIND[kind];
  return operation === 'export' || operation === 'suppress';
});

/** Why a person must look before a system's part is carried out. */
export type NeedsPerson =
  'kind-not-configured' | 'irreversible' | 'candidates' | 'determination' | 'blocker' | 'stale-index' | 'further-round';

/**
 * Whether a system's part may run without a person (issue 3, point 7): every kind configured, nothing irreversible, all matches certain,
 * no blocker of its operations, a fresh index, nothing to determine, and not a round that was asked because something had changed.
 */
export function straightThrough(part: {
  kinds: readonly Kind[];
  operations: readonly Operation[];
  configured: readonly Kind[];
  answer: Pick<RecordsLocated, 'matches' | 'blockers' | 'freshness' | 'dryRun'>;
  furtherRound: boolean;
}): { ok: true } | { ok: false; reasons: NeedsPerson[] } {
  const { answer, operations } = part;
  const reasons: NeedsPerson[] = [];
  if (!part.kinds.every((kind) => part.configured.includes(kind))) reasons.push('kind-not-configured');
  if (operations.some(isIrreversible)) reasons.push('irreversible');
  if (answer.matches.candidate > 0) reasons.push('candidates');
  if (operations.includes('correct')) reasons.push('determination');
  if (answer.blockers.some((blocker) => blocker.operations.some((operation) => operations.includes(operation)))) {
    reasons.push('blocker');
  }
  if (!answer.freshness.fresh) reasons.push('stale-index');
  if (part.furtherRound) reasons.push('further-round');
  return reasons.length === 0 ? { ok: true } : { ok: false, reasons };
}
