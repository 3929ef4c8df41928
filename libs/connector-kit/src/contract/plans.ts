import type { MappedCollection } from '../data-map.js';
import { executePlan } from '../execute/execute-plan.js';
import { mapped } from '../rows.js';
import { MongoStore } from '../store/mongo-store.js';
import { DyingStore } from '../trial/dying-store.js';
import { approvePlans, cancelPlans } from '../units/plan-messages.js';
import { unitId } from '../units/unit.js';
import { executed, type SubjectTrial } from './subject-trial.js';

/** The approved plan and nothing else, exactly once (R-11; architecture.md, Exactly-once effect). */
export function describePlans(suite: SubjectTrial): void {
  const { map } = suite.subject;

  describe('plans', () => {
    it('that are forged, stale, expired or cancelled are never executed', async () => {
      const { trial } = suite;
      const asked = await suite.ask(['erasure']);
      const before = await suite.snapshot();
      const genuine = await trial.approved(asked, { operations: ['erase'] });
      const [header, , signature] = genuine.data.plan.split('.');
      const payload = Buffer.from(JSON.stringify({ ...asked.answer, operations: ['erase'] })).toString('base64url');
      const forged = { ...genuine, data: { ...genuine.data, plan: `${header}.${payload}.${signature}` } };
      expect(await trial.execute(forged)).toMatchObject({ data: { reason: 'invalid-signature' } });
      const stale = await trial.approved(asked, { operations: ['erase'], manifestDigest: 'b'.repeat(64) });
      expect(await trial.execute(stale)).toMatchObject({ data: { reason: 'stale' } });
      const expired = await trial.approved(asked, {
        operations: ['erase'],
        validUntil: new Date(trial.clock.now().getTime() - 1).toISOString(),
      });
      expect(await trial.execute(expired)).toMatchObject({ data: { reason: 'expired' } });
      const cancelled = await trial.approved(asked, { operations: ['erase'] });
      const { caseId, round, planId } = cancelled.data;
      const cancellation = {
        caseId,
        system: map.system,
        round,
        planId,
        reason: 'withdrawn' as const,
        cancelledAt: trial.clock.now().toISOString(),
      };
      await cancelPlans(trial.connector, [
        trial.received(`${caseId}:cancelled`, 'dsr.plan.cancelled.v1', cancellation),
      ]);
      expect(await trial.execute(cancelled)).toMatchObject({ data: { reason: 'cancelled' } });
      expect(await suite.snapshot()).toEqual(before);
    });

    it('that come again are executed once and answered alike', async () => {
      const asked = await suite.ask(['erasure']);
      const message = await suite.trial.approved(asked, { operations: ['erase'] });
      const first = executed(await suite.trial.execute(message));
      const after = await suite.snapshot();
      expect(executed(await suite.trial.execute(message))).toEqual(first);
      expect(await suite.snapshot()).toEqual(after);
    });

    it('leave a record that changed since for a person', async () => {
      const asked = await suite.ask(['erasure']);
      const row = (await suite.manifestRows(asked)).find(
        ({ collection, depth }) => depth === 0 && watchedText(mapped(map, collection)) !== undefined,
      )!;
      const path = watchedText(mapped(map, row.collection))!;
      await suite.trial.store
        .collection(row.collection)
        .updateOne({ _id: row.id as never }, { $set: { [path]: '変更' } });
      const { data } = await suite.erase(asked);
      expect(data.changed).toBeGreaterThan(0);
      expect(await suite.live(row)).toMatchObject({ [path]: '変更' });
    });

    it.each([
      ['before its first write', 1, 'before'],
      ['after its first write', 1, 'after'],
      ['after its second write', 2, 'after'],
      ['before its third write', 3, 'before'],
      ['after its last write, with nothing answered', 999, 'after'],
    ] as const)('are carried on after a process was killed %s: once, with true counts', async (_when, at, when) => {
      const { trial } = suite;
      const asked = await suite.ask(['erasure']);
      const message = await trial.approved(asked, { operations: ['erase'] });
      const { delete: deleted, removePerson, removeFields, hold } = asked.answer.dryRun.erase!;
      const rows = await suite.manifestRows(asked);
      let store: DyingStore;
      const dying = await trial.anotherProcess({
        store: (real) => (store = new DyingStore(new MongoStore(real), at, when)),
      });
      await approvePlans(dying, [message]);
      // The change that this process would commit dies with it.
      await executePlan(dying, unitId(asked.caseId, 1), message.data.planId);
      expect(store!.killed).toBe(at < 999);
      expect((await trial.unit(asked.caseId))!.plans[message.data.planId]).toMatchObject({ state: 'executing' });
      const fresh = await trial.anotherProcess();
      await trial.pass(5 * 60_000, fresh);
      const data = executed(await trial.planAnswer(asked.caseId, message.data.planId));
      expect(data.done.erase).toEqual({
        deleted,
        personRemoved: removePerson,
        fieldsRemoved: removeFields,
        restricted: hold,
      });
      expect(data.changed).toBe(0);
      await suite.expectOthersUntouched(rows);
    });
  });
}

/** A text of the row itself whose change must be noticed. */
function watchedText(about: MappedCollection): string | undefined {
  const plain = Object.entries(about.fields).filter(
    ([path, { watched, of }]) => !/[.[]/.test(path) && watched !== false && of === undefined,
  );
  const first = (wanted: string) => plain.find(([, { category }]) => category === wanted)?.[0];
  return first('contact') ?? first('identity');
}
