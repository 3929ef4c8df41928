import { Schema } from 'mongoose';
import { checkMap, FaultyDataMap, requireSoundMap } from './check-map.js';
import type { DataMap, MappedCollection } from './data-map.js';
import { trialMap, trialSchemas } from './trial/trial-store.js';

const changed = (collection: string, change: (about: MappedCollection) => Partial<MappedCollection>): DataMap => {
  const about = trialMap.collections[collection] as MappedCollection;
  return { ...trialMap, collections: { ...trialMap.collections, [collection]: { ...about, ...change(about) } } };
};
const without = (fields: MappedCollection['fields'], path: string) =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => name !== path));
const problems = (map: DataMap, schemas = trialSchemas as Record<string, Schema>) =>
  checkMap(map, schemas).map(({ collection, at, problem }) => `${collection} ${at}: ${problem}`);

describe('the check of a data map', () => {
  it('finds nothing in a sound one', () => {
    expect(problems(trialMap)).toEqual([]);
  });

  it.each<[string, DataMap, RegExp]>([
    [
      'a path of the schema that the map forgets',
      changed('customers', ({ fields }) => ({ fields: without(fields, 'email') })),
      /customers email: the schema has this path/,
    ],
    [
      'a path inside an array that the map forgets',
      changed('companies', ({ fields }) => ({ fields: without(fields, 'contacts[].mobile') })),
      /contacts\[\]\.mobile: the schema has this path/,
    ],
    [
      'a path that the schema does not know',
      changed('customers', ({ fields }) => ({
        fields: { ...fields, fax: { label: { ja: 'あ', en: 'a' }, category: 'contact' } },
      })),
      /customers fax: the map has this path, the schema does not/,
    ],
    [
      'an embedded person without a key to act on',
      changed('companies', ({ people }) => ({ people: people!.map(({ elementKey: _key, ...person }) => person) })),
      /no key to act on/,
    ],
    [
      'a reference without an index',
      changed('photos', () => ({
        reached: [{ as: 'buyer', from: { collection: 'orders', role: 'buyer' }, on: { fileName: 'item' } }],
      })),
      /no index on fileName/,
    ],
    [
      'a reference from a role that nobody has',
      changed('orders', () => ({
        reached: [{ as: 'buyer', from: { collection: 'customers', role: 'owner' }, on: { customerNumber: 'number' } }],
      })),
      /customers has no role "owner"/,
    ],
    ['a collection that nothing leads to', changed('ledger', () => ({ reached: [] })), /ledger : cannot be reached/],
    [
      'collections that only lead to each other',
      changed('orders', () => ({
        reached: [{ as: 'buyer', from: { collection: 'photos', role: 'buyer' }, on: { customerNumber: 'orderId' } }],
      })),
      /orders : cannot be reached/,
    ],
    [
      'a period counted from what is no date',
      changed('ledger', ({ retention }) => ({ retention: retention!.map((rule) => ({ ...rule, from: 'name' })) })),
      /from "name" is no date/,
    ],
    [
      'a kept path that does not exist',
      changed('ledger', ({ retention }) => ({ retention: retention!.map((rule) => ({ ...rule, keeps: ['names'] })) })),
      /keeps "names" is unknown/,
    ],
    [
      'a wish written to an unknown path',
      changed('customers', () => ({ suppress: [{ purpose: 'ads', set: { adStop: true } }] })),
      /set "adStop" is unknown/,
    ],
    [
      'a wish that would be written into everybody’s element',
      changed('companies', () => ({ suppress: [{ purpose: 'ads', set: { 'contacts[].mailStop': true } }] })),
      /lies in an array/,
    ],
    [
      'a label without words in one language',
      changed('customers', () => ({ label: { ja: '', en: 'Customers' } })),
      /no words in language ja/,
    ],
    [
      'a legal hold that would hold everything',
      changed('customers', ({ legalHold }) => ({ legalHold: { ...legalHold!, when: [] } })),
      /every row would be held/,
    ],
  ])('reports %s', (_what, map, expected) => {
    expect(problems(map)).toContainEqual(expect.stringMatching(expected));
  });

  it('reports a collection that only one side knows, and refuses to start with any fault', () => {
    expect(problems(trialMap, { ...trialSchemas, extra: new Schema({ a: String }) })).toContainEqual(
      expect.stringMatching(/extra : the store has this collection/),
    );
    const { notes: _notes, ...fewer } = trialSchemas;
    expect(problems(trialMap, fewer)).toContainEqual(expect.stringMatching(/notes : the map has this collection/));
    expect(() => requireSoundMap(trialMap, fewer)).toThrow(FaultyDataMap);
  });
});
