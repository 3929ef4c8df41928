import { describeSamples } from '@kenri/connector-kit/contract-suite';
import { persona } from '@kenri/testing';
import { samplesFor } from './sample-data.js';
import { schemas } from './schemas.js';

const { of } = describeSamples({ system: 'brand-item', schemas, samplesFor });

describe('people in the brand-item store', () => {
  it('spells people as this store does: names in parts, ISO dates', () => {
    const [consignor] = of(persona('taro').person).consignors ?? [];
    expect(consignor).toMatchObject({ familyName: '山田', givenKana: 'タロウ', birthDate: '1974-05-09' });
  });

  it('verifies identity where jewels above two million yen are sold, with an image of the document', () => {
    const [verification] = of(persona('sachiko').person)['identity-verifications'] ?? [];
    expect(verification).toMatchObject({ fullName: '松本 幸子', image: { contentType: 'image/png' } });
  });
});
