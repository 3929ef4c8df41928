import { peopleIn, personasIn, randomOf, type Random, type SamplePerson } from '@kenri/testing';
import type { StoreSchemas } from '../check-map.js';
import type { SampleDocuments } from '../fill.js';

export interface SampleSubject<Documents extends SampleDocuments> {
  readonly system: string;
  readonly schemas: StoreSchemas;
  readonly samplesFor: (person: SamplePerson, random: Random, asOf: Date) => Documents;
}

const AS_OF = new Date('2026-11-23T00:00:00Z');

/**
 * What holds for every system's sample data. Returns the people it was proved on, personas first, and what the store holds about
 * each, for what an app has to say beyond it.
 */
export function describeSamples<Documents extends SampleDocuments>({
  system,
  schemas,
  samplesFor,
}: SampleSubject<Documents>): { people: readonly SamplePerson[]; of: (person: SamplePerson) => Documents } {
  const of = (person: SamplePerson) => samplesFor(person, randomOf(person.seed, system, person.index), AS_OF);
  const people = [...personasIn(system), ...peopleIn(system, { seed: 'spec', count: 240 })];

  describe(`sample data of ${system}`, () => {
    it('is the same for one person every time', () => {
      for (const person of people.slice(0, 60)) expect(of(person)).toEqual(of(person));
    });

    it('holds only what the schemas know, every required field filled, no id twice', () => {
      const seen = new Set<string>();
      const faults: string[] = [];
      for (const [collection, documents] of people.flatMap((person) => Object.entries(of(person)))) {
        const schema = schemas[collection]!;
        for (const document of documents) {
          const id = String(document['_id']);
          if (seen.has(id)) faults.push(`${collection} ${id} twice`);
          seen.add(id);
          for (const name of Object.keys(document))
            if (schema.pathType(name) === 'adhocOrUndefined') faults.push(`${collection}.${name} unknown`);
          for (const name of schema.requiredPaths())
            if (!name.includes('.') && document[name] === undefined) faults.push(`${collection}.${name} missing`);
        }
      }
      expect(faults).toEqual([]);
      expect(seen.size).toBeGreaterThan(people.length / 2);
    });
  });
  return { people, of };
}
