import { unitId, type Unit } from './units/unit.js';
import type { ExportLine, FieldKind, Identity, Kind, Purpose, ReviewRecord } from '@kenri/contracts';
import { BSON } from 'mongodb';
import { checkMap, type StoreSchemas } from './check-map.js';
import { openHeld } from './connector.js';
import type { Condition, DataMap, MappedCollection } from './data-map.js';
import { canonicalJson, comparable } from './documents/comparable.js';
import { places, valuesAt, type Document } from './documents/paths.js';
import type { ManifestRow } from './dry-run/manifest.js';
import { executePlan } from './execute/execute-plan.js';
import { approveRestorations } from './execute/restore.js';
import { fillStore, type FillSource } from './fill.js';
import { documentKey, mapped, mappedCollections, ownFields } from './rows.js';
import { MongoStore } from './store/mongo-store.js';
import { DyingStore } from './trial/dying-store.js';
import { placesFor, withConditions } from './trial/forced.js';
import { TrialConnector, type Answered, type SentPlanAnswer, type TrialRequest } from './trial/trial-connector.js';
import { approvePlans, cancelPlans } from './units/plan-messages.js';

export {
  TrialConnector,
  TrialClock,
  eventually,
  newCaseId,
  type Answered,
  type SentPlanAnswer,
  type TrialRequest,
} from './trial/trial-connector.js';

export interface ContractSubject {
  readonly map: DataMap;
  readonly schemas: StoreSchemas;
  /** As for `runFill`: the suite fills a store of its own with some people. */
  readonly samples: FillSource['samples'];
  /** Somebody among the samples with certain matches only, no blocker, and nothing that a law keeps. */
  readonly identity: Identity;
  /** Somebody with a row on which the map allows a legal hold, where `identity` has none. */
  readonly underLegalHold?: Identity;
  readonly people?: number;
}

const DAY = 86_400_000;
const YEAR = 366 * DAY;

/**
 * What every connector does, whatever its store: the one suite that all systems pass against a real database. Apps call it from
 * `contract.int.spec.ts`; what a system needs beyond its map, schemas and samples would be missing in the kit.
 */
export function describeConnector({
  map,
  schemas,
  samples,
  identity,
  underLegalHold = identity,
  people = 12,
}: ContractSubject): void {
  describe(`connector ${map.system}`, () => {
    let trial: TrialConnector;
    let base: Map<string, Map<string, Buffer>>;
    let startedAt: Date;

    beforeAll(async () => {
      trial = await TrialConnector.open(map, schemas);
      await fillStore(
        trial.store,
        { system: map.system, schemas, samples },
        { people, seed: 'contract', replace: false },
      );
      startedAt = trial.clock.now();
      base = await snapshot();
      await trial.index();
    }, 180_000);
    beforeEach(() => reset(), 60_000);
    afterAll(() => trial?.close(), 60_000);

    /** Every document of the store, as bytes. */
    async function snapshot(): Promise<Map<string, Map<string, Buffer>>> {
      const all = new Map<string, Map<string, Buffer>>();
      for (const name of Object.keys(schemas)) {
        const raw = (await trial.store.collection(name).find({}, { raw: true }).toArray()) as unknown as Buffer[];
        all.set(
          name,
          new Map(
            raw.map((bytes) => [
              canonicalJson(BSON.deserialize(bytes, { promoteValues: false })['_id']),
              Buffer.from(bytes),
            ]),
          ),
        );
      }
      return all;
    }
    const opened = (bytes: Buffer): Document => BSON.deserialize(bytes, { promoteValues: false });

    /** The store as it was filled, no cases: every rule is proved on its own. */
    async function reset(): Promise<void> {
      trial.clock.set(new Date(Math.max(startedAt.getTime(), Date.now())));
      await Promise.all(['units', 'journal'].map((name) => trial.own.collection(name).deleteMany({})));
      const now = await snapshot();
      for (const [name, documents] of base) {
        const operations = [];
        for (const [id, bytes] of now.get(name)!) {
          const wanted = documents.get(id);
          const _id = opened(bytes)['_id'] as never;
          if (!wanted) operations.push({ deleteOne: { filter: { _id } } });
          else if (!wanted.equals(bytes))
            operations.push({ replaceOne: { filter: { _id }, replacement: opened(wanted) } });
        }
        for (const [id, bytes] of documents)
          if (!now.get(name)!.has(id)) operations.push({ insertOne: { document: opened(bytes) } });
        if (operations.length > 0) await trial.store.collection(name).bulkWrite(operations);
      }
    }

    const rowsOf = (asked: Answered): ReviewRecord[] =>
      asked.review.flatMap((line) => ('match' in line ? line.match.records : []));
    const manifestRows = async (asked: Answered): Promise<ManifestRow[]> => {
      const unit = (await trial.unit(asked.caseId)) as Unit;
      const { manifest } = await openHeld(trial.connector, unit);
      return manifest.matches.filter(({ verdict }) => verdict === 'certain').flatMap(({ rows }) => rows);
    };
    const ask = (kinds: readonly Kind[], more: Partial<TrialRequest> = {}) => trial.ask({ kinds, identity, ...more });
    const executed = (answer: SentPlanAnswer) => {
      if (answer.type !== 'dsr.plan.executed.v1')
        throw new Error(`the plan was not executed: ${JSON.stringify(answer)}`);
      return answer.data;
    };
    const erase = async (asked: Answered, undoDays = 7) => {
      const message = await trial.approved(asked, { operations: ['erase'], undoDays });
      return { planId: message.data.planId, data: executed(await trial.execute(message)) };
    };

    /** Nobody else's document has another bit in it; in the person's documents, nobody else's field has another value. */
    async function expectOthersUntouched(touched: readonly ManifestRow[]): Promise<void> {
      const own = Map.groupBy(touched, ({ collection, id }) => documentKey(collection, id));
      const after = await snapshot();
      for (const [name, documents] of base) {
        for (const [id, bytes] of documents) {
          const document = opened(bytes);
          const rows = own.get(documentKey(name, document['_id']));
          const now = after.get(name)!.get(id);
          if (!rows) {
            expect({ name, same: now?.equals(bytes) ?? false }).toEqual({ name, same: true });
            continue;
          }
          if (!now) continue;
          const about = mapped(map, name);
          const mine = new Set(rows.flatMap((row) => ownFields(about, row).map(([path]) => path)));
          const foreign = Object.keys(about.fields).filter((path) => !mine.has(path));
          for (const path of foreign) {
            const othersNow = valuesAt(opened(now), path).map(comparable);
            const before = valuesAt(document, path).map(comparable);
            expect({ name, path, values: othersNow }).toEqual({ name, path, values: before });
          }
        }
        for (const id of after.get(name)!.keys())
          expect({ name, known: documents.has(id) }).toEqual({ name, known: true });
      }
    }

    /** Changes one of the person's rows so that conditions hold; the row, or null where the map has none of that sort. */
    async function force(
      rules: (about: MappedCollection) => readonly { readonly when?: readonly Condition[]; readonly from?: string }[],
      whose: Identity = identity,
    ): Promise<ManifestRow | null> {
      const rows = await manifestRows(await ask(['erasure'], { identity: whose }));
      for (const row of rows) {
        const about = mapped(map, row.collection);
        for (const rule of rules(about)) {
          const bytes = base.get(row.collection)!.get(canonicalJson(row.id))!;
          let document = withConditions(about, row, opened(bytes), rule.when, trial.clock.now());
          if (!document) continue;
          if (rule.from !== undefined) {
            const lastYear = new Date(trial.clock.now().getTime() - YEAR / 2);
            for (const at of placesFor(about, row, document, rule.from)) document = set(document, at, lastYear);
          }
          await trial.store.collection(row.collection).replaceOne({ _id: row.id as never }, document);
          return row;
        }
      }
      return null;
    }
    const set = (document: Document, at: string, value: unknown): Document =>
      at.includes('.') ? withConditionsAt(document, at, value) : { ...document, [at]: value };
    const withConditionsAt = (document: Document, at: string, value: unknown): Document => {
      const [head, ...rest] = at.split('.') as [string, ...string[]];
      const inner = (document[head] ?? {}) as Document;
      return { ...document, [head]: set(inner, rest.join('.'), value) };
    };
    const live = (row: ManifestRow) =>
      trial.store.collection(row.collection).findOne({ _id: row.id as never }, { promoteValues: false });

    it('has a map that forgets nothing', () => {
      expect(checkMap(map, schemas)).toEqual([]);
    });

    it('locates the person with certainty, on a fresh index, and says what would be done', async () => {
      const asked = await ask(['disclosure', 'erasure'], { scope: { exportScopes: ['data', 'provision-records'] } });
      expect(asked.answer).toMatchObject({ freshness: { fresh: true }, blockers: [], holds: [] });
      expect(asked.answer.matches.certain).toBeGreaterThan(0);
      expect(asked.answer.dryRun.export!.records).toBeGreaterThan(0);
      expect(rowsOf(asked).some(({ root }) => root)).toBe(true);
      await expectOthersUntouched([]);
    });

    it('never opens, indexes or mentions screening, nor acts on what is held for another company', async () => {
      const hidden = Object.entries(map.collections)
        .filter(([, { use }]) => use === 'screening' || use === 'processor')
        .map(([name]) => name);
      const asked = await ask(['disclosure', 'erasure'], {
        scope: { exportScopes: ['data', 'provision-records', 'purposes'] },
      });
      for (const name of hidden) {
        expect(rowsOf(asked).map(({ collection }) => collection)).not.toContain(name);
        expect(JSON.stringify(asked.answer)).not.toContain(name);
        expect(await trial.own.collection('side_index').countDocuments({ c: name })).toBe(0);
      }
    });

    it('exports the person’s data, and nobody else’s', async () => {
      const asked = await ask(['disclosure']);
      const rows = await manifestRows(asked);
      const data = executed(await trial.execute(await trial.approved(asked, { operations: ['export'] })));
      const { records, files } = asked.answer.dryRun.export!;
      expect(data.done.export).toMatchObject({ records, files });
      const artifact = await trial.cases.artifacts.read(data.done.export!.artifact!, { as: map.reviewers });
      const lines = artifact
        .toString('utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as ExportLine);
      const text = JSON.stringify(lines.filter((line) => 'record' in line));
      for (const row of rows) {
        const about = mapped(map, row.collection);
        const document = opened(base.get(row.collection)!.get(canonicalJson(row.id))!);
        const mine = new Set(ownFields(about, row).flatMap(([path]) => valuesAt(document, path).map(comparable)));
        for (const [path, field] of Object.entries(about.fields)) {
          if (field.of !== 'other') continue;
          for (const value of valuesAt(document, path).map(comparable))
            if (typeof value === 'string' && value.length > 3 && !mine.has(value))
              expect({ path, shown: text.includes(JSON.stringify(value).slice(1, -1)) }).toEqual({
                path,
                shown: false,
              });
        }
      }
      await expectOthersUntouched([]);
    });

    it('corrects a founded claim, and nothing beside it', async () => {
      const found = await correctable();
      const claims = [{ id: 'c1', kind: 'correction' as const, field: found.kind, claimed: found.value }];
      const asked = await ask(['correction'], { particulars: { claims } });
      const record = rowsOf(asked).find(({ corrections }) =>
        corrections.some(({ path, correctable: may }) => path === found.path && may),
      )!;
      const message = await trial.approved(asked, { operations: ['correct'] }, [
        { record: record.ref, path: found.path, claimId: 'c1', value: found.value },
      ]);
      expect(executed(await trial.execute(message)).done.correct).toEqual({ records: 1, fields: 1 });
      const row = (await manifestRows(asked)).find(({ ref }) => ref === record.ref)!;
      const now = (await live(row))!;
      expect(valuesAt(now, found.path).map(comparable)).toContain(found.value);
      await expectOthersUntouched([row]);
    });

    /** A text field of the person that the map lets be corrected. */
    async function correctable(): Promise<{ path: string; kind: FieldKind; value: string }> {
      for (const row of await manifestRows(await ask(['disclosure']))) {
        const document = (await live(row))!;
        for (const [path, field] of ownFields(mapped(map, row.collection), row))
          if (field.correctable && field.kind && places(document, path).some(({ value }) => typeof value === 'string'))
            return { path, kind: field.kind, value: '訂正後の値' };
      }
      throw new Error(`the map of ${map.system} has no correctable text field in the person's rows`);
    }

    it('writes the person’s wish where the store has a place, and names what is published only', async () => {
      const purposes: Purpose[] = ['marketing', 'third-party-provision', 'joint-use', 'ads'];
      const asked = await ask(['cessation-of-use'], { scope: { purposes } });
      const message = await trial.approved(asked, { operations: ['suppress'], scope: { exportScopes: [], purposes } });
      const data = executed(await trial.execute(message));
      expect(data.done.suppress).toEqual(asked.answer.dryRun.suppress);
      expect(data.done.suppress!.records).toBeGreaterThan(0);
      await expectOthersUntouched(await manifestRows(asked));
    });

    it('erases what the dry run said, leaves nothing to be found, and touches nobody else', async () => {
      const asked = await ask(['erasure']);
      const rows = await manifestRows(asked);
      const { planId, data } = await erase(asked);
      const { delete: deleted, removePerson, removeFields, hold } = asked.answer.dryRun.erase!;
      expect(data.done.erase).toEqual({
        deleted,
        personRemoved: removePerson,
        fieldsRemoved: removeFields,
        restricted: hold,
      });
      expect(data).toMatchObject({ changed: 0, appeared: 0, deferred: [] });
      await expectOthersUntouched(rows);
      await trial.pass(DAY + 1000);
      expect(await trial.planAnswer(asked.caseId, planId)).toMatchObject({
        type: 'dsr.absence.verified.v1',
        data: { sweep: 1, found: 0 },
      });
      expect((await ask(['disclosure'])).answer.matches.certain).toBe(0);
    });

    it('restores everything within the undo window', async () => {
      const asked = await ask(['erasure']);
      const { planId } = await erase(asked);
      const about = { caseId: asked.caseId, system: map.system, round: 1, planId };
      const approval = await trial.sign({
        ...about,
        approvedBy: 'approver-1',
        reason: 'wrong person',
        at: trial.clock.now().toISOString(),
      });
      await approveRestorations(trial.connector, [
        trial.received(`${asked.caseId}:restoration`, 'dsr.restoration.approved.v1', { ...about, approval }),
      ]);
      await trial.pass(1000);
      expect(await trial.planAnswer(asked.caseId, planId)).toMatchObject({
        type: 'dsr.records.restored.v1',
        data: { notRestored: 0 },
      });
      const after = await snapshot();
      for (const [name, documents] of base)
        for (const [id, bytes] of documents)
          expect({ name, content: canonicalJson(opened(after.get(name)!.get(id)!)) }).toEqual({
            name,
            content: canonicalJson(opened(bytes)),
          });
    });

    it('keeps what a law keeps, reduced and restricted, and erases it by itself when the period ends', async () => {
      const row = await force(({ retention }) => retention ?? []);
      if (!row) throw new Error(`no retention rule of ${map.system} applies to the person's rows`);
      const asked = await ask(['erasure']);
      expect(asked.answer.holds.length).toBeGreaterThan(0);
      const { planId, data } = await erase(asked, 0);
      expect(data.deferred.length).toBeGreaterThan(0);
      expect(data.done.erase!.restricted).toBeGreaterThan(0);
      expect(await live(row)).not.toBeNull();
      await trial.pass(16 * YEAR);
      const deferred = (await trial.sent(asked.caseId)).filter(
        ({ data: sent }) => sent['planId'] === planId && sent['stage'] === 'deferred',
      );
      expect(deferred.at(-1)?.data).toMatchObject({ part: deferred.length, deferred: [], changed: 0 });
    });

    const legal = mappedCollections(map).some(([, { legalHold }]) => legalHold);
    (legal ? it : it.skip)('never erases a record under a legal hold', async () => {
      const row = await force(({ legalHold }) => (legalHold ? [legalHold] : []), underLegalHold);
      if (!row) throw new Error(`no legal hold of ${map.system} can be placed on the person's rows`);
      const before = (await live(row))!;
      const asked = await ask(['erasure'], { identity: underLegalHold });
      const { data } = await erase(asked, 0);
      expect(data.deferred).toContainEqual(expect.objectContaining({ rule: 'legal-hold', until: null }));
      await trial.pass(5 * YEAR);
      const after = (await live(row))!;
      const restricting = new Set(
        Object.keys(mapped(map, row.collection).restrict?.set ?? {}).map((path) => path.split('.')[0]),
      );
      const rest = (document: Document) =>
        Object.fromEntries(Object.entries(document).filter(([name]) => !restricting.has(name)));
      expect(canonicalJson(rest(after))).toBe(canonicalJson(rest(before)));
    });

    it('does nothing while an open transaction blocks', async () => {
      const row = await force(({ blockers }) =>
        (blockers ?? []).filter(({ operations }) => operations.includes('erase')),
      );
      if (!row) throw new Error(`no blocker of ${map.system} can apply to the person's rows`);
      const asked = await ask(['erasure']);
      expect(asked.answer.blockers.length).toBeGreaterThan(0);
      const before = await snapshot();
      const answer = await trial.execute(await trial.approved(asked, { operations: ['erase'] }));
      expect(answer).toMatchObject({ type: 'dsr.plan.refused.v1', data: { reason: 'blocked' } });
      expect(await snapshot()).toEqual(before);
    });

    it('leaves a record that changed since the plan for a person', async () => {
      const asked = await ask(['erasure']);
      const row = (await manifestRows(asked)).find(
        ({ collection, depth }) => depth === 0 && watchedText(mapped(map, collection)) !== undefined,
      )!;
      const path = watchedText(mapped(map, row.collection))!;
      await trial.store.collection(row.collection).updateOne({ _id: row.id as never }, { $set: { [path]: '変更' } });
      const { data } = await erase(asked);
      expect(data.changed).toBeGreaterThan(0);
      expect(await live(row)).toMatchObject({ [path]: '変更' });
    });
    const watchedText = (about: MappedCollection): string | undefined =>
      Object.entries(about.fields).find(
        ([path, field]) =>
          !path.includes('.') &&
          !path.includes('[') &&
          field.watched !== false &&
          field.of === undefined &&
          field.category === 'contact',
      )?.[0] ??
      Object.entries(about.fields).find(
        ([path, field]) =>
          !path.includes('.') &&
          !path.includes('[') &&
          field.watched !== false &&
          field.of === undefined &&
          field.category === 'identity',
      )?.[0];

    it('executes no plan that is stale, expired or cancelled', async () => {
      const asked = await ask(['erasure']);
      const before = await snapshot();
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
      expect(await snapshot()).toEqual(before);
    });

    it.each([
      ['before its first write', 1, 'before'],
      ['after its first write', 1, 'after'],
      ['after its second write', 2, 'after'],
      ['before its third write', 3, 'before'],
      ['after its last write, with nothing answered', 99, 'after'],
    ] as const)('goes on after being killed %s: acts once and reports true counts', async (_when, at, when) => {
      const asked = await ask(['erasure']);
      const message = await trial.approved(asked, { operations: ['erase'] });
      const { delete: deleted, removePerson, removeFields, hold } = asked.answer.dryRun.erase!;
      const rows = await manifestRows(asked);
      const dying = await trial.anotherProcess({ store: (real) => new DyingStore(new MongoStore(real), at, when) });
      await approvePlans(dying, [message]);
      // The change that this process would commit dies with it.
      await executePlan(dying, unitId(asked.caseId, 1), message.data.planId);
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
      await expectOthersUntouched(rows);
    });
  });
}
