import type { Vault } from '@kenri/vault';
import { TrialConnector, eventually } from '../trial/trial-connector.js';
import { trialMap, trialSchemas } from '../trial/trial-store.js';
import { generationName } from './generation.js';
import type { IndexState } from './index-state.js';
import { crowd, GatedStore, IndexProcess, rotated, somebody, type IndexProcessOptions } from './index-trial.harness.js';

/** A store indexed under one generation is indexed anew under another one. */
describe('re-indexing', () => {
  const people = crowd(0, 100);
  const identities = people.map(({ identity }) => identity);
  let trial: TrialConnector;
  let processes: IndexProcess[];
  beforeEach(async () => {
    processes = [];
    trial = await TrialConnector.open(trialMap, trialSchemas);
    await trial.store.collection('customers').insertMany(people.map(({ document }) => ({ ...document })));
    const first = await (await open()).start().reaches('following');
    expect(await first.found(identities)).toBe(100);
    await first.stop();
    processes = [];
  });
  afterEach(async () => {
    for (const process of processes) await process.stop();
    await trial?.close();
  });

  async function open(options: IndexProcessOptions = {}): Promise<IndexProcess> {
    const process = await IndexProcess.open(trial, options);
    processes.push(process);
    return process;
  }
  /** A process held up in the middle of its sweep; what it had to do before is done. */
  async function heldHalfWay(options: IndexProcessOptions): Promise<{ half: IndexProcess; gate: GatedStore }> {
    let gate: GatedStore | undefined;
    const half = await open({ ...options, store: (real) => (gate = new GatedStore(real)) });
    gate!.holdAfter(5);
    half.start();
    await eventually('the sweep is half-way', () => Promise.resolve(gate!.held));
    return { half, gate: gate! };
  }
  async function killed(process: IndexProcess, gate: GatedStore): Promise<void> {
    processes = processes.filter((other) => other !== process);
    const dead = process.kill();
    gate.release();
    await dead;
  }
  const entriesByGeneration = async (): Promise<Record<string, number>> => {
    const entries = await trial.own.collection<{ g: string }>('side_index').find().toArray();
    return Object.fromEntries([...Map.groupBy(entries, ({ g }) => g)].map(([g, all]) => [g, all.length]));
  };
  const insert = (n: number) => trial.store.collection('customers').insertOne({ ...somebody(n).document });

  it('after a rotation finds everybody under old keys and new ones, freshly, and shows how far it is', async () => {
    const before = trial.vault.blocking.secretIds[0]!;
    const vault = await rotated(trial);
    const { half, gate } = await heldHalfWay({ vault });
    const [oldName, newName] = half.indexer.serving.map(generationName).reverse() as [string, string];
    expect(oldName).toContain(before);
    expect(await entriesByGeneration()).toEqual({ [oldName]: 50, [newName]: 50 });
    expect(half.indexer.progress).toMatchObject({ state: 'sweeping', documentsSwept: 50 });

    await insert(200);
    await trial.store.collection('customers').deleteOne({ number: 'P-99' });
    const freshness = await half.fresh();
    expect(freshness.fresh).toBe(true);
    expect(await half.found(identities)).toBe(99);
    expect(await half.found([somebody(200).identity])).toBe(1);

    // A process that led before and was slow writes an old key where the sweep has passed.
    const passed = await trial.store.collection('customers').findOne({ number: 'P-0' });
    const late = [{ collection: 'customers', id: passed!._id }];
    await half.index.refresh(late, half.indexer.serving[1]!);
    expect(await trial.own.collection('side_index').countDocuments({ i: passed!._id, g: oldName })).toBe(1);
    gate.release();
    await half.reaches('following');
    expect(await entriesByGeneration()).toEqual({ [newName]: 100 });
    expect(half.indexer.serving.map(generationName)).toEqual([newName]);
    expect(await half.found(identities)).toBe(99);
    expect(await half.fresh()).toMatchObject({ fresh: true });
    expect(half.told.at(-1)).toMatchObject({ documents: 100, reindexing: true, resumed: false, done: true });
    expect(half.told.at(-1)!.documentsPerSecond).toBeGreaterThan(0);
    expect(half.errors).toEqual([]);
  });

  it('killed half-way goes on from where it was, and leaves no old key behind', async () => {
    const vault = await rotated(trial);
    const { half, gate } = await heldHalfWay({ vault });
    await killed(half, gate);
    const stopped = await trial.own.collection<IndexState>('index_state').findOne();
    expect(stopped?.sweep).toMatchObject({ collection: 'customers', documents: 50 });

    let seen: GatedStore | undefined;
    const next = await open({ vault, store: (real) => (seen = new GatedStore(real)) });
    await next.start().reaches('following');
    expect(seen!.pages[0]).toEqual({ collection: 'customers', after: stopped!.sweep!.after });
    expect(next.told.at(-1)).toMatchObject({ documents: 100, resumed: true, done: true });
    expect(Object.values(await entriesByGeneration())).toEqual([100]);
    expect(await next.found(identities)).toBe(100);
    const former = { ...next.index.keys.current, secretId: trial.vault.blocking.secretIds[0]! };
    const values = ['anything'];
    expect(next.index.keys.blocking(values, former)).not.toEqual(
      next.index.keys.blocking(values, next.index.keys.current),
    );
    expect(next.indexer.serving).toEqual([next.index.keys.current]);
  });

  it('under another version of matching lets old keys serve, and says that a miss is not final until it is done', async () => {
    const { half, gate } = await heldHalfWay({ version: 'next' });
    expect(await half.found(identities)).toBe(100);
    expect(await half.fresh()).toMatchObject({ fresh: false, indexedUntil: expect.any(String) as string });
    gate.release();
    await half.reaches('following');
    expect(await half.found(identities)).toBe(100);
    expect(await half.fresh()).toMatchObject({ fresh: true });
  });

  it('given up half-way and taken back under the old version misses nobody that it calls fresh', async () => {
    const { half, gate } = await heldHalfWay({ version: 'next' });
    await killed(half, gate);
    const back = await heldHalfWay({});
    expect(await back.half.fresh()).toMatchObject({ fresh: false });
    back.gate.release();
    await back.half.reaches('following');
    expect(Object.values(await entriesByGeneration())).toEqual([100]);
    expect(await back.half.found(identities)).toBe(100);
    expect(await back.half.fresh()).toMatchObject({ fresh: true });
  });

  it('says not fresh in a process that has not got the secret under which another one re-indexes', async () => {
    const old: Vault = trial.vault;
    const vault = await rotated(trial);
    const { half, gate } = await heldHalfWay({ vault });
    const other = (await open({ vault: old })).start();
    expect(await other.fresh()).toMatchObject({ fresh: false });
    expect(await half.fresh()).toMatchObject({ fresh: true });
    gate.release();
    await half.reaches('following');
    expect(await other.fresh()).toMatchObject({ fresh: false });
  });

  it('sweeps what a new map adds before it calls anything fresh', async () => {
    await trial.store.collection('notes').insertOne({ author: '係', text: `${people[3]!.document.name}様より電話` });
    const whole = await (await open()).start().reaches('following');
    expect(await whole.fresh()).toMatchObject({ fresh: true });
    expect(await trial.own.collection('side_index').countDocuments({ c: 'notes' })).toBe(1);
    await whole.stop();
    processes = [];
    const { notes: _notes, ...others } = trialMap.collections;
    const less = await open({ map: { ...trialMap, collections: others } });
    await less.start().reaches('following');
    await eventually('what is not mapped is no longer indexed', async () => {
      return (await trial.own.collection('side_index').countDocuments({ c: 'notes' })) === 0;
    });
    await less.stop();
    processes = [];

    const { half, gate } = await heldHalfWay({});
    expect(await half.fresh()).toMatchObject({ fresh: false });
    gate.release();
    await half.reaches('following');
    expect(await half.fresh()).toMatchObject({ fresh: true });
    expect((await half.find([identities[3]!]))[0]!.mentions).toHaveLength(1);
  });

  it('asked for by any instance, everything is swept again by the one that leads, while the index goes on serving', async () => {
    let gate: GatedStore | undefined;
    const leading = await open({ store: (real) => (gate = new GatedStore(real)) });
    await leading.start().reaches('following');
    const other = await (await open()).start().reaches('following');
    expect(leading.told).toEqual([]);
    // An entry that went missing by whatever fault: nothing but a sweep finds it.
    await trial.own.collection('side_index').deleteOne({ c: 'customers' });
    expect(await leading.found(identities)).toBe(99);

    gate!.holdAfter(5);
    const askedAt = await other.indexer.askForSweep();
    await eventually('the sweep is half-way', () => Promise.resolve(gate!.held));
    expect(leading.indexer.progress).toMatchObject({ state: 'sweeping', complete: true, sweepAskedAt: askedAt });
    expect(await leading.fresh()).toMatchObject({ fresh: true });
    // One that had begun before does not count.
    await other.indexer.askForSweep();
    gate!.release();
    await eventually('both sweeps are done', () =>
      Promise.resolve(
        leading.told.filter(({ done }) => done).length === 2 && leading.indexer.progress.state === 'following',
      ),
    );
    expect(leading.told.every(({ reindexing }) => !reindexing)).toBe(true);
    expect(await leading.found(identities)).toBe(100);
    await eventually('the other instance knows', () => Promise.resolve(other.indexer.progress.sweepAskedAt === null));
    expect(other.indexer.progress.swept).toMatchObject({ documents: 100 });
    expect(other.indexer.progress.swept!.startedAt.getTime()).toBeGreaterThanOrEqual(askedAt.getTime());
  });

  it('asked for and interrupted by a crash, it goes on from where it was', async () => {
    let gate: GatedStore | undefined;
    const half = await open({ store: (real) => (gate = new GatedStore(real)) });
    await half.start().reaches('following');
    gate!.holdAfter(5);
    const askedAt = await half.indexer.askForSweep();
    await eventually('the sweep is half-way', () => Promise.resolve(gate!.held));
    await killed(half, gate!);
    const next = (await open()).start();
    await eventually('the sweep is done', () => Promise.resolve(next.told.some(({ done }) => done)));
    expect(next.told.at(-1)).toMatchObject({ documents: 100, resumed: true });
    expect(next.indexer.progress.swept!.startedAt.getTime()).toBeGreaterThanOrEqual(askedAt.getTime());
  });
});
