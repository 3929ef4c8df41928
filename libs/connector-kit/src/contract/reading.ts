import type { ExportLine, Identity } from '@kenri/contracts';
import { ObjectId } from 'mongodb';
import type { Schema } from 'mongoose';
import { mapped, ownFields } from '../rows.js';
import { places, valuesAt, withValue, type Document } from '../documents/paths.js';
import type { ManifestRow } from '../dry-run/manifest.js';
import { executed, reviewedRows, type SubjectTrial } from './subject-trial.js';

/** What only reads (R-10 to, 33): the person is found and shown, nobody else is, and nothing changes. */
export function describeReading(suite: SubjectTrial): void {
  const { map, schemas, identity } = suite.subject;

  describe('locate', () => {
    it('finds the person with certainty, on a fresh index, and says what would be done', async () => {
      const asked = await suite.ask(['disclosure', 'erasure'], {
        scope: { exportScopes: ['data', 'provision-records'] },
      });
      expect(asked.answer).toMatchObject({ freshness: { fresh: true }, blockers: [], holds: [] });
      expect(asked.answer.matches.certain).toBeGreaterThan(0);
      expect(asked.answer.matches.candidate).toBe(0);
      expect(asked.answer.dryRun.export!.records).toBeGreaterThan(0);
      expect(reviewedRows(asked).some(({ root }) => root)).toBe(true);
      expect(reviewedRows(asked).some(({ root }) => !root)).toBe(true);
      await suite.expectOthersUntouched([]);
    });

    const hidden = Object.entries(map.collections).filter(([, { use }]) => use === 'screening' || use === 'processor');
    for (const [name] of hidden)
      it(`never opens, shows or changes ${name}, even where it names the person`, async () => {
        const { trial } = suite;
        const _id = new ObjectId();
        const document = { _id, ...namingEverywhere(schemas[name]!, identity) };
        await trial.store.collection(name).insertOne(document);
        const asked = await suite.ask(['disclosure', 'erasure'], {
          scope: { exportScopes: ['data', 'provision-records', 'purposes'] },
        });
        expect(asked.answer.matches.certain).toBeGreaterThan(0);
        expect(JSON.stringify([asked.answer, asked.review])).not.toContain(name);
        await suite.erase(asked);
        expect(await trial.own.collection('side_index').countDocuments({ c: name })).toBe(0);
        expect(await trial.store.collection(name).findOne({ _id })).toEqual(document);
      });
  });

  describe('export', () => {
    it('writes the person’s data, and nobody else’s that stands in the same records', async () => {
      const foreign = await plantOthers(suite, await suite.manifestRows(await suite.ask(['disclosure'])));
      expect(foreign.length).toBeGreaterThan(0);
      const asked = await suite.ask(['disclosure']);
      const before = await suite.snapshot();
      const data = executed(await suite.trial.execute(await suite.trial.approved(asked, { operations: ['export'] })));
      const { records, files } = asked.answer.dryRun.export!;
      expect(records).toBeGreaterThan(0);
      expect(data.done.export).toMatchObject({ records, files });
      const artifact = await suite.trial.cases.artifacts.read(data.done.export!.artifact!, { as: map.reviewers });
      const lines = artifact
        .toString('utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as ExportLine);
      const text = JSON.stringify(lines);
      for (const value of foreign) expect(text).not.toContain(value);
      const shown = lines.flatMap((line) => ('record' in line ? line.record.fields.map(({ value }) => value) : []));
      for (const value of await ownNames(suite, await suite.manifestRows(asked))) expect(shown).toContain(value);
      expect(await suite.snapshot()).toEqual(before);
    });
  });
}

/** A document in which every text is the applicant's name, mail address or telephone. */
function namingEverywhere(schema: Schema, { fullName, emails, phones }: Identity): Document {
  const values = [fullName, emails?.[0], phones?.[0]].filter((value) => value !== undefined);
  let document: Document = {};
  let n = 0;
  schema.eachPath((path, type) => {
    if (type.instance === 'String' && path !== '_id') document = withValue(document, path, values[n++ % values.length]);
  });
  return document;
}

/** Writes a value of somebody else's into every text field of the person's documents that is not theirs; the values. */
async function plantOthers(suite: SubjectTrial, rows: readonly ManifestRow[]): Promise<string[]> {
  const { map, schemas } = suite.subject;
  const planted: string[] = [];
  const documents = Map.groupBy(rows, ({ collection, id }) => `${collection} ${String(id)}`);
  for (const own of documents.values()) {
    const [row] = own as [ManifestRow];
    const about = mapped(map, row.collection);
    const mine = new Set(own.flatMap((each) => ownFields(about, each).map(([path]) => path)));
    let document = (await suite.live(row))!;
    for (const [path, { category }] of Object.entries(about.fields)) {
      const text = schemas[row.collection]!.path(path)?.instance === 'String';
      if (mine.has(path) || path.includes('[]') || !text || !['identity', 'contact'].includes(category)) continue;
      const value = `他人の値${planted.length}番`;
      document = withValue(document, path, value);
      planted.push(value);
    }
    await suite.replace(row, document);
  }
  return planted;
}

/** Names and addresses of the person, as the store spells them: what a disclosure that shows nothing would lack. */
async function ownNames(suite: SubjectTrial, rows: readonly ManifestRow[]): Promise<string[]> {
  const found: string[] = [];
  for (const row of rows.filter(({ depth, elements }) => depth === 0 && elements.length === 0)) {
    const about = mapped(suite.map, row.collection);
    const document = (await suite.live(row))!;
    for (const [path, { category }] of ownFields(about, row))
      if (category === 'identity' && places(document, path).length === 1)
        found.push(...valuesAt(document, path).filter((value) => typeof value === 'string'));
  }
  if (found.length === 0) throw new Error(`no row of ${suite.map.system} names the person`);
  return found;
}
