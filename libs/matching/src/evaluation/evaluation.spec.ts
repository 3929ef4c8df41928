import { CATEGORIES } from './categories.js';
import { compareDifferentPeople } from './different-people.js';
import { estimate } from './estimate-weights.js';
import { add, emptyMeasure, figures, measurePair } from './measure.js';
import { nameLists } from './name-lists.js';
import { Random } from './random.js';

describe('the right person, on names held out from tuning', () => {
  const total = emptyMeasure();
  it.each(Object.entries(CATEGORIES))('%s: no wrong certain, recall at least 97 %%', (_name, category) => {
    const random = new Random(0x5eed);
    const measured = emptyMeasure();
    for (let i = 0; i < 500; i += 1) measurePair(measured, category(random, nameLists('held-out')));
    expect([measured.wrongCertain, measured.forbiddenCertain]).toEqual([0, 0]);
    expect(figures(measured).recall ?? 1).toBeGreaterThanOrEqual(0.97);
    add(total, measured);
  });

  it('over all: recall at least 99 %, 90 % of allowed pairs certain, 70 % of different people different', () => {
    // Runs alone too: then the categories have not been counted yet.
    if (total.pairs === 0)
      for (const category of Object.values(CATEGORIES))
        for (let i = 0; i < 300; i += 1) measurePair(total, category(new Random(i), nameLists('held-out')));
    const found = figures(total);
    expect(found.recall).toBeGreaterThanOrEqual(0.99);
    expect(found.certainOfAllowed).toBeGreaterThanOrEqual(0.9);
    expect(found.differentOfDifferent).toBeGreaterThanOrEqual(0.7);
  });

  it('of a million pairs of different people with shared attributes not one is certain', () => {
    const { pairs, certain } = compareDifferentPeople(new Random(0xc0ffee), nameLists('all'), 1_000_000);
    expect(pairs).toBeGreaterThanOrEqual(1_000_000);
    expect(certain).toBe(0);
  });
});

describe('estimating weights', () => {
  it('finds shares near those the pairs were drawn with, without their labels', () => {
    const random = new Random(3);
    const draw = (same: boolean) =>
      ['name', 'birthDate', 'email'].map(
        (field) => `${field}:${random.chance(same ? 0.9 : 0.05) ? 'agrees' : 'disagrees'}`,
      );
    const found = estimate(
      Array.from({ length: 20_000 }, () => draw(random.chance(0.3))),
      Array.from({ length: 20_000 }, () => draw(false)),
    );
    expect(found.prior).toBeGreaterThan(0.27);
    expect(found.prior).toBeLessThan(0.33);
    for (const field of ['name', 'birthDate', 'email']) {
      expect(Math.abs(found.m.get(`${field}:agrees`)! - 0.9)).toBeLessThan(0.03);
      expect(Math.abs(found.u.get(`${field}:agrees`)! - 0.05)).toBeLessThan(0.03);
    }
  });
});
