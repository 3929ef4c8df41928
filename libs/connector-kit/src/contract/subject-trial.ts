import type { Identity, Kind, ReviewRecord } from '@kenri/contracts';
import { BSON } from 'mongodb';
import type { StoreSchemas } from '../check-map.js';
import { openHeld } from '../connector.js';
import type { Condition, DataMap, MappedCollection } from '../data-map.js';
import { canonicalJson, comparable } from '../documents/comparable.js';
import { valuesAt, withValue, type Document } from '../documents/paths.js';
import type { ManifestRow } from '../dry-run/manifest.js';
import { fillStore, type FillSource } from '../fill.js';
import { documentKey, mapped, ownFields } from '../rows.js';
import { placesFor, withConditions } from '../trial/forced.js';
import { TrialConnector, type Answered, type SentPlanAnswer, type TrialRequest } from '../trial/trial-connector.js';

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

export const DAY = 86_400_000;
export const YEAR = 366 * DAY;

export const opened = (bytes: Buffer): Document => BSON.deserialize(bytes, { promoteValues: false });

/** The rows that a review shows, of certain and candidate matches. */
export const reviewedRows = (asked: Answered): ReviewRecord[] =>
  asked.review.flatMap((line) => ('match' in line ? line.match.records : []));

/** What was executed. @throws where the plan was refused or failed */
export function executed(answer: SentPlanAnswer) {
  if (answer.type !== 'dsr.plan.executed.v1') throw new Error(`the plan was not executed: ${JSON.stringify(answer)}`);
  return answer.data;
}

/** A connector over a store filled once and put back between the tests, with what its rules are proved by. */
export class SubjectTrial {
  trial: TrialConnector;
  /** Every document as it was filled, as bytes, by collection and id. */
  base: Map<string, Map<string, Buffer>>;
  private startedAt: Date;

  constructor(readonly subject: ContractSubject) {}

  get map(): DataMap {
    return this.subject.map;
  }

  async start(): Promise<void> {
    const { map, schemas, samples, people = 12 } = this.subject;
    this.trial = await TrialConnector.open(map, schemas);
    const source = { system: map.system, schemas, samples };
    await fillStore(this.trial.store, source, { people, seed: 'contract', replace: false });
    this.startedAt = this.trial.clock.now();
    this.base = await this.snapshot();
    await this.trial.index();
  }

  async close(): Promise<void> {
    await this.trial?.close();
  }

  /** The store as it was filled, no cases: every rule is proved on its own. */
  async reset(): Promise<void> {
    const { trial, base } = this;
    trial.clock.set(new Date(Math.max(this.startedAt.getTime(), Date.now())));
    await Promise.all(['units', 'journal'].map((name) => trial.own.collection(name).deleteMany({})));
    const now = await this.snapshot();
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

  /** Every document of the store, as bytes. */
  async snapshot(): Promise<Map<string, Map<string, Buffer>>> {
    const all = new Map<string, Map<string, Buffer>>();
    for (const name of Object.keys(this.subject.schemas)) {
      const raw = (await this.trial.store.collection(name).find({}, { raw: true }).toArray()) as unknown as Buffer[];
      all.set(name, new Map(raw.map((bytes) => [canonicalJson(opened(bytes)['_id']), Buffer.from(bytes)])));
    }
    return all;
  }

  ask(kinds: readonly Kind[], more: Partial<TrialRequest> = {}): Promise<Answered> {
    return this.trial.ask({ kinds, identity: this.subject.identity, ...more });
  }

  /** Rows of the certain matches. */
  async manifestRows(asked: Answered): Promise<ManifestRow[]> {
    const { manifest } = await openHeld(this.trial.connector, (await this.trial.unit(asked.caseId))!);
    return manifest.matches.filter(({ verdict }) => verdict === 'certain').flatMap(({ rows }) => rows);
  }

  async erase(asked: Answered, undoDays = 7) {
    const message = await this.trial.approved(asked, { operations: ['erase'], undoDays });
    return { planId: message.data.planId, data: executed(await this.trial.execute(message)) };
  }

  /** A row's document as it was filled. */
  filled(row: ManifestRow): Document {
    return opened(this.base.get(row.collection)!.get(canonicalJson(row.id))!);
  }

  live(row: ManifestRow): Promise<Document | null> {
    return this.trial.store.collection(row.collection).findOne({ _id: row.id as never }, { promoteValues: false });
  }

  async replace(row: ManifestRow, document: Document): Promise<void> {
    await this.trial.store.collection(row.collection).replaceOne({ _id: row.id as never }, document);
  }

  /**
   * Nobody else's document has another bit in it; in the person's documents, nobody else's field has another value. There are others: a
   * store in which everything is the person's would prove nothing.
   */
  async expectOthersUntouched(touched: readonly ManifestRow[]): Promise<void> {
    const own = Map.groupBy(touched, ({ collection, id }) => documentKey(collection, id));
    const after = await this.snapshot();
    let others = 0;
    for (const [name, documents] of this.base) {
      for (const [id, bytes] of documents) {
        const document = opened(bytes);
        const rows = own.get(documentKey(name, document['_id']));
        const now = after.get(name)!.get(id);
        if (!rows) {
          others += 1;
          expect({ name, same: now?.equals(bytes) ?? false }).toEqual({ name, same: true });
          continue;
        }
        if (!now) continue;
        const about = mapped(this.map, name);
        const mine = new Set(rows.flatMap((row) => ownFields(about, row).map(([path]) => path)));
        for (const path of Object.keys(about.fields).filter((field) => !mine.has(field))) {
          const values = valuesAt(opened(now), path).map(comparable);
          expect({ name, path, values }).toEqual({ name, path, values: valuesAt(document, path).map(comparable) });
        }
      }
      for (const id of after.get(name)!.keys())
        expect({ name, known: documents.has(id) }).toEqual({ name, known: true });
    }
    expect(others).toBeGreaterThan(0);
  }

  /**
   * Changes one of the person's rows so that a rule's conditions hold.
   * @returns the row
   * @throws where the map has no such rule for any of the rows: nothing would be proved
   */
  async force(
    what: string,
    rules: (about: MappedCollection) => readonly { readonly when?: readonly Condition[]; readonly from?: string }[],
    whose: Identity = this.subject.identity,
  ): Promise<ManifestRow> {
    const now = this.trial.clock.now();
    for (const row of await this.manifestRows(await this.ask(['erasure'], { identity: whose }))) {
      const about = mapped(this.map, row.collection);
      for (const rule of rules(about)) {
        let document = withConditions(about, row, this.filled(row), rule.when, now);
        if (!document) continue;
        if (rule.from !== undefined)
          for (const at of placesFor(about, row, document, rule.from))
            document = withValue(document, at, new Date(now.getTime() - YEAR / 2));
        await this.replace(row, document);
        return row;
      }
    }
    throw new Error(`no ${what} of ${this.map.system} applies to the person's rows`);
  }
}
