import type { Target } from '../changes.js';
import type { Document } from '../documents/paths.js';

/** One write that happens only if the document is still exactly as it was read. */
export type GuardedWrite =
  | { readonly collection: string; readonly id: unknown; readonly before: Document; readonly target: Target }
  /** Puts back a document that was erased; only where none with its id is there. */
  | {
      readonly collection: string;
      readonly id: unknown;
      readonly before: null;
      readonly target: { readonly document: Document };
    };

/** A document that came, went or changed. */
export interface ChangedDocument {
  readonly collection: string;
  readonly id: unknown;
  /** Names of its fields, outermost, that were set or removed; absent where that is not known, or where it came, went or was replaced. */
  readonly fields?: ReadonlySet<string>;
}

/** What a change feed reports at once: which documents changed, which heartbeats came by, and where to resume after them. */
export interface ChangeBatch {
  readonly changed: readonly ChangedDocument[];
  /** Instance → number of its latest heartbeat in this batch. */
  readonly heartbeats: ReadonlyMap<string, number>;
  /** A collection was dropped or renamed: only a sweep can tell what is left. */
  readonly upheaval: boolean;
  readonly resumeToken: unknown;
}

export interface ChangeFeed {
  /** Waits up to about a second; a batch may be empty. */
  next(): Promise<ChangeBatch>;
  readonly resumeToken: unknown;
  close(): Promise<void>;
}

/** The feed cannot go on from where it stood; everything must be swept again. */
export class FeedHistoryLost extends Error {
  constructor(options?: { cause: unknown }) {
    super('the change feed no longer holds what came after the resume token', options);
    this.name = 'FeedHistoryLost';
  }
}

/**
 * A business store as the kit uses it. Documents come and go as plain objects in the driver's own number types, so that what is
 * written back has the type that was read. Adapters touch only collections they are asked for by name.
 */
export interface StoreAdapter {
  /** All ids in their order, after a given one, up to `atATime` at a time: one read from beginning to end, as slowly as it is taken. */
  ids(collection: string, after: unknown, atATime: number): AsyncIterable<unknown[]>;
  /**
   * Documents by id, whole or only some paths of them; absent ones are left out. Yields as they arrive, so that large ones need not all be
   * held at once.
   */
  byId(collection: string, ids: readonly unknown[], paths?: readonly string[]): AsyncIterable<Document>;
  /** A few documents by id; absent ones are left out. What several callers ask for at once may be read together. */
  read(collection: string, ids: readonly unknown[]): Promise<Document[]>;
  /** Documents whose indexed `path` has one of the values. */
  having(collection: string, path: string, values: readonly unknown[]): AsyncIterable<Document>;
  /** Carries out guarded writes, in order of their groups; true where the document is now in its target state. */
  write(writes: readonly GuardedWrite[]): Promise<boolean[]>;
  /** Null where the store has no change feed. `resumeToken` null: from now on. @throws FeedHistoryLost */
  changes(collections: readonly string[], resumeToken: unknown): Promise<ChangeFeed | null>;
  /** Writes a heartbeat that the change feed will show after everything written before. */
  heartbeat(instance: string, number: number): Promise<void>;
  /** Answers when the store does; throws otherwise. */
  ping(): Promise<void>;
}
