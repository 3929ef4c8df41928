import { createHash } from 'node:crypto';
import { checkPayload, EVENTS } from '@kenri/contracts';
import fc from 'fast-check';
import { recordOf, recordPlans } from './bad-records.js';
import { TYPES } from './consumers.js';
import { valuesOf, type Schema } from './schema-values.js';
import { badText, spoiled, spoilings, TEXT_FAULTS, type Json } from './spoiling.js';

const noRefs = (): Schema => ({});
const SEED = 7;

describe('what is generated', () => {
  it.each(TYPES)('payloads of %s fit their schema', (type) => {
    const schema = JSON.parse(JSON.stringify(EVENTS[type].schema)) as Schema;
    fc.assert(
      fc.property(valuesOf(schema, noRefs), (value) => {
        expect(checkPayload(type, value)).toMatchObject({ ok: true });
      }),
      { seed: SEED, numRuns: 20 },
    );
  });

  it('a spoilt document differs from the whole one nearly always, and the whole one is left alone', () => {
    const whole: Json = { name: 'x', list: [1, { deep: true }], more: { a: null } };
    const before = JSON.stringify(whole);
    const results = fc
      .sample(spoilings, { seed: SEED, numRuns: 300 })
      .map((one) => JSON.stringify(spoiled(whole, one)));
    expect(JSON.stringify(whole)).toBe(before);
    expect(results.filter((text) => text !== before).length).toBeGreaterThan(280);
    expect(new Set(results).size).toBeGreaterThan(100);
  });

  it('bad texts are no JSON object, but for those that readers differ over', () => {
    const readable = TEXT_FAULTS.filter((fault) => {
      try {
        const value: unknown = JSON.parse(badText({ a: 1 }, fault).toString('utf8'));
        return typeof value === 'object' && !Array.isArray(value);
      } catch {
        return false;
      }
    });
    expect(readable).toEqual(['__proto__', 'duplicate-key', 'huge-number']);
  });

  it('the same seed makes the same messages, of every type and with every fault', () => {
    const make = () => fc.sample(recordPlans(['auto', 'flower'], []), { seed: SEED, numRuns: 250 });
    const plans = make();
    const digest = (all: typeof plans) => {
      const hash = createHash('sha256');
      for (const { value, headers } of all.map((plan) => recordOf(plan, [])))
        hash.update(value ?? 'null').update(JSON.stringify(headers));
      return hash.digest('hex');
    };
    expect(digest(plans)).toBe(digest(make()));
    expect(new Set(plans.map(({ type }) => type)).size).toBe(TYPES.length);
    expect(new Set(plans.map(({ fault }) => fault.in))).toEqual(
      new Set(['nothing', 'headers', 'key', 'text', 'value', 'payload']),
    );
  });
});
