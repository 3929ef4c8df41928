import { randomUUID } from 'node:crypto';
import { eventId } from '@kenri/contracts';
import { differences } from './documented.harness.js';
import { match, newCaseId, partOf, Trial } from './trial.harness.js';

/** What the service answers about a case is what its OpenAPI document says, member by member. */
async function answersAreDocumented(trial: Trial, caseId: string, system: string): Promise<void> {
  const { body: document } = await trial.call('GET', '/openapi.json');
  const case_ = '/cases/{caseId}';
  const part = `${case_}/systems/{system}`;
  for (const path of ['/cases', case_, `${case_}/history`, `${part}/decisions`, `${part}/plan`, '/refusal-grounds']) {
    const { status, body } = await trial.call('GET', path.replace('{caseId}', caseId).replace('{system}', system));
    expect([path, status, differences(document as never, path, body)]).toEqual([path, 200, []]);
  }
}

describe('a case from request to outcome', () => {
  let trial: Trial;
  beforeAll(async () => {
    trial = await Trial.start({ KENRI_UNDO_DAYS: '0' });
  });
  afterAll(() => trial.stop());

  it('runs straight through where all matches are certain: opened, one signed plan per system, executed, closed', async () => {
    const caseId = newCaseId();
    await trial.publish(
      await trial.accepted(caseId, ['cessation-of-use'], ['auto', 'flower'], { purposes: ['marketing'] }),
    );
    await trial.publish(
      await trial.located(caseId, 'auto', {
        matches: [match('m1', 'certain')],
        dryRun: { suppress: { records: 1, publishedOnly: [] } },
      }),
      await trial.located(caseId, 'flower'),
    );
    const plan = await trial.plan(caseId, 'auto');
    expect(plan.signed).toMatchObject({
      caseId,
      system: 'auto',
      round: 1,
      operations: ['suppress'],
      scope: { exportScopes: [], purposes: ['marketing'] },
      approvedBy: [{ staff: 'policy:straight-through' }],
    });
    await trial.publish({
      id: eventId(caseId, 'auto', 'executed', 1),
      type: 'dsr.plan.executed.v1',
      caseId,
      data: {
        caseId,
        system: 'auto',
        round: 1,
        planId: plan.planId,
        stage: 'plan',
        part: 0,
        startedAt: trial.now(),
        finishedAt: trial.now(),
        done: { suppress: { records: 1, publishedOnly: [] } },
        deferred: [],
        changed: 0,
        appeared: 0,
        recordTokens: [],
        journal: 'a'.repeat(64),
      },
    });
    const shown = await trial.awaitCase(caseId, 'closing', ({ state }) => state === 'closed');
    expect(shown).toMatchObject({
      outcome: 'carried-out',
      systems: { auto: { state: 'executed' }, flower: { state: 'nothing-found' } },
    });
    const suppressions = await trial.awaitSent('dsr.suppression.set.v1', caseId, (all) => all.length >= 4);
    expect(suppressions.map(({ key, data }) => key === `${data.token}#${caseId}`)).not.toContain(false);
    expect(suppressions[0]!.data.purposes).toEqual([{ purpose: 'marketing', applies: 'ongoing' }]);
    expect(new Set(suppressions.map(({ partition }) => partition)).size).toBe(1);
    const plans = await trial.sent('dsr.plan.approved.v1', caseId);
    expect(plans).toHaveLength(1);
    const told = await trial.sent('dsr.case.changed.v1', caseId);
    expect(told.at(-1)!.data).toMatchObject({ state: 'closed', outcome: 'carried-out' });
    expect(await trial.sent('dsr.case.opened.v1', caseId)).toHaveLength(1);
  });

  it('of a dealer with a hundred records in each system every one of them is told', async () => {
    const caseId = newCaseId();
    const systems = ['auto', 'flower', 'medical'];
    await trial.publish(await trial.accepted(caseId, ['cessation-of-use'], systems, { purposes: ['ads'] }));
    const tokens = systems.flatMap((system) =>
      Array.from({ length: 100 }, (_, n) =>
        trial.connectors[system]!.tokens.token('record', `${system}:${caseId}:${n}`),
      ),
    );
    for (const [index, system] of systems.entries()) {
      const matches = [match('m1', 'certain')];
      const recordTokens = tokens.slice(index * 100, (index + 1) * 100);
      const dryRun = { suppress: { records: 100, publishedOnly: [] } };
      await trial.publish(await trial.located(caseId, system, { matches, dryRun, recordTokens }));
    }
    const told = await trial.awaitSent('dsr.suppression.set.v1', caseId, (all) =>
      tokens.every((token) => all.some(({ data }) => data.token === token)),
    );
    expect(new Set(told.map(({ data }) => data.purposes[0]?.purpose))).toEqual(new Set(['ads']));
  });

  it('an erasure waits for a candidate decision, a proposal and another person, then tells the group', async () => {
    const caseId = newCaseId();
    await trial.publish(
      await trial.located(caseId, 'auto', {
        matches: [match('m1', 'certain'), match('m2', 'candidate')],
        dryRun: { erase: { delete: 2, removePerson: 0, removeFields: 0, hold: 0 } },
      }),
      await trial.accepted(caseId, ['erasure'], ['auto']),
    );
    await trial.awaitPart(caseId, 'auto', 'deciding');
    const base = `/cases/${caseId}/systems/auto`;
    const review = await trial.call('GET', `${base}/review`);
    expect(review.text.trim().split('\n')).toHaveLength(3);
    const before = await trial.call('GET', `${base}/decisions`);
    const early = await trial.call('POST', `${base}/plan`, { ifMatch: before.etag! });
    expect(early.status).toBe(409);
    const decided = await trial.call('PUT', `${base}/decisions/m2`, {
      body: { decision: 'rejected' },
      ifMatch: before.etag!,
    });
    expect(decided).toMatchObject({ status: 200, body: { state: 'decided' } });
    const stale = await trial.call('PUT', `${base}/decisions/m1`, {
      body: { decision: 'rejected' },
      ifMatch: before.etag!,
    });
    expect(stale.status).toBe(412);
    const proposed = await trial.call('POST', `${base}/plan`, { ifMatch: decided.etag! });
    expect(proposed).toMatchObject({ status: 201, body: { state: 'approving' } });
    const own = await trial.call('POST', `${base}/plan/approve`, {
      as: ['approver', 'case-worker'],
      sub: 'case-worker-1',
      ifMatch: proposed.etag!,
    });
    expect(own).toMatchObject({ status: 403, body: { code: 'same-person' } });
    const approved = await trial.call('POST', `${base}/plan/approve`, { as: ['approver'], ifMatch: proposed.etag! });
    expect(approved).toMatchObject({ status: 200, body: { state: 'executing' } });
    const plan = await trial.plan(caseId, 'auto');
    expect(plan.signed).toMatchObject({ operations: ['erase'], rejected: ['m2'], confirmed: [], undoDays: 0 });
    await trial.publish({
      id: eventId(caseId, 'auto', 'executed', 1),
      type: 'dsr.plan.executed.v1',
      caseId,
      data: {
        caseId,
        system: 'auto',
        round: 1,
        planId: plan.planId,
        stage: 'plan',
        part: 0,
        startedAt: trial.now(),
        finishedAt: trial.now(),
        done: { erase: { deleted: 2, personRemoved: 0, fieldsRemoved: 0, restricted: 0 } },
        deferred: [],
        changed: 0,
        appeared: 0,
        recordTokens: [],
        journal: 'a'.repeat(64),
      },
    });
    const [erased] = await trial.awaitSent('dsr.subject.erased.v1', caseId);
    expect(erased!.data.systems).toEqual([{ system: 'auto', erased: 2, deferredUntil: null }]);
    expect(erased!.data.tokens).toContain(trial.intake.tokens.token('email', 'taro.yamada@example.jp'));
    await trial.publish({
      id: randomUUID(),
      type: 'dsr.receipt.recorded.v1',
      caseId,
      data: { caseId, eventId: erased!.id, subscriber: 'ais', outcome: 'done', records: 1, recordedAt: trial.now() },
    });
    const shown = await trial.awaitCase(caseId, 'receipt', ({ events }) =>
      (events as { id: string; receipts: unknown[] }[]).some(
        (event) => event.id === erased!.id && event.receipts.length === 1,
      ),
    );
    expect((shown.events as { id: string; missing: string[] }[]).find(({ id }) => id === erased!.id)!.missing).toEqual([
      'i-auc',
    ]);
    await answersAreDocumented(trial, caseId, 'auto');
  });
});

describe('the end of a case', () => {
  let trial: Trial;
  beforeAll(async () => {
    trial = await Trial.start({ KENRI_DISPOSAL_DAYS: '0' });
  });
  afterAll(() => trial.stop());

  it("the applicant's data is destroyed when its time has come, and a repeated request does not bring it back", async () => {
    const caseId = newCaseId();
    const request = await trial.accepted(caseId, ['erasure'], ['auto']);
    await trial.publish(request, await trial.located(caseId, 'auto'));
    await trial.awaitCase(caseId, 'closing', ({ state }) => state === 'closed');
    await trial.awaitSent('dsr.case.disposed.v1', caseId);
    expect((await trial.call('GET', `/cases/${caseId}/subject`)).status).toBe(409);
    await trial.publish(request);
    const shown = await trial.awaitCase(caseId, 'disposal', ({ disposedAt }) => disposedAt !== null);
    expect(shown.identityDestroyedAt).not.toBeNull();
    expect(partOf(shown, 'auto').state).toBe('nothing-found');
  });
});
