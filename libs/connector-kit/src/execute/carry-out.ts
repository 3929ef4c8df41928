import { canonicalJson, digestOf } from '../documents/comparable.js';
import type { Document } from '../documents/paths.js';
import type { HoldOnRow } from '../retention.js';
import { mapped, rowDigest } from '../rows.js';
import type { Connector } from '../connector.js';
import type { GuardedWrite } from '../store/store-adapter.js';
import { BSON } from 'mongodb';
import type { Chunk, ChunkName, DeferredRow, Effect, Intent } from './journal.js';
import type { SelectedDocument, SelectedRow } from './selection.js';

/** What an operation makes of one document. */
export interface Intended {
  readonly document: SelectedDocument;
  readonly before: Document;
  /** Null: it goes. */
  readonly target: Document | null;
  readonly effects: readonly { readonly row: SelectedRow; readonly effect: Effect }[];
  readonly holds?: readonly (HoldOnRow & { ref: string })[];
}

/** Pre-image and target of a chunk together stay well under MongoDB's 16 MB for a document. */
const CHUNK_BYTES = 6 * 1024 * 1024;
const CHUNK_DOCUMENTS = 200;
const LARGEST_DOCUMENT = 7 * 1024 * 1024;

/** A record too large to be kept as a pre-image; a person has to act on it. */
export class RecordTooLarge extends Error {
  constructor(collection: string) {
    super(`a document of ${collection} is too large for the journal`);
    this.name = 'RecordTooLarge';
  }
}

/** A plan's part under execution. */
export interface Executing extends ChunkName {
  readonly caseId: string;
  /** Whether what is done can be undone for a time. */
  readonly undoable: boolean;
}

/**
 * Carries out intents in the order given: each chunk durable before its effects, each effect only on the document as it was read.
 * What turns out to have changed is left alone and noted. Returns the chunks as they stand in the journal.
 */
export async function carryOut(
  connector: Connector,
  executing: Executing,
  firstChunk: number,
  intended: AsyncIterable<Intended> | Iterable<Intended>,
): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  let waiting: Intended[] = [];
  let size = 0;
  const flush = async () => {
    if (waiting.length === 0) return;
    const batch = waiting;
    [waiting, size] = [[], 0];
    chunks.push(await carryOutChunk(connector, await intend(connector, executing, firstChunk + chunks.length, batch)));
  };
  for await (const each of intended) {
    const bytes = BSON.calculateObjectSize(each.before) + (each.target ? BSON.calculateObjectSize(each.target) : 0);
    if (bytes > 2 * LARGEST_DOCUMENT) throw new RecordTooLarge(each.document.collection);
    if (size + bytes > CHUNK_BYTES || waiting.length >= CHUNK_DOCUMENTS) await flush();
    waiting.push(each);
    size += bytes;
  }
  await flush();
  return chunks;
}

function intend(connector: Connector, executing: Executing, n: number, batch: readonly Intended[]): Promise<Chunk> {
  const { journal, map, clock } = connector;
  const documents = batch.map(({ document, target, effects, holds }) => {
    const about = mapped(map, document.collection);
    return {
      name: journal.named(document.key),
      target: target ? journal.keyed(digestOf(target)) : null,
      rows: effects.flatMap(({ row, effect }) => {
        return row.seen.map(({ ref, roles }) => {
          const digest = target && rowDigest(about, { ...row, roles }, target);
          return { ref, effect, after: digest ? journal.keyed(digest) : null };
        });
      }),
      ...(holds && holds.length > 0 && { holds: [...holds] }),
    };
  });
  const intents = batch.map(({ document: { collection, id }, before, target }): Intent => ({
    collection,
    id,
    before,
    target,
  }));
  const deferred = batch.flatMap(({ document: { collection, id }, effects }) =>
    effects
      .filter(({ effect }) => effect.kind === 'held')
      .map(({ row: { ref, roles, elements, depth } }): DeferredRow => ({
        ref,
        collection,
        id,
        roles,
        elements,
        depth,
      })),
  );
  return journal.intend(executing, n, clock.now(), documents, intents, deferred);
}

/**
 * Also what a restarted process does with the chunks it finds: a document in its target state counts as done, and so does a chunk whose
 * intents were dropped.
 */
export async function carryOutChunk(connector: Connector, chunk: Chunk): Promise<Chunk> {
  const intents = await connector.journal.intentsOf(chunk);
  if (intents.length === 0) return chunk;
  const writes = intents.map(({ collection, id, before, target }): GuardedWrite => ({
    collection,
    id,
    before,
    target: target === null ? { gone: true } : { document: shared(before, target) },
  }));
  const done = await connector.store.write(writes);
  const left = done.flatMap((applied, index) => (applied ? [] : [index]));
  if (left.length === 0 && !chunk.left) return chunk;
  await connector.journal.leave(chunk, left);
  return { ...chunk, left };
}

/** Unchanged top-level values as the same objects, so that only what differs is written. */
function shared(before: Document, target: Document): Document {
  return Object.fromEntries(
    Object.entries(target).map(([name, value]) => [
      name,
      name in before && canonicalJson(before[name]) === canonicalJson(value) ? before[name] : value,
    ]),
  );
}
