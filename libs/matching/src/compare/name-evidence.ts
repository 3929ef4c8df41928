import { type Script } from '../normalise/name.js';
import { type NameSet } from '../prepare.js';
import { relate, relateReadingToLatin, type Relation } from './name-relation.js';

/**
 * What all names of two people say together, best first:
 * - `agrees`: same in every script both have
 * - `reading-differs`: the writing agrees, the reading does not (裕子, ユウコ/ヒロコ)
 * - `reading-same`: the reading agrees, the writing does not (太郎/太朗, 伊藤/伊東)
 * - `look-alike`, `swapped`, `slip`, `family-changed`, `partial`: as for {@link Relation}, contradicted by no other script
 * - `reading-fits`: kana on one side and romaji on the other, and they fit
 * - `different`: none of these
 * - `not-comparable`: no script in common
 * - `missing`: no name on one side
 */
export type NameEvidence =
  | 'agrees'
  | 'look-alike'
  | 'reading-differs'
  | 'reading-same'
  | 'swapped'
  | 'slip'
  | 'family-changed'
  | 'partial'
  | 'reading-fits'
  | 'different'
  | 'not-comparable'
  | 'missing';

export interface NameComparison {
  readonly evidence: NameEvidence;
  readonly kanji: Relation | null;
  readonly kana: Relation | null;
  readonly latin: Relation | null;
  /** The agreement was found by a former name or by a name in brackets. */
  readonly byFormerName: boolean;
  /** The family name agrees, the given name does not (used in explanations). */
  readonly sameFamily: boolean;
}

const RANK: Record<NameEvidence, number> = {
  agrees: 11,
  'look-alike': 10,
  'reading-differs': 9,
  'reading-same': 8,
  swapped: 7,
  slip: 6,
  'family-changed': 5,
  partial: 4,
  'reading-fits': 3,
  different: 2,
  'not-comparable': 1,
  missing: 0,
};
const SCRIPTS: readonly Script[] = ['kanji', 'kana', 'latin'];
const NOTHING: NameComparison = {
  evidence: 'missing',
  kanji: null,
  kana: null,
  latin: null,
  byFormerName: false,
  sameFamily: false,
};

/** Compares all names of one person with all of another (R-09: any form agreeing agrees) and keeps the best evidence. */
export function compareNames(applicant: readonly NameSet[], record: readonly NameSet[]): NameComparison {
  let best = NOTHING;
  let bestRank = -1;
  for (let i = 0; i < applicant.length; i += 1) {
    for (let j = 0; j < record.length; j += 1) {
      const found = compareSets(applicant[i]!, record[j]!, i > 0 || j > 0);
      const rank = RANK[found.evidence];
      if (rank > bestRank) {
        best = found;
        bestRank = rank;
      }
    }
  }
  return best;
}

function compareSets(a: NameSet, b: NameSet, byFormerName: boolean): NameComparison {
  const relations = { kanji: null, kana: null, latin: null } as Record<Script, Relation | null>;
  let same = 0;
  let compared = 0;
  for (const script of SCRIPTS) {
    const [formA, formB] = [a[script], b[script]];
    if (!formA || !formB) continue;
    let relation = relate(formA, formB);
    // A record that contradicts itself is for a person to read.
    if (relation === 'same' && (a.conflict?.has(script) || b.conflict?.has(script))) relation = 'look-alike';
    relations[script] = relation;
    compared += 1;
    if (relation === 'same') same += 1;
  }
  const found = Object.values(relations).filter((relation) => relation !== null);
  const cross = crossScript(a, b);
  const evidence = compared === 0 ? evidenceAcross(cross) : evidenceWithin(found, same, relations.kanji, cross);
  return { evidence, ...relations, byFormerName, sameFamily: found.includes('other-given') };
}

type Cross = ReturnType<typeof relateReadingToLatin> | null;

function crossScript(a: NameSet, b: NameSet): Cross {
  // Only where romaji stands alone on one side: with kana on both, kana decides.
  if (a.latin && b.kana && !a.kana && !b.latin) return relateReadingToLatin(b.kana, a.latin);
  if (b.latin && a.kana && !b.kana && !a.latin) return relateReadingToLatin(a.kana, b.latin);
  return null;
}

function evidenceAcross(cross: Cross): NameEvidence {
  if (cross === null) return 'not-comparable';
  if (cross === 'reading-fits') return 'reading-fits';
  return cross === 'part-fits' ? 'partial' : 'different';
}

function evidenceWithin(found: readonly Relation[], same: number, kanji: Relation | null, cross: Cross): NameEvidence {
  if (same > 0) {
    const against = found.filter((relation) => relation !== 'same' && relation !== 'partial');
    if (against.length === 0) return cross === 'different' ? 'reading-differs' : 'agrees';
    if (against.every((relation) => relation === 'look-alike')) return 'look-alike';
    return kanji === 'same' ? 'reading-differs' : 'reading-same';
  }
  const has = (relation: Relation) => found.includes(relation);
  if (has('different') || has('other-given') || cross === 'different') return 'different';
  if (has('family-changed')) return 'family-changed';
  // A slip of the pen is made in one script; a name off in two is another name (美紀 ミキ, 美紗紀 ミサキ).
  if (has('slip')) return found.filter((relation) => relation === 'slip').length > 1 ? 'different' : 'slip';
  if (has('swapped')) return 'swapped';
  return has('look-alike') ? 'look-alike' : 'partial';
}
