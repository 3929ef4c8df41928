import type { ExportLine } from '@kenri/contracts';
import { type TrialConnector, type Answered, type SentPlanAnswer } from '../trial/trial-connector.js';
import { ids, openIndexedTrial, taro, trialDocuments } from '../trial/trial-people.js';
import { answerWaiting, roundOfRequest } from '../units/locate-units.js';
import { approvePlans, cancelPlans } from '../units/plan-messages.js';
import { unitId } from '../units/unit.js';
import { executePlan } from './execute-plan.js';
import { approveRestorations } from './restore.js';

const DAY = 86_400_000;

describe('executing', () => {
  let trial: TrialConnector;
  let others: Map<string, string>[];
  const untouched = ['screening', 'notes'];

  beforeEach(async () => {
    trial = await openIndexedTrial();
    others = await snapshot();
  });
  afterEach(() => trial?.close());

  const snapshot = async () => [
    ...(await Promise.all(untouched.map((name) => trial.bytesOf(name)))),
    new Map([...(await trial.bytesOf('customers'))].filter(([id]) => id === String(ids.son))),
    new Map([...(await trial.bytesOf('orders'))].filter(([id]) => id === String(ids.sonsOrder))),
  ];
  const customers = () => trial.store.collection('customers');
  const executed = (answer: SentPlanAnswer) => {
    if (answer.type !== 'dsr.plan.executed.v1') throw new Error(`not executed: ${JSON.stringify(answer)}`);
    return answer.data;
  };
  const erase = async (undoDays = 7): Promise<{ asked: Answered; planId: string }> => {
    const asked = await trial.ask({ kinds: ['erasure'], identity: taro });
    const message = await trial.approved(asked, { operations: ['erase'], undoDays });
    executed(await trial.execute(message));
    return { asked, planId: message.data.planId };
  };

  it('erases what no law keeps, reduces and restricts what one does, and touches nobody else', async () => {
    const asked = await trial.ask({ kinds: ['erasure'], identity: taro });
    const data = executed(await trial.execute(await trial.approved(asked, { operations: ['erase'] })));
    expect(data.done.erase).toEqual({ deleted: 4, personRemoved: 1, fieldsRemoved: 1, restricted: 1 });
    expect(data).toMatchObject({ stage: 'plan', part: 0, changed: 0, appeared: 0 });
    expect(data.deferred).toMatchObject([{ rule: 'ledger-3y', records: 1 }]);
    expect(await customers().findOne({ _id: ids.taro })).toBeNull();
    const ledger = await trial.store.collection('ledger').findOne({ _id: ids.freshLedger });
    expect(ledger).toMatchObject({ name: '山田太郎', address: '港区', restricted: true });
    expect(ledger).not.toHaveProperty('email');
    const order = await trial.store.collection('orders').findOne({ _id: ids.order });
    expect(order).toMatchObject({ item: 'A', giftTo: { name: '佐藤花子', phone: '0312345678' } });
    expect(order).not.toHaveProperty('remark');
    const company = await trial.store.collection('companies').findOne({ _id: ids.company });
    expect(company?.['contacts']).toHaveLength(1);
    expect(await snapshot()).toEqual(others);
  });

  it('exports the person’s own data with files, never other people’s, and withholds what was refused with its ground', async () => {
    const asked = await trial.ask({ kinds: ['disclosure'], identity: taro });
    const rows = asked.review.flatMap((line) => ('match' in line ? line.match.records : []));
    const order = rows.find(({ collection }) => collection === 'orders')!.ref;
    const message = await trial.approved(asked, {
      operations: ['export'],
      exclusions: [{ record: order, paths: ['remark'], operations: ['export'], ground: 'others-rights' }],
    });
    const data = executed(await trial.execute(message));
    expect(data.done.export).toMatchObject({ records: 6, files: 1 });
    const text = (await trial.cases.artifacts.read(data.done.export!.artifact!)).toString('utf8');
    expect(text).not.toContain('佐藤花子');
    expect(text).not.toContain('留守がち');
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as ExportLine);
    const records = lines.flatMap((line) => ('record' in line ? [line.record] : []));
    expect(records.find(({ collection }) => collection === 'orders')?.withheld).toEqual([
      { path: 'remark', label: { ja: 'free-text（日本語）', en: 'free-text' }, ground: 'others-rights' },
    ]);
    expect(records.map(({ collection }) => collection)).not.toContain('provisions');
    const bytes = Buffer.concat(lines.flatMap((line) => ('chunk' in line ? [Buffer.from(line.chunk, 'base64')] : [])));
    expect(bytes.equals(Buffer.alloc(5000, 7))).toBe(true);
  });

  it('exports provision records under their own scope only', async () => {
    const asked = await trial.ask({
      kinds: ['disclosure-of-provision-records'],
      identity: taro,
      scope: { exportScopes: ['provision-records'] },
    });
    const message = await trial.approved(asked, {
      operations: ['export'],
      scope: { exportScopes: ['provision-records'], purposes: [] },
    });
    const data = executed(await trial.execute(message));
    expect(data.done.export).toMatchObject({ records: 1, files: 0 });
  });

  it('suppresses where the store has a place, in the person’s own element only, and names what is published only', async () => {
    const asked = await trial.ask({
      kinds: ['cessation-of-use'],
      identity: taro,
      scope: { purposes: ['marketing', 'ads'] },
    });
    expect(asked.answer.dryRun.suppress).toEqual({ records: 2, publishedOnly: ['ads'] });
    const message = await trial.approved(asked, {
      operations: ['suppress'],
      scope: { exportScopes: [], purposes: ['marketing', 'ads'] },
    });
    expect(executed(await trial.execute(message)).done.suppress).toEqual({ records: 2, publishedOnly: ['ads'] });
    expect(await customers().findOne({ _id: ids.taro })).toMatchObject({ mailStop: true });
    const company = await trial.store.collection('companies').findOne({ _id: ids.company });
    expect((company?.['contacts'] as { mailStop?: boolean }[]).map(({ mailStop }) => mailStop)).toEqual([
      undefined,
      true,
    ]);
  });

  it('leaves a record that changed since the plan, with what leads to it, for a person; a counter does not count', async () => {
    const asked = await trial.ask({ kinds: ['erasure'], identity: taro });
    await trial.store.collection('orders').updateOne({ _id: ids.order }, { $set: { remark: '至急' } });
    await customers().updateOne({ _id: ids.taro }, { $inc: { logins: 1 } });
    const data = executed(await trial.execute(await trial.approved(asked, { operations: ['erase'] })));
    expect(data.changed).toBe(1);
    expect(await trial.store.collection('orders').findOne({ _id: ids.order })).toMatchObject({ remark: '至急' });
    expect(await customers().findOne({ _id: ids.taro })).not.toBeNull();
    expect(await trial.store.collection('ledger').findOne({ _id: ids.oldLedger })).toBeNull();
  });

  it('reports a record that appeared since the plan, and does not act on it', async () => {
    const asked = await trial.ask({ kinds: ['erasure'], identity: taro });
    await trial.store.collection('orders').insertOne({ customerNumber: 'C-1', item: 'new', status: 'done' });
    const data = executed(await trial.execute(await trial.approved(asked, { operations: ['erase'] })));
    expect(data.appeared).toBe(1);
    expect(await trial.store.collection('orders').countDocuments({ item: 'new' })).toBe(1);
    expect(await customers().findOne({ _id: ids.taro })).not.toBeNull();
  });

  it('refuses a plan that spares a field which the record does not have, and does nothing', async () => {
    const asked = await trial.ask({ kinds: ['erasure'], identity: taro });
    const rows = asked.review.flatMap((line) => ('match' in line ? line.match.records : []));
    const order = rows.find(({ collection }) => collection === 'orders')!.ref;
    const sparing = (path: string) => ({
      operations: ['erase' as const],
      exclusions: [{ record: order, paths: [path], operations: ['erase' as const], ground: 'open-transaction' }],
    });
    const before = await trial.bytesOf('customers');
    expect(await trial.execute(await trial.approved(asked, sparing('remarks')))).toMatchObject({
      type: 'dsr.plan.refused.v1',
      data: { reason: 'blocked', blockers: [{ code: 'unknown-field', operations: ['erase'], records: 1 }] },
    });
    expect(await trial.bytesOf('customers')).toEqual(before);
    const again = await trial.ask({ kinds: ['erasure'], identity: taro });
    const named = again.review.flatMap((line) => ('match' in line ? line.match.records : []));
    const plan = {
      ...sparing('remark').exclusions[0]!,
      record: named.find(({ collection }) => collection === 'orders')!.ref,
    };
    executed(await trial.execute(await trial.approved(again, { operations: ['erase'], exclusions: [plan] })));
    expect(await trial.store.collection('orders').findOne({ _id: ids.order })).toHaveProperty('remark');
  });

  it('refuses a plan while a blocker stands, and does nothing', async () => {
    const asked = await trial.ask({ kinds: ['erasure'], identity: taro });
    await trial.store
      .collection('orders')
      .updateOne({ _id: ids.order }, { $set: { status: 'done', remark: '留守がち' } });
    await customers().updateOne({ _id: ids.taro }, { $set: { status: 'dispute' } });
    const again = await trial.ask({ kinds: ['erasure'], identity: taro });
    expect(again.answer.blockers).toMatchObject([{ code: 'in-dispute', records: 1 }]);
    const before = await trial.bytesOf('customers');
    const answer = await trial.execute(await trial.approved(again, { operations: ['erase'] }));
    expect(answer).toMatchObject({
      type: 'dsr.plan.refused.v1',
      data: { reason: 'blocked', blockers: [{ code: 'in-dispute' }] },
    });
    expect(await trial.bytesOf('customers')).toEqual(before);
    expect(asked.answer.blockers).toEqual([]);
  });

  it('never erases what a legal hold keeps', async () => {
    await customers().updateOne({ _id: ids.taro }, { $set: { underOrder: true } });
    const asked = await trial.ask({ kinds: ['erasure'], identity: taro });
    expect(asked.answer.holds).toContainEqual(expect.objectContaining({ rule: 'legal-hold', until: null }));
    const data = executed(await trial.execute(await trial.approved(asked, { operations: ['erase'] })));
    expect(data.deferred).toContainEqual(expect.objectContaining({ rule: 'legal-hold', until: null }));
    expect(await customers().findOne({ _id: ids.taro })).toMatchObject({
      name: '山田　太郎',
      email: 'taro.yamada@example.jp',
      restricted: true,
    });
  });

  it.each([
    ['stale', (asked: Answered) => trial.approved(asked, { operations: ['erase'], manifestDigest: 'a'.repeat(64) })],
    [
      'expired',
      (asked: Answered) =>
        trial.approved(asked, {
          operations: ['erase'],
          validUntil: new Date(trial.clock.now().getTime() - 1000).toISOString(),
        }),
    ],
    [
      'invalid-signature',
      async (asked: Answered) => {
        const message = await trial.approved(asked, { operations: ['erase'] });
        const [header, payload, signature] = message.data.plan.split('.');
        const forged = Buffer.from(
          Buffer.from(payload!, 'base64url').toString('utf8').replace('"undoDays":7', '"undoDays":8'),
        ).toString('base64url');
        return { ...message, data: { ...message.data, plan: `${header}.${forged}.${signature}` } };
      },
    ],
    [
      'unknown-manifest',
      (asked: Answered) =>
        trial.approved({ ...asked, answer: { ...asked.answer, round: 7 } }, { operations: ['erase'] }),
    ],
  ] as const)('refuses a plan that is %s, and does nothing', async (reason, make) => {
    const asked = await trial.ask({ kinds: ['erasure'], identity: taro });
    const before = await trial.bytesOf('customers');
    const answer = await trial.execute(await make(asked));
    expect(answer).toMatchObject({ type: 'dsr.plan.refused.v1', data: { reason } });
    expect(await trial.bytesOf('customers')).toEqual(before);
  });

  it('never executes a plan that was cancelled, even one cancelled before it came', async () => {
    const asked = await trial.ask({ kinds: ['erasure'], identity: taro });
    const message = await trial.approved(asked, { operations: ['erase'] });
    const { caseId, round, planId } = message.data;
    const cancelled = {
      caseId,
      system: trial.map.system,
      round,
      planId,
      reason: 'withdrawn' as const,
      cancelledAt: trial.clock.now().toISOString(),
    };
    await cancelPlans(trial.connector, [trial.received(`${caseId}:cancel`, 'dsr.plan.cancelled.v1', cancelled)]);
    expect(await trial.execute(message)).toMatchObject({ type: 'dsr.plan.refused.v1', data: { reason: 'cancelled' } });
    expect(await customers().findOne({ _id: ids.taro })).not.toBeNull();
  });

  it('acts once for a repeated plan and sends the same answer again; another plan for the same operation is refused', async () => {
    const asked = await trial.ask({ kinds: ['erasure'], identity: taro });
    const message = await trial.approved(asked, { operations: ['erase'] });
    const first = executed(await trial.execute(message));
    expect(executed(await trial.execute(message))).toEqual(first);
    const second = await trial.approved(asked, { operations: ['erase'] });
    expect(await trial.execute(second)).toMatchObject({ type: 'dsr.plan.refused.v1', data: { reason: 'superseded' } });
  });

  it('acts on a candidate only when a person confirmed it, and never on what was rejected', async () => {
    await customers().deleteOne({ _id: ids.taro });
    await customers().insertOne({ _id: ids.taro, number: 'C-1', name: '山田太郎', phones: ['09012345678'], logins: 1 });
    const asked = await trial.ask({ kinds: ['erasure'], identity: taro });
    const candidate = asked.review.flatMap((line) =>
      'match' in line && line.match.verdict === 'candidate' ? [line.match.ref] : [],
    );
    expect(candidate).toHaveLength(1);
    const without = executed(await trial.execute(await trial.approved(asked, { operations: ['erase'] })));
    expect(without.done.erase).toMatchObject({ deleted: 0 });
    expect(await customers().findOne({ _id: ids.taro })).not.toBeNull();
    const again = await trial.ask({ kinds: ['erasure'], identity: taro });
    const withIt = executed(
      await trial.execute(
        await trial.approved(again, {
          operations: ['erase'],
          confirmed: candidate.map(() => again.review.flatMap((l) => ('match' in l ? [l.match.ref] : []))[0]!),
        }),
      ),
    );
    expect(withIt.done.erase!.deleted).toBeGreaterThan(0);
    expect(await customers().findOne({ _id: ids.taro })).toBeNull();
  });

  it('erases by itself when the retention period ends, looks at holds again on the day, and answers as deferred', async () => {
    const { asked, planId } = await erase(0);
    const ledger = () => trial.store.collection('ledger').findOne({ _id: ids.freshLedger });
    await trial.pass(365 * DAY);
    expect(await ledger()).not.toBeNull();
    // The law's period begins anew with a later entry: the hold is looked at again on the day.
    await trial.pass(2 * 366 * DAY);
    expect(await ledger()).toBeNull();
    const answer = executed(await trial.planAnswer(asked.caseId, planId, 'dsr.plan.executed.v1'));
    expect(answer).toMatchObject({ stage: 'deferred', part: 1, done: { erase: { deleted: 1 } }, deferred: [] });
  });

  const traceparent = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`;

  it('belongs to the trace of the message that approved it, whatever it came together with', async () => {
    const asked = await trial.ask({ kinds: ['cessation-of-use'], identity: taro });
    const message = await trial.approved(asked, { operations: ['suppress'] });
    await approvePlans(trial.connector, [{ ...message, traceparent }]);
    const change = await executePlan(trial.connector, unitId(asked.caseId, 1), message.data.planId);
    expect(change).toMatchObject({ cause: { traceparent } });
  });

  it('of a request that had to wait belongs to the request’s trace', async () => {
    const message = await trial.accepted({ kinds: ['erasure'], identity: taro });
    const { unit } = roundOfRequest({ ...message, traceparent });
    expect(await answerWaiting(trial.connector, unit)).toMatchObject({ cause: { traceparent } });
  });

  it('tells that nothing is kept any more also where the business let the record go before its day', async () => {
    const { asked, planId } = await erase(0);
    await trial.store.collection('ledger').deleteOne({ _id: ids.freshLedger });
    await trial.pass(3 * 366 * DAY);
    const answer = executed(await trial.planAnswer(asked.caseId, planId, 'dsr.plan.executed.v1'));
    expect(answer).toMatchObject({
      stage: 'deferred',
      part: 1,
      done: { erase: { deleted: 0 } },
      deferred: [],
      changed: 0,
    });
  });

  it('verifies absence after the erasure, twice, and counts what came back', async () => {
    const { asked, planId } = await erase();
    await trial.pass(DAY + 1000);
    expect(await trial.planAnswer(asked.caseId, planId)).toMatchObject({
      type: 'dsr.absence.verified.v1',
      data: { sweep: 1, found: 0 },
    });
    await customers().insertOne(trialDocuments(trial.clock.now())['customers']![0]!);
    await trial.pass(30 * DAY);
    const last = await trial.planAnswer(asked.caseId, planId, 'dsr.absence.verified.v1');
    expect(last).toMatchObject({ type: 'dsr.absence.verified.v1', data: { sweep: 2 } });
    expect((last.data as unknown as { found: number }).found).toBeGreaterThan(0);
  });

  it('restores everything within the undo window to the last byte, and never after it', async () => {
    const all = ['customers', 'orders', 'photos', 'ledger', 'companies', 'provisions'];
    const before = await Promise.all(all.map((name) => trial.store.collection(name).find().sort({ _id: 1 }).toArray()));
    const { asked, planId } = await erase();
    const approval = { caseId: asked.caseId, system: trial.map.system, round: 1, planId };
    const message = async () =>
      trial.received(`${asked.caseId}:restoration`, 'dsr.restoration.approved.v1', {
        ...approval,
        approval: await trial.sign({
          ...approval,
          approvedBy: 'approver-1',
          reason: 'wrong person',
          at: trial.clock.now().toISOString(),
        }),
      });
    await approveRestorations(trial.connector, [{ ...(await message()), traceparent }]);
    expect((await trial.unit(asked.caseId))?.plans[planId]?.trace).toEqual({ traceparent });
    await trial.pass(1000);
    expect(await trial.planAnswer(asked.caseId, planId)).toMatchObject({
      type: 'dsr.records.restored.v1',
      data: { records: 7, notRestored: 0 },
    });
    const after = await Promise.all(all.map((name) => trial.store.collection(name).find().sort({ _id: 1 }).toArray()));
    expect(after).toEqual(before);

    const second = await erase(1);
    await trial.pass(2 * DAY);
    const late = { caseId: second.asked.caseId, system: trial.map.system, round: 1, planId: second.planId };
    await approveRestorations(trial.connector, [
      trial.received('late', 'dsr.restoration.approved.v1', {
        ...late,
        approval: await trial.sign({ ...late, reason: 'too late' }),
      }),
    ]);
    const sent = (await trial.sent(second.asked.caseId)).map(({ data }) => data['reason']);
    expect(sent).toContain('undo-window-over');
    const chunks = await trial.own.collection('journal').find({ planId: second.planId }).toArray();
    expect(chunks.every((chunk) => !('intents' in chunk))).toBe(true);
    expect(unitId('x', 1)).toBe('x:1');
  });

  it('keeps nothing personal in its own database in the clear, whatever it did', async () => {
    await erase();
    for (const { name } of await trial.own.listCollections().toArray()) {
      const text = JSON.stringify(await trial.own.collection(name).find().toArray());
      for (const secret of ['山田', 'ﾔﾏﾀﾞ', 'taro.yamada', '09012345678', '北青山'])
        expect({ name, secret, found: text.includes(secret) }).toEqual({ name, secret, found: false });
    }
  });
});
