import { createCipheriv, createDecipheriv, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import type { Sealed } from '@kenri/contracts';
import { fromBase64url, toBase64url } from '../encoding.js';
import { SealRefused } from '../vault-error.js';

/** Where a sealed object belongs: it opens nowhere else. */
export interface Binding {
  /** `ce_id` of the message it travels in, or the id of what holds it. */
  id: string;
  /** `ce_type`, or the kind of object. */
  type: string;
  system?: string;
}

/** A content key wrapped for one recipient. */
export interface Wrapping {
  kid: string;
  ek: string;
  /** The epoch key, 32 bytes. */
  key: KeyObject;
}

const PROTECTED = toBase64url(Buffer.from('{"enc":"A256GCM"}'));
/** RFC 3394 §2.2.3.1. */
const WRAP_IV = Buffer.alloc(8, 0xa6);

/** The additional authenticated data (RFC 7516 §5.1 step 13), as it stands in the member `aad`. */
export function bindingAad({ id, type, system }: Binding): string {
  if (!id || !type) throw new TypeError('Sealing and opening need the id and the type that the object belongs to.');
  return toBase64url(Buffer.from(JSON.stringify({ id, type, ...(system === undefined ? {} : { system }) }), 'utf8'));
}

/**
 * Assembles a JWE in general JSON serialisation (RFC 7516 §7.2.1) from node's synchronous primitives: a fresh content key,
 * A256GCM (RFC 7518 §5.3), wrapped by A256KW (§4.4) under each recipient's epoch key. Some 0.1 ms for six recipients, where
 * public-key wrapping would cost 5 ms.
 */
export function encryptJwe(plaintext: Uint8Array, binding: Binding, wrappings: readonly Wrapping[]): Sealed {
  const contentKey = randomBytes(32);
  const iv = randomBytes(12);
  const aad = bindingAad(binding);
  const cipher = createCipheriv('aes-256-gcm', createSecretKey(contentKey), iv);
  cipher.setAAD(Buffer.from(`${PROTECTED}.${aad}`, 'ascii'));
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return {
    protected: PROTECTED,
    aad,
    iv: toBase64url(iv),
    ciphertext: toBase64url(ciphertext),
    tag: toBase64url(cipher.getAuthTag()),
    recipients: wrappings.map(({ kid, ek, key }) => ({
      header: { alg: 'A256KW', kid, ek },
      encrypted_key: toBase64url(wrapKey(contentKey, key)),
    })),
  };
}

/**
 * Opens what `encryptJwe`, or any JWE library given the same epoch key, made.
 * @throws SealRefused 'malformed' or 'tampered'
 */
export function decryptJwe(sealed: Sealed, recipient: Sealed['recipients'][number], epochKey: KeyObject): Buffer {
  checkProtected(sealed.protected);
  if (recipient.header.alg !== 'A256KW') throw new SealRefused('malformed', 'Only A256KW wrapping is opened.');
  const wrapped = fromBase64url(recipient.encrypted_key, 'encrypted_key', 40);
  const iv = fromBase64url(sealed.iv, 'iv', 12);
  const tag = fromBase64url(sealed.tag, 'tag', 16);
  const ciphertext = fromBase64url(sealed.ciphertext, 'ciphertext');
  try {
    const decipher = createDecipheriv('aes-256-gcm', unwrapKey(wrapped, epochKey), iv, { authTagLength: 16 });
    decipher.setAAD(Buffer.from(`${sealed.protected}.${sealed.aad}`, 'ascii'));
    decipher.setAuthTag(tag);
    return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
  } catch {
    throw new SealRefused('tampered', 'The sealed object was altered, or was sealed under another key than it names.');
  }
}

function wrapKey(contentKey: Uint8Array, wrappingKey: KeyObject): Buffer {
  const cipher = createCipheriv('id-aes256-wrap', wrappingKey, WRAP_IV);
  return Buffer.concat([cipher.update(contentKey), cipher.final()]);
}

function unwrapKey(wrapped: Uint8Array, wrappingKey: KeyObject): KeyObject {
  const decipher = createDecipheriv('id-aes256-wrap', wrappingKey, WRAP_IV);
  return createSecretKey(Buffer.concat([decipher.update(wrapped), decipher.final()]));
}

/** Nothing but the algorithm may stand there: no compression (RFC 8725 §3.6), no critical extension we would not know. */
function checkProtected(value: unknown): void {
  if (value === PROTECTED) return;
  const header = parseHeader(fromBase64url(value, 'protected'));
  const names = typeof header === 'object' && header !== null ? Object.keys(header) : [];
  if (names.join() !== 'enc' || (header as { enc: unknown }).enc !== 'A256GCM') {
    throw new SealRefused('malformed', 'The protected header must hold "enc": "A256GCM" and nothing else.');
  }
}

function parseHeader(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new SealRefused('malformed', 'The protected header is no JSON.');
  }
}
