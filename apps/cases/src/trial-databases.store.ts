import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openVault, type Vault } from '@kenri/vault';
import { mongo } from 'mongoose';

// For the tests of this service only.

/** Databases and key folders of one trial, on the real database of the run. */
export class TrialDatabases {
  private constructor(
    readonly name: string,
    private readonly uri: string,
    private readonly client: mongo.MongoClient,
    private readonly folder: string,
  ) {}

  static async open(uri: string): Promise<TrialDatabases> {
    const name = `cases-${randomBytes(5).toString('hex')}`;
    const folder = await mkdtemp(path.join(tmpdir(), 'kenri-cases-'));
    return new TrialDatabases(name, uri, await mongo.MongoClient.connect(uri), folder);
  }

  /** What a service is told of them. */
  get environment(): Record<string, string> {
    return {
      MONGODB_URI: this.uri,
      KENRI_DATABASE: this.name,
      KENRI_KEYS_DATABASE: `${this.name}-keys`,
      KENRI_ARTIFACTS_DATABASE: `${this.name}-artifacts`,
      KENRI_KEYS_DIR: this.folder,
      KENRI_PUBLIC_KEYS_DIR: path.join(this.folder, 'public'),
    };
  }

  vaultOf(service: string): Promise<Vault> {
    return openVault({
      service,
      keysDir: this.folder,
      publicKeysDir: path.join(this.folder, 'public'),
      mongo: this.client,
      keysDatabase: `${this.name}-keys`,
      artifactsDatabase: `${this.name}-artifacts`,
    });
  }

  /** The database of the service under trial. */
  get own(): mongo.Db {
    return this.client.db(this.name);
  }

  async drop(): Promise<void> {
    for (const suffix of ['', '-keys', '-artifacts']) await this.client.db(`${this.name}${suffix}`).dropDatabase();
    await this.client.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
