import { type Applicant, type Person } from '../person.js';
import { type NameLists, OLD_FORMS } from './name-lists.js';
import { makeBirth, makeMobile, makePerson, moveHouse, type TruePerson } from './people.js';
import { type Random } from './random.js';
import {
  addressText,
  applicantForm,
  hiragana,
  recordIn,
  romanise,
  type Style,
  STYLES,
  withOldForms,
} from './spelling.js';

/** Two descriptions, and what is true of them. */
export interface Pair {
  readonly applicant: Applicant;
  readonly record: Person;
  readonly same: boolean;
  /** R-12 allows `certain`, by the generator's own knowledge of what was written and what was altered. */
  readonly allowed: boolean;
}
export type Category = (random: Random, lists: NameLists) => Pair;

const digitsOf = (raw: string) => raw.normalize('NFKC').replace(/\D/g, '').replace(/^81/, '0');

/** Whether R-12 allows `certain` for two descriptions of one person whose names were not altered. */
function allowedByRule(applicant: Applicant, record: Person): boolean {
  const sharedScript =
    record.fullName !== undefined ||
    record.familyName !== undefined ||
    record.contact !== undefined ||
    record.familyKana !== undefined ||
    (record.fullKana !== undefined && applicant.familyKana !== undefined) ||
    (record.romaji !== undefined && applicant.romaji !== undefined);
  const mails = record.emails?.map((email) => email.toLowerCase()) ?? [];
  const numbers = record.contact ? [record.contact.slice(record.contact.indexOf('）'))] : (record.phones ?? []);
  const own = (applicant.phones ?? []).map(digitsOf);
  const email =
    mails.length === 0 || !applicant.emails?.length ? null : mails.some((each) => applicant.emails!.includes(each));
  const phone =
    numbers.length === 0 || own.length === 0
      ? null
      : numbers.some((each) => own.some((digits) => digitsOf(each).endsWith(digits.slice(1))));
  if (email === false || phone === false || !sharedScript) return false;
  const birth = record.birthDate !== undefined && applicant.birthDate !== undefined;
  return Number(email === true) + Number(phone === true) + Number(birth) >= 2;
}

function samePair(applicant: Applicant, record: Person, nameAgrees = true, birthAgrees = true): Pair {
  return { applicant, record, same: true, allowed: nameAgrees && birthAgrees && allowedByRule(applicant, record) };
}

const spelledBy =
  (style: Style): Category =>
  (random, lists) => {
    const person = makePerson(random, lists);
    return samePair(applicantForm(random, person), recordIn(style, random, person));
  };

/** Names rich in old forms, whichever system wrote them. */
const variantCharacters: Category = (random, lists) => {
  let person = makePerson(random, lists);
  const withVariant = lists.surnames.filter((name) => [...name.writing].some((c) => OLD_FORMS[c]));
  person = { ...person, family: random.pick(withVariant) };
  const written = { ...person, family: { ...person.family, writing: withOldForms(random, person.family.writing) } };
  return samePair(applicantForm(random, person), recordIn(random.pick(STYLES.slice(0, 5)), random, written));
};

const romajiNames: Category = (random, lists) => {
  const person = makePerson(random, lists);
  const words = [romanise(person.family.reading, 'hepburn', 'o'), romanise(person.given.reading, 'hepburn', 'o')];
  const applicant = {
    ...applicantForm(random, person),
    romaji: random.chance(0.5) ? words.join(' ') : [...words].reverse().join(' '),
  };
  return samePair(applicant, recordIn('medical-imported', random, person));
};

const moved: Category = (random, lists) => {
  const before = makePerson(random, lists);
  const now = moveHouse(random, before);
  if (random.chance(0.4)) now.mobile = makeMobile(random);
  else if (random.chance(0.3)) now.email = `new${random.digits(5)}@example.jp`;
  const applicant: Applicant = applicantForm(random, now);
  if (random.chance(0.5)) applicant.earlierAddresses = [addressText(random, before, true)];
  if (random.chance(0.4)) applicant.phones = [...(applicant.phones ?? []), before.mobile];
  return samePair(applicant, recordIn(random.pick(STYLES.filter((style) => style !== 'flower')), random, before));
};

const married: Category = (random, lists) => {
  const before = makePerson(random, lists);
  const family = random.pick(lists.surnames.filter((name) => name.reading !== before.family.reading));
  const now = random.chance(0.5) ? { ...moveHouse(random, before), family } : { ...before, family };
  const applicant: Applicant = applicantForm(random, now);
  const told = random.chance(0.6);
  if (told)
    applicant.formerNames = [
      {
        familyName: before.family.writing,
        givenName: before.given.writing,
        familyKana: before.family.reading,
        givenKana: before.given.reading,
      },
    ];
  const record = recordIn(random.pick(['auto', 'motorcycle', 'brand-item', 'medical'] as const), random, before);
  return samePair(applicant, record, told);
};

function typo(random: Random, text: string, alphabet: string): string {
  const characters = [...text];
  const at = random.below(characters.length);
  switch (random.below(3)) {
    case 0:
      characters[at] = random.pick([...alphabet].filter((c) => c !== characters[at]));
      break;
    case 1:
      if (at + 1 < characters.length && characters[at] !== characters[at + 1])
        [characters[at], characters[at + 1]] = [characters[at + 1]!, characters[at]!];
      else characters[at] = random.pick([...alphabet].filter((c) => c !== characters[at]));
      break;
    default:
      characters.splice(at, 0, characters[at]!);
  }
  return characters.join('');
}

const typos: Category = (random, lists) => {
  const person = makePerson(random, lists);
  const wrong = { ...person };
  const kind = random.below(5);
  if (kind === 0) {
    const birth = [...person.birth] as TruePerson['birth'];
    const part = random.below(3);
    if (part === 0) birth[0] += random.pick([-1, 1, 10, -10]);
    else if (part === 1) birth[1] = (birth[1] % 9) + 1;
    else birth[2] = (birth[2] % 9) + (birth[2] > 9 ? 10 : 1);
    wrong.birth = birth;
  } else if (kind === 1)
    wrong.mobile = (person.mobile.slice(0, 4) + typo(random, person.mobile.slice(4), '0123456789')).slice(0, 11);
  else if (kind === 2)
    wrong.email =
      typo(random, person.email.split('@')[0]!.replace('.', '_'), 'abcdefgh') + '@' + person.email.split('@')[1]!;
  else if (kind === 3)
    wrong.given = { ...person.given, reading: typo(random, person.given.reading, 'アイカキタナマラ') };
  else
    wrong.family = {
      ...person.family,
      writing: person.family.homophone ?? typo(random, person.family.writing, '田山川井上中'),
    };
  // A wrong reading beside the right kanji, or the other way round: name altered, so never allowed.
  const record = recordIn(random.pick(['auto', 'brand-item', 'motorcycle'] as const), random, wrong);
  if (kind === 4 && record.fullKana === undefined && record.familyKana === undefined)
    record.fullKana = hiragana(person.family.reading + person.given.reading);
  const readingWritten = record.familyKana !== undefined || record.fullKana !== undefined;
  return samePair(
    applicantForm(random, person),
    record,
    kind < 3 || (kind === 3 && !readingWritten),
    kind !== 0 || record.birthDate === undefined,
  );
};

const missingFields: Category = (random, lists) => {
  const person = makePerson(random, lists);
  const record = recordIn(random.pick(STYLES), random, person);
  const optional = (['birthDate', 'emails', 'phones', 'address', 'postalCode'] as const).filter(
    (field) => record[field] !== undefined,
  );
  const keep = random.pick(optional);
  for (const field of optional) if (field !== keep && random.chance(0.6)) delete record[field];
  if (random.chance(0.15)) record.birthDate = random.pick(['1900-01-01', '不明', '', '0000-00-00']);
  const allowed =
    record.birthDate !== undefined && !/\d{4}|[A-Z]\d|元|和|成|正|昭|平|令|大/.test(record.birthDate.normalize('NFKC'))
      ? { ...record, birthDate: undefined }
      : record;
  const realBirth = allowed.birthDate !== undefined && !/^(?:1900|0000)/.test(allowed.birthDate);
  const applicant = applicantForm(random, person);
  return {
    applicant,
    record,
    same: true,
    allowed: allowedByRule(applicant, realBirth ? allowed : { ...allowed, birthDate: undefined }),
  };
};

/** Another kanji of the same reading was written (斉藤 for 斎藤, 太朗 for 太郎): at most a candidate. */
const otherKanji: Category = (random, lists) => {
  const person = makePerson(random, lists);
  const given = random.pick((person.sex === 'm' ? lists.men : lists.women).filter((name) => name.homophone !== null));
  const written = { ...person, given: { ...given, writing: given.homophone! } };
  return samePair(
    applicantForm(random, { ...person, given }),
    recordIn(random.pick(['auto', 'brand-item', 'flower'] as const), random, written),
    false,
  );
};

function differentPair(random: Random, person: TruePerson, other: TruePerson, styles: readonly Style[] = STYLES): Pair {
  return {
    applicant: applicantForm(random, person),
    record: recordIn(random.pick(styles), random, other),
    same: false,
    allowed: false,
  };
}

const parted = (random: Random, lists: NameLists, person: TruePerson, sex: 'm' | 'f') =>
  random.pick((sex === 'm' ? lists.men : lists.women).filter((name) => name.reading !== person.given.reading));

/** One household: a parent, a child, a spouse, with the shared telephone and often the shared mailbox. */
const families: Category = (random, lists) => {
  const person = makePerson(random, lists);
  const sex = random.chance(0.5) ? 'm' : 'f';
  const relative: TruePerson = {
    ...person,
    sex,
    given: parted(random, lists, person, sex),
    birth: [
      person.birth[0] + random.pick([-32, -28, -3, -2, 2, 3, 27, 31]),
      1 + random.below(12),
      1 + random.below(28),
    ],
    mobile: random.chance(0.6) ? person.mobile : makeMobile(random),
    email: random.chance(0.4) ? person.email : `k${random.digits(5)}@example.jp`,
  };
  return differentPair(random, person, relative);
};

const twins: Category = (random, lists) => {
  const person = makePerson(random, lists);
  const twin = {
    ...person,
    given: parted(random, lists, person, person.sex),
    email: random.chance(0.5) ? person.email : `t${random.digits(5)}@example.jp`,
  };
  return differentPair(random, person, twin);
};

const nameSharers: Category = (random, lists) => {
  const person = makePerson(random, lists);
  const other = { ...makePerson(random, lists), family: person.family, given: person.given };
  if (random.chance(0.1)) other.birth = person.birth;
  if (random.chance(0.2)) other.town = person.town;
  return differentPair(random, person, other);
};

const offices: Category = (random, lists) => {
  const person = makePerson(random, lists);
  const desk = makePerson(random, lists);
  if (desk.given.reading === person.given.reading) desk.given = parted(random, lists, person, desk.sex);
  const shared = {
    landline: person.landline,
    mobile: person.landline,
    town: person.town,
    block: person.block,
    organisation: person.organisation,
  };
  const box = random.chance(0.5) ? 'info@office.example.jp' : person.email;
  const pair = differentPair(random, { ...person, ...shared, email: box }, { ...desk, ...shared, email: box }, [
    'motorcycle',
    'auto',
    'medical',
    'flower',
    'brand-item',
  ]);
  return { ...pair, applicant: { ...pair.applicant, organisation: person.organisation } };
};

/** A number or mailbox that was given to someone else later. */
const recycledContacts: Category = (random, lists) => {
  const person = makePerson(random, lists);
  const other = makePerson(random, lists);
  if (random.chance(0.7)) other.mobile = person.mobile;
  else other.email = person.email;
  if (other.family === person.family && other.given === person.given)
    other.given = parted(random, lists, person, other.sex);
  return differentPair(random, person, other);
};

const strangers: Category = (random, lists) => {
  const person = makePerson(random, lists);
  const other = makePerson(random, lists);
  if (random.chance(0.3)) other.birth = person.birth;
  else if (random.chance(0.5)) other.birth = makeBirth(random);
  if (random.chance(0.3)) other.given = person.given;
  if (other.family.reading === person.family.reading && other.given.reading === person.given.reading)
    other.given = parted(random, lists, person, other.sex);
  return differentPair(random, person, other);
};

/** Brothers and sisters whose names differ by one character or sound, at one address and telephone. */
const nearSiblings: Category = (random, lists) => {
  const person = makePerson(random, lists);
  const [mine, theirs] = random.pick([
    [
      { writing: '健一', reading: 'ケンイチ' },
      { writing: '健二', reading: 'ケンジ' },
    ],
    [
      { writing: '太郎', reading: 'タロウ' },
      { writing: '次郎', reading: 'ジロウ' },
    ],
    [
      { writing: '由美', reading: 'ユミ' },
      { writing: '由紀', reading: 'ユキ' },
    ],
    [
      { writing: '美咲', reading: 'ミサキ' },
      { writing: '美幸', reading: 'ミユキ' },
    ],
    [
      { writing: '翔太', reading: 'ショウタ' },
      { writing: '翔平', reading: 'ショウヘイ' },
    ],
    [
      { writing: '裕子', reading: 'ユウコ' },
      { writing: '祐子', reading: 'ユウコ' },
    ],
  ] as const);
  const sibling: TruePerson = { ...person, given: { ...theirs, homophone: null } };
  if (random.chance(0.6))
    sibling.birth = [person.birth[0] + 2 + random.below(4), 1 + random.below(12), 1 + random.below(28)];
  // Where two names differ in kanji alone, a record in romaji alone cannot show it.
  const styles = mine.reading === theirs.reading ? STYLES.slice(0, 5) : STYLES;
  return differentPair(random, { ...person, given: { ...mine, homophone: null } }, sibling, styles);
};

export const CATEGORIES: Readonly<Record<string, Category>> = {
  'system: auto': spelledBy('auto'),
  'system: motorcycle': spelledBy('motorcycle'),
  'system: flower': spelledBy('flower'),
  'system: brand-item': spelledBy('brand-item'),
  'system: medical': spelledBy('medical'),
  'system: medical, imported': spelledBy('medical-imported'),
  'variant characters': variantCharacters,
  'romaji on both sides': romajiNames,
  moved,
  married,
  typos,
  'missing fields': missingFields,
  'other kanji, same reading': otherKanji,
  families,
  twins,
  'near siblings': nearSiblings,
  'name sharers': nameSharers,
  offices,
  'recycled contacts': recycledContacts,
  strangers,
};
