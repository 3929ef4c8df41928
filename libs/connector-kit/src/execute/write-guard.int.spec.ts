import type { Kind, Operation } from '@kenri/contracts';
import type { Db } from 'mongodb';
import { MongoStore } from '../store/mongo-store.js';
import type { GuardedWrite } from '../store/store-adapter.js';
import { ContestedStore } from '../trial/forwarding-store.js';
import { type TrialConnector } from '../trial/trial-connector.js';
import { ids, openIndexedTrial, taro } from '../trial/trial-people.js';
import { trialMap } from '../trial/trial-store.js';
import { approveRestorations } from './restore.js';

/** The business goes on writing while Kenri does: what it wrote between the last look and the write is never lost. */
describe('a document that changes between the last look and the write', () => {
  let trial: TrialConnector;
  /** What the other writer does just before a write reaches the store. */
  let meddle: (write: GuardedWrite, store: Db) => Promise<unknown>;

  beforeEach(async () => {
    meddle = async () => undefined;
    trial = await openIndexedTrial({
      store: (real) => new ContestedStore(new MongoStore(real), (write) => meddle(write, real)),
    });
  });
  afterEach(() => trial?.close());

  const once = (when: (write: GuardedWrite) => boolean, change: (store: Db) => Promise<unknown>) => {
    let done = 0;
    meddle = async (write, store) => (when(write) && done++ === 0 ? change(store) : undefined);
    return () => done;
  };
  const erasingWrite = (collection: string) => (write: GuardedWrite) =>
    write.collection === collection && !('document' in write.target && 'restricted' in write.target.document);
  const rowsIn = (name: string) => trial.store.collection(name).find().sort({ _id: 1 }).toArray();

  const newContact = { no: 3, name: '新任三郎' };
  const claims = [{ id: 'c1', kind: 'correction' as const, field: 'address' as const, claimed: '別の住所' }];
  const CASES: readonly [string, Operation, Kind, string, keyof typeof ids, Record<string, unknown>, object][] = [
    ['is not erased', 'erase', 'erasure', 'customers', 'taro', { $set: { address: '転居先' } }, { address: '転居先' }],
    [
      'is not erased, even for a counter',
      'erase',
      'erasure',
      'customers',
      'taro',
      { $inc: { logins: 1 } },
      { logins: 4 },
    ],
    [
      'has no field removed, and what leads to it stays',
      'erase',
      'erasure',
      'orders',
      'order',
      { $set: { remark: '至急' } },
      { remark: '至急', customerNumber: 'C-1' },
    ],
    [
      'has no person taken out of it',
      'erase',
      'erasure',
      'companies',
      'company',
      { $push: { contacts: newContact } },
      { contacts: [expect.anything(), expect.objectContaining({ no: 2, name: '山田太郎' }), newContact] },
    ],
    [
      'is not corrected',
      'correct',
      'correction',
      'customers',
      'taro',
      { $set: { address: '転居先' } },
      { address: '転居先' },
    ],
    [
      'is not marked',
      'suppress',
      'cessation-of-use',
      'customers',
      'taro',
      { $set: { address: '転居先' } },
      { address: '転居先' },
    ],
  ];

  it.each(CASES)('%s: it goes to a person, the other writer’s data intact (%s)', async (...each) => {
    const [, operation, kind, collection, id, update, expected] = each;
    const purposes = ['marketing' as const];
    const asked = await trial.ask({
      kinds: [kind],
      identity: taro,
      scope: { purposes },
      particulars: kind === 'correction' ? { claims } : {},
    });
    const root = asked.review
      .flatMap((line) => ('match' in line ? line.match.records : []))
      .find((record) => record.collection === 'customers')!;
    const corrections = [{ record: root.ref, path: 'address', claimId: 'c1', value: '別の住所' }];
    const met = once(erasingWrite(collection), (store) =>
      store.collection(collection).updateOne({ _id: ids[id] }, update),
    );
    const answer = await trial.execute(
      await trial.approved(
        asked,
        { operations: [operation], scope: { exportScopes: [], purposes } },
        operation === 'correct' ? corrections : [],
      ),
    );
    expect(met()).toBeGreaterThan(0);
    expect(answer).toMatchObject({ type: 'dsr.plan.executed.v1', data: { changed: 1 } });
    const live = await trial.store.collection(collection).findOne({ _id: ids[id] });
    expect(live).toMatchObject(expected);
    expect(live).not.toHaveProperty('mailStop');
    expect(await trial.store.collection('customers').findOne({ _id: ids.taro })).toEqual(
      collection === 'companies' ? null : expect.anything(),
    );
  });

  it('is not overwritten by a restoration', async () => {
    const asked = await trial.ask({ kinds: ['erasure'], identity: taro });
    const message = await trial.approved(asked, { operations: ['erase'] });
    await trial.execute(message);
    const about = { caseId: asked.caseId, system: trialMap.system, round: 1, planId: message.data.planId };
    const at = trial.clock.now().toISOString();
    const approval = await trial.sign({ ...about, approvedBy: 'approver-1', reason: 'wrong person', at });
    const met = once(
      ({ collection }) => collection === 'companies',
      (store) =>
        store.collection('companies').updateOne({ _id: ids.company }, { $push: { contacts: newContact } } as never),
    );
    await approveRestorations(trial.connector, [
      trial.received(`${asked.caseId}:restoration`, 'dsr.restoration.approved.v1', { ...about, approval }),
    ]);
    await trial.pass(1000);
    expect(met()).toBe(1);
    expect(await trial.planAnswer(asked.caseId, message.data.planId)).toMatchObject({
      type: 'dsr.records.restored.v1',
      data: { notRestored: 1 },
    });
    const [company] = await rowsIn('companies');
    expect(company!['contacts']).toEqual([expect.objectContaining({ no: 1 }), newContact]);
    expect((await rowsIn('customers')).map(({ _id }) => String(_id))).toContain(String(ids.taro));
  });
});
