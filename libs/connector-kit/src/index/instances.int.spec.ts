import { setTimeout as delay } from 'node:timers/promises';
import { TrialConnector, eventually } from '../trial/trial-connector.js';
import { trialMap, trialSchemas } from '../trial/trial-store.js';
import { LeaseLost, type IndexState } from './index-state.js';
import { crowd, GatedStore, IndexProcess, somebody, type IndexProcessOptions } from './index-trial.harness.js';

describe('instances of one connector', () => {
  let trial: TrialConnector;
  let processes: IndexProcess[];
  beforeEach(async () => {
    processes = [];
    trial = await TrialConnector.open(trialMap, trialSchemas);
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
  const customers = () => trial.store.collection('customers');
  const leader = async () => (await trial.own.collection<IndexState>('index_state').findOne())?.lease?.by;

  it('take over from a leader that is killed, and leave no document unindexed', async () => {
    const first = await (await open()).start().reaches('following');
    const led = await leader();
    const second = (await open()).start();
    expect(await second.fresh()).toMatchObject({ fresh: true });
    const people = crowd(0, 60);
    for (const [at, { document }] of people.entries()) {
      await customers().insertOne({ ...document });
      if (at !== 30) continue;
      processes = [second];
      await first.kill();
      expect(await leader()).toBe(led);
    }
    await eventually('the second one leads', async () => (await leader()) !== led);
    const freshness = await eventually('the index is fresh', async () => {
      const answer = await second.fresh();
      return answer.fresh && answer;
    });
    expect(Date.parse(freshness.indexedUntil!)).toBeGreaterThan(Date.now() - 20_000);
    expect(await second.found(people.map(({ identity }) => identity))).toBe(60);
  });

  it('answer freshly whether they lead or not', async () => {
    const both = [await (await open()).start().reaches('following'), (await open()).start()];
    for (let n = 0; n < 5; n++) {
      await customers().insertOne({ ...somebody(n).document });
      for (const process of both) {
        expect(await process.fresh()).toMatchObject({ fresh: true });
        expect(await process.found([somebody(n).identity])).toBe(1);
      }
    }
    expect(both[1]!.indexer.progress.state).toBe('following');
  });

  it('answer at once where two heartbeats were written in the other order', async () => {
    let gate: GatedStore | undefined;
    const process = await open({ store: (real) => (gate = new GatedStore(real)) });
    await process.start().reaches('following');
    await process.fresh();
    const earlier = Promise.withResolvers<void>();
    let numbers: number[] = [];
    gate!.aroundHeartbeat = async (number, write) => {
      numbers.push(number);
      if (numbers.length === 1) await earlier.promise;
      await write();
      if (numbers.length !== 2) return;
      numbers = [...numbers, NaN];
      // The later one has come by, and then the earlier one, before it is waited for.
      await delay(300);
      earlier.resolve();
      await delay(300);
    };
    const started = Date.now();
    const first = process.fresh();
    await eventually('the first heartbeat is about to be written', () => Promise.resolve(numbers.length > 0));
    const second = process.fresh();
    expect([await first, await second]).toMatchObject([{ fresh: true }, { fresh: true }]);
    expect(Date.now() - started).toBeLessThan(2500);
  });

  it('keep the lease through a sweep that takes longer than it', async () => {
    await customers().insertMany(crowd(0, 30).map(({ document }) => document));
    let gate: GatedStore | undefined;
    const first = await open({ store: (real) => (gate = new GatedStore(real)) });
    gate!.holdAfter(1);
    first.start();
    await eventually('the sweep is held up', () => Promise.resolve(gate!.held));
    const led = await leader();
    const second = (await open()).start();
    const renewed = new Set<number>();
    await eventually('the lease was renewed past its first end several times', async () => {
      const state = await trial.own.collection<IndexState>('index_state').findOne();
      expect(state?.lease?.by).toBe(led);
      return renewed.add(state!.lease!.until.getTime()).size > 6;
    });
    expect(second.indexer.progress.state).toBe('sweeping');
    gate!.release();
    await first.reaches('following');
    expect(second.errors).toEqual([]);
  });

  it('write one document one after the other: what was read earlier never replaces what was read later', async () => {
    const { insertedId } = await customers().insertOne({ ...somebody(1).document });
    let gate: GatedStore | undefined;
    const slow = await open({ store: (real) => (gate = new GatedStore(real)) });
    const quick = await open();
    const document = { collection: 'customers', id: insertedId };
    for (const from of ['absent', 'present', 'gone'] as const) {
      const [before, after] = from === 'present' ? [3, 4] : [1, 2];
      if (from === 'gone') await trial.own.collection('side_index').deleteMany({});
      await customers().updateOne({ _id: insertedId }, { $set: somebody(before).document });
      gate!.afterReading = async () => {
        gate!.afterReading = undefined;
        if (from === 'gone') await customers().deleteOne({ _id: insertedId });
        else await customers().updateOne({ _id: insertedId }, { $set: somebody(after).document });
        await quick.index.refresh([document], quick.index.keys.current);
      };
      await slow.index.refresh([document], slow.index.keys.current);
      expect(gate!.afterReading).toBeUndefined();
      const expected = from === 'gone' ? 0 : 1;
      expect({ from, found: await quick.found([somebody(after).identity]) }).toEqual({ from, found: expected });
    }
  });

  it('write nothing once the lease ran out while they were held up', async () => {
    const { insertedId } = await customers().insertOne({ ...somebody(1).document });
    const held = await open();
    const lost = () => {
      throw new LeaseLost();
    };
    const refreshing = held.index.refresh([{ collection: 'customers', id: insertedId }], held.index.keys.current, lost);
    await expect(refreshing).rejects.toThrow(LeaseLost);
    expect(await trial.own.collection('side_index').countDocuments()).toBe(0);
  });

  it('sweep every document even where others push it out of its page meanwhile', async () => {
    const people = crowd(0, 30);
    const byId = (prefix: string) => (each: { document: object }, at: number) => ({
      ...each.document,
      _id: `${prefix}${String(at).padStart(3, '0')}` as never,
    });
    await customers().insertMany(people.map(byId('m')));
    let gate: GatedStore | undefined;
    const process = await open({
      store: (real) => (gate = new GatedStore(real)),
      indexing: { pageSize: 10 },
    });
    gate!.sweepsOnly = true;
    let pushes = 0;
    gate!.afterListing = async () => {
      const { length } = gate!.pages;
      if (gate!.pages.at(-1)!.collection !== 'customers' || pushes >= 3) return;
      pushes += 1;
      // Ids between the page's beginning and its first document.
      const prefix = length === 1 ? 'a' : `m${String((length - 1) * 10 - 1).padStart(3, '0')}x`;
      await customers().insertMany(crowd(100 + pushes * 10, 105 + pushes * 10).map(byId(prefix)));
    };
    await process.start().reaches('sweeps-only');
    expect(pushes).toBe(3);
    expect(await process.found(people.map(({ identity }) => identity))).toBe(30);
  });
});
