import type { Readable } from 'node:stream';
import type { ArtifactRef } from '@kenri/contracts';
import type { StoredPurpose } from '../stored/purposes.js';

export interface PutOptions {
  /** Who may open it: `cases`, `cases/medical`, `connector-<system>`, `intake`. */
  recipients: readonly string[];
  contentType: string;
  /** ULID; with it everything of a case can be deleted. */
  caseId: string;
  /** What it is: `review`, `export`, `package`, `evidence`, `decisions`, … Lower-case letters, digits, hyphens. */
  purpose: string;
  /**
   * Seals it also under this service's stored key of the case: destroying that key then makes backups forget it. Only the service
   * that put it can open it.
   */
  sealedUnder?: StoredPurpose;
}

export type ArtifactContent = Readable | AsyncIterable<Uint8Array> | Uint8Array;

/** Which of these ids something still refers to; asked in batches. */
export type IsReferenced = (ids: readonly string[]) => Promise<Iterable<string>>;

/** What is too large for a message or a case document: streamed, sealed, read back by reference (architecture.md, Large results). */
export interface ArtifactStore {
  /** Seals while streaming; memory does not grow with the size. Durable when it returns. */
  put(content: ArtifactContent, options: PutOptions): Promise<ArtifactRef>;
  /** Small ones (each up to 256 KiB goes into one common insert). Refs in order. */
  putMany(items: readonly (PutOptions & { content: Uint8Array })[]): Promise<ArtifactRef[]>;
  /**
   * The bytes before sealing, verified frame by frame. Size and digest are checked against the reference before the last frame is
   * given out: **act on the content only after the end**; a stream that fails has an ArtifactRefused.
   */
  open(ref: ArtifactRef, options?: { as?: string }): Promise<Readable>;
  /** All bytes at once. @throws RangeError above `maxBytes`, 16 MiB by default */
  read(ref: ArtifactRef, options?: { as?: string; maxBytes?: number }): Promise<Buffer>;
  /** Deleting what is not there changes nothing. */
  delete(...ids: string[]): Promise<void>;
  /** Everything of a case, or only what was put for these purposes. @returns how many */
  deleteOfCase(caseId: string, purposes?: readonly string[]): Promise<number>;
  /**
   * Deletes what this service put before `olderThan` and nothing refers to, and what broken uploads left. `olderThan` must lie
   * further back than the longest time between an upload's start and the reference being stored. @returns how many
   */
  collectOrphans(isReferenced: IsReferenced, olderThan: Date): Promise<number>;
}
