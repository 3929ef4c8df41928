import type { Sealed } from '@kenri/contracts';
import type { MongoClient } from 'mongodb';
import type { ArtifactStore } from './artifacts/artifact-store.js';
import { GridFsArtifactStore } from './artifacts/gridfs-artifact-store.js';
import { BlockingKeys } from './blocking.js';
import { systemClock, type Clock } from './clock.js';
import { FileKeyDirectory } from './keys/file-key-directory.js';
import type { KeyDirectory } from './keys/key-directory.js';
import { parkingSeal, type ParkingSeal } from './parking-seal.js';
import { Sealer, type OpenOptions, type SealOptions } from './sealing/sealer.js';
import { Signer, Verifier } from './signing.js';
import { DataKeys, type DataKeyDocument } from './stored/data-keys.js';
import { StoredData } from './stored/stored-data.js';
import { MatchTokens } from './tokens.js';

export interface VaultOptions {
  /** `intake`, `cases` or `connector-<system>`: its key name. */
  service: string;
  /** KENRI_KEYS_DIR */
  keysDir: string;
  /** KENRI_PUBLIC_KEYS_DIR */
  publicKeysDir: string;
  mongo: MongoClient;
  /** KENRI_KEYS_DATABASE: own database, own backups. */
  keysDatabase: string;
  /** KENRI_ARTIFACTS_DATABASE: one for all services. */
  artifactsDatabase: string;
  clock?: Clock;
  /** How long a first sealing waits for a recipient's public key, in milliseconds; 5,000 by default (below a Kafka consumer's session timeout). */
  waitMs?: number;
  /** Told when such a wait begins, to be logged: one line without personal data. */
  onWaiting?: (message: string) => void;
  /** Another key directory than files, such as a key management service. */
  keyDirectory?: KeyDirectory;
}

/** Everything a service seals, opens, signs and stores sealed; one per process. Open it with `openVault`. */
export class Vault {
  readonly service: string;
  readonly signer: Signer;
  readonly verifier: Verifier;
  readonly tokens: MatchTokens;
  readonly blocking: BlockingKeys;
  readonly parkingSeal: ParkingSeal;
  readonly #sealer: Sealer;

  constructor(
    readonly keys: KeyDirectory,
    sealer: Sealer,
    readonly stored: StoredData,
    readonly artifacts: ArtifactStore,
    clock: Clock,
  ) {
    this.service = keys.service;
    this.#sealer = sealer;
    this.signer = new Signer(keys);
    this.verifier = new Verifier(keys);
    this.tokens = new MatchTokens(keys);
    this.blocking = new BlockingKeys(keys);
    this.parkingSeal = parkingSeal(stored, clock);
  }

  /** See `Sealer.seal`. */
  seal(value: unknown, options: SealOptions): Promise<Sealed> {
    return this.#sealer.seal(value, options);
  }

  /** See `Sealer.open`. */
  open<T>(sealed: Sealed, options: OpenOptions): Promise<T> {
    return this.#sealer.open<T>(sealed, options);
  }

  /** See `BlockingKeys.key`. */
  blockingKey(value: string, indexVersion: number | string, secretId?: string): string {
    return this.blocking.key(value, indexVersion, secretId);
  }
}

/**
 * Loads or makes the service's keys, publishes the public ones, and prepares the databases' indexes.
 * @throws KeyFileRefused naming the file and how to mend it
 */
export async function openVault(options: VaultOptions): Promise<Vault> {
  const clock = options.clock ?? systemClock;
  const { service, keysDir, publicKeysDir, mongo, keysDatabase, artifactsDatabase, waitMs, onWaiting } = options;
  const keys =
    options.keyDirectory ??
    (await FileKeyDirectory.open({
      service,
      keysDir,
      publicKeysDir,
      clock,
      ...(waitMs === undefined ? {} : { waitMs }),
      ...(onWaiting === undefined ? {} : { onWaiting }),
    }));
  const sealer = new Sealer(keys, clock);
  const dataKeys = new DataKeys(mongo.db(keysDatabase).collection<DataKeyDocument>('datakeys'), keys, clock);
  const stored = new StoredData(keys.service, dataKeys);
  const artifacts = new GridFsArtifactStore(mongo.db(artifactsDatabase), keys.service, sealer, stored, clock);
  await artifacts.prepare();
  return new Vault(keys, sealer, stored, artifacts, clock);
}
