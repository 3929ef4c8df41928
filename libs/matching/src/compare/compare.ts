import { type Match } from '../person.js';
import { type Prepared } from '../prepare.js';
import { decide } from './decision.js';
import { type Comparison, gatherEvidence } from './evidence.js';
import { explain } from './explain.js';
import { WEIGHTS } from './weights.js';

/**
 * Decides whether a record is the applicant's, with an explanation and a ranking score. Symmetric; pure; never throws
 * for any {@link Prepared}.
 */
export function compare(applicant: Prepared, record: Prepared): Match {
  const comparison = gatherEvidence(applicant, record);
  const verdict = decide(comparison.evidence);
  return { verdict, score: weigh(comparison), ...explain(verdict, comparison, applicant, record) };
}

/** The outcome of each weighted field, as the keys of {@link WEIGHTS}. */
export function outcomes({ evidence, address }: Comparison): string[] {
  return [
    `name:${evidence.name}`,
    `birthDate:${evidence.birthDate}`,
    `email:${evidence.email}`,
    `phone:${evidence.phone}`,
    `customerNumber:${evidence.customerNumber}`,
    `address:${address}`,
  ];
}

/** Sum of the weights, log2, rounded to a hundredth. What is missing or cannot be compared weighs nothing. */
function weigh(comparison: Comparison): number {
  let score = 0;
  for (const outcome of outcomes(comparison)) score += WEIGHTS[outcome] ?? 0;
  return Math.round(score * 100) / 100;
}
