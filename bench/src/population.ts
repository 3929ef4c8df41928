import type { Identity } from '@kenri/contracts';
import * as auto from '@kenri/connector-auto';
import * as brandItem from '@kenri/connector-brand-item';
import * as flower from '@kenri/connector-flower';
import * as medical from '@kenri/connector-medical';
import * as motorcycle from '@kenri/connector-motorcycle';
import {
  addressLine,
  customerNumber,
  kanaName,
  kanjiName,
  personAt,
  randomOf,
  SYSTEMS,
  type Holdings,
  type SampleDocuments,
  type SamplePerson,
  type SystemName,
} from '@kenri/testing';

/** Somebody whom all five systems know with certainty: applies for the cessation of all use of their data. */
export interface Applicant {
  readonly identity: Identity;
  /** By system and collection. */
  readonly documents: Readonly<Record<SystemName, SampleDocuments>>;
}

/** Beyond any generated population and below the personas. */
const FIRST_INDEX = 50_000_000;

/** What each of them holds: the same for everybody, so that every case is the same work. Nothing open, so that nothing stands in the way. */
const HOLDINGS: Holdings = {
  auto: { consignor: true, vehicles: [{ state: 'unsold', yearsAgo: 2, images: 1, inspectedFor: 'self' }], mail: true },
  motorcycle: { seller: true, bikes: [{ state: 'stock', yearsAgo: 1, photo: true }], push: true },
  flower: { buyer: true, deliveryAddresses: 1, orders: [{ yearsAgo: 2, invoice: 'paid', gift: false }] },
  'brand-item': { consignor: true, items: [{ state: 'returned', yearsAgo: 2, photos: 1 }], newsletter: true },
  medical: { qualifications: 1, director: true, equipment: [{ state: 'delivered', yearsAgo: 3, specified: false }] },
};

const SAMPLES_FOR: Readonly<Record<SystemName, typeof auto.samplesFor>> = {
  auto: auto.samplesFor,
  motorcycle: motorcycle.samplesFor,
  flower: flower.samplesFor,
  'brand-item': brandItem.samplesFor,
  medical: medical.samplesFor,
};

/**
 * Endless applicants of a seed. Only people who live alone, work at no company of the group's partners and have a telephone and an e-mail
 * address of their own, and nobody of the same name, or born on the same day with a part of it, among the others: so every match is certain,
 * and nobody else is a candidate that a person would have to look at.
 * @param people generated people in each store
 */
export function* applicantsOf(seed: number, people: number): Generator<Applicant, never> {
  // Households are generated whole: their last members lie beyond the number asked for.
  const taken = new Set(
    Array.from({ length: 2 * people }, (_, index) => alikeBy(personAt(String(seed), index))).flat(),
  );
  for (let index = FIRST_INDEX; ; index += 1) {
    const person = personAt(String(seed), index);
    if (person.household.role !== 'single' || person.office || !person.mobile || !person.email) continue;
    if (person.formerFamilyName || person.earlierAddress || person.earlierMobile) continue;
    const traits = alikeBy(person);
    if (traits.some((trait) => taken.has(trait))) continue;
    traits.forEach((trait) => taken.add(trait));
    yield applicantFrom({ ...person, systems: SYSTEMS, holdings: HOLDINGS });
  }
}

/** What two people cannot share without being candidates for one another. */
const alikeBy = (person: SamplePerson): string[] => [
  kanaName(person),
  ...[person.familyName, person.givenName, ...(person.formerFamilyName ? [person.formerFamilyName] : [])].map(
    ({ kana }) => `${person.birthDate} ${kana}`,
  ),
];

function applicantFrom(person: SamplePerson): Applicant {
  const documentsOf = (system: SystemName) => SAMPLES_FOR[system](person, randomOf(person.seed, system, person.index));
  return {
    identity: {
      fullName: kanjiName(person),
      familyName: person.familyName.kanji,
      givenName: person.givenName.kanji,
      fullKana: kanaName(person),
      familyKana: person.familyName.kana,
      givenKana: person.givenName.kana,
      birthDate: person.birthDate,
      emails: [person.email ?? ''],
      phones: [person.mobile ?? ''],
      postalCode: person.address.postalCode,
      address: addressLine(person.address),
      customerNumbers: SYSTEMS.map((system) => ({ system, number: customerNumber(person, system) })),
    },
    documents: Object.fromEntries(SYSTEMS.map((system) => [system, documentsOf(system)])) as Record<
      SystemName,
      SampleDocuments
    >,
  };
}
