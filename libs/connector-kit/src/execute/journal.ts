import type { Vault } from '@kenri/vault';
import DataLoader from 'dataloader';
import { BSON, MongoBulkWriteError, type Binary, type Collection, type Db } from 'mongodb';
import { digestOf } from '../documents/comparable.js';
import type { Document } from '../documents/paths.js';
import type { HoldOnRow } from '../retention.js';
import type { Row } from '../rows.js';

export type JournaledOperation = 'correct' | 'suppress' | 'restrict' | 'erase';

export type Effect =
  | { readonly kind: 'corrected'; readonly fields: number }
  | { readonly kind: 'suppressed' | 'restricted' | 'deleted' | 'personRemoved' | 'fieldsRemoved' }
  | { readonly kind: 'held'; readonly until: string | null };

/** One document's part in a chunk: what it was and what it is to become. */
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
  /** `Intent[]` in BSON; absent once nobody may undo it any more. */
  intents?: Binary | Uint8Array;
  /**
   * `undo`: intents are sealed under the plan's own undo key, whose end is the end of the undo window. `manifest`: nothing of this
   * plan can be undone, the intents serve a restart only; they are sealed under the case's manifest key and dropped with the answer.
   */
  sealedUnder: 'undo' | 'manifest';
  /** `DeferredRow[]` in extended JSON; only where something is held. */
  deferred?: Binary | Uint8Array;
}

export const undoOwner = (unit: string, planId: string, part: number): string => `${unit}:${planId}:${part}`;
export const deferralOwner = (unit: string, planId: string): string => `${unit}:${planId}`;

const DURABLE = { w: 'majority', j: true } as const;
const DUPLICATE_KEY = 11000;
/** What plans under execution ask for in one turn of the event loop goes to the database together. */
const TOGETHER = {
  cache: false,
  maxBatchSize: 200,
  batchScheduleFn: (dispatch: () => void) => setImmediate(dispatch),
} as const;

/** The journal's collection: many plans' chunks by one find, one insert, one update. */
class Chunks {
  /** All chunks of a unit, in no order, without what is sealed in them. */
  readonly ofUnit: DataLoader<string, Chunk[]>;
  /** The chunk that stands: the one given, or the one that was there already. */
  readonly add: DataLoader<Chunk, Chunk>;
  readonly dropIntents: DataLoader<{ unit: string; planId: string }, true>;

  constructor(readonly collection: Collection<Chunk>) {
    this.ofUnit = new DataLoader(async (units) => {
      const found = await collection
        .find({ unit: { $in: [...new Set(units)] } }, { projection: { intents: 0, deferred: 0 } })
        .toArray();
      const byUnit = Map.groupBy(found, ({ unit }) => unit);
      return units.map((unit) => byUnit.get(unit) ?? []);
    }, TOGETHER);
    this.add = new DataLoader(async (chunks) => {
      const taken = await insert(collection, chunks);
      if (taken.length === 0) return [...chunks];
      const found = await collection.find({ _id: { $in: taken.map(({ _id }) => _id) } }).toArray();
      const standing = new Map(found.map((chunk) => [chunk._id, chunk]));
      return chunks.map((chunk) => standing.get(chunk._id) ?? chunk);
    }, TOGETHER);
    this.dropIntents = new DataLoader(async (plans) => {
      await collection.updateMany(
        { unit: { $in: plans.map(({ unit }) => unit) }, planId: { $in: plans.map(({ planId }) => planId) } },
        { $unset: { intents: '' } },
        { writeConcern: DURABLE },
      );
      return plans.map(() => true);
    }, TOGETHER);
  }
}

/** @returns the chunks whose name was taken */
async function insert(collection: Collection<Chunk>, chunks: readonly Chunk[]): Promise<Chunk[]> {
  try {
    await collection.insertMany([...chunks], { ordered: false, writeConcern: DURABLE });
    return [];
  } catch (error) {
    if (!(error instanceof MongoBulkWriteError)) throw error;
    const failures = [error.writeErrors].flat();
    if (failures.length === 0 || failures.some(({ code }) => code !== DUPLICATE_KEY)) throw error;
    return failures.map(({ index }) => chunks[index]!);
  }
}

/** Record-level journal of what is done to a business store: intents before effects, pre-images for undo. */
export class Journal {
  private constructor(
    private readonly chunks: Chunks,
    private readonly vault: Vault,
    private readonly secretId?: string,
  ) {}

  static in(database: Db, vault: Vault): Journal {
    return new Journal(new Chunks(database.collection<Chunk>('journal')), vault);
  }

  /** The journal with names and digests under one blocking secret: a unit's own, so that a rotation changes nothing within a unit. */
  under(secretId: string | undefined): Journal {
    return new Journal(this.chunks, this.vault, secretId);
  }

  async ensureIndexes(): Promise<void> {
    await this.chunks.collection.createIndexes([{ key: { unit: 1, planId: 1 }, name: 'unit_plan' }]);
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
    return inOrder(await this.chunks.ofUnit.load(unit));
  }

  /**
   * Makes an intent durable. Where a chunk of that name is there already, it stands and is returned: the first intent wins.
   * @param executing `undoable`: the plan can be undone for a time, its pre-images then have a key of their own
   */
  async intend(
    executing: ChunkName & { readonly caseId: string; readonly undoable: boolean },
    n: number,
    at: Date,
    documents: Chunk['documents'],
    intents: readonly Intent[],
    deferred: readonly DeferredRow[],
  ): Promise<Chunk> {
    const { unit, planId, part, operation, caseId, undoable } = executing;
    const _id = `${unit}|${planId}|${part}|${operation}|${n}`;
    const sealedUnder = undoable ? 'undo' : 'manifest';
    const bytes = BSON.serialize({ intents }, { ignoreUndefined: true });
    const whole = { unit, caseId, planId, part, sealedUnder } as const;
    const sealed = await this.vault.stored.seal(sealedUnder, ownerOf(whole), bytes);
    const held =
      deferred.length > 0
        ? await this.vault.stored.seal(
            'deferral',
            deferralOwner(unit, planId),
            Buffer.from(BSON.EJSON.stringify(deferred, { relaxed: false })),
          )
        : undefined;
    return this.chunks.add.load({
      _id,
      ...whole,
      operation,
      n,
      at,
      documents,
      intents: sealed,
      ...(held && { deferred: held }),
    });
  }

  /** What a chunk is about to do, or has done; nothing once that was dropped: it was done then. */
  async intentsOf(chunk: Chunk): Promise<Intent[]> {
    const whole = chunk.intents ? chunk : await this.chunks.collection.findOne({ _id: chunk._id });
    if (!whole?.intents) return [];
    const bytes = await this.vault.stored.open<Buffer>(whole.sealedUnder, ownerOf(whole), whole.intents);
    return (BSON.deserialize(bytes, { promoteValues: false }) as { intents: Intent[] }).intents;
  }

  async deferredRows(chunk: Chunk): Promise<DeferredRow[]> {
    const whole = await this.chunks.collection.findOne({ _id: chunk._id }, { projection: { deferred: 1 } });
    if (!whole?.deferred) return [];
    const bytes = await this.vault.stored.open<Buffer>(
      'deferral',
      deferralOwner(chunk.unit, chunk.planId),
      whole.deferred,
    );
    return BSON.EJSON.parse(bytes.toString('utf8'), { relaxed: true }) as DeferredRow[];
  }

  async leave(chunk: Chunk, left: readonly number[]): Promise<void> {
    await this.chunks.collection.updateOne(
      { _id: chunk._id },
      { $set: { left: [...left] } },
      { writeConcern: DURABLE },
    );
  }

  /** The undo window is over: the key goes first, so that backups forget too, then the sealed bytes. */
  async forgetPreImages(unit: string, planId: string, parts: number): Promise<void> {
    const owners = Array.from({ length: parts + 1 }, (_, part) => undoOwner(unit, planId, part));
    await this.vault.stored.destroy('undo', ...owners);
    await this.chunks.dropIntents.load({ unit, planId });
  }

  /** A plan that cannot be undone was carried out: what a restart would have needed goes. */
  async dropIntents(unit: string, planId: string): Promise<void> {
    await this.chunks.dropIntents.load({ unit, planId });
  }
}

const ownerOf = ({
  unit,
  planId,
  part,
  caseId,
  sealedUnder,
}: Omit<ChunkName, 'operation'> & Pick<Chunk, 'caseId' | 'sealedUnder'>) =>
  sealedUnder === 'undo' ? undoOwner(unit, planId, part) : caseId;

/** Chunks as they were intended, one after the other. */
export const inOrder = (chunks: readonly Chunk[]): Chunk[] =>
  chunks.toSorted(
    (a, b) =>
      a.at.getTime() - b.at.getTime() || a.part - b.part || ORDER[a.operation] - ORDER[b.operation] || a.n - b.n,
  );

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
