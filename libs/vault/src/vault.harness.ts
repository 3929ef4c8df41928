import { mkdtemp, rm } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import type { Clock } from './clock.js';
import { openVault, type Vault, type VaultOptions } from './vault.js';

/** A clock that only moves when told. */
export class TestClock implements Clock {
  #now = Date.parse('2026-11-23T00:00:00Z');

  now(): Date {
    return new Date(this.#now);
  }

  advance(ms: number): void {
    this.#now += ms;
  }
}

/** Vaults of several services with key directories and databases of their own, on the real database; for tests. */
export class VaultHarness {
  readonly clock = new TestClock();
  readonly keysDatabase: string;
  readonly artifactsDatabase: string;

  private constructor(
    readonly mongo: MongoClient,
    readonly root: string,
  ) {
    const suffix = randomUUID().slice(0, 8);
    this.keysDatabase = `vault-keys-${suffix}`;
    this.artifactsDatabase = `vault-artifacts-${suffix}`;
  }

  static async start(): Promise<VaultHarness> {
    const uri = process.env['MONGODB_URI'];
    if (!uri) throw new Error('MONGODB_URI is not set: run integration tests with their global setup.');
    return new VaultHarness(await MongoClient.connect(uri), await mkdtemp(join(tmpdir(), 'kenri-vault-')));
  }

  options(service: string): VaultOptions {
    return {
      service,
      keysDir: this.keysDir,
      publicKeysDir: this.publicKeysDir,
      mongo: this.mongo,
      keysDatabase: this.keysDatabase,
      artifactsDatabase: this.artifactsDatabase,
      clock: this.clock,
      waitMs: 300,
    };
  }

  get keysDir(): string {
    return join(this.root, 'private');
  }

  get publicKeysDir(): string {
    return join(this.root, 'public');
  }

  /** A further process of the service: own caches, same files and databases. */
  open(service: string, changes: Partial<VaultOptions> = {}): Promise<Vault> {
    return openVault({ ...this.options(service), ...changes });
  }

  async stop(): Promise<void> {
    await this.mongo.db(this.keysDatabase).dropDatabase();
    await this.mongo.db(this.artifactsDatabase).dropDatabase();
    await this.mongo.close();
    await rm(this.root, { recursive: true });
  }
}

/** What a promise was rejected with; fails where it was not. */
export async function rejection(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('It was not refused.');
}
