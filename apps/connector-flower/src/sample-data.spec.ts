import { peopleIn, persona, personasIn, randomOf, type SamplePerson } from '@kenri/testing';
import { samplesFor } from './sample-data.js';
import { schemas } from './schemas.js';

const asOf = new Date('2026-11-23T00:00:00Z');
const of = (person: SamplePerson) => samplesFor(person, randomOf(person.seed, 'flower', person.index), asOf);
const people = [...personasIn('flower'), ...peopleIn('flower', { seed: 'spec', count: 240 })];
const rows = (documents: ReturnType<typeof of>) =>
  Object.entries(documents).flatMap(([collection, list]) => list.map((document) => [collection, document] as const));

describe('sample data of flower', () => {
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

  it('spells people as this store does: one contact string, addresses without the prefecture', () => {
    const [buyer] = of(persona('taro').person).buyers ?? [];
    expect(buyer).toMatchObject({ contact: '山田太郎（ﾔﾏﾀﾞﾀﾛｳ） ０９０ー３４４０ー２５０１' });
    expect(String(buyer?.address)).toMatch(/^港区北青山/);
  });

  it('holds gift recipients beside the person who sends, never the same', () => {
    const gifts = people.flatMap((person) =>
      (of(person)['gift-recipients'] ?? []).map((gift) => [person, gift] as const),
    );
    expect(gifts.length).toBeGreaterThan(5);
    for (const [person, { recipient }] of gifts)
      expect((recipient as { contact: string }).contact).not.toContain(person.mobile ?? 'no telephone');
  });
});
