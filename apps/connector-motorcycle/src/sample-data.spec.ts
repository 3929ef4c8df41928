import { peopleIn, persona, personasIn, randomOf, type SamplePerson } from '@kenri/testing';
import { samplesFor } from './sample-data.js';
import { schemas } from './schemas.js';

const asOf = new Date('2026-11-23T00:00:00Z');
const of = (person: SamplePerson) => samplesFor(person, randomOf(person.seed, 'motorcycle', person.index), asOf);
const people = [...personasIn('motorcycle'), ...peopleIn('motorcycle', { seed: 'spec', count: 240 })];
const rows = (documents: ReturnType<typeof of>) =>
  Object.entries(documents).flatMap(([collection, list]) => list.map((document) => [collection, document] as const));

describe('sample data of motorcycle', () => {
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

  it('spells people as this store does: one name field, digits in full width', () => {
    const [seller] = of(persona('taro').person).sellers ?? [];
    expect(seller).toMatchObject({ birthDate: '１９７４／０５／０９', tel: '０９０ー３４４０ー２５０１' });
    expect(String(seller?.name).replace('\u3000', '')).toBe('山田太郎');
  });

  it('holds the buyer of a deal and the bidder of a bid as staff of a shop that exists', () => {
    const documents = people.filter(({ holdings }) => !holdings).map(of);
    const staff = new Set(
      documents.flatMap((each) =>
        (each['member-shops'] ?? []).flatMap((shop) =>
          (shop.staff as { staffNo: string }[]).map(({ staffNo }) => `${String(shop._id)} ${staffNo}`),
        ),
      ),
    );
    const named = documents.flatMap((each) => [
      ...(each.deals ?? []).map((deal) => `${String(deal.buyerShopId)} ${String(deal.buyerStaffNo)}`),
      ...(each.bids ?? []).map((bid) => `${String(bid.shopId)} ${String(bid.staffNo)}`),
    ]);
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((each) => !staff.has(each))).toEqual([]);
  });
});
