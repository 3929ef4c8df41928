import { SealRefused } from './vault-error.js';
import { maskedCount } from './masked.js';

export const toBase64url = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url');

/**
 * Decodes base64url without padding (RFC 7515 §2), refusing every spelling but the canonical one: node ignores foreign
 * characters and loose trailing bits, so that two different texts would count as the same sealed object.
 */
export function fromBase64url(text: unknown, what: string, length?: number): Buffer {
  if (typeof text !== 'string') throw new SealRefused('malformed', `${what} is no base64url text.`);
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') !== text || (length !== undefined && bytes.length !== length)) {
    throw new SealRefused('malformed', `${what} is not canonical base64url${length ? ` of ${length} bytes` : ''}.`);
  }
  return bytes;
}

/**
 * JSON as UTF-8 bytes.
 * @throws TypeError where the value has no JSON form, or holds a `Personal` that was not revealed (its mask would be
 * stored in place of the data).
 */
export function encodeJson(value: unknown): Buffer {
  const masked = maskedCount();
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw new TypeError('A value without a JSON form (undefined, a function) cannot be sealed.');
  if (maskedCount() !== masked) throw new TypeError('A Personal value must be revealed before it is sealed.');
  return Buffer.from(text, 'utf8');
}

/** @throws SealRefused 'malformed' without content, where the bytes are no JSON. */
export function decodeJson(bytes: Buffer, what: string): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    // The parser's own message quotes the text.
    throw new SealRefused('malformed', `${what} holds no JSON.`);
  }
}
