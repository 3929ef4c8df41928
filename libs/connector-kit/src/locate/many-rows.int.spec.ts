import type { ExportLine } from '@kenri/contracts';
import { TrialConnector } from '../trial/trial-connector.js';
import { insertTrialDocuments, taro } from '../trial/trial-people.js';
import { trialMap, trialSchemas } from '../trial/trial-store.js';

/** More than are kept whole while references are followed, and more than one manifest line’s worth. */
const MANY = 2_600;

describe('somebody with thousands of records', () => {
  let trial: TrialConnector;
  beforeAll(async () => {
    trial = await TrialConnector.open(trialMap, trialSchemas);
    await insertTrialDocuments(trial.store, trial.clock.now());
    const orders = Array.from({ length: MANY }, (_, n) => ({ customerNumber: 'C-1', item: `I-${n}`, status: 'done' }));
    await trial.store.collection('orders').insertMany(orders);
    await trial.index();
  });
  afterAll(() => trial?.close());

  it('is answered with every one of them, and what is exported is what was reviewed', async () => {
    const asked = await trial.ask({ kinds: ['disclosure'], identity: taro });
    const records = asked.review.flatMap((line) => ('match' in line ? line.match.records : []));
    expect(asked.answer.records.certain).toBe(MANY + 7);
    expect(records.filter(({ collection }) => collection === 'orders')).toHaveLength(MANY + 1);
    // A record that was read again is looked at as one that was not.
    const looks = records.filter(({ collection }) => collection === 'orders').map(({ ref: _ref, ...rest }) => rest);
    expect(new Set(looks.map((look) => JSON.stringify(look))).size).toBeLessThanOrEqual(2);
    expect((await trial.unit(asked.caseId))!.manifestArtifact?.contentType).toBe('application/x-ndjson');

    const answer = await trial.execute(await trial.approved(asked, { operations: ['export'] }));
    if (answer.type !== 'dsr.plan.executed.v1') throw new Error(`answered with ${answer.type}`);
    const { records: exported, artifact } = answer.data.done.export!;
    expect(answer.data.changed).toBe(0);
    const lines = (await trial.cases.artifacts.read(artifact!)).toString('utf8').trimEnd().split('\n');
    const refs = lines
      .map((line) => JSON.parse(line) as ExportLine)
      .flatMap((line) => ('record' in line ? [line.record.ref] : []));
    expect(refs).toHaveLength(exported);
    const shown = records.filter(({ export: { fields, files } }) => fields + files > 0).map(({ ref }) => ref);
    expect(refs.sort()).toEqual(shown.sort());
  });
});
