import { describeSamples } from '@kenri/connector-kit/contract-suite';
import { persona } from '@kenri/testing';
import { samplesFor } from './sample-data.js';
import { schemas } from './schemas.js';

const { people, of } = describeSamples({ system: 'flower', schemas, samplesFor });

describe('people in the flower store', () => {
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
