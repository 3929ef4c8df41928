import { compare } from '../compare/compare.js';
import { prepare, type Prepared } from '../prepare.js';
import { type ListedName, type NameLists } from './name-lists.js';
import { makeBirth, makeMobile, makePerson, type TruePerson } from './people.js';
import { type Random } from './random.js';
import { applicantForm, recordIn, type Style, STYLES } from './spelling.js';

const KANJI_STYLES: readonly Style[] = ['auto', 'motorcycle', 'flower', 'brand-item', 'medical'];

interface Cluster {
  readonly people: readonly TruePerson[];
  readonly styles: readonly Style[];
}
type MakeCluster = (random: Random, lists: NameLists, size: number) => Cluster;

function distinctReadings(random: Random, names: readonly ListedName[], size: number): ListedName[] {
  const left = [...names];
  const out: ListedName[] = [];
  while (out.length < size && left.length > 0) {
    const [name] = left.splice(random.below(left.length), 1);
    if (!out.some((each) => each.reading === name!.reading || each.writing === name!.writing)) out.push(name!);
  }
  return out;
}

/** One family name, address, telephone, mailbox, often one birth date (twins): only the given names differ. */
const household: MakeCluster = (random, lists, size) => {
  const person = makePerson(random, lists);
  const people = distinctReadings(random, [...lists.men, ...lists.women], size).map((given) => ({
    ...person,
    given,
    birth: random.chance(0.5) ? person.birth : makeBirth(random),
    mobile: random.chance(0.7) ? person.mobile : makeMobile(random),
  }));
  return { people, styles: STYLES };
};

/** One full name; other birth dates, and one contact at most in common (father and son of one name, one landline). */
const namesakes: MakeCluster = (random, lists, size) => {
  const person = makePerson(random, lists);
  const people = Array.from({ length: size }, (_, index) => ({
    ...makePerson(random, lists),
    family: person.family,
    given: person.given,
    town: person.town,
    block: person.block,
    birth: [person.birth[0] - index * 3, person.birth[1], person.birth[2]] as TruePerson['birth'],
    ...(random.chance(0.5) ? { landline: person.landline, mobile: person.landline } : {}),
  }));
  return { people, styles: STYLES };
};

/** One reading in several kanji, everything else in common. */
const homophones: MakeCluster = (random, lists) => {
  const person = makePerson(random, lists);
  const family = random.pick(lists.surnames.filter((name) => name.homophone !== null));
  const given = random.pick([...lists.men, ...lists.women].filter((name) => name.homophone !== null));
  const people = [
    { ...person, family, given },
    { ...person, family: { ...family, writing: family.homophone! }, given },
    { ...person, family, given: { ...given, writing: given.homophone! } },
    { ...person, family: { ...family, writing: family.homophone! }, given: { ...given, writing: given.homophone! } },
  ];
  return { people, styles: KANJI_STYLES };
};

/** Colleagues: other names, one switchboard, one mailbox, one address. */
const office: MakeCluster = (random, lists, size) => {
  const desk = makePerson(random, lists);
  const families = distinctReadings(random, lists.surnames, size);
  const givens = distinctReadings(random, [...lists.men, ...lists.women], size);
  const people = families
    .slice(0, givens.length)
    .map((family, index) => ({ ...desk, family, given: givens[index]!, birth: makeBirth(random) }));
  return { people, styles: STYLES };
};

const KINDS: readonly MakeCluster[] = [household, namesakes, homophones, office];

/**
 * Compares at least `wanted` pairs of different people who share attributes, in every spelling, and counts the verdicts
 * `certain` (which must be none). Each description is prepared once and held against all others of its cluster.
 */
export function compareDifferentPeople(
  random: Random,
  lists: NameLists,
  wanted: number,
): { pairs: number; certain: number } {
  let pairs = 0;
  let certain = 0;
  for (let round = 0; pairs < wanted; round += 1) {
    const { people, styles } = KINDS[round % KINDS.length]!(random, lists, 12);
    const applicants = people.map((person) => prepare(applicantForm(random, person)));
    const records: Prepared[][] = people.map((person) =>
      styles.map((style) => prepare(recordIn(style, random, person))),
    );
    for (const [i, applicant] of applicants.entries()) {
      for (const [j, spellings] of records.entries()) {
        if (i === j) continue;
        for (const record of spellings) {
          pairs += 1;
          if (compare(applicant, record).verdict === 'certain') certain += 1;
        }
      }
    }
  }
  return { pairs, certain };
}
