import { approveRestorations } from '../execute/restore.js';
import { canonicalJson } from '../documents/comparable.js';
import { documentKey, isEmbedded, mapped, mappedCollections, rowDigest } from '../rows.js';
import type { Document } from '../documents/paths.js';
import type { ManifestRow } from '../dry-run/manifest.js';
import { DAY, opened, YEAR, type SubjectTrial } from './subject-trial.js';

/** What an erasure takes, what it leaves and why, and how it is verified and undone. */
export function describeErasing(suite: SubjectTrial): void {
  const { map, identity, underLegalHold = identity } = suite.subject;

  describe('erase', () => {
    it('takes what the dry run said, in every record, and touches nobody else', async () => {
      const asked = await suite.ask(['erasure']);
      const rows = await suite.manifestRows(asked);
      const { data } = await suite.erase(asked);
      const { delete: deleted, removePerson, removeFields, hold } = asked.answer.dryRun.erase!;
      expect(deleted + removePerson + removeFields).toBeGreaterThan(0);
      expect(data.done.erase).toEqual({
        deleted,
        personRemoved: removePerson,
        fieldsRemoved: removeFields,
        restricted: hold,
      });
      expect(data).toMatchObject({ changed: 0, appeared: 0, deferred: [] });
      for (const row of rows) await expectErased(row, rows);
      await suite.expectOthersUntouched(rows);
    });

    async function expectErased(row: ManifestRow, rows: readonly ManifestRow[]): Promise<void> {
      const { collection, action } = row;
      const live = await suite.live(row);
      const all = rows.filter((each) => documentKey(each.collection, each.id) === documentKey(collection, row.id));
      if (action === 'delete' && all.every((each) => each.action === 'delete'))
        expect({ collection, live }).toEqual({ collection, live: null });
      if (!live) return;
      if (action === 'remove-person') expect(rowDigest(mapped(map, collection), row, live)).toBeNull();
      if (action === 'remove-fields')
        expect({ collection, same: canonicalJson(live) === canonicalJson(suite.filled(row)) }).toEqual({
          collection,
          same: false,
        });
    }

    it('keeps what a law keeps, reduced and restricted, and erases it by itself when the period ends', async () => {
      const row = await suite.force('retention rule', ({ retention }) => retention ?? []);
      const asked = await suite.ask(['erasure']);
      expect(asked.answer.holds.length).toBeGreaterThan(0);
      const { planId, data } = await suite.erase(asked, 0);
      expect(data.deferred.length).toBeGreaterThan(0);
      expect(data.done.erase!.restricted).toBeGreaterThan(0);
      const kept = await suite.live(row);
      expect(kept).not.toBeNull();
      await suite.trial.pass(16 * YEAR);
      const deferred = (await suite.trial.sent(asked.caseId)).filter(
        ({ data: sent }) => sent['planId'] === planId && sent['stage'] === 'deferred',
      );
      expect(deferred.at(-1)?.data).toMatchObject({ part: deferred.length, deferred: [], changed: 0 });
      expect(await suite.live(row)).not.toEqual(kept);
    });

    if (mappedCollections(map).some(([, { legalHold }]) => legalHold))
      it('never takes a record under a legal hold', async () => {
        const row = await suite.force('legal hold', ({ legalHold }) => (legalHold ? [legalHold] : []), underLegalHold);
        const before = (await suite.live(row))!;
        const asked = await suite.ask(['erasure'], { identity: underLegalHold });
        const { data } = await suite.erase(asked, 0);
        expect(data.deferred).toContainEqual(expect.objectContaining({ rule: 'legal-hold', until: null }));
        await suite.trial.pass(5 * YEAR);
        const after = (await suite.live(row))!;
        const restricting = new Set(
          Object.keys(mapped(map, row.collection).restrict?.set ?? {}).map((path) => path.split('.')[0]),
        );
        const rest = (document: Document) =>
          Object.fromEntries(Object.entries(document).filter(([name]) => !restricting.has(name)));
        expect(canonicalJson(rest(after))).toBe(canonicalJson(rest(before)));
      });

    it('does nothing while an open transaction blocks', async () => {
      await suite.force('blocker', ({ blockers }) =>
        (blockers ?? []).filter(({ operations }) => operations.includes('erase')),
      );
      const asked = await suite.ask(['erasure']);
      expect(asked.answer.blockers.length).toBeGreaterThan(0);
      const before = await suite.snapshot();
      const answer = await suite.trial.execute(await suite.trial.approved(asked, { operations: ['erase'] }));
      expect(answer).toMatchObject({ type: 'dsr.plan.refused.v1', data: { reason: 'blocked' } });
      expect(await suite.snapshot()).toEqual(before);
    });
  });

  describe('verify', () => {
    it('finds nothing after an erasure, and counts what came back', async () => {
      const asked = await suite.ask(['erasure']);
      const root = (await suite.manifestRows(asked)).find(
        (row) => row.depth === 0 && row.action === 'delete' && !isEmbedded(row),
      )!;
      const { planId } = await suite.erase(asked);
      expect((await suite.ask(['disclosure'])).answer.matches.certain).toBe(0);
      await suite.trial.pass(DAY + 1000);
      expect(await suite.trial.planAnswer(asked.caseId, planId, 'dsr.absence.verified.v1')).toMatchObject({
        data: { sweep: 1, found: 0 },
      });
      await suite.trial.store.collection(root.collection).insertOne(suite.filled(root));
      await suite.trial.pass(30 * DAY);
      const { data } = await suite.trial.planAnswer(asked.caseId, planId, 'dsr.absence.verified.v1');
      expect(data).toMatchObject({ sweep: 2 });
      expect((data as unknown as { found: number }).found).toBeGreaterThan(0);
    });
  });

  describe('restore', () => {
    it('puts everything back within the undo window', async () => {
      const { trial, base } = suite;
      const asked = await suite.ask(['erasure']);
      const { planId } = await suite.erase(asked);
      expect(await suite.snapshot()).not.toEqual(base);
      const about = { caseId: asked.caseId, system: map.system, round: 1, planId };
      const at = trial.clock.now().toISOString();
      const approval = await trial.sign({ ...about, approvedBy: 'approver-1', reason: 'wrong person', at });
      await approveRestorations(trial.connector, [
        trial.received(`${asked.caseId}:restoration`, 'dsr.restoration.approved.v1', { ...about, approval }),
      ]);
      await trial.pass(1000);
      const { type, data } = await trial.planAnswer(asked.caseId, planId);
      expect({ type, data }).toMatchObject({ type: 'dsr.records.restored.v1', data: { notRestored: 0 } });
      expect((data as unknown as { records: number }).records).toBeGreaterThan(0);
      const after = await suite.snapshot();
      for (const [name, documents] of base)
        for (const [id, bytes] of documents)
          expect({ name, content: canonicalJson(opened(after.get(name)!.get(id)!)) }).toEqual({
            name,
            content: canonicalJson(opened(bytes)),
          });
    });
  });
}
