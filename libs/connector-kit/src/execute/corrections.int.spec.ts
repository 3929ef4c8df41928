import type { PlanSchema } from '@kenri/contracts';
import type { Static } from 'typebox';
import { type TrialConnector } from '../trial/trial-connector.js';
import { ids, openIndexedTrial, taro } from '../trial/trial-people.js';

type Exclusions = Static<typeof PlanSchema>['exclusions'];

describe('correcting', () => {
  let trial: TrialConnector;

  beforeEach(async () => {
    trial = await openIndexedTrial();
  });
  afterEach(() => trial?.close());

  const claims = [
    { id: 'c1', kind: 'correction' as const, field: 'address' as const, claimed: '東京都港区南青山1-1-1' },
    { id: 'c2', kind: 'correction' as const, field: 'phone' as const, claimed: '090-9999-0000' },
  ];
  const customer = () => trial.store.collection('customers').findOne({ _id: ids.taro });

  /** Both claims are founded; what is refused is told by the paths of the exclusion. */
  const correct = async (refused: readonly string[]) => {
    const asked = await trial.ask({ kinds: ['correction'], identity: taro, particulars: { claims } });
    const rows = asked.review.flatMap((line) => ('match' in line ? line.match.records : []));
    const { ref: record, corrections } = rows.find(({ collection }) => collection === 'customers')!;
    const exclusions: Exclusions =
      refused.length > 0 ? [{ record, paths: [...refused], operations: ['correct'], ground: 'not-founded' }] : [];
    const message = await trial.approved(asked, { operations: ['correct'], exclusions }, [
      { record, path: 'address', claimId: 'c1', value: '東京都港区南青山１－１－１' },
      { record, path: 'phones[]', claimId: 'c2', value: '090-9999-0000' },
    ]);
    const answer = await trial.execute(message);
    if (answer.type !== 'dsr.plan.executed.v1') throw new Error(`not executed: ${JSON.stringify(answer)}`);
    return { corrections, done: answer.data.done.correct };
  };

  it('writes founded claims into the person’s own fields, and into nobody else’s', async () => {
    const sonBefore = (await trial.bytesOf('customers')).get(String(ids.son));
    const { corrections, done } = await correct([]);
    expect(corrections).toMatchObject([
      { claimId: 'c1', path: 'address', current: '東京都港区北青山２－５－８', correctable: true },
      { claimId: 'c2', path: 'phones[]', correctable: true },
    ]);
    expect(done).toEqual({ records: 1, fields: 2 });
    expect(await customer()).toMatchObject({ address: '東京都港区南青山１－１－１', phones: ['090-9999-0000'] });
    expect((await trial.bytesOf('customers')).get(String(ids.son))).toEqual(sonBefore);
  });

  it.each(['phones', 'phones[]'])('leaves a field alone that is refused as %s', async (path) => {
    const before = await customer();
    expect((await correct([path])).done).toEqual({ records: 1, fields: 1 });
    expect(await customer()).toEqual({ ...before, address: '東京都港区南青山１－１－１' });
  });
});
