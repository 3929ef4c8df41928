/** The share of each outcome among pairs of one person (m) and of two (u), per field, and the prior of a match. */
export interface Estimate {
  readonly m: ReadonlyMap<string, number>;
  readonly u: ReadonlyMap<string, number>;
  readonly prior: number;
}

const isSilent = (outcome: string) => outcome.endsWith(':missing') || outcome.endsWith(':not-comparable');
const fieldOf = (outcome: string) => outcome.slice(0, outcome.indexOf(':'));

/**
 * Expectation maximisation for the Fellegi–Sunter model with independent fields (Winkler, "Using the EM Algorithm for Weight
 * Computation in the Fellegi–Sunter Model", 1988): the labels of the pairs are not looked at. Absent values are left out of
 * a field's shares (missing at random). Every share is smoothed by half an observation.
 * @param vectors one outcome per field, such as `birthDate:slip`, for each pair
 */
export function estimate(vectors: readonly (readonly string[])[], rounds = 30): Estimate {
  const levels = new Map<string, Set<string>>();
  for (const vector of vectors) {
    for (const outcome of vector) {
      if (isSilent(outcome)) continue;
      const field = fieldOf(outcome);
      levels.set(field, (levels.get(field) ?? new Set()).add(outcome));
    }
  }
  // A start that only says: what agrees is likelier among matches.
  let m = start(levels, 8);
  let u = start(levels, 1 / 8);
  let prior = 0.5;
  for (let round = 0; round < rounds; round += 1) {
    const sums = { m: new Map<string, number>(), u: new Map<string, number>(), matches: 0 };
    for (const vector of vectors) {
      let [likeM, likeU] = [prior, 1 - prior];
      for (const outcome of vector) {
        likeM *= m.get(outcome) ?? 1;
        likeU *= u.get(outcome) ?? 1;
      }
      const share = likeM / (likeM + likeU);
      sums.matches += share;
      for (const outcome of vector) {
        if (isSilent(outcome)) continue;
        sums.m.set(outcome, (sums.m.get(outcome) ?? 0) + share);
        sums.u.set(outcome, (sums.u.get(outcome) ?? 0) + 1 - share);
      }
    }
    m = shares(levels, sums.m);
    u = shares(levels, sums.u);
    prior = sums.matches / vectors.length;
  }
  return { m, u, prior };
}

function start(levels: ReadonlyMap<string, ReadonlySet<string>>, odds: number): Map<string, number> {
  return shares(
    levels,
    new Map(
      [...levels.values()]
        .flatMap((set) => [...set])
        .map((outcome) => [outcome, outcome.endsWith(':agrees') ? odds : 1]),
    ),
  );
}

function shares(
  levels: ReadonlyMap<string, ReadonlySet<string>>,
  counts: ReadonlyMap<string, number>,
): Map<string, number> {
  const out = new Map<string, number>();
  for (const outcomes of levels.values()) {
    let total = 0;
    for (const outcome of outcomes) total += (counts.get(outcome) ?? 0) + 0.5;
    for (const outcome of outcomes) out.set(outcome, ((counts.get(outcome) ?? 0) + 0.5) / total);
  }
  return out;
}

/** log2(m/u) per outcome, to a tenth; the text of compare/weights.ts. */
export function weightsSource({ m, u }: Estimate): string {
  const rows = [...m.keys()]
    .sort()
    .map(
      (outcome) =>
        `  '${outcome}': ${(Math.round(10 * Math.log2(m.get(outcome)! / u.get(outcome)!)) / 10).toFixed(1)},`,
    );
  return `// Written by \`npm run match:eval -- --estimate\`; do not edit.
// Fellegi–Sunter weights (Fellegi and Sunter, JASA 64, 1969): log2(m/u) for each outcome of each field, m its share among
// records of one person, u among records of two, estimated by expectation maximisation on the tuning pairs. They rank only.
export const WEIGHTS: Readonly<Record<string, number>> = {
${rows.join('\n')}
};
`;
}
