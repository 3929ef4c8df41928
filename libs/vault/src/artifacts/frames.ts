import { createCipheriv, createDecipheriv, createHash, type Hash, type KeyObject } from 'node:crypto';

/** Bytes of a full frame as stored; one GridFS chunk. */
export const SEALED_FRAME = 256 * 1024;
const TAG = 16;
/** Bytes of a full frame before sealing. */
export const PLAIN_FRAME = SEALED_FRAME - TAG;

/** What went through, of the bytes before sealing; complete when the frames have ended. */
export class Measure {
  size = 0;
  readonly #hash: Hash = createHash('sha256');

  add(bytes: Uint8Array): void {
    this.size += bytes.length;
    this.#hash.update(bytes);
  }

  /** SHA-256, lower-case hex; once. */
  digest(): string {
    return this.#hash.digest('hex');
  }
}

/** Bytes as stored of so many bytes before sealing. */
export const sealedSize = (size: number): number => size + TAG * Math.max(1, Math.ceil(size / PLAIN_FRAME));

/**
 * The nonce authenticates a frame's place: index (4 bytes, big endian) and whether it is the last (1 byte), after 7 zero bytes.
 * The STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár: Online Authenticated-Encryption and its Nonce-Reuse
 * Misuse-Resistance, 2015); the key is fresh per artifact, so nonces never repeat under it.
 */
function nonce(index: number, last: boolean): Buffer {
  const iv = Buffer.alloc(12);
  iv.writeUInt32BE(index, 7);
  iv[11] = last ? 1 : 0;
  return iv;
}

function sealFrame(key: KeyObject, index: number, last: boolean, plain: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce(index, last));
  const sealed = cipher.update(plain);
  cipher.final();
  return Buffer.concat([sealed, cipher.getAuthTag()]);
}

function openFrame(key: KeyObject, index: number, last: boolean, sealed: Uint8Array): Buffer | undefined {
  if (sealed.length < TAG) return undefined;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce(index, last), { authTagLength: TAG });
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG));
    const plain = decipher.update(sealed.subarray(0, sealed.length - TAG));
    // In GCM nothing comes out here; it throws where the tag does not fit.
    decipher.final();
    return plain;
  } catch {
    return undefined;
  }
}

/**
 * Pieces of exactly `size` bytes, only the last shorter (empty where there was nothing), each told whether it is the last.
 * @param keeps the source never writes into its buffers again: then what comes in whole pieces, as the store's chunks do, is not copied
 */
async function* pieces(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  size: number,
  keeps: boolean,
): AsyncGenerator<{ bytes: Uint8Array; last: boolean }> {
  // A full piece is held back until there is a byte after it: only then is it known not to be the last.
  let full: Uint8Array | undefined;
  let part = Buffer.alloc(0);
  let filled = 0;
  for await (const bytes of source) {
    if (!(bytes instanceof Uint8Array)) throw new TypeError('An artifact is made of bytes: encode text first.');
    for (let from = 0; from < bytes.length;) {
      if (full) yield { bytes: full, last: false };
      full = undefined;
      if (keeps && filled === 0 && bytes.length - from >= size) {
        full = bytes.subarray(from, from + size);
        from += size;
        continue;
      }
      if (filled === 0) part = Buffer.allocUnsafeSlow(size);
      const taken = Math.min(size - filled, bytes.length - from);
      part.set(bytes.subarray(from, from + taken), filled);
      filled += taken;
      from += taken;
      if (filled === size) [full, filled] = [part, 0];
    }
  }
  yield { bytes: full ?? part.subarray(0, filled), last: true };
}

/** Seals a stream frame by frame, measuring it; never holds more than two frames. */
export async function* sealFrames(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  key: KeyObject,
  measure: Measure,
): AsyncGenerator<Buffer> {
  let index = 0;
  for await (const { bytes, last } of pieces(source, PLAIN_FRAME, false)) {
    if (index > 0xffff_ffff) throw new RangeError('An artifact has at most 2^32 frames.');
    measure.add(bytes);
    yield sealFrame(key, index, last, bytes);
    index += 1;
  }
}

/**
 * Opens a stream frame by frame. Each frame is authenticated before it is passed on.
 * @param refuse throws; called for a frame that is altered, out of order, or not the last one sealed though the stream ends with
 *   it, with the stored bytes so far
 * @param complete called before the last frame is passed on: what throws there keeps the end from being reported
 */
export async function* openFrames(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  key: KeyObject,
  measure: Measure,
  refuse: (stored: number, last: boolean) => never,
  complete: () => void,
): AsyncGenerator<Buffer> {
  let index = 0;
  let stored = 0;
  for await (const { bytes, last } of pieces(source, SEALED_FRAME, true)) {
    stored += bytes.length;
    const plain = openFrame(key, index, last, bytes) ?? refuse(stored, last);
    measure.add(plain);
    if (last) complete();
    if (plain.length > 0) yield plain;
    index += 1;
  }
}
