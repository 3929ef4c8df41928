import type { SystemName } from '@kenri/testing';
import type { MongoClient } from 'mongodb';
import type { Contestant } from '../contestant.js';
import type { Applicant } from '../population.js';

/** What a stop of all use sets, by system and collection: a field and its value, as the data maps' `suppress` has them. */
const CHANGED: Readonly<Record<SystemName, Readonly<Record<string, readonly [path: string, value: unknown]>>>> = {
  auto: {
    consignors: ['dataUse.restricted', true],
    'listing-images': ['published', false],
    'mail-subscriptions': ['status', 'unsubscribed'],
  },
  motorcycle: { sellers: ['frozen', true], 'push-tokens': ['enabled', false] },
  flower: { buyers: ['usageStopped', true] },
  'brand-item': {
    consignors: ['processingRestricted', true],
    'item-photos': ['inCatalogue', false],
    newsletter: ['active', false],
  },
  medical: { facilities: ['directorRestricted', true], qualifications: ['restricted', true] },
};

/** Puts the applicants' records into a contestant's stores. */
export async function insertRecords(
  mongo: MongoClient,
  contestant: Contestant,
  applicants: readonly Applicant[],
): Promise<void> {
  for (const system of Object.keys(CHANGED) as SystemName[]) {
    const store = mongo.db(contestant.storeDatabase(system));
    const byCollection = new Map<string, Record<string, unknown>[]>();
    for (const { documents } of applicants)
      for (const [name, own] of Object.entries(documents[system])) {
        const same = byCollection.get(name);
        if (same) same.push(...own);
        else byCollection.set(name, [...own]);
      }
    for (const [name, documents] of byCollection) {
      for (let from = 0; from < documents.length; from += 500)
        await store.collection(name).insertMany(documents.slice(from, from + 500));
    }
  }
}

/**
 * Looks whether every store was changed for every applicant, record by record.
 * @throws Error naming contestant, system, collection and how many are not
 */
export async function verifyStores(
  mongo: MongoClient,
  contestant: Contestant,
  applicants: readonly Applicant[],
): Promise<number> {
  const faults: string[] = [];
  let records = 0;
  for (const [system, collections] of Object.entries(CHANGED) as [SystemName, (typeof CHANGED)[SystemName]][]) {
    for (const [name, [path, value]] of Object.entries(collections)) {
      const ids = applicants.flatMap(({ documents }) => (documents[system][name] ?? []).map((row) => row['_id']));
      const wanted = { _id: { $in: ids }, [path]: value };
      const changed = await mongo
        .db(contestant.storeDatabase(system))
        .collection(name)
        .countDocuments(wanted as never);
      records += changed;
      if (ids.length < applicants.length) faults.push(`${system}.${name}: applicants without a record`);
      if (changed !== ids.length)
        faults.push(`${system}.${name}: ${ids.length - changed} of ${ids.length} not changed`);
    }
  }
  if (faults.length > 0) throw new Error(`${contestant.name} did not do its work: ${faults.join('; ')}`);
  return records;
}
