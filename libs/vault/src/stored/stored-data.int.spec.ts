import { Binary, MongoClient, type Collection } from 'mongodb';
import { KeyDestroyed, SealRefused } from '../vault-error.js';
import { rejection, VaultHarness } from '../vault.harness.js';
import type { Vault } from '../vault.js';
import { CACHE_MS, type DataKeyDocument } from './data-keys.js';

const CANARY = '金糸雀 花子';

describe('stored data', () => {
  let harness: VaultHarness;
  let cases: Vault;
  let keys: Collection<DataKeyDocument>;
  let serial = 0;
  const owner = (): string => `case-${(serial += 1)}`;
  /** A process of the service that has nothing cached. */
  const another = (): Promise<Vault> => harness.open('cases');

  beforeAll(async () => {
    harness = await VaultHarness.start();
    cases = await harness.open('cases');
    keys = harness.mongo.db(harness.keysDatabase).collection('datakeys');
  });
  afterAll(() => harness.stop());

  it('gives back values as values and bytes as bytes, in any process of the service, also by way of BSON', async () => {
    const id = owner();
    const value = { name: CANARY, list: [1, null, 'x'] };
    const bytes = Buffer.from([0, 1, 2, 255]);
    const sealedValue = await cases.stored.seal('identity', id, value);
    const sealedBytes = await cases.stored.seal('identity', id, bytes);
    expect(Buffer.from(sealedValue).includes(Buffer.from(CANARY))).toBe(false);
    const other = await another();
    expect(await other.stored.open('identity', id, sealedValue)).toEqual(value);
    expect(await other.stored.open('identity', id, new Binary(sealedBytes))).toEqual(bytes);
    expect(await other.stored.open('identity', id, await cases.stored.seal('identity', id, Buffer.alloc(0)))).toEqual(
      Buffer.alloc(0),
    );
  });

  it('opens only under its own purpose, owner and service', async () => {
    const [a, b] = [owner(), owner()];
    const sealed = await cases.stored.seal('identity', a, CANARY);
    await cases.stored.seal('identity', b, 'other');
    await cases.stored.seal('undo', a, 'other');
    for (const [purpose, id] of [
      ['identity', b],
      ['undo', a],
    ] as const) {
      const error = await rejection(cases.stored.open(purpose, id, sealed));
      expect(error).toMatchObject({ name: 'SealRefused', code: 'tampered' });
      expect(error.message).not.toContain(CANARY);
    }
    const intake = await harness.open('intake');
    expect(await rejection(intake.stored.open('identity', a, sealed))).toMatchObject({ name: 'KeyMissing' });
  });

  it('refuses any byte altered, and what it did not write', async () => {
    const id = owner();
    const sealed = await cases.stored.seal('manifest', id, CANARY);
    for (let at = 0; at < sealed.length; at += 1) {
      const altered = Buffer.from(sealed);
      altered[at]! ^= 1;
      expect(await rejection(cases.stored.open('manifest', id, altered))).toBeInstanceOf(SealRefused);
    }
    for (const wrong of [Buffer.alloc(0), Buffer.alloc(29), sealed.subarray(1), 'text', null, {}]) {
      expect(await rejection(cases.stored.open('manifest', id, wrong as Buffer))).toMatchObject({ code: 'malformed' });
    }
  });

  it('refuses a wrapped key that was moved to another owner in the database', async () => {
    const [victim, thief] = [owner(), owner()];
    const sealed = await cases.stored.seal('identity', victim, CANARY);
    await cases.stored.seal('identity', thief, 'own');
    const from = await keys.findOne({ _id: `cases:identity:${victim}` });
    await keys.updateOne(
      { _id: `cases:identity:${thief}` },
      { $set: { wrapped: from!.wrapped!, masterId: from!.masterId! } },
    );
    expect(await rejection((await another()).stored.open('identity', thief, sealed))).toMatchObject({
      code: 'tampered',
    });
  });

  it('keeps no key and no value in the clear in the key database', async () => {
    const id = owner();
    await cases.stored.seal('identity', id, CANARY);
    const document = await keys.findOne({ _id: `cases:identity:${id}` });
    expect(Object.keys(document!).sort()).toEqual([
      '_id',
      'createdAt',
      'masterId',
      'owner',
      'purpose',
      'service',
      'wrapped',
    ]);
    expect(document!.wrapped!.length()).toBe(60);
  });

  it('makes one key for many first sealings at once, in several processes', async () => {
    const id = owner();
    const processes = await Promise.all([another(), another(), another()]);
    const sealed = await Promise.all(
      Array.from({ length: 30 }, (_, index) => processes[index % 3]!.stored.seal('undo', id, index)),
    );
    const reader = await another();
    expect(await Promise.all(sealed.map((one) => reader.stored.open('undo', id, one)))).toEqual([...sealed.keys()]);
    expect(await keys.countDocuments({ purpose: 'undo', owner: id })).toBe(1);
  });

  it('needs one database operation for a new key and none for a known one; a batch needs one find', async () => {
    const client = await MongoClient.connect(process.env['MONGODB_URI']!, { monitorCommands: true });
    try {
      const commands: string[] = [];
      const vault = await harness.open('cases', { mongo: client });
      client.on('commandStarted', ({ commandName }) => commands.push(commandName));
      const during = async (run: () => Promise<unknown>): Promise<string[]> => {
        commands.length = 0;
        await run();
        return [...commands];
      };
      const id = owner();
      expect(await during(() => vault.stored.seal('identity', id, 1))).toEqual(['insert']);
      expect(await during(() => vault.stored.seal('identity', id, 2))).toEqual([]);
      const many = Array.from({ length: 50 }, () => ({ owner: owner(), value: 1 }));
      let sealed: (Uint8Array | undefined)[] = [];
      expect(await during(async () => (sealed = await vault.stored.sealMany('identity', many)))).toEqual(['insert']);
      const reader = await harness.open('cases', { mongo: client });
      const items = many.map((item, index) => ({ owner: item.owner, sealed: sealed[index]! }));
      expect(await during(() => reader.stored.openMany('identity', items))).toEqual(['find']);
      const further = await harness.open('cases', { mongo: client });
      expect(await during(() => further.stored.sealMany('identity', many))).toEqual(['insert', 'find']);
    } finally {
      await client.close();
    }
  });

  describe('whose key was destroyed', () => {
    it('can neither be opened nor added to, and is known as destroyed, for ever', async () => {
      const id = owner();
      const sealed = await cases.stored.seal('identity', id, CANARY);
      await cases.stored.destroy('identity', id);
      await cases.stored.destroy('identity', id);
      for (const vault of [cases, await another()]) {
        expect(await vault.stored.isDestroyed('identity', id)).toBe(true);
        expect(await rejection(vault.stored.open('identity', id, sealed))).toBeInstanceOf(KeyDestroyed);
        expect(await rejection(vault.stored.seal('identity', id, 'late'))).toBeInstanceOf(KeyDestroyed);
      }
      const document = await keys.findOne({ _id: `cases:identity:${id}` });
      expect(document).toEqual({
        _id: `cases:identity:${id}`,
        service: 'cases',
        purpose: 'identity',
        owner: id,
        destroyedAt: harness.clock.now(),
      });
    });

    it('keeps the time of its first destruction', async () => {
      const id = owner();
      await cases.stored.destroy('package', id);
      const at = harness.clock.now();
      harness.clock.advance(5000);
      await cases.stored.destroy('package', id);
      expect((await keys.findOne({ _id: `cases:package:${id}` }))!.destroyedAt).toEqual(at);
    });

    it('leaves other purposes and owners alone', async () => {
      const [a, b] = [owner(), owner()];
      const undo = await cases.stored.seal('undo', a, 1);
      const other = await cases.stored.seal('identity', b, 2);
      await cases.stored.destroy('identity', a);
      const reader = await another();
      expect(await reader.stored.open('undo', a, undo)).toBe(1);
      expect(await reader.stored.open('identity', b, other)).toBe(2);
      expect(await reader.stored.isDestroyed('undo', a)).toBe(false);
    });

    it('cannot be created by a late message, where no key had been yet', async () => {
      const id = owner();
      await cases.stored.destroy('identity', id);
      expect(await rejection((await another()).stored.seal('identity', id, 'late'))).toBeInstanceOf(KeyDestroyed);
    });

    it('is left out of batches: undefined in its place, the others done', async () => {
      const [gone, kept] = [owner(), owner()];
      const before = await cases.stored.seal('identity', gone, 1);
      await cases.stored.destroy('identity', gone);
      const reader = await another();
      const items = [gone, kept].map((id) => ({ owner: id, value: id }));
      const sealed = await reader.stored.sealMany('identity', items);
      expect(sealed.map((one) => one === undefined)).toEqual([true, false]);
      const opened = await reader.stored.openMany('identity', [
        { owner: gone, sealed: before },
        { owner: kept, sealed: sealed[1]! },
      ]);
      expect(opened).toEqual([undefined, kept]);
    });

    it('is honoured by another process within the life of its cache, and by it at once where it destroys itself', async () => {
      const id = owner();
      const other = await another();
      const sealed = await other.stored.seal('identity', id, CANARY);
      await cases.stored.destroy('identity', id);
      harness.clock.advance(CACHE_MS);
      expect(await rejection(other.stored.open('identity', id, sealed))).toBeInstanceOf(KeyDestroyed);
    });

    it('stays destroyed in every race with sealing', async () => {
      const ids = Array.from({ length: 40 }, owner);
      const processes = await Promise.all([another(), another(), another()]);
      await Promise.all(
        ids.flatMap((id, index) => [
          ...processes.map((vault) =>
            vault.stored.seal('identity', id, CANARY).catch((error: unknown) => {
              if (!(error instanceof KeyDestroyed)) throw error;
            }),
          ),
          processes[index % 3]!.stored.destroy('identity', id),
          processes[(index + 1) % 3]!.stored.destroy('identity', id),
        ]),
      );
      const documents = await keys.find({ _id: { $in: ids.map((id) => `cases:identity:${id}`) } }).toArray();
      expect(documents).toHaveLength(ids.length);
      for (const document of documents) {
        expect(document.destroyedAt).toBeInstanceOf(Date);
        expect(document).not.toHaveProperty('wrapped');
      }
      const reader = await another();
      for (const id of ids) expect(await rejection(reader.stored.seal('identity', id, 1))).toBeInstanceOf(KeyDestroyed);
    });
  });

  it('needs an owner', async () => {
    await expect(cases.stored.seal('identity', '', 1)).rejects.toThrow('needs an owner');
  });

  describe('of parked messages', () => {
    it('is sealed under a key per day, which can be destroyed by day', async () => {
      const bytes = Buffer.from(CANARY);
      const first = await cases.parkingSeal.seal(bytes);
      expect(Buffer.from(first).includes(bytes)).toBe(false);
      const day = harness.clock.now().toISOString().slice(0, 10);
      harness.clock.advance(24 * 3_600_000);
      const second = await cases.parkingSeal.seal(bytes);
      await cases.stored.destroy('parked', day);
      const reader = await another();
      expect(await rejection(reader.parkingSeal.open(first))).toBeInstanceOf(KeyDestroyed);
      expect(Buffer.from(await reader.parkingSeal.open(second))).toEqual(bytes);
      expect(await rejection(reader.parkingSeal.open(Buffer.from('short')))).toMatchObject({ code: 'malformed' });
    });
  });
});
