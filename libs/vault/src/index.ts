export { openVault, Vault, type VaultOptions } from './vault.js';
export { systemClock, type Clock } from './clock.js';
export { Personal } from './masked.js';
export {
  ArtifactRefused,
  KeyDestroyed,
  KeyFileRefused,
  KeyMissing,
  PublicKeyMissing,
  SealRefused,
  SignatureRefused,
  VaultError,
  type RefusalCode,
} from './vault-error.js';
export type { OpenOptions, SealOptions } from './sealing/sealer.js';
export type { Binding } from './sealing/jwe.js';
export type { Signer, Verifier } from './signing.js';
export { STORED_PURPOSES, type StoredPurpose } from './stored/purposes.js';
export type { StoredBytes, StoredData } from './stored/stored-data.js';
export type { ArtifactContent, ArtifactStore, IsReferenced, PutOptions } from './artifacts/artifact-store.js';
export { matchToken, type MatchTokens, type TokenKind } from './tokens.js';
export type { BlockingKeys } from './blocking.js';
export { parkingDay, type ParkingSeal } from './parking-seal.js';
export { FileKeyDirectory, type FileKeyDirectoryOptions } from './keys/file-key-directory.js';
export type { KeyDirectory, PublicKey, SecretKey, TokenKeys, WrappedKey } from './keys/key-directory.js';
export { addTokenKey, rotateKeys, ROTATED, useTokenKey, type Rotated } from './keys/rotation.js';
