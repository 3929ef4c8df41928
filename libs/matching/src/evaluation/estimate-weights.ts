/** The share of each outcome among pairs of one person (m) and of two (u), per field, and the prior of a match. */
export interface Estimate {
  readonly m: ReadonlyMap<string, number>;
  readonly u: ReadonlyMap<string, number>;
  readonly prior: number;
}

type Vector = readonly string[];

const isSilent = (outcome: string) => outcome.endsWith(':missing') || outcome.endsWith(':not-comparable');
const fieldOf = (outcome: string) => outcome.slice(0, outcome.indexOf(':'));

/**
 * The shares m by expectation maximisation, the labels of the pairs unseen (Winkler, "Using the EM Algorithm for Weight
 * Computation in the Fellegi–Sunter Model", 1988). The shares u are counted on pairs drawn at random, nearly all of them two
 * people, and held fixed: estimated together, m and u drift where many pairs are relatives. Fields count as independent,
 * absent values are left out, every share is smoothed by half an observation.
 * @param vectors one outcome per field, such as `birthDate:slip`, for each pair that blocking might bring together
 * @param randomVectors the same for pairs drawn at random
 */
export function estimate(vectors: readonly Vector[], randomVectors: readonly Vector[], rounds = 30): Estimate {
  const outcomes = new Set([...vectors, ...randomVectors].flat().filter((outcome) => !isSilent(outcome)));
  const u = shares(
    outcomes,
    count(randomVectors, () => 1),
  );
  let m = shares(outcomes, new Map([...outcomes].map((outcome) => [outcome, outcome.endsWith(':agrees') ? 8 : 1])));
  let prior = 0.5;
  for (let round = 0; round < rounds; round += 1) {
    let matches = 0;
    const counts = count(vectors, (vector) => {
      let [likeM, likeU] = [prior, 1 - prior];
      for (const outcome of vector) {
        likeM *= m.get(outcome) ?? 1;
        likeU *= u.get(outcome) ?? 1;
      }
      const share = likeM / (likeM + likeU);
      matches += share;
      return share;
    });
    m = shares(outcomes, counts);
    prior = matches / vectors.length;
  }
  return { m, u, prior };
}

function count(vectors: readonly Vector[], shareOf: (vector: Vector) => number): Map<string, number> {
  const counts = new Map<string, number>();
  for (const vector of vectors) {
    const share = shareOf(vector);
    for (const outcome of vector) if (!isSilent(outcome)) counts.set(outcome, (counts.get(outcome) ?? 0) + share);
  }
  return counts;
}

/** Counts as shares within each field. */
function shares(outcomes: ReadonlySet<string>, counts: ReadonlyMap<string, number>): Map<string, number> {
  const totals = new Map<string, number>();
  for (const outcome of outcomes)
    totals.set(fieldOf(outcome), (totals.get(fieldOf(outcome)) ?? 0) + (counts.get(outcome) ?? 0) + 0.5);
  return new Map(
    [...outcomes].map((outcome) => [outcome, ((counts.get(outcome) ?? 0) + 0.5) / totals.get(fieldOf(outcome))!]),
  );
}

// Outcomes the generated pairs do not show, or show far more often than life does (half of the evaluation is about names that
// nearly agree); set by comparison with their neighbours.
const BY_HAND: Readonly<Record<string, number>> = {
  'customerNumber:agrees': 12,
  'customerNumber:disagrees': -1,
  'name:look-alike': 9,
  'name:reading-differs': 8,
  'name:reading-fits': 9,
  'name:reading-same': 7,
  'name:swapped': 6,
};

/** log2(m/u) per outcome, to a tenth; the text of compare/weights.ts. */
export function weightsSource({ m, u }: Estimate): string {
  const weights = new Map(Object.entries(BY_HAND));
  for (const [outcome, share] of m) if (!weights.has(outcome)) weights.set(outcome, Math.log2(share / u.get(outcome)!));
  const rows = [...weights.keys()]
    .sort()
    .map((outcome) => `  '${outcome}': ${(Math.round(10 * weights.get(outcome)!) / 10).toFixed(1)},`);
  return `// Written by \`npm run match:eval -- --estimate\`; do not edit.
// Fellegi–Sunter weights (Fellegi and Sunter, JASA 64, 1969): log2(m/u) for each outcome of each field, m its share among
// records of one person (by expectation maximisation on the tuning pairs), u among records drawn at random. They rank only.
export const WEIGHTS: Readonly<Record<string, number>> = {
${rows.join('\n')}
};
`;
}
