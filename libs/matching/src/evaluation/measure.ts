import { compare } from '../compare/compare.js';
import { type Match, type Verdict } from '../person.js';
import { prepare } from '../prepare.js';
import { type Pair } from './categories.js';

/** Counts of one category. */
export interface Measured {
  pairs: number;
  same: number;
  allowed: number;
  verdicts: Record<'same' | 'different', Record<Verdict, number>>;
  certainAmongAllowed: number;
  /** `certain` for two people, or for a pair R-12 does not allow. */
  wrongCertain: number;
  forbiddenCertain: number;
}

export function emptyMeasure(): Measured {
  const verdicts = () => ({ certain: 0, candidate: 0, different: 0 });
  return {
    pairs: 0,
    same: 0,
    allowed: 0,
    verdicts: { same: verdicts(), different: verdicts() },
    certainAmongAllowed: 0,
    wrongCertain: 0,
    forbiddenCertain: 0,
  };
}

/** Compares one pair and counts it; gives the match for callers that list misses. */
export function measurePair(measured: Measured, pair: Pair): Match {
  const match = compare(prepare(pair.applicant), prepare(pair.record));
  measured.pairs += 1;
  measured.verdicts[pair.same ? 'same' : 'different'][match.verdict] += 1;
  if (pair.same) measured.same += 1;
  if (pair.allowed) measured.allowed += 1;
  if (match.verdict === 'certain') {
    if (!pair.same) measured.wrongCertain += 1;
    else if (!pair.allowed) measured.forbiddenCertain += 1;
    else measured.certainAmongAllowed += 1;
  }
  return match;
}

export function add(into: Measured, from: Measured): void {
  for (const key of ['pairs', 'same', 'allowed', 'certainAmongAllowed', 'wrongCertain', 'forbiddenCertain'] as const)
    into[key] += from[key];
  for (const truth of ['same', 'different'] as const) {
    for (const verdict of ['certain', 'candidate', 'different'] as const)
      into.verdicts[truth][verdict] += from.verdicts[truth][verdict];
  }
}

export interface Figures {
  /** Shares in [0, 1]; null where the category has no such pair. */
  recall: number | null;
  certainOfAllowed: number | null;
  differentOfDifferent: number | null;
}

export function figures(measured: Measured): Figures {
  const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);
  const { same, different } = measured.verdicts;
  return {
    recall: share(same.certain + same.candidate, measured.same),
    certainOfAllowed: share(measured.certainAmongAllowed, measured.allowed),
    differentOfDifferent: share(different.different, measured.pairs - measured.same),
  };
}
