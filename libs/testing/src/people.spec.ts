import { FAMILY_NAMES } from './data/family-names.js';
import { FEMALE_NAMES, MALE_NAMES } from './data/given-names.js';
import { PLACES } from './data/places.js';
import { householdOf } from './households.js';
import { SYSTEMS } from './facts.js';
import { asRecorded, isKnownTo, peopleIn, personAt } from './people.js';
import type { SamplePerson } from './sample-person.js';
import { hexId } from './random.js';
import { samplesIn } from './store-samples.js';
import { kanjiName } from './spellings.js';

const sample = Array.from({ length: 2_400 }, (_, index) => personAt('spec', index));

describe('the population', () => {
  it('depends on seed and index only, in whatever order people are made', () => {
    const backwards = sample
      .map(({ index }) => index)
      .reverse()
      .map((index) => personAt('spec', index))
      .reverse();
    expect(backwards).toEqual(sample);
    expect(personAt('other', 17)).not.toEqual(personAt('spec', 17));
  });

  it('gives those who live together one address, one family name and one landline', () => {
    const shared = ({ household, address, familyName, landline }: SamplePerson) =>
      JSON.stringify([household.id, household.members, address, familyName, landline]);
    const strangers = sample.filter((person) =>
      person.household.members.some((other) => shared(personAt('spec', other)) !== shared(person)),
    );
    expect(strangers).toEqual([]);
  });

  it('has fathers and sons a generation apart, and twins of one birth date', () => {
    const fathers = sample.filter(({ household }) => household.role === 'father');
    expect(fathers.length).toBeGreaterThan(30);
    for (const father of fathers) {
      const son = personAt('spec', father.index + 1);
      expect(son.household.role).toBe('son');
      expect(Number(son.birthDate.slice(0, 4)) - Number(father.birthDate.slice(0, 4))).toBeGreaterThan(20);
    }
    const twins = sample.filter(({ household }) => household.role === 'twin');
    expect(twins.length).toBeGreaterThan(20);
    for (const twin of twins)
      for (const other of twin.household.members) expect(personAt('spec', other).birthDate).toBe(twin.birthDate);
  });

  it('has namesakes, shared offices, moved and married people', () => {
    const names = sample.map((person) => kanjiName(person));
    expect(names.length - new Set(names).size).toBeGreaterThan(15);
    const offices = new Set(sample.flatMap(({ office }) => (office ? [office.id] : [])));
    expect(offices.size).toBe(2_400 / 24);
    expect(sample.filter(({ office }) => office).length).toBeGreaterThan(offices.size * 2);
    expect(sample.filter(({ earlierAddress }) => earlierAddress).length).toBeGreaterThan(80);
    const married = sample.filter(({ formerFamilyName }) => formerFamilyName);
    expect(married.length).toBeGreaterThan(80);
    expect(
      married.some((person) => asRecorded(person, 'auto').familyName !== asRecorded(person, 'flower').familyName),
    ).toBe(true);
  });

  it('puts everybody into one to four of the five systems, and many into several', () => {
    expect(sample.filter(({ systems }) => systems.length < 1 || systems.length > 4)).toEqual([]);
    expect(sample.filter(({ systems }) => systems.length > 1).length).toBeGreaterThan(sample.length / 4);
    for (const system of SYSTEMS) {
      const first = [...peopleIn(system, { seed: 'spec', count: 100 })];
      expect(first).toHaveLength(100);
      expect(first.every((person) => person.systems.includes(system))).toBe(true);
    }
  });

  it('gives a further system people of its own choice, about every fourth, and its personas what it says they hold', () => {
    const known = sample.filter((person) => isKnownTo('a-sixth', person)).length;
    expect(known).toBeGreaterThan(sample.length / 5);
    expect(known).toBeLessThan(sample.length / 3);
    expect([...peopleIn('a-sixth', { seed: 'spec', count: 50 })]).toHaveLength(50);
    const recorded = { occupation: 'kept by the sixth' };
    const samples = samplesIn('a-sixth', ({ holdings }) => ({ seen: [{ holdings }] }), { yui: { recorded } });
    const [first, second] = [...samples({ seed: 'spec', people: 1 })];
    expect(first).toMatchObject({ seen: [{ holdings: { 'a-sixth': { recorded } } }] });
    expect(second).toEqual({ seen: [{ holdings: undefined }] });
  });

  it('lays households out without gaps', () => {
    for (let index = 0; index < 240; index++) expect(householdOf('spec', index).members).toContain(index);
  });
});

describe('the name and place data', () => {
  it('has at least 250 family names and 200 given names of each sex, none twice', () => {
    expect(FAMILY_NAMES.length).toBeGreaterThanOrEqual(250);
    expect(new Set(FAMILY_NAMES.map(({ kanji, kana }) => kanji + kana)).size).toBe(FAMILY_NAMES.length);
    for (const names of [MALE_NAMES, FEMALE_NAMES]) {
      expect(names.length).toBeGreaterThanOrEqual(200);
      expect(new Set(names.map(({ kanji, kana }) => kanji + kana)).size).toBe(names.length);
    }
  });

  it('writes every reading in full-width katakana', () => {
    for (const { kana } of [...FAMILY_NAMES, ...MALE_NAMES, ...FEMALE_NAMES]) expect(kana).toMatch(/^[ァ-ヶー]+$/);
  });

  it('covers all 47 prefectures with well-formed postal prefixes and area codes', () => {
    expect(new Set(PLACES.map(({ prefecture }) => prefecture)).size).toBe(47);
    for (const place of PLACES) {
      expect(place.postalPrefix).toMatch(/^\d{3}$/);
      expect(place.areaCode).toMatch(/^0\d{1,3}$/);
      expect(place.town).not.toBe('');
    }
  });
});

it('gives ids that differ for keys that differ, in 20,000 tries', () => {
  const ids = new Set<string>();
  for (let n = 0; n < 20_000; n++) ids.add(hexId('auto', 'listings', n));
  expect(ids.size).toBe(20_000);
  expect([...ids][0]).toMatch(/^[0-9a-f]{24}$/);
});
