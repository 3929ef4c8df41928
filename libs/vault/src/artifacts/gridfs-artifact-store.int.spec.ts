import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Binary, BSON, type Collection, type Document } from 'mongodb';
import { ArtifactRefused, KeyDestroyed, SealRefused } from '../vault-error.js';
import { rejection, VaultHarness } from '../vault.harness.js';
import type { Vault } from '../vault.js';
import { PLAIN_FRAME, SEALED_FRAME } from './frames.js';

type Stored = Document & { _id: string };
const CANARY = '金糸雀 花子';
const caseId = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const options = { recipients: ['cases'], contentType: 'application/x-ndjson', caseId, purpose: 'review' };
const large = (size = 3 * PLAIN_FRAME + 100): Buffer => Buffer.concat([Buffer.from(CANARY), randomBytes(size)]);

describe('artifacts', () => {
  let harness: VaultHarness;
  let auto: Vault;
  let cases: Vault;
  let files: Collection<Stored>;
  let chunks: Collection;
  let pending: Collection;

  beforeAll(async () => {
    harness = await VaultHarness.start();
    auto = await harness.open('connector-auto');
    cases = await harness.open('cases');
    const database = harness.mongo.db(harness.artifactsDatabase);
    files = database.collection('artifacts.files');
    chunks = database.collection('artifacts.chunks');
    pending = database.collection('artifacts.pending');
  });
  afterAll(() => harness.stop());
  const nothingIsLeft = async (): Promise<void> => {
    expect([await files.countDocuments(), await chunks.countDocuments(), await pending.countDocuments()]).toEqual([
      0, 0, 0,
    ]);
  };
  afterEach(async () => {
    await Promise.all([files.deleteMany({}), chunks.deleteMany({}), pending.deleteMany({})]);
  });

  it.each([0, 1, 5000, PLAIN_FRAME, PLAIN_FRAME + 1, 5 * PLAIN_FRAME])(
    'of %i bytes come back as they were, with size and digest, for the recipient only',
    async (size) => {
      const content = randomBytes(size);
      const ref = await auto.artifacts.put(content, options);
      expect(ref).toEqual({
        id: expect.stringMatching(/^[A-Za-z0-9_-]{24}$/) as string,
        size,
        sha256: createHash('sha256').update(content).digest('hex'),
        contentType: options.contentType,
      });
      expect((await cases.artifacts.read(ref)).equals(content)).toBe(true);
      expect(await rejection(auto.artifacts.open(ref))).toMatchObject({ code: 'not-a-recipient' });
      expect(await pending.countDocuments()).toBe(0);
    },
  );

  it('for cases/medical do not open as cases', async () => {
    const ref = await auto.artifacts.put(Buffer.from('x'), { ...options, recipients: ['cases/medical'] });
    expect(await rejection(cases.artifacts.open(ref))).toBeInstanceOf(SealRefused);
    expect((await cases.artifacts.read(ref, { as: 'cases/medical' })).toString()).toBe('x');
  });

  it('up to a frame are one insert; many small ones are one insert together', async () => {
    const content = (index: number): Buffer => Buffer.from(`${CANARY} ${index}`);
    const items = Array.from({ length: 50 }, (_, index) => ({ ...options, content: content(index) }));
    const refs = await auto.artifacts.putMany([...items, { ...options, content: large() }]);
    expect(refs).toHaveLength(51);
    expect(await files.countDocuments({ length: 0 })).toBe(50);
    expect((await cases.artifacts.read(refs[17]!)).equals(content(17))).toBe(true);
    expect((await cases.artifacts.read(refs[50]!)).length).toBe(large().length);
  });

  it('hold nothing personal in the clear, in names, metadata or chunks', async () => {
    const ref = await auto.artifacts.put(Readable.from([large()]), options);
    await auto.artifacts.put(Buffer.from(CANARY), options);
    for (const document of [...(await files.find().toArray()), ...(await chunks.find().toArray())]) {
      expect(Buffer.from(BSON.serialize(document)).includes(Buffer.from(CANARY))).toBe(false);
    }
    const file = await files.findOne({ _id: ref.id });
    expect(file).toMatchObject({ filename: ref.id, chunkSize: SEALED_FRAME });
    const metadata = file!['metadata'] as Document;
    expect(Object.keys(metadata).sort()).toEqual(['caseId', 'header', 'purpose', 'putBy']);
  });

  describe('are refused before the end is reported', () => {
    const chunk = async (id: string, n: number): Promise<Binary> =>
      (await chunks.findOne({ files_id: id, n }))!['data'] as Binary;

    it.each<[string, string, (id: string) => Promise<unknown>]>([
      ['their last chunk is missing', 'truncated', (id) => chunks.deleteOne({ files_id: id, n: 3 })],
      ['all chunks are missing', 'truncated', (id) => chunks.deleteMany({ files_id: id })],
      ['the second chunk is missing', 'tampered', (id) => chunks.deleteOne({ files_id: id, n: 1 })],
      [
        'two chunks are exchanged',
        'tampered',
        async (id) => {
          const [one, two] = [await chunk(id, 1), await chunk(id, 2)];
          await chunks.updateOne({ files_id: id, n: 1 }, { $set: { data: two } });
          await chunks.updateOne({ files_id: id, n: 2 }, { $set: { data: one } });
        },
      ],
      [
        'a byte is altered in the last chunk',
        'tampered',
        async (id) => {
          const bytes = Buffer.from((await chunk(id, 3)).value());
          bytes[3]! ^= 1;
          await chunks.updateOne({ files_id: id, n: 3 }, { $set: { data: new Binary(bytes) } });
        },
      ],
    ])('when %s', async (_what, code, alter) => {
      const content = large();
      const ref = await auto.artifacts.put(content, options);
      await alter(ref.id);
      const stream = await cases.artifacts.open(ref);
      const parts: Buffer[] = [];
      let ended = false;
      stream.on('end', () => (ended = true));
      const error = await rejection(
        pipeline(stream, async (source: AsyncIterable<Buffer>) => {
          for await (const part of source) parts.push(part);
        }),
      );
      expect(error).toBeInstanceOf(ArtifactRefused);
      expect(error).toMatchObject({ code, artifact: ref.id });
      expect(ended).toBe(false);
      expect(Buffer.concat(parts).length).toBeLessThan(content.length);
    });

    it.each<[string, string, Partial<{ size: number; sha256: string; contentType: string; id: string }>]>([
      ['size', 'wrong-size', { size: 4 }],
      ['digest', 'wrong-digest', { sha256: '0'.repeat(64) }],
      ['content type', 'moved', { contentType: 'text/html' }],
      ['id', 'missing', { id: 'AAAAAAAAAAAAAAAAAAAAAAAA' }],
    ])('when the reference names another %s', async (_what, code, change) => {
      const ref = await auto.artifacts.put(Buffer.from('hello'), options);
      expect(await rejection(cases.artifacts.read({ ...ref, ...change }))).toMatchObject({
        name: 'ArtifactRefused',
        code,
      });
    });

    it('when one was put in the place of another', async () => {
      const one = await auto.artifacts.put(Buffer.from('one'), options);
      const two = await auto.artifacts.put(Buffer.from('two'), options);
      const stolen = await files.findOne({ _id: two.id });
      await files.updateOne({ _id: one.id }, { $set: { metadata: stolen!['metadata'] as Document } });
      expect(await rejection(cases.artifacts.read({ ...two, id: one.id }))).toMatchObject({ code: 'moved' });
    });
  });

  it.each([10, 2 * PLAIN_FRAME, 9 * PLAIN_FRAME])(
    'leave nothing behind where the source fails after %i bytes',
    async (size) => {
      const source = async function* (): AsyncGenerator<Buffer> {
        yield randomBytes(size);
        throw new RangeError('the source broke');
      };
      await expect(auto.artifacts.put(source(), options)).rejects.toThrow('the source broke');
      await nothingIsLeft();
    },
  );

  it('close their source where the put fails', async () => {
    let closed = false;
    const source = async function* (): AsyncGenerator<Buffer> {
      try {
        for (;;) yield 'text' as unknown as Buffer;
      } finally {
        closed = true;
      }
    };
    await expect(auto.artifacts.put(source(), options)).rejects.toThrow(TypeError);
    expect(closed).toBe(true);
  });

  it('can be left half read', async () => {
    const ref = await auto.artifacts.put(large(), options);
    const stream = await cases.artifacts.open(ref);
    for await (const part of stream) {
      expect((part as Buffer).length).toBe(PLAIN_FRAME);
      break;
    }
    expect(stream.destroyed).toBe(true);
  });

  it('are deleted whole, also of a case by purpose', async () => {
    const review = await auto.artifacts.put(large(), options);
    const exported = await auto.artifacts.put(Buffer.from('x'), { ...options, purpose: 'export' });
    const other = await auto.artifacts.put(large(), { ...options, caseId: caseId.replace('FAV', 'FAW') });
    expect(await cases.artifacts.deleteOfCase(caseId, ['export'])).toBe(1);
    expect(await rejection(cases.artifacts.open(exported))).toMatchObject({ code: 'missing' });
    expect(await cases.artifacts.deleteOfCase(caseId)).toBe(1);
    expect(await rejection(cases.artifacts.open(review))).toMatchObject({ code: 'missing' });
    expect((await cases.artifacts.read(other)).length).toBe(other.size);
    await auto.artifacts.delete(other.id, other.id, 'unknown');
    await nothingIsLeft();
  });

  it('are forgotten by backups too where they were sealed under a stored key that was destroyed', async () => {
    const sealed = { ...options, purpose: 'package', sealedUnder: 'package' as const };
    const ref = await cases.artifacts.put(large(), sealed);
    expect((await cases.artifacts.read(ref)).length).toBe(ref.size);
    await cases.stored.destroy('package', caseId);
    expect(await rejection(cases.artifacts.open(ref))).toBeInstanceOf(KeyDestroyed);
    expect(await rejection(cases.artifacts.put(Buffer.from('x'), sealed))).toBeInstanceOf(KeyDestroyed);
  });

  describe('that nothing refers to', () => {
    const put = (vault: Vault, content: Buffer): Promise<{ id: string }> => vault.artifacts.put(content, options);

    it('are collected once they are old enough; referenced, young and foreign ones are kept', async () => {
      const referenced = await put(auto, large());
      const orphan = await put(auto, large());
      const small = await put(auto, Buffer.from('x'));
      const foreign = await put(cases, Buffer.from('x'));
      harness.clock.advance(10_000);
      const limit = harness.clock.now();
      harness.clock.advance(10_000);
      const young = await put(auto, Buffer.from('x'));
      const asked: string[] = [];
      const collected = await auto.artifacts.collectOrphans(async (ids) => {
        asked.push(...ids);
        return [referenced.id];
      }, limit);
      expect(collected).toBe(2);
      expect(asked.sort()).toEqual([referenced.id, orphan.id, small.id].sort());
      const left = (await files.find().toArray()).map(({ _id }) => _id);
      expect(left.sort()).toEqual([referenced.id, foreign.id, young.id].sort());
      expect(await chunks.countDocuments({ files_id: orphan.id })).toBe(0);
    });

    it('are collected where a crash left an upload without its end', async () => {
      const ref = await put(auto, large());
      await files.deleteOne({ _id: ref.id });
      await pending.insertOne({ _id: ref.id as never, putBy: 'connector-auto', since: harness.clock.now() });
      harness.clock.advance(1);
      expect(await auto.artifacts.collectOrphans(async () => [], harness.clock.now())).toBe(1);
      await nothingIsLeft();
    });

    it('cannot be an upload that is collected while it runs and then seems whole', async () => {
      const source = (async function* () {
        yield large();
        harness.clock.advance(1000);
        await auto.artifacts.collectOrphans(async () => [], harness.clock.now());
        yield large();
      })();
      expect(await rejection(auto.artifacts.put(source, options))).toBeInstanceOf(ArtifactRefused);
      expect(await files.countDocuments()).toBe(0);
    });
  });

  it.each<[string, object]>([
    ['a content type with a name in it', { contentType: `text/plain; name="${CANARY}"` }],
    ['a case id that is no ULID', { caseId: CANARY }],
    ['a purpose with free text', { purpose: CANARY }],
    ['no recipients', { recipients: [] }],
  ])('are refused with %s', async (_what, change) => {
    const error = await rejection(auto.artifacts.put(Buffer.from('x'), { ...options, ...change }));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).not.toContain(CANARY);
  });

  it('above the limit are not read at once', async () => {
    const ref = await auto.artifacts.put(Buffer.alloc(100), options);
    await expect(cases.artifacts.read(ref, { maxBytes: 99 })).rejects.toThrow(RangeError);
  });

  it('of 200 MB keep memory flat, both ways (printed)', async () => {
    const size = 200 * 1024 * 1024;
    const block = randomBytes(1024 * 1024);
    const source = function* (): Generator<Buffer> {
      for (let sent = 0; sent < size; sent += block.length) yield block;
    };
    // What is still held, garbage collected first: how lazily a busy machine collects is not what is tested.
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const held = (): number => {
      collect();
      const { arrayBuffers, heapUsed } = process.memoryUsage();
      return arrayBuffers + heapUsed;
    };
    const before = held();
    let peak = 0;
    let passed = 0;
    const sample = (length: number): void => {
      const step = 16 * 1024 * 1024;
      if (Math.floor((passed + length) / step) > Math.floor(passed / step)) peak = Math.max(peak, held() - before);
      passed += length;
    };
    const watched = async function* (bytes: Iterable<Buffer> | AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const part of bytes) {
        sample(part.length);
        yield part;
      }
    };
    const mb = (bytes: number): string => (bytes / 1024 / 1024).toFixed(0);
    const rate = (since: number): string => mb(size / ((performance.now() - since) / 1000));
    let since = performance.now();
    const ref = await auto.artifacts.put(watched(source()), options);
    const up = `${rate(since)} MB/s, held +${mb(peak)} MB`;
    since = performance.now();
    let received = 0;
    for await (const part of watched((await cases.artifacts.open(ref)) as AsyncIterable<Buffer>))
      received += part.length;
    process.stderr.write(`200 MB artifact: put ${up}; opened ${rate(since)} MB/s, held +${mb(peak)} MB at most\n`);
    expect(received).toBe(size);
    // Held whole it would be more than 200 MB.
    expect(peak).toBeLessThan(128 * 1024 * 1024);
  });
});
