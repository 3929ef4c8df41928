import { eventId, type ArtifactRef } from '@kenri/contracts';
import { Vault } from '@kenri/vault';
import { CommandBus } from '@nestjs/cqrs';
import { CollectOrphans } from './commands/collect-orphans.js';
import { DecisionListStore } from './effects/decision-lists.store.js';
import { PackageStore } from './package/package.store.js';
import { match, newCaseId, Trial } from './trial.harness.js';

const DAY = 24 * 3600_000;

describe('artifacts of a case', () => {
  let trial: Trial;
  beforeAll(async () => {
    trial = await Trial.start({ KENRI_STRAIGHT_THROUGH: 'disclosure', KENRI_ORPHANS_HOURS: '0' });
  });
  afterAll(() => trial.stop());

  const collect = (): Promise<number> => trial.service.app.get(CommandBus).execute(new CollectOrphans());

  it('a package with medical records is listed as waiting for a medical reviewer', async () => {
    const caseId = newCaseId();
    await trial.publish(
      await trial.accepted(caseId, ['disclosure'], ['medical']),
      await trial.located(caseId, 'medical', { matches: [match('m1', 'certain')] }),
    );
    const { planId } = await trial.plan(caseId, 'medical');
    const artifact = await trial.connectors.medical!.artifacts.put(Buffer.from('{}\n'), {
      recipients: ['cases/medical'],
      contentType: 'application/x-ndjson',
      caseId,
      purpose: 'export',
    });
    const at = trial.now();
    await trial.publish({
      id: eventId(caseId, 'medical', 'executed', 1),
      type: 'dsr.plan.executed.v1',
      caseId,
      data: {
        caseId,
        system: 'medical',
        round: 1,
        planId,
        stage: 'plan',
        part: 0,
        startedAt: at,
        finishedAt: at,
        done: { export: { records: 1, files: 0, artifact } },
        deferred: [],
        changed: 0,
        appeared: 0,
        recordTokens: [],
        journal: 'a'.repeat(64),
      },
    });
    await trial.awaitPart(caseId, 'medical', 'executed');
    const { body } = await trial.call('GET', '/cases?attention=awaiting-medical-reviewer');
    expect(body.items).toMatchObject([{ caseId, attention: ['awaiting-medical-reviewer'] }]);
  });

  it('what nothing refers to is deleted two days later; packages, lists of cases that are kept and others’ artifacts stay', async () => {
    const vault = trial.service.app.get(Vault);
    const caseId = newCaseId();
    await trial.publish(await trial.accepted(caseId, ['erasure'], ['auto']));
    await trial.awaitPart(caseId, 'auto', 'awaiting');
    const put = (by: Vault, purpose: string, recipients = ['cases']): Promise<ArtifactRef> =>
      by.artifacts.put(Buffer.from(purpose), { recipients, contentType: 'text/plain', caseId, purpose });
    const readable = async (ref: ArtifactRef, by = vault): Promise<boolean> =>
      by.artifacts.read(ref).then(
        () => true,
        () => false,
      );

    const lists = trial.service.app.get(DecisionListStore);
    const listOf = (planId: string) => lists.put({ caseId, system: 'auto', planId, content: Buffer.from(planId) });
    const list = await listOf('plan-1');
    expect(await listOf('plan-1')).toEqual(list);
    const kept = await put(vault, 'package');
    const record = { fileName: 'K.zip', password: new Uint8Array(), builtAt: new Date() };
    await trial.service.app.get(PackageStore).replace({ _id: caseId, artifact: kept, ...record });
    const torn = await put(vault, 'package');
    const review = await put(trial.connectors.auto!, 'review');

    expect(await collect()).toBe(0);
    trial.advance(3 * DAY);
    const young = await put(vault, 'package');
    expect(await collect()).toBe(1);
    expect(await readable(torn)).toBe(false);
    const { auto } = trial.connectors;
    expect([await readable(kept), await readable(young), await readable(review), await readable(list, auto)]).toEqual([
      true,
      true,
      true,
      true,
    ]);

    await trial.databases.own
      .collection<{ _id: string }>('cases')
      .updateOne({ _id: caseId }, { $set: { disposedAt: trial.now() } });
    expect(await collect()).toBe(1);
    expect(await readable(list, auto)).toBe(false);
  });
});
