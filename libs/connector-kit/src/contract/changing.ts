import type { FieldKind, Purpose } from '@kenri/contracts';
import { comparable } from '../documents/comparable.js';
import { places, valuesAt, withValue } from '../documents/paths.js';
import type { ManifestRow } from '../dry-run/manifest.js';
import { isEmbedded, mapped, ownFields } from '../rows.js';
import { placesFor, valueAt } from '../trial/forced.js';
import { executed, reviewedRows, type SubjectTrial } from './subject-trial.js';

/** What writes into records that stay. */
export function describeChanging(suite: SubjectTrial): void {
  describe('correct', () => {
    it('writes a founded claim into the person’s record, and nothing beside it', async () => {
      const found = await correctable();
      const claims = [{ id: 'c1', kind: 'correction' as const, field: found.kind, claimed: found.value }];
      const asked = await suite.ask(['correction'], { particulars: { claims } });
      const record = reviewedRows(asked).find(({ corrections }) =>
        corrections.some(({ path, correctable: may }) => path === found.path && may),
      )!;
      const row = (await suite.manifestRows(asked)).find(({ ref }) => ref === record.ref)!;
      const before = (await suite.live(row))!;
      expect(valuesAt(before, found.path).map(comparable)).not.toContain(found.value);
      const message = await suite.trial.approved(asked, { operations: ['correct'] }, [
        { record: record.ref, path: found.path, claimId: 'c1', value: found.value },
      ]);
      expect(executed(await suite.trial.execute(message)).done.correct).toEqual({ records: 1, fields: 1 });
      const after = (await suite.live(row))!;
      expect(valuesAt(after, found.path).map(comparable)).toContain(found.value);
      const [first] = places(before, found.path);
      expect(withValue(after, first!.at, first!.value)).toEqual(before);
      await suite.expectOthersUntouched([row]);
    });

    /** A text field of the person that the map lets be corrected. */
    async function correctable(): Promise<{ path: string; kind: FieldKind; value: string }> {
      for (const row of await suite.manifestRows(await suite.ask(['disclosure']))) {
        if (isEmbedded(row)) continue;
        const document = (await suite.live(row))!;
        for (const [path, field] of ownFields(mapped(suite.map, row.collection), row)) {
          const found = places(document, path);
          if (field.correctable && field.kind && found.length === 1 && typeof found[0]!.value === 'string')
            return { path, kind: field.kind, value: '訂正後の値' };
        }
      }
      throw new Error(`the map of ${suite.map.system} has no correctable text field in the person's rows`);
    }
  });

  describe('suppress', () => {
    const purposes: Purpose[] = ['marketing', 'third-party-provision', 'joint-use', 'ads'];

    it('changes every record with a place for the person’s wish, and names what is published only', async () => {
      const wishes = await withoutWishes(
        await suite.manifestRows(await suite.ask(['cessation-of-use'], { scope: { purposes } })),
      );
      expect(wishes.length).toBeGreaterThan(0);
      const before = await suite.snapshot();
      const asked = await suite.ask(['cessation-of-use'], { scope: { purposes } });
      const scope = { exportScopes: [], purposes };
      const message = await suite.trial.approved(asked, { operations: ['suppress'], scope });
      const data = executed(await suite.trial.execute(message));
      expect(data.done.suppress).toEqual(asked.answer.dryRun.suppress);
      expect(data.done.suppress!.records).toBe(new Set(wishes.map(({ row }) => row.ref)).size);
      for (const { row, at, value } of wishes) {
        const live = (await suite.live(row))!;
        expect({ at, value: comparable(valueAt(live, at)) }).toEqual({ at, value });
      }
      expect(await suite.snapshot()).not.toEqual(before);
      await suite.expectOthersUntouched(await suite.manifestRows(asked));
    });

    /** Takes the wish out of every place that the map has for it, so that writing it is seen; the places. */
    async function withoutWishes(rows: readonly ManifestRow[]) {
      const found: { row: ManifestRow; at: string; value: unknown }[] = [];
      for (const row of rows) {
        const about = mapped(suite.map, row.collection);
        let document = (await suite.live(row))!;
        for (const { purpose, set } of about.suppress ?? []) {
          const applies = !isEmbedded(row) || Object.keys(set).every((path) => path.startsWith('@.'));
          if (!purposes.includes(purpose) || !applies) continue;
          for (const [path, value] of Object.entries(set))
            for (const at of placesFor(about, row, document, path)) {
              document = withValue(document, at, typeof value === 'boolean' ? !value : 'another wish');
              found.push({ row, at, value });
            }
        }
        await suite.replace(row, document);
      }
      return found;
    }
  });
}
