import { randomBytes } from 'node:crypto';
import { MongoClient, ObjectId } from 'mongodb';
import { comparable } from '../documents/comparable.js';
import { MongoStore } from './mongo-store.js';

describe('ids of a collection', () => {
  let client: MongoClient;
  const name = `trial_ids_${randomBytes(4).toString('hex')}`;
  // In the order of the server: numbers, then text, then ObjectIds.
  const inOrder = [1, 2.5, 30, 'a', 'b', new ObjectId('0'.repeat(24)), new ObjectId('f'.repeat(24))];
  beforeAll(async () => {
    client = await MongoClient.connect(process.env['MONGODB_URI']!);
    const documents = inOrder.map((_id) => ({ _id, size: 1 })).reverse();
    await client
      .db(name)
      .collection('mixed')
      .insertMany(documents as never[]);
  });
  afterAll(async () => {
    await client.db(name).dropDatabase();
    await client.close();
  });

  const pagesAfter = async (after: unknown, atATime: number) => {
    const pages: unknown[][] = [];
    for await (const page of new MongoStore(client.db(name)).ids('mixed', after, atATime))
      pages.push(page.map(comparable));
    return pages;
  };

  it('come page by page in one order, whatever their types', async () => {
    const wanted = inOrder.map(comparable);
    expect(await pagesAfter(undefined, 3)).toEqual([wanted.slice(0, 3), wanted.slice(3, 6), wanted.slice(6)]);
  });

  it('go on after any of them, so that a sweep that was cut off misses none of another type', async () => {
    for (const [at, after] of inOrder.entries())
      expect((await pagesAfter(after, 2)).flat()).toEqual(inOrder.slice(at + 1).map(comparable));
  });
});

describe('the change feed', () => {
  let client: MongoClient;
  const name = `trial_changes_${randomBytes(4).toString('hex')}`;
  beforeAll(async () => {
    client = await MongoClient.connect(process.env['MONGODB_URI']!);
  });
  afterAll(async () => {
    await client.db(name).dropDatabase();
    await client.close();
  });

  it('names the outermost fields that were set or removed, and none where the whole document may be another', async () => {
    type Buyer = { _id: string; [field: string]: unknown };
    const buyers = client.db(name).collection<Buyer>('buyers');
    const ids = ['set', 'removed', 'twice', 'replaced', 'gone', 'inserted-and-set'] as const;
    await buyers.insertMany(
      ids
        .slice(0, 5)
        .map((_id) => ({ _id, name: '山田', use: { mail: true }, contacts: [{ tel: '1' }, { tel: '2' }] })),
    );
    const feed = (await new MongoStore(client.db(name)).changes(['buyers'], null))!;
    await buyers.updateOne({ _id: 'set' }, { $set: { 'use.mail': false, 'contacts.1.tel': '3' } });
    await buyers.updateOne({ _id: 'removed' }, { $unset: { name: '' } });
    await buyers.updateOne({ _id: 'twice' }, { $set: { name: '田中' } });
    await buyers.updateOne({ _id: 'twice' }, { $push: { contacts: { $each: [], $slice: 1 } } } as never);
    await buyers.replaceOne({ _id: 'replaced' }, { name: '田中' });
    await buyers.deleteOne({ _id: 'gone' });
    await buyers.insertOne({ _id: 'inserted-and-set' });
    await buyers.updateOne({ _id: 'inserted-and-set' }, { $set: { name: '田中' } });
    const seen = new Map<unknown, string[] | undefined>();
    try {
      for (const deadline = Date.now() + 20_000; seen.size < ids.length && Date.now() < deadline;)
        for (const { id, fields } of (await feed.next()).changed) seen.set(id, fields && [...fields].sort());
    } finally {
      await feed.close();
    }
    expect(seen.get('set')).toEqual(['contacts', 'use']);
    expect(seen.get('removed')).toEqual(['name']);
    expect(seen.get('twice')).toContain('contacts');
    for (const id of ['replaced', 'gone']) expect({ id, fields: seen.get(id) }).toEqual({ id, fields: undefined });
    expect(seen.has('inserted-and-set')).toBe(true);
  });
});
