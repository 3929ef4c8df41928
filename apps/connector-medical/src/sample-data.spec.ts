import { peopleIn, persona, personasIn, randomOf, type SamplePerson } from '@kenri/testing';
import { samplesFor } from './sample-data.js';
import { schemas } from './schemas.js';

const asOf = new Date('2026-11-23T00:00:00Z');
const of = (person: SamplePerson) => samplesFor(person, randomOf(person.seed, 'medical', person.index), asOf);
const people = [...personasIn('medical'), ...peopleIn('medical', { seed: 'spec', count: 240 })];
const rows = (documents: ReturnType<typeof of>) =>
  Object.entries(documents).flatMap(([collection, list]) => list.map((document) => [collection, document] as const));

describe('sample data of medical', () => {
  it('is the same for one person every time', () => {
    for (const person of people.slice(0, 40)) expect(of(person)).toEqual(of(person));
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
    expect(seen.size).toBeGreaterThan(people.length / 2);
  });

  it('spells people as this store does: facility first, old character forms, upper-case romaji', () => {
    const [facility] = of(persona('takahashi').person).facilities ?? [];
    expect(facility).toMatchObject({ director: '医療法人社団青葉会 髙橋 眞', directorRomaji: 'TAKAHASHI MAKOTO' });
  });

  it('has imported rows with romaji alone', () => {
    const contacts = people.flatMap((person) => of(person)['staff-contacts'] ?? []);
    expect(contacts.some(({ name, romaji }) => name === undefined && /^[A-Z]+ [A-Z]+$/.test(String(romaji)))).toBe(
      true,
    );
  });

  it('lets staff hang on a facility that exists', () => {
    const documents = people.map(of);
    const facilities = new Set(documents.flatMap((each) => (each.facilities ?? []).map(({ _id }) => String(_id))));
    const contacts = documents.flatMap((each) => each['staff-contacts'] ?? []);
    expect(contacts.length).toBeGreaterThan(5);
    expect(contacts.filter(({ facilityId }) => !facilities.has(String(facilityId)))).toEqual([]);
  });
});
