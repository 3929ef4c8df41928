import type { Identity } from '@kenri/contracts';
import {
  addressLine,
  asRecorded,
  customerNumber,
  isKnownTo,
  kanaName,
  kanjiName,
  personAt,
  randomOf,
  type SamplePerson,
} from '@kenri/testing';

/** Of so many the share is taken that a system knows. */
const COUNTED = 5_000;
/** A little less than the whole store, so that everybody who is drawn is in it. */
const WITHIN = 0.95;

/** Applicants drawn evenly from the people whom the store of a system holds, the same ones for a seed; as that system knows them. */
export function* applicantsIn(system: string, options: { people: number; seed: number }): Generator<Identity, never> {
  const seed = String(options.seed);
  const known = Array.from({ length: COUNTED }, (_, index) => isKnownTo(system, personAt(seed, index)));
  const share = known.filter(Boolean).length / COUNTED;
  const end = Math.max(1, Math.floor((options.people / share) * WITHIN));
  const random = randomOf(seed, 'applicants', options.people);
  for (;;) {
    const person = personAt(seed, random.between(0, end - 1));
    if (!isKnownTo(system, person)) continue;
    const recorded = asRecorded(person, system);
    // Some rows hold a name and a company's address: by these alone nobody can be told from a namesake, and is rightly not found.
    if (recorded.mobile ?? recorded.landline ?? recorded.email) yield identityOf(recorded, system);
  }
}

const identityOf = (person: SamplePerson, system: string): Identity => ({
  fullName: kanjiName(person),
  familyName: person.familyName.kanji,
  givenName: person.givenName.kanji,
  fullKana: kanaName(person),
  familyKana: person.familyName.kana,
  givenKana: person.givenName.kana,
  birthDate: person.birthDate,
  emails: person.email ? [person.email] : [],
  phones: [person.mobile, person.landline].filter((number) => number !== undefined),
  postalCode: person.address.postalCode,
  address: addressLine(person.address),
  customerNumbers: [{ system, number: customerNumber(person, system) }],
});
