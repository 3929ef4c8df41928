import { createHash, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { CompactEncrypt, importJWK } from 'jose';
import type { Clock } from '../clock.js';
import type { KeyDirectory } from '../keys/key-directory.js';
import { BoundedMap } from '../bounded-map.js';
import { fromBase64url } from '../encoding.js';
import { SealRefused } from '../vault-error.js';
import type { Wrapping } from './jwe.js';

/** Within these an epoch key is used again (contracts.md, Sealed data). */
export const EPOCH_MS = 3_600_000;
export const EPOCH_MESSAGES = 10_000;

interface Epoch extends Wrapping {
  since: number;
  used: number;
}

/** The sender's side: one wrapping key per recipient for at most an hour or 10,000 messages, sealed once to its public key. */
export class SendingEpochs {
  readonly #epochs = new Map<string, Epoch>();
  readonly #beginning = new Map<string, Promise<Epoch>>();

  constructor(
    private readonly directory: KeyDirectory,
    private readonly clock: Clock,
  ) {}

  /** At once where an epoch is running; otherwise begins one (and may wait for the recipient's public key). */
  take(recipient: string): Wrapping | Promise<Wrapping> {
    const epoch = this.#epochs.get(recipient);
    if (epoch && this.#use(epoch)) return epoch;
    return this.#next(recipient);
  }

  async #next(recipient: string): Promise<Wrapping> {
    for (;;) {
      let beginning = this.#beginning.get(recipient);
      if (!beginning) {
        beginning = this.#begin(recipient).finally(() => this.#beginning.delete(recipient));
        this.#beginning.set(recipient, beginning);
      }
      const epoch = await beginning;
      if (this.#use(epoch)) return epoch;
    }
  }

  #use(epoch: Epoch): boolean {
    const age = this.clock.now().getTime() - epoch.since;
    // A clock set back makes the age negative: then the epoch's real age is not known.
    if (age < 0 || age >= EPOCH_MS || epoch.used >= EPOCH_MESSAGES) return false;
    epoch.used += 1;
    return true;
  }

  async #begin(recipient: string): Promise<Epoch> {
    const { kid, jwk } = await this.directory.recipientKey(recipient);
    const secret = randomBytes(32);
    const ek = await new CompactEncrypt(secret)
      .setProtectedHeader({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM', kid })
      .encrypt(await importJWK(jwk, 'ECDH-ES+A256KW'));
    const epoch = { kid, ek, key: createSecretKey(secret), since: this.clock.now().getTime(), used: 0 };
    this.#epochs.set(recipient, epoch);
    return epoch;
  }
}

/** The recipient's side: an epoch key is opened once and kept by the hash of what was opened, never by a name the sender chose. */
export class ReceivedEpochs {
  readonly #opened: BoundedMap<string, Promise<KeyObject>>;

  constructor(
    private readonly directory: KeyDirectory,
    capacity = 4096,
  ) {
    this.#opened = new BoundedMap(capacity);
  }

  open(kid: string, ek: string): Promise<KeyObject> {
    // The kid is part of it: an epoch key opened as one name must not serve another.
    const hash = createHash('sha256').update(kid).update('\0').update(ek).digest('base64');
    let opening = this.#opened.get(hash);
    if (!opening) {
      checkCompact(ek);
      opening = this.directory.openEpochKey(kid, ek);
      this.#opened.set(hash, opening);
      // A refusal is not kept: the key may be there after a rotation was distributed.
      opening.catch(() => this.#opened.delete(hash));
    }
    return opening;
  }
}

/** A compact JWE in its one spelling (RFC 7516 §7.1): libraries decode loosely. */
function checkCompact(ek: string): void {
  const parts = ek.split('.');
  if (parts.length !== 5) throw new SealRefused('malformed', 'An epoch key is a compact JWE.');
  for (const part of parts) fromBase64url(part, 'A part of the epoch key');
}
