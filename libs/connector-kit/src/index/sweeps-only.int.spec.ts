import { TrialConnector, eventually } from '../trial/trial-connector.js';
import { trialMap, trialSchemas } from '../trial/trial-store.js';
import { crowd, GatedStore, IndexProcess, somebody } from './index-trial.harness.js';

describe('a store without change streams', () => {
  let trial: TrialConnector;
  const processes: IndexProcess[] = [];
  beforeAll(async () => {
    trial = await TrialConnector.open(trialMap, trialSchemas);
    await trial.store.collection('customers').insertMany(crowd(0, 20).map(({ document }) => document));
  });
  afterAll(async () => {
    for (const process of processes) await process.stop();
    await trial?.close();
  });

  it('is found in by the sweep after next to a change, and said to be stale until then, by every instance', async () => {
    const gates: GatedStore[] = [];
    for (let instance = 0; instance < 2; instance++) {
      const process = await IndexProcess.open(trial, {
        store: (real) => {
          const gate = new GatedStore(real);
          gate.sweepsOnly = true;
          gates.push(gate);
          return gate;
        },
        // Longer than the test may take: whoever waited for a heartbeat here would be noticed.
        indexing: { sweepEvery: 100, patience: 120_000 },
      });
      processes.push(process);
      process.start();
      if (instance === 0) {
        await eventually('a first sweep is done', () => Promise.resolve(process.told.some(({ done }) => done)));
        gates[0]!.holdAfter(0);
        await eventually('the next sweep has begun and is held up', () => Promise.resolve(gates[0]!.held));
      }
    }
    const [leading, other] = processes as [IndexProcess, IndexProcess];
    const identities = crowd(0, 20).map(({ identity }) => identity);
    const late = somebody(50);
    await trial.store.collection('customers').insertOne({ ...late.document });
    const requestedAt = new Date();
    for (const process of [leading, other]) {
      expect(await process.fresh(requestedAt)).toMatchObject({
        fresh: false,
        indexedUntil: expect.any(String) as string,
      });
      expect(await process.found(identities)).toBe(20);
      expect(await process.found([late.identity])).toBe(0);
    }
    const sweeps = leading.told.length;
    gates[0]!.release();
    await eventually('the next sweep is done', () => Promise.resolve(leading.told.length > sweeps));
    for (const process of [leading, other]) {
      await eventually(
        'a sweep that began after the request is done',
        async () => (await process.fresh(requestedAt)).fresh,
      );
      expect(await process.found([late.identity])).toBe(1);
    }
    // The sweep that had begun before the request proves nothing about it.
    expect(leading.told.length).toBeGreaterThan(sweeps + 1);
    await eventually('the other one knows how the index is kept', () =>
      Promise.resolve(other.indexer.progress.state === 'sweeps-only'),
    );
  });

  it('is answered for by the last sweep while the next one runs', async () => {
    const process = processes[0]!;
    const gate = process.store as GatedStore;
    const requestedAt = new Date();
    await eventually('the answer is fresh', async () => (await process.fresh(requestedAt)).fresh);
    gate.holdAfter(0);
    await eventually('a sweep is held up', () => Promise.resolve(gate.held));
    expect(process.indexer.progress.state).toBe('sweeping');
    expect(await process.fresh(requestedAt)).toMatchObject({ fresh: true });
    gate.release();
  });
});
