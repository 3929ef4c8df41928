import type { Vault } from '@kenri/vault';
import { BSON, type Binary, type Collection, type Db } from 'mongodb';
import { digestOf } from '../documents/comparable.js';
import type { Document } from '../documents/paths.js';
import type { HoldOnRow } from '../retention.js';
import type { Row } from '../rows.js';

export type JournaledOperation = 'correct' | 'suppress' | 'restrict' | 'erase';

export type Effect =
  | { readonly kind: 'corrected'; readonly fields: number }
  | { readonly kind: 'suppressed' | 'restricted' | 'deleted' | 'personRemoved' | 'fieldsRemoved' }
  | { readonly kind: 'held'; readonly until: string | null };

/** One document's part in a chunk: what it was and what it is to become. Sealed under the plan's undo key. */
export interface Intent {
  readonly collection: string;
  readonly id: unknown;
  readonly before: Document;
  /** Null: it goes. */
  readonly target: Document | null;
}

/** What an intent means for the person's rows in that document. */
export interface IntentRow {
  readonly ref: string;
  readonly effect: Effect;
  /** Watched digest of the row once the intent is carried out; null where the row is gone. */
  readonly after: string | null;
}

/** A held row, as it has to be found again when its period ends. Sealed under the plan's deferral key. */
export interface DeferredRow extends Row {
  readonly ref: string;
  readonly depth: number;
}

/** Part of an execution: 0 for the plan, 1, 2, … for what a retention period deferred. */
export interface ChunkName {
  readonly unit: string;
  readonly planId: string;
  readonly part: number;
  readonly operation: JournaledOperation;
}

/** A durable intent over some documents (architecture.md, Exactly-once effect 4). Nothing in it names anybody. */
export interface Chunk {
  _id: string;
  unit: string;
  caseId: string;
  planId: string;
  part: number;
  operation: JournaledOperation;
  n: number;
  at: Date;
  /** Per document: an opaque name, and the rows. Keyed digests: comparable by this connector only. */
  documents: { name: string; target: string | null; rows: IntentRow[]; holds?: (HoldOnRow & { ref: string })[] }[];
  /** Indices of documents that were not as intended when written, and were left alone. */
  left?: number[];
  /** Refs given back to a person without an intent (deferred parts). */
  passed?: string[];
  /** `Intent[]` in BSON; absent after the undo key was destroyed. */
  intents?: Binary | Uint8Array;
  /** `DeferredRow[]` in extended JSON; only where something is held. */
  deferred?: Binary | Uint8Array;
}

export const undoOwner = (unit: string, planId: string, part: number): string => `${unit}:${planId}:${part}`;
export const deferralOwner = (unit: string, planId: string): string => `${unit}:${planId}`;

/** Record-level journal of what is done to a business store: intents before effects, pre-images for undo. */
export class Journal {
  private readonly chunks: Collection<Chunk>;

  constructor(
    private readonly database: Db,
    private readonly vault: Vault,
    private readonly secretId?: string,
  ) {
    this.chunks = database.collection<Chunk>('journal');
  }

  /** The journal with names and digests under one blocking secret: a unit's own, so that a rotation changes nothing within a unit. */
  under(secretId: string | undefined): Journal {
    return new Journal(this.database, this.vault, secretId);
  }

  async ensureIndexes(): Promise<void> {
    await this.chunks.createIndexes([{ key: { unit: 1, planId: 1 }, name: 'unit_plan' }]);
  }

  /** Keyed: a plain digest of a short record could be guessed from outside. */
  keyed(digest: string): string {
    return this.vault.blockingKey(`digest\u0000${digest}`, 'journal', this.secretId);
  }

  /** A document's opaque name. */
  named(documentKey: string): string {
    return this.vault.blockingKey(`document\u0000${documentKey}`, 'journal', this.secretId);
  }

  /** All chunks of a unit's plans, in the order they were intended. */
  async ofUnit(unit: string): Promise<Chunk[]> {
    const found = await this.chunks.find({ unit }, { projection: { intents: 0, deferred: 0 } }).toArray();
    return found.sort(
      (a, b) =>
        a.at.getTime() - b.at.getTime() || a.part - b.part || ORDER[a.operation] - ORDER[b.operation] || a.n - b.n,
    );
  }

  async ofPart(unit: string, planId: string, part: number): Promise<Chunk[]> {
    return (await this.ofUnit(unit)).filter((chunk) => chunk.planId === planId && chunk.part === part);
  }

  /** Makes an intent durable. Where a chunk of that name is there already, it stands and is returned: the first intent wins. */
  async intend(
    name: ChunkName,
    n: number,
    caseId: string,
    at: Date,
    documents: Chunk['documents'],
    intents: readonly Intent[],
    deferred: readonly DeferredRow[],
  ): Promise<Chunk> {
    const { unit, planId, part, operation } = name;
    const _id = `${unit}|${planId}|${part}|${operation}|${n}`;
    const sealed = await this.vault.stored.seal(
      'undo',
      undoOwner(unit, planId, part),
      BSON.serialize({ intents }, { ignoreUndefined: true }),
    );
    const held =
      deferred.length > 0
        ? await this.vault.stored.seal(
            'deferral',
            deferralOwner(unit, planId),
            Buffer.from(BSON.EJSON.stringify(deferred, { relaxed: false })),
          )
        : undefined;
    const chunk: Chunk = {
      _id,
      unit,
      caseId,
      planId,
      part,
      operation,
      n,
      at,
      documents,
      intents: sealed,
      ...(held && { deferred: held }),
    };
    try {
      await this.chunks.insertOne(chunk, { writeConcern: { w: 'majority', j: true } });
      return chunk;
    } catch (error) {
      if ((error as { code?: unknown }).code !== 11000) throw error;
      return (await this.chunks.findOne({ _id }))!;
    }
  }

  async intentsOf(chunk: Chunk): Promise<Intent[]> {
    const whole = chunk.intents ? chunk : await this.chunks.findOne({ _id: chunk._id });
    if (!whole?.intents) return [];
    const bytes = await this.vault.stored.open<Buffer>(
      'undo',
      undoOwner(chunk.unit, chunk.planId, chunk.part),
      whole.intents,
    );
    return (BSON.deserialize(bytes, { promoteValues: false }) as { intents: Intent[] }).intents;
  }

  async deferredRows(chunk: Chunk): Promise<DeferredRow[]> {
    const whole = await this.chunks.findOne({ _id: chunk._id }, { projection: { deferred: 1 } });
    if (!whole?.deferred) return [];
    const bytes = await this.vault.stored.open<Buffer>(
      'deferral',
      deferralOwner(chunk.unit, chunk.planId),
      whole.deferred,
    );
    return BSON.EJSON.parse(bytes.toString('utf8'), { relaxed: true }) as DeferredRow[];
  }

  async leave(chunk: Chunk, left: readonly number[]): Promise<void> {
    await this.chunks.updateOne(
      { _id: chunk._id },
      { $set: { left: [...left] } },
      { writeConcern: { w: 'majority', j: true } },
    );
  }

  /** The undo window is over: the key goes first, so that backups forget too, then the sealed bytes. */
  async forgetPreImages(unit: string, planId: string, parts: number): Promise<void> {
    const owners = Array.from({ length: parts + 1 }, (_, part) => undoOwner(unit, planId, part));
    await this.vault.stored.destroy('undo', ...owners);
    await this.chunks.updateMany({ unit, planId }, { $unset: { intents: '' } });
  }
}

/** Operations within a plan follow each other in this order. */
export const ORDER: Readonly<Record<JournaledOperation, number>> = { correct: 0, suppress: 1, restrict: 2, erase: 3 };

/** Digest over an execution's journal: what an auditor compares. */
export const journalDigest = (chunks: readonly Chunk[]): string =>
  digestOf(
    chunks.map(({ _id, documents, left }) => ({
      _id,
      documents: documents.map(({ name, target, rows }) => ({ name, target, rows })),
      left: left ?? [],
    })),
  );

/** The rows of chunks that were carried out, with their effects: true counts, also after a crash. */
export function carriedOut(chunks: readonly Chunk[]): IntentRow[] {
  return chunks.flatMap(({ documents, left }) =>
    documents.filter((_, index) => !left?.includes(index)).flatMap(({ rows }) => rows),
  );
}

/** Rows of chunks whose documents had changed when they were to be written. */
export function leftAlone(chunks: readonly Chunk[]): string[] {
  return chunks.flatMap(({ documents, left }) =>
    documents.filter((_, index) => left?.includes(index)).flatMap(({ rows }) => rows.map(({ ref }) => ref)),
  );
}

/** Ref → keyed watched digest that a row ought to have after everything journaled so far; null where it is gone. */
export function expectations(chunks: readonly Chunk[]): Map<string, string | null> {
  return new Map(carriedOut(chunks).map(({ ref, after }) => [ref, after]));
}
