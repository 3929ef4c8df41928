import { createHmac } from 'node:crypto';
import type { KeyDirectory } from './keys/key-directory.js';

/** 96 bits: at a hundred million keys the chance of any false hit is one in 10^13, and hits are compared in full anyway. */
const LENGTH = 12;

/** Keyed hashes for a connector's side index: equality and nothing else, and only with this service's own secret. */
export class BlockingKeys {
  constructor(private readonly directory: KeyDirectory) {}

  /** Ids of the live secrets, newest first. Part of what an index version means: a new one re-indexes. */
  get secretIds(): string[] {
    return this.directory.blockingSecrets().map(({ id }) => id);
  }

  /**
   * 16 characters of base64url: HMAC-SHA-256 over index version and blocking value, cut to 96 bits.
   * @param indexVersion of the normalisers and blocking rules; keys of different versions never collide
   * @param secretId an older secret, while a re-indexing under the newest is under way. Whoever keeps a key outside the index must
   *   keep this id with it: the default changes with a rotation
   */
  key(value: string, indexVersion: number | string, secretId?: string): string {
    const secrets = this.directory.blockingSecrets();
    const secret = secretId === undefined ? secrets[0] : secrets.find(({ id }) => id === secretId);
    if (!secret) throw new TypeError(`There is no blocking secret ${secretId}.`);
    const hash = createHmac('sha256', secret.key).update(`${indexVersion}\0${value}`, 'utf8').digest();
    return hash.subarray(0, LENGTH).toString('base64url');
  }
}
