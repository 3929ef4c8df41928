import { type Evidence, decide, strongIdentifiers } from './decision.js';
import { type NameEvidence } from './name-evidence.js';

const NAMES: readonly NameEvidence[] = [
  'agrees',
  'look-alike',
  'reading-differs',
  'reading-same',
  'swapped',
  'slip',
  'family-changed',
  'partial',
  'reading-fits',
  'different',
  'not-comparable',
  'missing',
];
const LIST = ['agrees', 'disagrees', 'missing'] as const;

/** Every pattern of evidence there is. */
function* allPatterns(): Generator<Evidence> {
  for (const name of NAMES)
    for (const birthDate of ['agrees', 'slip', 'disagrees', 'missing'] as const)
      for (const email of LIST)
        for (const phone of LIST)
          for (const customerNumber of LIST)
            for (const place of [true, false])
              for (const phoneIsSwitchboard of phone === 'agrees' ? [true, false] : [false])
                yield { name, birthDate, email, phone, customerNumber, place, phoneIsSwitchboard };
}
const nothing: Evidence = {
  name: 'missing',
  birthDate: 'missing',
  email: 'missing',
  phone: 'missing',
  phoneIsSwitchboard: false,
  customerNumber: 'missing',
  place: false,
};

describe('R-12 over every pattern of evidence', () => {
  it('certain only where the names agree, two strong identifiers agree, and nothing disagrees', () => {
    let certain = 0;
    for (const evidence of allPatterns()) {
      const allowed =
        evidence.name === 'agrees' &&
        strongIdentifiers(evidence) >= 2 &&
        ['agrees', 'missing'].includes(evidence.birthDate) &&
        evidence.email !== 'disagrees' &&
        evidence.phone !== 'disagrees';
      expect(decide(evidence) === 'certain').toBe(allowed);
      certain += Number(allowed);
    }
    expect(certain).toBeGreaterThan(20);
  });

  it('address, postal code and organisation never make a match certain', () => {
    for (const evidence of allPatterns())
      expect(decide({ ...evidence, place: true }) === 'certain').toBe(
        decide({ ...evidence, place: false }) === 'certain',
      );
  });

  it('another name is another person, whatever else agrees', () => {
    for (const evidence of allPatterns()) if (evidence.name === 'different') expect(decide(evidence)).toBe('different');
  });

  it('one more agreement never lowers a verdict', () => {
    const rank = { different: 0, candidate: 1, certain: 2 };
    for (const evidence of allPatterns()) {
      for (const field of ['email', 'phone', 'customerNumber'] as const) {
        if (evidence[field] === 'missing')
          expect(rank[decide({ ...evidence, [field]: 'agrees' })]).toBeGreaterThanOrEqual(rank[decide(evidence)]);
      }
    }
  });
});

// The README's table of what is plainly another person, row by row.
describe('plainly another person', () => {
  it.each<[string, Partial<Evidence>]>([
    [
      'other names, everything else agreeing',
      { name: 'different', birthDate: 'agrees', email: 'agrees', phone: 'agrees', place: true },
    ],
    [
      'same name, birth date beyond a slip, no contact agreeing',
      { name: 'agrees', birthDate: 'disagrees', place: true },
    ],
    [
      'same name, no birth date, e-mail and telephone both differing, another place',
      { name: 'agrees', email: 'disagrees', phone: 'disagrees' },
    ],
    [
      'look-alike name, birth date beyond a slip, one contact at most',
      { name: 'look-alike', birthDate: 'disagrees', phone: 'agrees' },
    ],
    [
      'same reading, birth date beyond a slip',
      { name: 'reading-same', birthDate: 'disagrees', phone: 'agrees', email: 'agrees' },
    ],
    ['same reading, nothing in support', { name: 'reading-same' }],
    [
      'one character off, birth date beyond a slip',
      { name: 'slip', birthDate: 'disagrees', phone: 'agrees', email: 'agrees' },
    ],
    ['one character off, nothing in support', { name: 'slip' }],
    [
      'changed family name, birth date beyond a slip',
      { name: 'family-changed', birthDate: 'disagrees', phone: 'agrees', email: 'agrees' },
    ],
    ['changed family name, nothing but the place', { name: 'family-changed', place: true }],
    [
      'changed family name, e-mail and telephone both differing',
      { name: 'family-changed', birthDate: 'agrees', email: 'disagrees', phone: 'disagrees' },
    ],
    ['part of a name, nothing in support', { name: 'partial' }],
    ['part of a name, birth date beyond a slip', { name: 'partial', birthDate: 'disagrees', phone: 'agrees' }],
    [
      'names not comparable, birth date beyond a slip, one contact at most',
      { name: 'not-comparable', birthDate: 'disagrees', phone: 'agrees' },
    ],
    ['names not comparable, nothing in support', { name: 'not-comparable' }],
    ['no name, nothing but the birth date', { birthDate: 'agrees' }],
    ['no name, nothing but the place', { place: true }],
    ['nothing at all', {}],
  ])('%s', (_what, evidence) => {
    expect(decide({ ...nothing, ...evidence })).toBe('different');
  });
});

describe('may be the person', () => {
  it.each<[string, Partial<Evidence>]>([
    ['same name, nothing else to compare', { name: 'agrees' }],
    [
      'same name, birth date beyond a slip, a contact agreeing',
      { name: 'agrees', birthDate: 'disagrees', phone: 'agrees' },
    ],
    [
      'same name and birth date, every contact differing',
      { name: 'agrees', birthDate: 'agrees', email: 'disagrees', phone: 'disagrees' },
    ],
    ['look-alike name and birth date', { name: 'look-alike', birthDate: 'agrees' }],
    ['same reading and birth date', { name: 'reading-same', birthDate: 'agrees' }],
    ['same reading and place', { name: 'reading-same', place: true }],
    ['changed family name and birth date', { name: 'family-changed', birthDate: 'agrees' }],
    ['changed family name and a contact', { name: 'family-changed', email: 'agrees' }],
    ['part of a name and a contact', { name: 'partial', phone: 'agrees' }],
    ['names not comparable and birth date', { name: 'not-comparable', birthDate: 'agrees' }],
    ['no name, a contact', { email: 'agrees' }],
  ])('%s', (_what, evidence) => {
    expect(decide({ ...nothing, ...evidence })).toBe('candidate');
  });
});
