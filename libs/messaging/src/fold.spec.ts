import { Binary } from 'mongodb';
import type { OutboxedDocument } from './document.js';
import { asStored, draftOf, growth, toWrite } from './fold.js';

type Stored = OutboxedDocument & Record<string, unknown>;

const stored = (state: Record<string, unknown>): Stored => ({
  _id: 'a',
  ...state,
  version: 3,
  outbox: [],
  timers: [],
  writers: ['w'],
});

/** What one write makes of a document, without what every write has. */
function written(before: Record<string, unknown>, after: Record<string, unknown>) {
  const draft = { ...draftOf<{ _id: string }>('a', stored(before)), state: { _id: 'a', ...after }, changed: true };
  const operation = toWrite(draft, { token: 't', now: new Date(0) }) as unknown as {
    updateOne: { update: Record<string, Record<string, unknown>> };
  };
  const { $set = {}, $unset = {}, $push = {} } = operation.updateOne.update;
  const { writers: _writers, ...push } = $push;
  return { set: $set, unset: Object.keys($unset), push };
}

describe('a write carries what changed and no more', () => {
  test('a field of a nested object is written by its path', () =>
    expect(
      written(
        { systems: { auto: { state: 'a', round: 1 }, flower: {} } },
        { systems: { auto: { state: 'b', round: 1 }, flower: {} } },
      ),
    ).toEqual({ set: { 'systems.auto.state': 'b' }, unset: [], push: {} }));

  test('what follows in an array is pushed, what differs in it is written whole', () => {
    expect(written({ history: [{ n: 1 }] }, { history: [{ n: 1 }, { n: 2 }] })).toEqual({
      set: {},
      unset: [],
      push: { history: { $each: [{ n: 2 }] } },
    });
    expect(written({ history: [{ n: 1 }] }, { history: [{ n: 9 }, { n: 2 }] })).toEqual({
      set: { history: [{ n: 9 }, { n: 2 }] },
      unset: [],
      push: {},
    });
    expect(written({ history: [1, 2] }, { history: [1] }).set).toEqual({ history: [1] });
  });

  test('what is gone is removed, at any depth', () =>
    expect(written({ a: { b: 1, c: 2 }, d: 1 }, { a: { b: 1 } })).toEqual({ set: {}, unset: ['a.c', 'd'], push: {} }));

  test.each([['a.b'], ['$a'], [''], ['0'], ['12']])(
    'an object with a field named %j, which is no path, is written whole',
    (name) =>
      expect(written({ of: { [name]: 1, x: 1 } }, { of: { [name]: 2, x: 1 } }).set).toEqual({
        of: { [name]: 2, x: 1 },
      }),
  );

  test('an object in the place of something else is written whole', () => {
    expect(written({ of: null }, { of: { a: 1 } }).set).toEqual({ of: { a: 1 } });
    expect(written({ of: [1] }, { of: { a: 1 } }).set).toEqual({ of: { a: 1 } });
    expect(written({ of: { a: 1 } }, { of: new Date(5) }).set).toEqual({ of: new Date(5) });
  });
});

describe('a state as the database gives it back', () => {
  test('has no undefined, and bytes as Binary', () => {
    const at = new Date(5);
    const odd = {
      bytes: Buffer.from('a'),
      none: undefined,
      deep: { none: undefined, list: [1, undefined, { none: undefined }] },
      at,
    };
    expect(asStored(odd)).toStrictEqual({ bytes: new Binary(Buffer.from('a')), deep: { list: [1, null, {}] }, at });
  });

  test('shares what was so already, and is frozen all the way down', () => {
    const before = asStored({ history: [{ n: 1 }], part: { a: { b: 1 } } });
    const after = asStored({ ...before, part: { ...before.part, c: 1 } });
    expect(after.history).toBe(before.history);
    expect(after.part.a).toBe(before.part.a);
    expect(Object.isFrozen(after.part)).toBe(true);
    expect(() => (before.history as unknown[]).push(2)).toThrow(TypeError);
  });
});

describe('growth', () => {
  test('counts nothing that is shared, and at least what was added', () => {
    const history = Array.from({ length: 100 }, (_, n) => ({ n, text: 'x'.repeat(100) }));
    expect(growth({ history }, { history })).toBe(0);
    const more = growth({ history: [...history, { n: 100, text: 'y'.repeat(100) }] }, { history });
    expect(more).toBeGreaterThan(100);
    expect(more).toBeLessThan(200);
    expect(growth({ a: { b: 'z'.repeat(50) } }, { a: { b: 'z' } })).toBeGreaterThan(50);
    expect(growth({ a: { b: 'z'.repeat(50) } }, { a: null })).toBeGreaterThan(50);
  });
});
