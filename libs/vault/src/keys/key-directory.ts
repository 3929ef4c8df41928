import type { KeyObject } from 'node:crypto';
import type { JWK } from 'jose';

/** A public key by its id `<name>#<RFC 7638 thumbprint>`. */
export interface PublicKey {
  kid: string;
  jwk: JWK;
}

/**
 * 32 secret bytes by their id. Secrets are held as `KeyObject` throughout: they print as nothing, and node takes a third of the time
 * it needs for raw bytes.
 */
export interface SecretKey {
  id: string;
  key: KeyObject;
}

/** A data key wrapped by the service's master key, as the key database keeps it. */
export interface WrappedKey {
  masterId: string;
  bytes: Uint8Array;
}

export interface TokenKeys {
  /** The id that new tokens are made under. */
  current: string;
  keys: readonly SecretKey[];
}

/**
 * Where keys come from. Private keys are used here and never handed out, so that a key management service can stand behind
 * the same port; the embedded default is `FileKeyDirectory`.
 */
export interface KeyDirectory {
  /** Whose private keys these are. */
  readonly service: string;
  /** Recipient names this service may open as: itself, and `cases/medical` for `cases`. */
  readonly names: readonly string[];
  /** The key to seal to. Waits, bounded, for a recipient that has not started yet; then throws PublicKeyMissing. */
  recipientKey(name: string): Promise<PublicKey>;
  /**
   * Opens an epoch key (compact JWE, ECDH-ES+A256KW, A256GCM) sealed to one of our own keys.
   * @throws SealRefused 'key-unknown', 'tampered' or 'malformed'
   */
  openEpochKey(kid: string, ek: string): Promise<KeyObject>;
  /** Ed25519 over bytes; undefined where this service signs nothing. */
  signingKey(): { kid: string; sign(bytes: Uint8Array): Promise<Uint8Array> } | undefined;
  /** Every live public signing key of a service, newest first. Waits like `recipientKey`. */
  verificationKeys(signer: string): Promise<readonly PublicKey[]>;
  /** Master key that new data keys are wrapped under. */
  readonly masterKeyId: string;
  /** Wraps 32 bytes; `context` (purpose and owner) is authenticated, so that a wrapped key cannot be moved. */
  wrapDataKey(key: KeyObject, context: string): Promise<WrappedKey>;
  /** @throws SealRefused 'key-unknown' or 'tampered' */
  unwrapDataKey(wrapped: WrappedKey, context: string): Promise<KeyObject>;
  /** Secrets of the side index's blocking keys, newest first. */
  blockingSecrets(): readonly SecretKey[];
  tokenKeys(): TokenKeys;
}

const NAME = /^[a-z][a-z0-9-]{0,59}(\/[a-z][a-z0-9-]{0,59})?$/;

/** Names become file names and key ids: anything else is refused before it reaches the disk. */
export function checkName(name: string): string {
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw new TypeError(`A key name is lower-case letters, digits and hyphens, like "cases" or "cases/medical".`);
  }
  return name;
}

/** The name in a key id `<name>#<thumbprint>`. */
export const nameOfKid = (kid: string): string => kid.slice(0, Math.max(0, kid.indexOf('#')));
