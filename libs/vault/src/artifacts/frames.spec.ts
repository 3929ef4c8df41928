import { createHash, createSecretKey, randomBytes } from 'node:crypto';
import { Measure, openFrames, PLAIN_FRAME, SEALED_FRAME, sealedSize, sealFrames } from './frames.js';

const newKey = () => createSecretKey(randomBytes(32));
const key = newKey();

async function seal(plain: Buffer, pieceSize = 100_000): Promise<{ frames: Buffer[]; measure: Measure }> {
  const source = Array.from({ length: Math.ceil(plain.length / pieceSize) }, (_, index) =>
    plain.subarray(index * pieceSize, (index + 1) * pieceSize),
  );
  const measure = new Measure();
  const frames: Buffer[] = [];
  for await (const frame of sealFrames(source, key, measure)) frames.push(frame);
  return { frames, measure };
}

class Refused extends Error {}

/** What a reader was given before the end or the refusal. */
async function open(source: Buffer[], withKey = key): Promise<{ plain: Buffer; ended: boolean; completed: boolean }> {
  const parts: Buffer[] = [];
  let completed = false;
  const refuse = (): never => {
    throw new Refused();
  };
  try {
    for await (const part of openFrames(source, withKey, new Measure(), refuse, () => (completed = true))) {
      parts.push(part);
    }
    return { plain: Buffer.concat(parts), ended: true, completed };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { plain: Buffer.concat(parts), ended: false, completed };
  }
}

describe('frames', () => {
  it.each([0, 1, PLAIN_FRAME - 1, PLAIN_FRAME, PLAIN_FRAME + 1, 2 * PLAIN_FRAME, 3 * PLAIN_FRAME + 17])(
    'give back %i bytes, measured, in the announced stored size',
    async (size) => {
      const plain = randomBytes(size);
      const { frames, measure } = await seal(plain);
      expect(Buffer.concat(frames)).toHaveLength(sealedSize(size));
      expect(measure.size).toBe(size);
      expect(measure.digest()).toBe(createHash('sha256').update(plain).digest('hex'));
      const opened = await open(frames);
      expect(opened).toMatchObject({ ended: true, completed: true });
      expect(opened.plain.equals(plain)).toBe(true);
    },
  );

  it('do not depend on how the source and the store cut the bytes', async () => {
    const plain = randomBytes(PLAIN_FRAME + 5000);
    const { frames } = await seal(plain, 777);
    const whole = Buffer.concat(frames);
    const cut = Array.from({ length: Math.ceil(whole.length / 999) }, (_, i) => whole.subarray(i * 999, (i + 1) * 999));
    expect((await open(cut)).plain.equals(plain)).toBe(true);
  });

  it('hold what the source gave, also where it fills one buffer again and again', async () => {
    const reused = Buffer.alloc(PLAIN_FRAME);
    const source = function* (): Generator<Buffer> {
      for (const value of [1, 2, 3]) yield reused.fill(value);
    };
    const frames: Buffer[] = [];
    for await (const frame of sealFrames(source(), key, new Measure())) frames.push(frame);
    const { plain } = await open(frames);
    expect([0, 1, 2].map((index) => plain[index * PLAIN_FRAME])).toEqual([1, 2, 3]);
  });

  const plain = randomBytes(3 * PLAIN_FRAME + 100);

  it.each<[string, (frames: Buffer[]) => Buffer[]]>([
    ['the last frame missing', (frames) => frames.slice(0, -1)],
    ['only the first frame left', (frames) => frames.slice(0, 1)],
    ['nothing left', () => []],
    ['the last frame cut short', (frames) => [...frames.slice(0, -1), frames.at(-1)!.subarray(0, 50)]],
    ['a frame dropped in the middle', ([a, , ...rest]) => [a!, ...rest]],
    ['two frames exchanged', ([a, b, ...rest]) => [b!, a!, ...rest]],
    ['a frame repeated', ([a, ...rest]) => [a!, a!, ...rest]],
    ['something appended', (frames) => [...frames, Buffer.alloc(40)]],
    ['a second stream appended', (frames) => [...frames, ...frames]],
  ])('refuse %s before the end is reported', async (_what, alter) => {
    const { frames } = await seal(plain);
    const opened = await open(alter(frames));
    expect(opened).toMatchObject({ ended: false, completed: false });
    expect(plain.subarray(0, opened.plain.length).equals(opened.plain)).toBe(true);
  });

  it.each([0, 5, SEALED_FRAME - 1, SEALED_FRAME, SEALED_FRAME + 9, 3 * SEALED_FRAME + 115])(
    'refuse a bit altered in stored byte %i, and give out nothing of that frame',
    async (at) => {
      const whole = Buffer.concat((await seal(plain)).frames);
      whole[at]! ^= 0x10;
      const opened = await open([whole]);
      expect(opened.ended).toBe(false);
      expect(opened.plain).toHaveLength(Math.floor(at / SEALED_FRAME) * PLAIN_FRAME);
    },
  );

  it('refuse another key', async () => {
    expect(await open((await seal(plain)).frames, newKey())).toMatchObject({ ended: false, completed: false });
  });

  it('refuse a source that gives text', async () => {
    await expect(sealFrames(['text'] as unknown as Buffer[], key, new Measure()).next()).rejects.toThrow(TypeError);
  });
});
