import type { Vault } from '@kenri/vault';
import { rotated } from '../index/index-trial.harness.js';
import { MongoStore } from '../store/mongo-store.js';
import { DyingStore } from '../trial/dying-store.js';
import { type TrialConnector } from '../trial/trial-connector.js';
import { openIndexedTrial, taro } from '../trial/trial-people.js';

const DAY = 86_400_000;

/** What is named under a blocking secret keeps its name within a unit, whatever is in use since. */
describe('when the blocking secret is rotated', () => {
  let trial: TrialConnector;
  beforeEach(async () => {
    trial = await openIndexedTrial();
  });
  afterEach(() => trial?.close());

  /** The connector restarted with the vault: its side index is built under the new secret. */
  const restarted = async (vault: Vault) => {
    await trial.connector.indexer.stop();
    trial.connector = await trial.anotherProcess({ vault });
    await trial.index();
  };

  it('an execution half done is finished once, with true counts', async () => {
    const asked = await trial.ask({ kinds: ['erasure'], identity: taro });
    const message = await trial.approved(asked, { operations: ['erase'] });
    const dying = await trial.anotherProcess({ store: (real) => new DyingStore(new MongoStore(real), 4, 'after') });
    await trial.execute(message, dying);
    await restarted(await rotated(trial));
    await trial.pass(5 * 60_000);
    expect(await trial.planAnswer(asked.caseId, message.data.planId)).toMatchObject({
      type: 'dsr.plan.executed.v1',
      data: {
        changed: 0,
        appeared: 0,
        done: { erase: { deleted: 4, personRemoved: 1, fieldsRemoved: 1, restricted: 1 } },
      },
    });
  });

  it('what a law kept until then is still known as unchanged, and erased when its period ends', async () => {
    const asked = await trial.ask({ kinds: ['erasure'], identity: taro });
    const message = await trial.approved(asked, { operations: ['erase'], undoDays: 0 });
    await trial.execute(message);
    await restarted(await rotated(trial));
    await trial.pass(3 * 366 * DAY);
    expect(await trial.planAnswer(asked.caseId, message.data.planId)).toMatchObject({
      type: 'dsr.plan.executed.v1',
      data: { stage: 'deferred', part: 1, changed: 0, done: { erase: { deleted: 1 } }, deferred: [] },
    });
  });
});
