import { randomBytes } from 'node:crypto';
import { MongoClient } from 'mongodb';
import type { Contestant } from '../contestant.js';
import { applicantsOf } from '../population.js';
import { insertRecords, verifyStores } from './stores.js';

const SYSTEMS = ['auto', 'motorcycle', 'flower', 'brand-item', 'medical'] as const;

describe('the proof that the stores were changed', () => {
  const run = `bench_stores_${randomBytes(4).toString('hex')}`;
  const contestant = { name: 'ours', storeDatabase: (system: string) => `${run}_${system}` } as unknown as Contestant;
  const people = applicantsOf(1, 10);
  const applicants = [people.next().value, people.next().value];
  let mongo: MongoClient;
  beforeAll(async () => {
    mongo = await MongoClient.connect(String(process.env['MONGODB_URI']));
    await insertRecords(mongo, contestant, applicants);
  });
  afterAll(async () => {
    for (const system of SYSTEMS) await mongo.db(contestant.storeDatabase(system)).dropDatabase();
    await mongo.close();
  });

  const set = (system: string, collection: string, fields: object) =>
    mongo.db(contestant.storeDatabase(system)).collection(collection).updateMany({}, { $set: fields });

  test('fails by system and collection where nothing was done', async () => {
    await expect(verifyStores(mongo, contestant, applicants)).rejects.toThrow(
      /ours did not do its work: auto\.consignors: 2 of 2 not changed; .*medical\.qualifications: 2 of 2 not changed/,
    );
  });

  test('passes with the number of changed records, and fails again for a single one that was not', async () => {
    await set('auto', 'consignors', { 'dataUse.restricted': true });
    await set('auto', 'listing-images', { published: false });
    await set('auto', 'mail-subscriptions', { status: 'unsubscribed' });
    await set('motorcycle', 'sellers', { frozen: true });
    await set('motorcycle', 'push-tokens', { enabled: false });
    await set('flower', 'buyers', { usageStopped: true });
    await set('brand-item', 'consignors', { processingRestricted: true });
    await set('brand-item', 'item-photos', { inCatalogue: false });
    await set('brand-item', 'newsletter', { active: false });
    await set('medical', 'facilities', { directorRestricted: true });
    await set('medical', 'qualifications', { restricted: true });
    await expect(verifyStores(mongo, contestant, applicants)).resolves.toBe(22);

    const flower = mongo.db(contestant.storeDatabase('flower')).collection('buyers');
    await flower.updateOne({}, { $set: { usageStopped: false } });
    await expect(verifyStores(mongo, contestant, applicants)).rejects.toThrow(
      'ours did not do its work: flower.buyers: 1 of 2 not changed',
    );
  });
});
