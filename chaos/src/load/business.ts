import { setTimeout as delay } from 'node:timers/promises';
import type { SystemName } from '@kenri/testing';
import { ObjectId, type MongoClient } from 'mongodb';
import type { PlannedCase } from './applicants.js';
import { changeableIn, databaseOf, holdIn, keyOf, type DocumentKey } from './stores.js';

/** What the business itself did to a document while its case was open. */
export interface BusinessWrite {
  readonly kind: 'hold' | 'change';
  readonly key: DocumentKey;
  readonly caseNumber: number;
  readonly path: string;
  readonly value: unknown;
  /** The round whose look lay before this write for certain; null where nothing had been looked at yet. */
  readonly seenRound: number | null;
  /** The document just before it. */
  readonly before: Readonly<Record<string, unknown>>;
}

const RETRY_MS = 300;

/** The business at work on its own stores, through a connection of its own that no fault touches but the database's own. */
export class Business {
  readonly writes: BusinessWrite[] = [];
  private changes = 0;

  constructor(private readonly mongo: MongoClient) {}

  /** Places a legal hold on one document of the person. @returns where, or undefined where no store of theirs has a place for one */
  hold(
    planned: PlannedCase,
    system: SystemName | undefined,
    seenRound: number | null,
  ): Promise<BusinessWrite | undefined> {
    return this.write('hold', planned, system, seenRound, (of, collection) => {
      const set = holdIn(of, collection);
      const [path] = Object.keys(set ?? {});
      return set && path !== undefined ? { path, value: set[path] } : undefined;
    });
  }

  /** Changes a text in one of the person's own documents. */
  change(planned: PlannedCase, system: SystemName, seenRound: number): Promise<BusinessWrite | undefined> {
    return this.write('change', planned, system, seenRound, (of, collection, document) => {
      const path = changeableIn(of, collection, document);
      return path === undefined
        ? undefined
        : { path, value: `業務変更${String((this.changes += 1)).padStart(6, '0')}` };
    });
  }

  /** Systems in which the person has a document that such a write is possible on, by the sample data's ids. */
  private async write(
    kind: BusinessWrite['kind'],
    planned: PlannedCase,
    system: SystemName | undefined,
    seenRound: number | null,
    choose: (
      system: SystemName,
      collection: string,
      document: Readonly<Record<string, unknown>>,
    ) => { path: string; value: unknown } | undefined,
  ): Promise<BusinessWrite | undefined> {
    for (const key of planned.own) {
      const [of, collection, id] = key.split('/') as [SystemName, string, string];
      if (system !== undefined && of !== system) continue;
      const documents = this.mongo.db(databaseOf(of)).collection<Record<string, unknown>>(collection);
      const _id = new ObjectId(id);
      const before = await untilAnswered(() => documents.findOne({ _id }));
      const chosen = before && choose(of, collection, before);
      if (!chosen) continue;
      const { path, value } = chosen;
      const { matchedCount } = await untilAnswered(() => documents.updateOne({ _id }, { $set: { [path]: value } }));
      if (matchedCount === 0) continue;
      const written: BusinessWrite = {
        kind,
        key: keyOf(of, collection, id),
        caseNumber: planned.number,
        path,
        value,
        seenRound,
        before,
      };
      this.writes.push(written);
      return written;
    }
    return undefined;
  }
}

/** The business's programs wait for their database too; a repeated write of the same value changes nothing more. */
async function untilAnswered<T>(work: () => Promise<T>, withinMs = 120_000): Promise<T> {
  for (const deadline = Date.now() + withinMs; ; await delay(RETRY_MS)) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}
