import { randomUUID } from 'node:crypto';
import { eventId, type ArtifactRef, type PlanExecuted, type Sealed, type Subject } from '@kenri/contracts';
import type { AnyOutgoing } from '@kenri/messaging';
import { verifyAllChains } from './history-chains.store.js';
import { eventually, match, newCaseId, TARO, Trial, type Json } from './trial.harness.js';

describe('handling a case', () => {
  let trial: Trial;
  beforeAll(async () => {
    trial = await Trial.start({ KENRI_UNDO_DAYS: '7', KENRI_STRAIGHT_THROUGH: 'disclosure,cessation-of-use' });
  });
  afterAll(() => trial.stop());

  const executed = (
    caseId: string,
    system: string,
    planId: string,
    change: Partial<PlanExecuted> = {},
  ): AnyOutgoing => ({
    id: eventId(caseId, system, 'executed', change.round ?? 1),
    type: 'dsr.plan.executed.v1',
    caseId,
    data: {
      caseId,
      system,
      round: 1,
      planId,
      stage: 'plan',
      part: 0,
      startedAt: trial.now(),
      finishedAt: trial.now(),
      done: { erase: { deleted: 1, personRemoved: 0, fieldsRemoved: 0, restricted: 0 } },
      deferred: [],
      changed: 0,
      appeared: 0,
      recordTokens: [],
      journal: 'a'.repeat(64),
      ...change,
    },
  });
  const erasureToPlan = async (): Promise<{ caseId: string; base: string }> => {
    const caseId = newCaseId();
    await trial.publish(
      await trial.accepted(caseId, ['erasure'], ['auto']),
      await trial.located(caseId, 'auto', { matches: [match('m1', 'certain')] }),
    );
    await trial.awaitPart(caseId, 'auto', 'decided');
    return { caseId, base: `/cases/${caseId}/systems/auto` };
  };
  const erasing = async (): Promise<{ caseId: string; planId: string }> => {
    const { caseId, base } = await erasureToPlan();
    const decisions = await trial.call('GET', `${base}/decisions`);
    const proposed = await trial.call('POST', `${base}/plan`, { ifMatch: decisions.etag! });
    await trial.call('POST', `${base}/plan/approve`, { as: ['approver'], ifMatch: proposed.etag! });
    return { caseId, planId: (await trial.plan(caseId, 'auto')).planId };
  };

  it('founded corrections travel sealed for their system, and nothing of them is in the clear', async () => {
    const caseId = newCaseId();
    const claim = {
      id: 'c1',
      kind: 'correction' as const,
      field: 'phone' as const,
      current: '03-1111-2222',
      claimed: '03-6440-2500',
    };
    const subject: Subject = { ...TARO, particulars: { claims: [claim] } };
    const corrections = [
      {
        claimId: 'c1',
        path: 'tel',
        label: { ja: '電話', en: 'Telephone' },
        current: '0311112222',
        claimed: '03-6440-2500',
        correctable: true,
      },
    ];
    await trial.publish(
      await trial.accepted(caseId, ['correction'], ['auto'], { subject }),
      await trial.located(caseId, 'auto', {
        matches: [match('m1', 'certain', { corrections })],
        dryRun: { correct: { records: 1, fields: 1 } },
      }),
    );
    await trial.awaitPart(caseId, 'auto', 'deciding');
    const base = `/cases/${caseId}/systems/auto`;
    const { etag } = await trial.call('GET', `${base}/decisions`);
    const body = { record: 'm1-r1', path: 'tel', finding: 'founded', grounds: '証明書を確認' };
    const unknown = await trial.call('PUT', `${base}/corrections/c2`, { body, ifMatch: etag! });
    expect(unknown.status).toBe(404);
    const determined = await trial.call('PUT', `${base}/corrections/c1`, { body, ifMatch: etag! });
    expect(determined).toMatchObject({ status: 200, body: { state: 'decided' } });
    await trial.call('POST', `${base}/plan`, { ifMatch: determined.etag! });
    const { signed } = await trial.plan(caseId, 'auto');
    expect(JSON.stringify(signed)).not.toContain('6440');
    const opened = await trial.connectors.auto!.open<Json>(signed.corrections as Sealed, {
      id: eventId(caseId, 'auto', 'plan', 1),
      type: 'dsr.plan.approved.v1',
      system: 'auto',
    });
    expect(opened).toEqual({ corrections: [{ record: 'm1-r1', path: 'tel', claimId: 'c1', value: '03-6440-2500' }] });
    const stored = JSON.stringify(await trial.databases.own.collection('cases').findOne({ _id: caseId as never }));
    for (const canary of ['6440', '証明書', '山田', 'example.jp', 'ヤマダ']) expect(stored).not.toContain(canary);
  });

  it('a further round carries the applicant sealed for that system only', async () => {
    const caseId = newCaseId();
    await trial.publish(await trial.accepted(caseId, ['erasure'], ['auto', 'flower']));
    await trial.awaitPart(caseId, 'auto', 'awaiting');
    const key = randomUUID();
    const asked = await trial.call('POST', `/cases/${caseId}/systems/auto/ask-again`, { key });
    expect(asked).toMatchObject({ status: 200, body: { systems: { auto: { round: 2 } } } });
    const repeated = await trial.call('POST', `/cases/${caseId}/systems/auto/ask-again`, { key });
    expect(repeated.body).toEqual(asked.body);
    const [lookup] = await trial.awaitSent('dsr.lookup.requested.v1', caseId);
    expect(lookup).toMatchObject({ systems: ['auto'], data: { round: 2, kinds: ['erasure'], reason: 'asked-again' } });
    const binding = { id: lookup!.id, type: lookup!.type, system: 'auto' };
    expect(await trial.connectors.auto!.open<Subject>(lookup!.data.subject, binding)).toEqual(TARO);
    await expect(trial.connectors.flower!.open(lookup!.data.subject, binding)).rejects.toThrow();
  });

  it('a plan of more than a hundred decisions refers to an artifact that its system alone can open', async () => {
    const caseId = newCaseId();
    const matches = Array.from({ length: 101 }, (_, index) => match(`m${index}`, 'candidate'));
    await trial.publish(
      await trial.accepted(caseId, ['cessation-of-use'], ['auto']),
      await trial.located(caseId, 'auto', { matches }),
    );
    await trial.awaitPart(caseId, 'auto', 'deciding');
    const base = `/cases/${caseId}/systems/auto`;
    let { etag } = await trial.call('GET', `${base}/decisions`);
    for (const { ref } of matches) {
      const body = { decision: ref === 'm0' ? 'confirmed' : 'rejected' };
      ({ etag } = await trial.call('PUT', `${base}/decisions/${ref}`, { body, ifMatch: etag! }));
    }
    await trial.call('POST', `${base}/plan`, { ifMatch: etag! });
    const { signed } = await trial.plan(caseId, 'auto');
    expect(signed).toMatchObject({ confirmed: [], rejected: [], exclusions: [] });
    const decisions = await trial.connectors.auto!.artifacts.read(signed.decisions as ArtifactRef);
    expect(JSON.parse(decisions.toString('utf8'))).toMatchObject({
      confirmed: ['m0'],
      exclusions: [],
      corrections: [],
    });
    await expect(trial.connectors.flower!.artifacts.read(signed.decisions as ArtifactRef)).rejects.toThrow();
  });

  it('a plan of few decisions that would not fit into a message refers to an artifact too', async () => {
    const { caseId, base } = await erasureToPlan();
    const paths = Array.from({ length: 100 }, (_, n) => `${'p'.repeat(190)}${n}`);
    const exclusions = Array.from({ length: 3 }, () => ({
      record: 'm1-r1',
      paths,
      operations: ['erase'],
      ground: 'open-transaction',
    }));
    const { etag } = await trial.call('GET', `${base}/decisions`);
    const mistyped = [exclusions[0], { ...exclusions[1], record: 'm1-rl' }];
    const unknown = await trial.call('PUT', `${base}/exclusions`, { body: { exclusions: mistyped }, ifMatch: etag! });
    expect(unknown).toMatchObject({ status: 422, body: { errors: [{ pointer: '/exclusions/1/record' }] } });
    const suppressing = [{ ...exclusions[0], operations: ['suppress'] }];
    const partly = await trial.call('PUT', `${base}/exclusions`, { body: { exclusions: suppressing }, ifMatch: etag! });
    expect(partly).toMatchObject({ status: 422, body: { errors: [{ pointer: '/exclusions/0/paths' }] } });
    const set = await trial.call('PUT', `${base}/exclusions`, { body: { exclusions }, ifMatch: etag! });
    const proposed = await trial.call('POST', `${base}/plan`, { ifMatch: set.etag! });
    const approved = await trial.call('POST', `${base}/plan/approve`, { as: ['approver'], ifMatch: proposed.etag! });
    expect({ set: set.status, proposed: proposed.status, approved: approved.status }).toEqual({
      set: 200,
      proposed: 201,
      approved: 200,
    });
    const { signed } = await trial.plan(caseId, 'auto');
    const decisions = await trial.connectors.auto!.artifacts.read(signed.decisions as ArtifactRef);
    expect((JSON.parse(decisions.toString('utf8')) as { exclusions: unknown }).exclusions).toEqual(exclusions);
  });

  it('medical matches are shown to and decided by the medical reviewer alone', async () => {
    const caseId = newCaseId();
    await trial.publish(
      await trial.accepted(caseId, ['erasure'], ['medical']),
      await trial.located(caseId, 'medical', { matches: [match('m1', 'candidate')] }),
    );
    await trial.awaitPart(caseId, 'medical', 'deciding');
    const base = `/cases/${caseId}/systems/medical`;
    for (const as of [['case-worker'], ['approver']]) {
      expect((await trial.call('GET', `${base}/review`, { as })).status).toBe(403);
    }
    const review = await trial.call('GET', `${base}/review`, { as: ['medical-reviewer'] });
    expect(review.text).toContain('山田太郎');
    const { etag } = await trial.call('GET', `${base}/decisions`);
    const body = { decision: 'confirmed' };
    expect((await trial.call('PUT', `${base}/decisions/m1`, { body, ifMatch: etag! })).status).toBe(403);
    const decided = await trial.call('PUT', `${base}/decisions/m1`, { as: ['medical-reviewer'], body, ifMatch: etag! });
    expect(decided).toMatchObject({ status: 200, body: { state: 'decided' } });
    const ifMatch = decided.etag!;
    expect((await trial.call('POST', `${base}/plan`, { as: ['case-worker'], ifMatch })).status).toBe(403);
    expect((await trial.call('POST', `${base}/plan`, { as: ['medical-reviewer'], ifMatch })).status).toBe(201);
  });

  it('a withdrawal against an execution: whichever the connector did first stands', async () => {
    const { caseId, planId } = await erasing();
    await trial.publish({
      id: eventId(caseId, 'intake', 'withdrawn', 1),
      type: 'dsr.request.withdrawn.v1',
      caseId,
      data: { caseId, withdrawnAt: trial.now(), by: 'applicant' },
    });
    const [cancelled] = await trial.awaitSent('dsr.plan.cancelled.v1', caseId);
    expect(cancelled!.data).toMatchObject({ system: 'auto', reason: 'withdrawn' });
    expect(await trial.awaitPart(caseId, 'auto', 'executing')).toMatchObject({
      systems: { auto: { cancelling: true } },
    });
    await trial.publish(executed(caseId, 'auto', planId));
    await trial.awaitPart(caseId, 'auto', 'executed');
    const { caseId: other, planId: otherPlan } = await erasing();
    expect((await trial.call('POST', `/cases/${other}/cancel`, { body: { reason: 'applicant-asked' } })).status).toBe(
      200,
    );
    await trial.publish({
      id: eventId(other, 'auto', 'refused', 1),
      type: 'dsr.plan.refused.v1',
      caseId: other,
      data: {
        caseId: other,
        system: 'auto',
        round: 1,
        planId: otherPlan,
        reason: 'cancelled',
        blockers: [],
        refusedAt: trial.now(),
      },
    });
    const shown = await trial.awaitPart(other, 'auto', 'cancelled');
    expect(shown).toMatchObject({ state: 'cancelled', outcome: 'withdrawn' });
    const lifted = await trial.awaitSent('dsr.suppression.set.v1', other, (all) =>
      all.some(({ data }) => data.purposes.length === 0),
    );
    expect(lifted.at(-1)!.data).toMatchObject({ purposes: [], revision: 2 });
  });

  it('an undo is signed, lifts the suppression, and no erasure is announced', async () => {
    const { caseId, planId } = await erasing();
    await trial.publish(executed(caseId, 'auto', planId));
    await trial.awaitPart(caseId, 'auto', 'executed');
    const base = `/cases/${caseId}/systems/auto/restore`;
    const body = { reason: 'wrong-person' };
    expect((await trial.call('POST', base, { body, key: randomUUID() })).status).toBe(403);
    expect((await trial.call('POST', base, { as: ['approver'], body, key: randomUUID() })).status).toBe(200);
    const [approved] = await trial.awaitSent('dsr.restoration.approved.v1', caseId);
    expect(await trial.connectors.auto!.verifier.verify(approved!.data.approval, 'cases')).toMatchObject({
      caseId,
      system: 'auto',
      round: 1,
      planId,
      approvedBy: 'staff:approver-1',
      reason: 'wrong-person',
    });
    await trial.publish({
      id: eventId(caseId, 'auto', 'restored', 1),
      type: 'dsr.records.restored.v1',
      caseId,
      data: { caseId, system: 'auto', round: 1, planId, restoredAt: trial.now(), records: 1, notRestored: 0 },
    });
    await trial.awaitPart(caseId, 'auto', 'restored');
    await trial.awaitSent('dsr.suppression.set.v1', caseId, (all) => all.at(-1)?.data.purposes.length === 0);
    expect(await trial.sent('dsr.subject.erased.v1', caseId)).toEqual([]);
  });

  it('the suppression topic is compacted by token and case, and healed from the register when entries are lost', async () => {
    const { caseId } = await erasing();
    const before = await trial.awaitSent('dsr.suppression.set.v1', caseId, (all) => all.length >= 4);
    expect(new Set(before.map(({ key }) => key)).size).toBe(before.length);
    await eventually(
      'register to be complete',
      async () => (await trial.databases.own.collection('suppressions').findOne({ _id: caseId as never })) !== null,
      () => null,
    );
    const agreed = await trial.call('POST', '/suppressions/reconcile', { as: ['sre'] });
    expect(agreed).toMatchObject({ status: 200, body: { republished: 0, unknown: 0 } });
    // As if the topic had been wiped of this case: tombstones for its keys.
    await trial.publish(
      ...before.map(({ key, id }) => ({
        id,
        type: 'dsr.suppression.set.v1' as const,
        caseId,
        key,
        partitionBy: caseId,
        data: null,
      })),
    );
    const healed = await trial.call('POST', '/suppressions/reconcile', { as: ['sre'] });
    expect(healed.body.republished).toBe(1);
    await trial.awaitSent('dsr.suppression.set.v1', caseId, (all) => all.length >= 2 * before.length);
  });

  it('an altered history entry in the database is detected', async () => {
    const { caseId } = await erasing();
    const whole = await trial.call('GET', '/history-verification', { as: ['auditor'] });
    expect(whole.body.altered).toEqual([]);
    const cases = trial.databases.own.collection('cases');
    await cases.updateOne({ _id: caseId as never }, { $set: { 'history.1.who': 'staff:somebody-else' } });
    const found = await trial.call('GET', '/history-verification', { as: ['auditor'] });
    expect(found.body.altered).toEqual([{ caseId, at: 2, fault: 'entry-altered' }]);
    expect(await verifyAllChains(process.env.MONGODB_URI!, trial.databases.name)).toEqual(found.body);
    const shown = await trial.call('GET', `/cases/${caseId}/history`, { as: ['auditor'] });
    expect(shown.body.verification).toEqual({ intact: false, at: 2, fault: 'entry-altered' });
    await cases.deleteOne({ _id: caseId as never });
  });

  it('a reader of the live stream sees changes of cases, and goes on after the last one it saw', async () => {
    const caseId = newCaseId();
    const first = await listen(trial);
    await first.next(({ type }) => type === 'ready');
    await trial.publish(await trial.accepted(caseId, ['erasure'], ['auto']));
    const opened = await first.next((event) => event.data.includes(caseId));
    expect(JSON.parse(opened.data)).toMatchObject({ caseId, systems: { auto: 'awaiting' } });
    // A second reader keeps the stream open while the first is away.
    const second = await listen(trial);
    first.stop();
    await trial.publish(await trial.located(caseId, 'auto', { matches: [match('m1', 'certain')] }));
    await second.next((event) => event.data.includes(caseId) && event.data.includes('decided'));
    const back = await listen(trial, opened.id);
    const missed = await back.next((event) => event.data.includes(caseId));
    expect(JSON.parse(missed.data)).toMatchObject({ systems: { auto: 'decided' } });
    const lost = await listen(trial, `${caseId}.99999`);
    expect((await lost.next(() => true)).type).toBe('reset');
    for (const reader of [second, back, lost]) reader.stop();
  });
});

interface ServerSentEvent {
  id: string;
  type: string;
  data: string;
}

/** Reads the live stream as a browser would. */
async function listen(trial: Trial, lastEventId?: string) {
  const stopping = new AbortController();
  const response = await fetch(`${trial.service.url}/cases/events`, {
    signal: stopping.signal,
    headers: {
      authorization: `Bearer ${await trial.token(['auditor'], 'auditor-1')}`,
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
    },
  });
  expect(response.status).toBe(200);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const events: ServerSentEvent[] = [];
  let rest = '';
  const read = (async () => {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const blocks = (rest + value).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const field = (name: string) => new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1] ?? '';
        if (field('data') !== '') events.push({ id: field('id'), type: field('event'), data: field('data') });
      }
    }
  })().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });
  return {
    async next(accept: (event: ServerSentEvent) => boolean): Promise<ServerSentEvent> {
      let found: ServerSentEvent | undefined;
      await eventually(
        'live event',
        async () => (found = events.find(accept)) !== undefined,
        () => events,
      );
      return found!;
    },
    stop: () => {
      stopping.abort();
      void read;
    },
  };
}
