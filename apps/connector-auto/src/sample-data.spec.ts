import { peopleIn, persona, personasIn, randomOf, type SamplePerson } from '@kenri/testing';
import { samplesFor } from './sample-data.js';
import { schemas } from './schemas.js';

const asOf = new Date('2026-11-23T00:00:00Z');
const of = (person: SamplePerson) => samplesFor(person, randomOf(person.seed, 'auto', person.index), asOf);
const people = [...personasIn('auto'), ...peopleIn('auto', { seed: 'spec', count: 240 })];

const rows = (documents: ReturnType<typeof of>) =>
  Object.entries(documents).flatMap(([collection, list]) => list.map((document) => [collection, document] as const));

describe('sample data of auto', () => {
  it('is the same for one person every time', () => {
    for (const person of people.slice(0, 60)) expect(of(person)).toEqual(of(person));
  });

  it('gives everybody at least one record, or a place in their company’s', () => {
    const staff = new Set(people.filter(({ office }) => office?.kind === 'car-dealer').map(({ index }) => index));
    for (const person of people) {
      const records = Object.keys(of(person)).filter((collection) => collection !== 'screening-results');
      if (!staff.has(person.index) && person.email) expect(records.length).toBeGreaterThan(0);
    }
  });

  it('holds only what the schemas know, every required field filled, no id twice', () => {
    const seen = new Set<string>();
    const faults: string[] = [];
    for (const [collection, document] of people.flatMap((person) => rows(of(person)))) {
      const schema = schemas[collection as keyof typeof schemas];
      if (seen.has(String(document._id))) faults.push(`${collection} ${String(document._id)} twice`);
      seen.add(String(document._id));
      for (const name of Object.keys(document))
        if (schema.pathType(name) === 'adhocOrUndefined') faults.push(`${collection}.${name} unknown`);
      for (const name of schema.requiredPaths())
        if (!name.includes('.') && document[name] === undefined) faults.push(`${collection}.${name} missing`);
    }
    expect(faults).toEqual([]);
    expect(seen.size).toBeGreaterThan(people.length);
  });

  it('spells people as this store does: half-width kana, era dates, numbers without hyphens', () => {
    const [consignor] = of(persona('taro').person).consignors ?? [];
    expect(consignor).toMatchObject({
      name: '山田 太郎',
      kana: 'ﾔﾏﾀﾞ ﾀﾛｳ',
      birthDate: 'S49.5.9',
      mobile: '09034402501',
    });
  });

  it('holds the buyer of a deal as a contact of a member that exists', () => {
    const members = new Map(
      people.flatMap((person) => (of(person).members ?? []).map((member) => [String(member._id), member] as const)),
    );
    const deals = people.filter(({ holdings }) => !holdings).flatMap((person) => of(person).deals ?? []);
    expect(deals.length).toBeGreaterThan(20);
    for (const deal of deals) {
      const buyer = members.get(String(deal.buyerMemberId)) as { contacts: { contactNo: number }[] } | undefined;
      expect(buyer?.contacts.map(({ contactNo }) => contactNo)).toContain(deal.buyerContactNo);
    }
  });
});
