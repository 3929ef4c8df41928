import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ArtifactRef, Sealed } from '@kenri/contracts';
import { Binary, type Collection, type Db } from 'mongodb';
import type { Clock } from '../clock.js';
import { fromBase64url, toBase64url } from '../encoding.js';
import type { Sealer } from '../sealing/sealer.js';
import type { StoredPurpose } from '../stored/purposes.js';
import type { StoredData } from '../stored/stored-data.js';
import { ArtifactRefused, SealRefused } from '../vault-error.js';
import type { ArtifactContent, ArtifactStore, IsReferenced, PutOptions } from './artifact-store.js';
import { Measure, openFrames, sealedSize, sealFrames, SEALED_FRAME } from './frames.js';

/** The sealed header: who may open the artifact, and what they learn. */
interface Header {
  /** 32 bytes, base64url. */
  key: string;
  contentType: string;
}
interface Metadata {
  caseId: string;
  purpose: string;
  putBy: string;
  /** JSON of a `Sealed`; sealed once more where `sealedUnder` is given. */
  header: Binary;
  sealedUnder?: StoredPurpose;
  /** The single frame of a small artifact; then there are no chunks. */
  inline?: Binary;
}
interface FileDocument {
  _id: string;
  length: number;
  chunkSize: number;
  uploadDate: Date;
  filename: string;
  metadata: Metadata;
}
interface ChunkDocument {
  files_id: string;
  n: number;
  data: Binary;
}
/** An upload of several chunks under way, or what a crash left of one. */
interface PendingDocument {
  _id: string;
  putBy: string;
  since: Date;
}

const BUCKET = 'artifacts';
const TYPE = 'artifact';
const DURABLE = { writeConcern: { w: 'majority', j: true } } as const;
const ORPHAN_BATCH = 500;
/** A megabyte at a time: twice the speed of single chunks, and what keeps memory flat. */
const CHUNKS_AT_ONCE = 4;

/**
 * GridFS in a database of its own: the embedded default behind `ArtifactStore`. The collections are those of the GridFS
 * specification, written and read in batches of chunks rather than by the driver's bucket, which sends them one by one, reads
 * sixteen megabytes ahead, and cannot put a small file in one insert.
 */
export class GridFsArtifactStore implements ArtifactStore {
  readonly #files: Collection<FileDocument>;
  readonly #chunks: Collection<ChunkDocument>;
  readonly #pending: Collection<PendingDocument>;

  constructor(
    database: Db,
    private readonly service: string,
    private readonly sealer: Sealer,
    private readonly stored: StoredData,
    private readonly clock: Clock,
  ) {
    this.#files = database.collection(`${BUCKET}.files`);
    this.#chunks = database.collection(`${BUCKET}.chunks`);
    this.#pending = database.collection(`${BUCKET}.pending`);
  }

  /** Makes the indexes; idempotent. */
  async prepare(): Promise<void> {
    await this.#chunks.createIndex({ files_id: 1, n: 1 }, { unique: true });
    await this.#files.createIndex({ 'metadata.caseId': 1 });
    await this.#files.createIndex({ 'metadata.putBy': 1, uploadDate: 1 });
  }

  async put(content: ArtifactContent, options: PutOptions): Promise<ArtifactRef> {
    const { id, key, metadata } = await this.#begin(options);
    const measure = new Measure();
    const frames = sealFrames(content instanceof Uint8Array ? [content] : content, key, measure);
    try {
      const first = (await frames.next()).value as Buffer;
      const second = (await frames.next()).value as Buffer | undefined;
      if (second === undefined) await this.#files.insertOne(this.#inlineFile(id, metadata, first), DURABLE);
      else await this.#upload(id, metadata, chain([first, second], frames));
    } finally {
      // A source that is left early must still be closed.
      await frames.return(undefined);
    }
    return { id, size: measure.size, sha256: measure.digest(), contentType: options.contentType };
  }

  async putMany(items: readonly (PutOptions & { content: Uint8Array })[]): Promise<ArtifactRef[]> {
    const files: FileDocument[] = [];
    const refs: ArtifactRef[] = [];
    for (const { content, ...options } of items) {
      if (sealedSize(content.length) > SEALED_FRAME) {
        refs.push(await this.put(content, options));
        continue;
      }
      const { id, key, metadata } = await this.#begin(options);
      const measure = new Measure();
      for await (const frame of sealFrames([content], key, measure)) files.push(this.#inlineFile(id, metadata, frame));
      refs.push({ id, size: measure.size, sha256: measure.digest(), contentType: options.contentType });
    }
    if (files.length > 0) await this.#files.insertMany(files, { ordered: false, ...DURABLE });
    return refs;
  }

  async open(ref: ArtifactRef, { as }: { as?: string } = {}): Promise<Readable> {
    const file = await this.#files.findOne({ _id: ref.id });
    if (!file)
      throw new ArtifactRefused('missing', ref.id, `There is no artifact ${ref.id}: it was deleted, or never put.`);
    const header = await this.#openHeader(ref, file, as);
    const measure = new Measure();
    const refuse = (stored: number, last: boolean): never => {
      const short = last && stored < sealedSize(ref.size);
      throw new ArtifactRefused(
        short ? 'truncated' : 'tampered',
        ref.id,
        short ? `Artifact ${ref.id} ends too early.` : `Artifact ${ref.id} was altered or reordered.`,
      );
    };
    const complete = (): void => {
      if (measure.size !== ref.size) {
        throw new ArtifactRefused('wrong-size', ref.id, `Artifact ${ref.id} is not as long as its reference says.`);
      }
      if (measure.digest() !== ref.sha256) {
        throw new ArtifactRefused('wrong-digest', ref.id, `Artifact ${ref.id} is not the one its reference names.`);
      }
    };
    const source = file.metadata.inline ? [file.metadata.inline.value()] : this.#chunksOf(ref.id);
    const key = createSecretKey(fromBase64url(header.key, 'The key of an artifact', 32));
    return Readable.from(openFrames(source, key, measure, refuse, complete), { objectMode: false });
  }

  async read(ref: ArtifactRef, options: { as?: string; maxBytes?: number } = {}): Promise<Buffer> {
    const { maxBytes = 16 * 1024 * 1024, ...rest } = options;
    if (ref.size > maxBytes) throw new RangeError(`Artifact ${ref.id} has ${ref.size} bytes, more than ${maxBytes}.`);
    const parts: Buffer[] = [];
    let size = 0;
    for await (const part of await this.open(ref, rest)) {
      parts.push(part as Buffer);
      size += (part as Buffer).length;
      if (size > ref.size)
        throw new ArtifactRefused('wrong-size', ref.id, `Artifact ${ref.id} is longer than it says.`);
    }
    return Buffer.concat(parts);
  }

  async delete(...ids: string[]): Promise<void> {
    if (ids.length === 0) return;
    // Without its file document an artifact is gone for readers; chunks left by a crash in between are found by `pending`.
    const files = await this.#files
      .find({ _id: { $in: ids }, length: { $gt: 0 } }, { projection: { _id: 1 } })
      .map(({ _id }) => _id)
      .toArray();
    if (files.length > 0) await this.#markPending(files);
    await this.#files.deleteMany({ _id: { $in: ids } }, DURABLE);
    if (files.length > 0) await this.#removeChunks(files);
  }

  async deleteOfCase(caseId: string, purposes?: readonly string[]): Promise<number> {
    const ids = await this.#files
      .find(
        { 'metadata.caseId': caseId, ...(purposes ? { 'metadata.purpose': { $in: [...purposes] } } : {}) },
        { projection: { _id: 1 } },
      )
      .map(({ _id }) => _id)
      .toArray();
    await this.delete(...ids);
    return ids.length;
  }

  async collectOrphans(isReferenced: IsReferenced, olderThan: Date): Promise<number> {
    let count = await this.#collectPending(olderThan);
    const cursor = this.#files
      .find({ 'metadata.putBy': this.service, uploadDate: { $lt: olderThan } }, { projection: { _id: 1 } })
      .map(({ _id }) => _id);
    let batch: string[] = [];
    const flush = async (): Promise<void> => {
      const referenced = new Set(await isReferenced(batch));
      const orphans = batch.filter((id) => !referenced.has(id));
      await this.delete(...orphans);
      count += orphans.length;
      batch = [];
    };
    for await (const id of cursor) {
      batch.push(id);
      if (batch.length === ORPHAN_BATCH) await flush();
    }
    if (batch.length > 0) await flush();
    return count;
  }

  async #begin(options: PutOptions): Promise<{ id: string; key: KeyObject; metadata: Metadata }> {
    checkOptions(options);
    const { recipients, contentType, caseId, purpose, sealedUnder } = options;
    const id = toBase64url(randomBytes(18));
    const secret = randomBytes(32);
    const header: Header = { key: toBase64url(secret), contentType };
    const sealed = await this.sealer.seal(header, { recipients, id, type: TYPE });
    const bytes = sealedUnder
      ? await this.stored.seal(sealedUnder, caseId, sealed)
      : Buffer.from(JSON.stringify(sealed), 'utf8');
    const common = { caseId, purpose, putBy: this.service, header: new Binary(bytes) };
    return { id, key: createSecretKey(secret), metadata: sealedUnder ? { ...common, sealedUnder } : common };
  }

  async #openHeader(ref: ArtifactRef, { metadata }: FileDocument, as?: string): Promise<Header> {
    const bytes = metadata.header.value();
    let sealed: Sealed;
    if (metadata.sealedUnder) sealed = await this.stored.open<Sealed>(metadata.sealedUnder, metadata.caseId, bytes);
    else sealed = parseHeader(bytes, ref.id);
    const header = await this.sealer.open<Header>(sealed, {
      id: ref.id,
      type: TYPE,
      ...(as === undefined ? {} : { as }),
    });
    if (header.contentType !== ref.contentType) {
      throw new ArtifactRefused(
        'moved',
        ref.id,
        `Artifact ${ref.id} is of another content type than its reference says.`,
      );
    }
    return header;
  }

  #inlineFile(id: string, metadata: Metadata, frame: Uint8Array): FileDocument {
    return this.#file(id, 0, { ...metadata, inline: new Binary(frame) });
  }

  #file(_id: string, length: number, metadata: Metadata): FileDocument {
    return { _id, length, chunkSize: SEALED_FRAME, uploadDate: this.clock.now(), filename: _id, metadata };
  }

  async #upload(id: string, metadata: Metadata, frames: AsyncIterable<Buffer>): Promise<void> {
    await this.#markPending([id]);
    try {
      const length = await this.#writeChunks(id, frames);
      await this.#files.insertOne(this.#file(id, length, metadata), DURABLE);
    } catch (error) {
      await this.delete(id);
      await this.#removeChunks([id]);
      throw error;
    }
    const { deletedCount } = await this.#pending.deleteOne({ _id: id }, DURABLE);
    if (deletedCount === 1) return;
    await this.delete(id);
    throw new ArtifactRefused(
      'missing',
      id,
      'The upload took so long that it was collected as an orphan: put it again.',
    );
  }

  /** @returns the stored bytes */
  async #writeChunks(id: string, frames: AsyncIterable<Buffer>): Promise<number> {
    let length = 0;
    let n = 0;
    let batch: ChunkDocument[] = [];
    const flush = async (): Promise<void> => {
      // Not yet durable: the file document is, and on the server everything before it with it.
      await this.#chunks.insertMany(batch, { ordered: false, writeConcern: { w: 'majority' } });
      batch = [];
    };
    for await (const frame of frames) {
      batch.push({ files_id: id, n, data: new Binary(frame) });
      n += 1;
      length += frame.length;
      if (batch.length === CHUNKS_AT_ONCE) await flush();
    }
    if (batch.length > 0) await flush();
    return length;
  }

  async *#chunksOf(id: string): AsyncGenerator<Uint8Array> {
    // A few chunks at a time: the driver's own download stream takes 16 MB at once.
    const cursor = this.#chunks.find(
      { files_id: id },
      { sort: { n: 1 }, batchSize: CHUNKS_AT_ONCE, projection: { data: 1 } },
    );
    for await (const { data } of cursor) yield data.value();
  }

  async #markPending(ids: readonly string[]): Promise<void> {
    const since = this.clock.now();
    await this.#pending.bulkWrite(
      ids.map((_id) => ({
        updateOne: { filter: { _id }, update: { $set: { putBy: this.service, since } }, upsert: true },
      })),
      { ordered: false, ...DURABLE },
    );
  }

  async #removeChunks(ids: readonly string[]): Promise<void> {
    await this.#chunks.deleteMany({ files_id: { $in: [...ids] } }, DURABLE);
    await this.#pending.deleteMany({ _id: { $in: [...ids] } }, DURABLE);
  }

  async #collectPending(olderThan: Date): Promise<number> {
    const left = await this.#pending.find({ putBy: this.service, since: { $lt: olderThan } }).toArray();
    const ids = left.map(({ _id }) => _id);
    if (ids.length === 0) return 0;
    // First the mark, which an upload still running then misses; then what it had written.
    await this.#pending.deleteMany({ _id: { $in: ids } }, DURABLE);
    await this.#files.deleteMany({ _id: { $in: ids } }, DURABLE);
    await this.#chunks.deleteMany({ files_id: { $in: ids } }, DURABLE);
    return ids.length;
  }
}

async function* chain(first: readonly Buffer[], rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* first;
  yield* rest;
}

function parseHeader(bytes: Uint8Array, id: string): Sealed {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as Sealed;
  } catch {
    throw new SealRefused('malformed', `The header of artifact ${id} is not in the vault's form.`);
  }
}

function checkOptions({ contentType, caseId, purpose }: PutOptions): void {
  if (!/^[a-z]+\/[a-z0-9.+-]+(; ?[a-z]+=[a-zA-Z0-9-]+)?$/.test(contentType) || contentType.length > 100) {
    throw new TypeError(
      'The content type of an artifact must be like "application/json" or "text/html; charset=utf-8".',
    );
  }
  if (!/^[0-9A-HJKMNP-TV-Z]{26}$/.test(caseId)) throw new TypeError('The case id of an artifact must be a ULID.');
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(purpose)) {
    throw new TypeError('The purpose of an artifact must be lower-case letters, digits and hyphens.');
  }
}
