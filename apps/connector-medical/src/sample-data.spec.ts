import { describeSamples } from '@kenri/connector-kit/contract-suite';
import { persona } from '@kenri/testing';
import { samplesFor } from './sample-data.js';
import { schemas } from './schemas.js';

const { people, of } = describeSamples({ system: 'medical', schemas, samplesFor });

describe('people in the medical store', () => {
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
