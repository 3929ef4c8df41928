import { describeSamples } from '@kenri/connector-kit/contract-suite';
import { persona } from '@kenri/testing';
import { samplesFor } from './sample-data.js';
import { schemas } from './schemas.js';

const { people, of } = describeSamples({ system: 'auto', schemas, samplesFor });

describe('people in the auto store', () => {
  it('gives everybody at least one record, or a place in their company’s', () => {
    const staff = new Set(people.filter(({ office }) => office?.kind === 'car-dealer').map(({ index }) => index));
    for (const person of people) {
      const records = Object.keys(of(person)).filter((collection) => collection !== 'screening-results');
      if (!staff.has(person.index) && person.email) expect(records.length).toBeGreaterThan(0);
    }
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
