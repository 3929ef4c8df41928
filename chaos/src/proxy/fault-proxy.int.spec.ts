import { eventually as patiently } from '@kenri/samples';
import { MongoClient, type Collection } from 'mongodb';
import { randomUUID } from 'node:crypto';
import { startFaultProxy, type FaultProxy } from './index.js';

const NAME = `proxy_${randomUUID().slice(0, 8)}`;
let direct: MongoClient;
let proxy: FaultProxy;
let client: MongoClient;
type Thing = { _id: string };
const through = (): Collection<Thing> => client.db(NAME).collection<Thing>('things');
const stored = (): Collection<Thing> => direct.db(NAME).collection<Thing>('things');
/** Well within a test's minute, so that a failure says what was awaited. */
const eventually = <T>(awaited: string, ask: () => Promise<T | undefined> | T | undefined) =>
  patiently(awaited, ask, 20_000);
const insertOf = (id: string, side: 'request' | 'reply') =>
  proxy.holdNext({ command: 'insert', collection: 'things', database: NAME, side, holding: [id] });

beforeAll(async () => {
  const uri = new URL(process.env['MONGODB_URI'] ?? '');
  direct = await MongoClient.connect(uri.href);
  proxy = await startFaultProxy('mongodb', Number(uri.port));
  uri.port = String(proxy.port);
  client = new MongoClient(uri.href, {
    socketTimeoutMS: 2000,
    serverSelectionTimeoutMS: 5000,
    waitQueueTimeoutMS: 5000,
    retryWrites: false,
  });
});
afterAll(async () => {
  await client?.close();
  await direct?.db(NAME).dropDatabase();
  await direct?.close();
  await proxy?.stop();
});

describe('a break point', () => {
  it('at a reply: the write is done, its sender does not know until it is let go', async () => {
    const held = insertOf('reply', 'reply');
    let known = false;
    const written = through()
      .insertOne({ _id: 'reply' })
      .then(() => (known = true));
    await held.reached;
    expect(await stored().countDocuments({ _id: 'reply' })).toBe(1);
    expect(known).toBe(false);
    held.release();
    await written;
  });

  it('at a request that is lost: the write never happens, and the sender hears nothing', async () => {
    const held = insertOf('lost', 'request');
    const written = through().insertOne({ _id: 'lost' });
    await held.reached;
    held.drop();
    await expect(written).rejects.toThrow();
    expect(await stored().countDocuments({ _id: 'lost' })).toBe(0);
  });

  it('at a request whose sender dies: it still arrives when it is let go', async () => {
    const uri = new URL(process.env['MONGODB_URI'] ?? '');
    uri.port = String(proxy.port);
    const dying = new MongoClient(uri.href);
    await dying.connect();
    const held = insertOf('late', 'request');
    const written = dying.db(NAME).collection<Thing>('things').insertOne({ _id: 'late' });
    written.catch(() => undefined);
    await held.reached;
    await dying.close();
    expect(await stored().countDocuments({ _id: 'late' })).toBe(0);
    held.release();
    await eventually('the write has arrived', async () => (await stored().findOne({ _id: 'late' })) ?? undefined);
  });

  it('lets others pass: of another kind, and so many of its own as it is told', async () => {
    const held = proxy.holdNext({ command: 'insert', collection: 'things', side: 'request', after: 1 });
    await through().insertOne({ _id: 'first' });
    expect(await through().countDocuments({ _id: 'first' })).toBe(1);
    const second = through().insertOne({ _id: 'second' });
    await held.reached;
    held.release();
    await second;
  });
});

describe('a mode', () => {
  it('half-open: nothing is answered and nothing arrives; afterwards new connections work', async () => {
    await through().findOne();
    proxy.set('half-open');
    await expect(through().insertOne({ _id: 'half-open' })).rejects.toThrow();
    expect(await stored().countDocuments({ _id: 'half-open' })).toBe(0);
    proxy.set('forward');
    await eventually('it works again', () =>
      through()
        .insertOne({ _id: 'again' })
        .catch(() => undefined),
    );
  });

  it('reset: every connection ends at once, new ones too', async () => {
    await through().findOne();
    proxy.set('reset');
    await expect(through().findOne()).rejects.toThrow();
    await eventually('no connection is left', () => proxy.connections === 0 || undefined);
    proxy.set('forward');
    await eventually('it works again', () =>
      through()
        .findOne()
        .catch(() => undefined),
    );
  });

  it('slow: each way takes so much longer', async () => {
    proxy.set({ slowMs: 150 });
    const began = performance.now();
    await through().findOne();
    expect(performance.now() - began).toBeGreaterThan(290);
    proxy.set('forward');
  });
});
