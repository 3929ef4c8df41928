import { type TrialConnector, eventually } from '../trial/trial-connector.js';
import { ids, openIndexedTrial, taro } from '../trial/trial-people.js';
import { locateRounds, roundOfRequest } from '../units/locate-units.js';

describe('locating', () => {
  let trial: TrialConnector;
  beforeAll(async () => {
    trial = await openIndexedTrial();
  });
  afterAll(() => trial?.close());

  it('finds the person in every place, by reference too, and leaves the son at the same telephone alone', async () => {
    const { answer, review } = await trial.ask({ kinds: ['disclosure', 'erasure'], identity: taro });
    expect(answer.freshness.fresh).toBe(true);
    expect(answer.matches).toEqual({ certain: 2, candidate: 0 });
    const rows = review.flatMap((line) => ('match' in line ? line.match.records : []));
    const collections = rows.map(({ collection }) => collection).sort();
    expect(collections).toEqual(['companies', 'customers', 'ledger', 'ledger', 'orders', 'photos', 'provisions']);
    expect(JSON.stringify(review)).not.toContain('一郎');
    expect(answer.records).toEqual({ certain: 7, candidate: 0 });
  });

  it('says what would be done: delete, remove, reduce, hold, and until when', async () => {
    const { answer } = await trial.ask({ kinds: ['erasure'], identity: taro });
    expect(answer.dryRun.erase).toEqual({ delete: 4, removePerson: 1, removeFields: 1, hold: 1 });
    expect(answer.holds).toMatchObject([{ rule: 'ledger-3y', records: 1 }]);
    expect(answer.endings).toMatchObject([{ code: 'membership', records: 1 }]);
  });

  it('offers free text elsewhere as a possible mention, with its surroundings', async () => {
    const { answer, review } = await trial.ask({ kinds: ['disclosure'], identity: taro });
    expect(answer.possibleMentions).toBe(1);
    const [mention] = review.flatMap((line) => ('mention' in line ? [line.mention] : []));
    expect(mention).toMatchObject({
      collection: 'notes',
      excerpt: expect.stringContaining('山田太郎様より') as string,
    });
  });

  it('never reveals that screening exists', async () => {
    const { answer, review } = await trial.ask({ kinds: ['disclosure'], identity: taro });
    expect(JSON.stringify([answer, review])).not.toContain('screening');
    expect(await trial.own.collection('side_index').countDocuments({ c: 'screening' })).toBe(0);
  });

  it('answers a repeated request with the same answer and the same manifest', async () => {
    const message = await trial.accepted({ kinds: ['erasure'], identity: taro });
    await locateRounds(trial.connector, [roundOfRequest(message)]);
    await locateRounds(trial.connector, [roundOfRequest(message)]);
    const sent = await trial.sent(message.caseId);
    expect(sent.map(({ id }) => id)).toEqual([
      `${message.caseId}:trial:located:1`,
      `${message.caseId}:trial:located:1`,
    ]);
    expect(sent[0]!.data).toEqual(sent[1]!.data);
  });

  it('locates a batch of requests together, each with its own answer', async () => {
    const son = {
      ...taro,
      fullName: '山田一郎',
      fullKana: 'ヤマダイチロウ',
      birthDate: '2004-01-02',
      emails: ['ichiro@example.jp'],
    };
    const messages = [
      await trial.accepted({ kinds: ['erasure'], identity: taro }),
      await trial.accepted({ kinds: ['erasure'], identity: son }),
      await trial.accepted({
        kinds: ['erasure'],
        identity: { fullName: '無縁仏', birthDate: '1950-01-01', emails: ['nobody@example.jp'] },
      }),
    ];
    await locateRounds(trial.connector, messages.map(roundOfRequest));
    const answers = await Promise.all(messages.map(({ caseId }) => trial.answered(caseId)));
    expect(answers.map(({ answer }) => answer.records.certain)).toEqual([7, 2, 0]);
    expect(answers[2]!.answer.review).toBeNull();
  });

  it('holds what was written just before the request came: the index has caught up', async () => {
    const identity = {
      fullName: '新井新太',
      fullKana: 'アライシンタ',
      birthDate: '1990-02-03',
      emails: ['shinta@example.jp'],
      phones: ['08011112222'],
    };
    for (let time = 0; time < 5; time++) {
      await trial.store.collection('customers').insertOne({
        number: `N-${time}`,
        name: '新井新太',
        kana: 'ｱﾗｲ ｼﾝﾀ',
        birthDate: 'H2.2.3',
        email: 'shinta@example.jp',
        phones: ['08011112222'],
      });
      const { answer } = await trial.ask({ kinds: ['disclosure'], identity });
      expect(answer.freshness.fresh).toBe(true);
      expect(answer.matches.certain).toBe(time + 1);
    }
  });

  it('forgets a person whose document was deleted', async () => {
    const identity = {
      fullName: '消田消子',
      fullKana: 'キエタケシコ',
      birthDate: '1991-02-03',
      emails: ['keshi@example.jp'],
      phones: ['08033334444'],
    };
    const { insertedId } = await trial.store
      .collection('customers')
      .insertOne({ number: 'G-1', name: '消田消子', birthDate: 'H3.2.3', email: 'keshi@example.jp' });
    expect((await trial.ask({ kinds: ['disclosure'], identity })).answer.matches.certain).toBe(1);
    await trial.store.collection('customers').deleteOne({ _id: insertedId });
    expect((await trial.ask({ kinds: ['disclosure'], identity })).answer.matches.certain).toBe(0);
    await eventually(
      'the entry is gone',
      async () => (await trial.own.collection('side_index').countDocuments({ i: insertedId })) === 0,
    );
  });

  it('keeps nothing personal in its own database in the clear', async () => {
    await trial.ask({ kinds: ['erasure'], identity: taro });
    for (const { name } of await trial.own.listCollections().toArray()) {
      const text = JSON.stringify(await trial.own.collection(name).find().toArray());
      for (const secret of ['山田', 'ﾔﾏﾀﾞ', 'taro.yamada', '09012345678', '北青山'])
        expect({ name, found: text.includes(secret) }).toEqual({ name, found: false });
    }
    expect(ids.taro).toBeDefined();
  });
});
