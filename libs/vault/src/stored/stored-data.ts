import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto';
import type { Binary } from 'mongodb';
import { decodeJson, encodeJson } from '../encoding.js';
import { SealRefused } from '../vault-error.js';
import { liveKey, type DataKeys } from './data-keys.js';
import type { StoredPurpose } from './purposes.js';

/** Sealed bytes as they come back from BSON or elsewhere. */
export type StoredBytes = Uint8Array | Binary;

const VERSION = 1;
const BYTES = 0;
const JSON_VALUE = 1;
const HEAD = 2;
const IV = 12;
const TAG = 16;

/**
 * Personal data at rest in a service's own database, under a key per purpose and owner. Layout: version (1 byte), form
 * (1 byte: bytes or JSON), iv (12), ciphertext, tag (16); A256GCM, additional data: the two leading bytes and the key's
 * service, purpose and owner.
 */
export class StoredData {
  constructor(
    private readonly service: string,
    private readonly keys: DataKeys,
  ) {}

  /**
   * Seals bytes as bytes and anything else as JSON.
   * @throws KeyDestroyed where this owner's key was destroyed
   */
  async seal(purpose: StoredPurpose, owner: string, value: unknown): Promise<Uint8Array> {
    const states = await this.keys.forSealing(purpose, [owner]);
    return this.#encrypt(liveKey(states, purpose, owner), purpose, owner, value);
  }

  /**
   * Gives back what was sealed: a Buffer for bytes, the value for JSON.
   * @throws KeyDestroyed, KeyMissing, SealRefused
   */
  async open<T = unknown>(purpose: StoredPurpose, owner: string, sealed: StoredBytes): Promise<T> {
    const states = await this.keys.forOpening(purpose, [owner]);
    return this.#decrypt(liveKey(states, purpose, owner), purpose, owner, sealed) as T;
  }

  /** Many owners with one insert or find; undefined, in order, where the owner's key was destroyed. */
  async sealMany(
    purpose: StoredPurpose,
    items: readonly { owner: string; value: unknown }[],
  ): Promise<(Uint8Array | undefined)[]> {
    const states = await this.keys.forSealing(
      purpose,
      items.map(({ owner }) => owner),
    );
    return items.map(({ owner, value }) =>
      states.get(owner) === 'destroyed'
        ? undefined
        : this.#encrypt(liveKey(states, purpose, owner), purpose, owner, value),
    );
  }

  /** Many owners with one find; undefined, in order, where the owner's key was destroyed. */
  async openMany<T = unknown>(
    purpose: StoredPurpose,
    items: readonly { owner: string; sealed: StoredBytes }[],
  ): Promise<(T | undefined)[]> {
    const states = await this.keys.forOpening(
      purpose,
      items.map(({ owner }) => owner),
    );
    return items.map(({ owner, sealed }) =>
      states.get(owner) === 'destroyed'
        ? undefined
        : (this.#decrypt(liveKey(states, purpose, owner), purpose, owner, sealed) as T),
    );
  }

  /**
   * Destroys the key, for ever: a tombstone stays, and a late message cannot create it again. Other processes may use a
   * cached key for up to 30 seconds more; what they seal in that time can never be opened.
   */
  async destroy(purpose: StoredPurpose, ...owners: string[]): Promise<void> {
    await this.keys.destroy(purpose, owners);
  }

  async isDestroyed(purpose: StoredPurpose, owner: string): Promise<boolean> {
    return this.keys.isDestroyed(purpose, owner);
  }

  /** After a rotation of the master key: see `DataKeys.rewrap`. */
  async rewrap(): Promise<number> {
    return this.keys.rewrap();
  }

  #aad(head: Uint8Array, purpose: StoredPurpose, owner: string): Buffer {
    return Buffer.concat([head, Buffer.from(`${this.service}:${purpose}:${owner}`, 'utf8')]);
  }

  #encrypt(key: KeyObject, purpose: StoredPurpose, owner: string, value: unknown): Uint8Array {
    const bytes = value instanceof Uint8Array;
    const plaintext = bytes ? value : encodeJson(value);
    const head = Buffer.from([VERSION, bytes ? BYTES : JSON_VALUE]);
    const iv = randomBytes(IV);
    const cipher = createCipheriv('aes-256-gcm', key, iv);
    cipher.setAAD(this.#aad(head, purpose, owner));
    return Buffer.concat([head, iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  }

  #decrypt(key: KeyObject, purpose: StoredPurpose, owner: string, sealed: StoredBytes): unknown {
    const what = `What is stored for ${purpose} of ${owner}`;
    const bytes = sealed instanceof Uint8Array ? sealed : sealed?._bsontype === 'Binary' ? sealed.value() : undefined;
    if (!bytes || bytes.length < HEAD + IV + TAG || bytes[0] !== VERSION || (bytes[1] ?? 2) > JSON_VALUE) {
      throw new SealRefused('malformed', `${what} is not in the vault's form.`);
    }
    let plaintext: Buffer;
    try {
      const iv = bytes.subarray(HEAD, HEAD + IV);
      const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG });
      decipher.setAAD(this.#aad(bytes.subarray(0, HEAD), purpose, owner));
      decipher.setAuthTag(bytes.subarray(bytes.length - TAG));
      plaintext = Buffer.concat([decipher.update(bytes.subarray(HEAD + IV, bytes.length - TAG)), decipher.final()]);
    } catch {
      throw new SealRefused('tampered', `${what} was altered, or belongs to another owner.`);
    }
    return bytes[1] === JSON_VALUE ? decodeJson(plaintext, what) : plaintext;
  }
}
