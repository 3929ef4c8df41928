import { FAMILY_NAMES } from './data/family-names.js';
import { FEMALE_NAMES, MALE_NAMES } from './data/given-names.js';
import { BUILDINGS, OCCUPATIONS, PLACES } from './data/places.js';
import type { NameForm } from './data/reading.js';
import { SYSTEMS, type Address, type Office, type PersonFacts, type SystemName } from './facts.js';
import { BLOCK, householdOf, type Household } from './households.js';
import { isOfficeStaff, officeOf, SYSTEM_OF_OFFICE } from './offices.js';
import { hashOf, randomOf, type Random } from './random.js';
import type { Holdings, SamplePerson } from './sample-person.js';

/**
 * Person number `index` of the population `seed`. Depends on nothing else: five processes generate the same people side by side, and
 * any slice of a million can be made without those before it. About 35 % belong to more than one system.
 */
export function personAt(seed: string, index: number): SamplePerson {
  const household = householdOf(seed, index);
  const random = randomOf(seed, 'person', index);
  const facts = membersFacts(seed, index, household);
  const office = isOfficeStaff(seed, index, facts.birthDate) ? officeOf(seed, Math.floor(index / BLOCK)) : undefined;
  const mobile = random.chance(0.88) ? mobileNumber(random) : undefined;
  const email = random.chance(0.78) ? emailOf(facts, index, household, random) : undefined;
  const former = facts.sex === 'female' && household.role !== 'daughter' && random.chance(0.35);
  const moved = random.chance(0.08);
  return {
    seed,
    index,
    household,
    ...facts,
    ...(mobile ? { mobile } : {}),
    ...(household.landline ? { landline: household.landline } : {}),
    ...(email ? { email } : {}),
    ...(office ? { office } : {}),
    occupation: office?.occupation ?? (ageAt(facts.birthDate, 2026) < 23 ? '学生' : random.pick(OCCUPATIONS)),
    ...(former ? { formerFamilyName: familyName(random) } : {}),
    ...(moved ? { earlierAddress: addressFrom(random) } : {}),
    ...(random.chance(0.06) ? { earlierMobile: mobileNumber(random) } : {}),
    systems: systemsOf(random, office),
  };
}

/** The first `count` people of `system`, in order of their index, lazily. */
export function* peopleIn(system: string, options: { seed: string; count: number }): Generator<SamplePerson> {
  for (let index = 0, given = 0; given < options.count; index++) {
    const person = personAt(options.seed, index);
    if (!isKnownTo(system, person)) continue;
    given++;
    yield person;
  }
}

/**
 * Whether the business of `system` deals with the person. A system that is not among {@link SYSTEMS} deals with every fourth, drawn by its name
 * alone: adding it changes nothing about the others' people.
 */
export function isKnownTo(system: string, person: SamplePerson): boolean {
  return isLaidOut(system)
    ? person.systems.includes(system)
    : hashOf(person.seed, 'known to', system, person.index) % 4 === 0;
}
const isLaidOut = (system: string): system is SystemName => SYSTEMS.some((name) => name === system);

/** Somebody who is in no register by himself: a gift's recipient, a previous owner, a patient. */
export function strangerFrom(random: Random): PersonFacts {
  const sex = random.chance(0.5) ? 'male' : 'female';
  return {
    familyName: familyName(random),
    givenName: random.pick(sex === 'male' ? MALE_NAMES : FEMALE_NAMES),
    birthDate: birthDate(random, 20, 88),
    sex,
    mobile: mobileNumber(random),
    address: addressFrom(random),
    occupation: random.pick(OCCUPATIONS),
  };
}

/** The person's customer or member number in a system, as on the membership card: `A-0001234`. */
export function customerNumber(person: { index: number }, system: string): string {
  const prefixes: Readonly<Record<SystemName, string>> = {
    auto: 'A',
    motorcycle: 'MC',
    flower: 'F',
    'brand-item': 'BI',
    medical: 'MD',
  };
  const prefix = isLaidOut(system) ? prefixes[system] : system.toUpperCase();
  return `${prefix}-${String(person.index).padStart(8, '0')}`;
}

/**
 * The person as this system knows them: who moved, married or changed numbers told some systems and not others. A persona's
 * `holdings[system].recorded` decides where given.
 */
export function asRecorded(person: SamplePerson, system: string): SamplePerson {
  const { recorded } = person.holdings?.[system as keyof Holdings] ?? {};
  if (person.holdings) return { ...person, ...recorded };
  const told = (what: string): boolean => hashOf(person.seed, what, system, person.index) % 2 === 0;
  return {
    ...person,
    ...(person.formerFamilyName && !told('marriage') ? { familyName: person.formerFamilyName } : {}),
    ...(person.earlierAddress && !told('move') ? { address: person.earlierAddress } : {}),
    ...(person.earlierMobile && !told('number') ? { mobile: person.earlierMobile } : {}),
  };
}

/** Name, birth date, sex and address: what follows from the household alone, so that its members agree. */
function membersFacts(seed: string, index: number, household: Household): Omit<PersonFacts, 'occupation'> {
  // One single person in eighty is a namesake of somebody else: same name in the same characters, everything else differs.
  const namesake = household.role === 'single' && index > 0 && hashOf(seed, 'namesake', index) % 80 === 0;
  const model = namesake ? hashOf(seed, 'model', index) % index : index;
  const modelHousehold = namesake ? householdOf(seed, model) : household;
  const named = nameOf(seed, model, modelHousehold);
  return {
    ...named,
    birthDate: birthDateOf(seed, index, household),
    address: addressFrom(randomOf(seed, 'address', household.id)),
  };
}

function nameOf(
  seed: string,
  index: number,
  household: Household,
): Pick<PersonFacts, 'familyName' | 'givenName' | 'sex'> {
  const random = randomOf(seed, 'name', index);
  const sexes = { husband: 'male', father: 'male', son: 'male', wife: 'female', daughter: 'female' } as const;
  const sex =
    household.role === 'single'
      ? random.chance(0.55)
        ? 'male'
        : 'female'
      : household.role === 'twin'
        ? 'female'
        : sexes[household.role];
  return {
    familyName: familyName(randomOf(seed, 'family', household.id)),
    givenName: random.pick(sex === 'male' ? MALE_NAMES : FEMALE_NAMES),
    sex,
  };
}

function birthDateOf(seed: string, index: number, household: Household): string {
  const elders = randomOf(seed, 'elders', household.id);
  switch (household.role) {
    case 'single':
      return birthDate(randomOf(seed, 'birth', index), index % BLOCK === 0 ? 32 : 20, index % BLOCK === 0 ? 66 : 90);
    case 'twin':
      return birthDate(elders, 20, 60);
    case 'husband':
    case 'wife':
    case 'father':
      return birthDate(randomOf(seed, 'birth', index), 52, 80);
    case 'son':
    case 'daughter':
      return birthDate(randomOf(seed, 'birth', index), 20, 30);
  }
}

function systemsOf(random: Random, office: Office | undefined): readonly SystemName[] {
  const own = office ? SYSTEM_OF_OFFICE[office.kind] : undefined;
  const share: Readonly<Record<SystemName, number>> = {
    auto: 0.34,
    motorcycle: 0.24,
    flower: 0.24,
    'brand-item': 0.28,
    medical: 0.16,
  };
  const chosen = SYSTEMS.filter((system) => random.chance(share[system]) || system === own).slice(0, 4);
  return chosen.length > 0 ? chosen : [random.pick(SYSTEMS)];
}

/** Frequent names are much more frequent: the square of a uniform number leans to the head of the list. */
function familyName(random: Random): NameForm {
  const form = FAMILY_NAMES[Math.floor(random.next() ** 1.7 * FAMILY_NAMES.length)];
  if (!form) throw new RangeError('No family names');
  return form;
}

export function addressFrom(random: Random): Address {
  const place = random.pick(PLACES);
  const postal = `${place.postalPrefix}-${String(hashOf(place.city, place.town) % 90).padStart(4, '0')}`;
  const street = `${place.town}${random.between(1, 6)}丁目${random.between(1, 28)}番${random.between(1, 22)}号`;
  const flat = random.chance(0.35)
    ? { building: `${random.pick(BUILDINGS)}${random.between(1, 12)}0${random.between(1, 8)}` }
    : {};
  return { postalCode: postal, prefecture: place.prefecture, city: place.city, street, ...flat };
}

export function mobileNumber(random: Random): string {
  return `${random.pick(['070', '080', '090'])}-${random.between(1, 9)}${random.digits(3)}-${random.digits(4)}`;
}

const MAIL_DOMAINS = [
  'example.jp',
  'mail.example.jp',
  'mobile.example.ne.jp',
  'example.com',
  'home.example.ne.jp',
] as const;

function emailOf(
  facts: Pick<PersonFacts, 'familyName' | 'givenName'>,
  index: number,
  household: Household,
  random: Random,
): string {
  // One household in ten uses one mailbox together.
  const shared = household.members.length > 1 && household.id % 10 === 0;
  const family = facts.familyName.romaji.toLowerCase();
  const given = facts.givenName.romaji.toLowerCase();
  if (shared) return `${family}.family.${household.id.toString(36)}@home.example.ne.jp`;
  const local = random.pick([
    `${given}.${family}`,
    `${family}_${given.charAt(0)}`,
    `${given}${family}`,
    `${given.charAt(0)}-${family}`,
  ]);
  return `${local}.${index.toString(36)}@${random.pick(MAIL_DOMAINS)}`;
}

/** A date of birth of someone between `youngest` and `oldest` years in 2026: fixed years, so that people do not change with the day. */
function birthDate(random: Random, youngest: number, oldest: number): string {
  const day = new Date(Date.UTC(2026 - random.between(youngest, oldest), 0, random.between(1, 365)));
  return day.toISOString().slice(0, 10);
}

/** Age in whole years at the end of `year`. */
export function ageAt(birth: string, year: number): number {
  return year - Number(birth.slice(0, 4));
}
