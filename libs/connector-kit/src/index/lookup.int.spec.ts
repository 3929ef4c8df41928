import { blockingValues, compare, prepare } from '@kenri/matching';
import { condensed } from '../documents/comparable.js';
import { applicantOf, peopleIn } from '../people.js';
import { mapped } from '../rows.js';
import { TrialConnector } from '../trial/trial-connector.js';
import { trialMap, trialSchemas } from '../trial/trial-store.js';
import { crowd, IndexProcess, somebody } from './index-trial.harness.js';
import { TooManyHits } from './side-index.js';

describe('looking up in the side index', () => {
  let trial: TrialConnector;
  let process: IndexProcess;
  beforeAll(async () => {
    trial = await TrialConnector.open(trialMap, trialSchemas);
    await trial.store.collection('customers').insertMany(crowd(0, 50).map(({ document }) => document));
    const text = `${somebody(7).document.name}様より電話あり`;
    await trial.store
      .collection('notes')
      .insertMany(Array.from({ length: 70 }, (_, at) => ({ author: '係', text: `${at}件目。${text}` })));
    process = await (await IndexProcess.open(trial)).start().reaches('following');
    await process.indexer.stop();
  });
  afterAll(async () => {
    await process?.stop();
    await trial?.close();
  });
  const keysOf = (n: number) => {
    const { keys } = process.index;
    const values = blockingValues(prepare(applicantOf(somebody(n).identity, 'trial')), 'query');
    return keys.blocking(values, keys.current);
  };

  it('a stale key hits, is read live and judged different: it may miss, it never misleads', async () => {
    const customers = trial.store.collection('customers');
    expect(await process.found([somebody(1).identity])).toBe(1);
    // Nothing follows the store now: the entry keeps the keys of who stood here before.
    await customers.updateOne({ number: 'P-1' }, { $set: { ...somebody(60).document, number: 'P-1' } });
    const [hit, ...more] = await process.index.lookup(keysOf(1), 10);
    expect(more).toEqual([]);
    const live = condensed((await customers.findOne({ number: 'P-1' }))!);
    expect(hit!.id).toEqual(live._id);
    const [{ person } = { person: {} }] = peopleIn(mapped(trialMap, 'customers'), live);
    expect(compare(prepare(applicantOf(somebody(1).identity, 'trial')), prepare(person)).verdict).toBe('different');
    expect((await process.find([somebody(1).identity]))[0]).toEqual({ matches: [], mentions: [] });
    expect(await process.found([somebody(60).identity])).toBe(0);
  });

  it('an entry of a document that is gone finds nothing', async () => {
    await trial.store.collection('customers').deleteOne({ number: 'P-2' });
    expect(await process.index.lookup(keysOf(2), 10)).toHaveLength(1);
    expect((await process.find([somebody(2).identity]))[0]!.matches).toEqual([]);
  });

  it('records and mentions are looked up through an index, never by a scan, and bounded', async () => {
    process.finds.length = 0;
    const [located] = await process.find([somebody(7).identity]);
    expect(located!.mentions).toHaveLength(50);
    expect(process.finds.map(({ filter }) => Object.keys(filter as object))).toEqual([['k'], ['m']]);
    expect(process.finds.map(({ limit }) => limit)).toEqual([1001, 50]);
    for (const { filter } of process.finds) {
      const find = { find: 'side_index', filter };
      const explained = await trial.own.command({ explain: find, verbosity: 'queryPlanner' });
      const plan = JSON.stringify((explained['queryPlanner'] as { winningPlan: unknown }).winningPlan);
      expect(plan).toContain('IXSCAN');
      expect(plan).toContain(`"indexName":"${Object.keys(filter as object)[0]}"`);
      expect(plan).not.toContain('COLLSCAN');
    }
  });

  it('more hits than can be compared are an error, never a cut list', async () => {
    const keys = crowd(10, 20).flatMap((_, at) => keysOf(10 + at));
    await expect(process.index.lookup(keys, 9)).rejects.toThrow(TooManyHits);
    expect(await process.index.lookup(keys, 10)).toHaveLength(10);
  });

  it('free text of any length leaves a small entry', () => {
    const text = Array.from({ length: 20_000 }, (_, at) => String.fromCodePoint(0x4e00 + at)).join('');
    const document = { _id: 'n', text: Array.from({ length: 20 }, (_, at) => text.slice(at * 900)) };
    const entry = process.index.entryOf('notes', document, process.index.keys.current);
    expect(entry.m!.length).toBe(4_000);
  });
});
