import { MongoStore } from '../store/mongo-store.js';
import { DyingStore } from '../trial/dying-store.js';
import { type TrialConnector } from '../trial/trial-connector.js';
import { openIndexedTrial, taro } from '../trial/trial-people.js';
import { collectOrphans } from './collect-orphans.js';
import { disposeCases } from './dispose.js';

const DAY = 86_400_000;

describe('orphaned artifacts', () => {
  let trial: TrialConnector;
  beforeEach(async () => {
    trial = await openIndexedTrial();
  });
  afterEach(() => trial?.close());

  const left = async () =>
    (await trial.client.db(`${trial.name}_artifacts`).collection('artifacts.files').find().toArray())
      .map(({ _id }) => String(_id))
      .sort();

  it('are collected once they are old, and never what a unit of an open case refers to; a disposed case’s are', async () => {
    // So many orders that the manifest does not fit into the unit.
    const orders = Array.from({ length: 300 }, (_, n) => ({ customerNumber: 'C-1', item: `I-${n}`, status: 'done' }));
    await trial.store.collection('orders').insertMany(orders);
    const asked = await trial.ask({ kinds: ['disclosure', 'erasure'], identity: taro });
    const answer = await trial.execute(await trial.approved(asked, { operations: ['export'] }));
    const unit = (await trial.unit(asked.caseId))!;
    const exported = (answer.data as { done: { export: { artifact: { id: string } } } }).done.export.artifact.id;
    const referred = [unit.manifestArtifact!.id, asked.answer.review!.id, exported].sort();
    const { id: orphan } = await trial.vault.artifacts.put(Buffer.from('of an attempt that died'), {
      recipients: ['cases'],
      contentType: 'application/x-ndjson',
      caseId: asked.caseId,
      purpose: 'review',
    });
    expect(await collectOrphans(trial.connector)).toBe(0);
    expect(await left()).toEqual([...referred, orphan].sort());

    trial.clock.advance(3 * DAY);
    expect(await collectOrphans(trial.connector)).toBe(1);
    expect(await left()).toEqual(referred);

    const { caseId } = asked;
    await disposeCases(trial.connector, [
      trial.received(`${caseId}:disposed`, 'dsr.case.disposed.v1', { caseId } as never),
    ]);
    expect(await collectOrphans(trial.connector)).toBe(3);
    expect(await left()).toEqual([]);
  });

  it('are not what an execution under way has exported', async () => {
    const asked = await trial.ask({ kinds: ['disclosure', 'erasure'], identity: taro });
    const dying = await trial.anotherProcess({ store: (real) => new DyingStore(new MongoStore(real), 1, 'before') });
    await trial.execute(await trial.approved(asked, { operations: ['export', 'erase'] }), dying);
    trial.clock.advance(3 * DAY);
    expect(await collectOrphans(trial.connector)).toBe(0);
    const unit = (await trial.unit(asked.caseId))!;
    const [progress] = Object.values(unit.plans);
    expect(progress?.state).toBe('executing');
    await expect(trial.cases.artifacts.read(progress!.exported!.artifact!)).resolves.toBeInstanceOf(Buffer);
  });
});
