import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { createService, type Service, type ServiceDefinition } from '../start.js';
import { TrialIssuer } from './issuer.js';

type NoSettings = Record<never, never>;

/** What a service needs around it: databases and key folders of its own, and an issuer of tokens. For tests. */
export class TrialSurroundings {
  private constructor(
    readonly issuer: TrialIssuer,
    private readonly folder: string,
    private readonly database: string,
  ) {}

  static async start(): Promise<TrialSurroundings> {
    const folder = await mkdtemp(path.join(tmpdir(), 'kenri-service-'));
    return new TrialSurroundings(await TrialIssuer.start(), folder, `service_${randomBytes(4).toString('hex')}`);
  }

  /** Where the services' key files are. */
  get keyFolders(): { keysDir: string; publicKeysDir: string } {
    return { keysDir: path.join(this.folder, 'private'), publicKeysDir: path.join(this.folder, 'public') };
  }

  service(
    module: ServiceDefinition<NoSettings>['module'],
    environment: Record<string, string> = {},
  ): Promise<Service<NoSettings>> {
    const definition = { name: 'trial', title: 'Trial', description: 'A service for tests.', settings: {}, module };
    return createService(definition, {
      environment: {
        PORT: '0',
        MONGODB_URI: process.env['MONGODB_URI'],
        KAFKA_BROKERS: process.env['KAFKA_BROKERS'],
        KENRI_DATABASE: this.database,
        KENRI_ARTIFACTS_DATABASE: `${this.database}_artifacts`,
        KENRI_KEYS_DATABASE: `${this.database}_keys`,
        KENRI_KEYS_DIR: this.keyFolders.keysDir,
        KENRI_PUBLIC_KEYS_DIR: this.keyFolders.publicKeysDir,
        KENRI_OIDC_ISSUER: this.issuer.issuer,
        ...environment,
      },
    });
  }

  /** Removes everything; the service is closed with it. */
  async stop(service: Service<NoSettings> | undefined): Promise<void> {
    const client = service?.app.get<Connection>(getConnectionToken()).getClient();
    for (const suffix of ['', '_artifacts', '_keys']) await client?.db(this.database + suffix).dropDatabase();
    await service?.close();
    await this.issuer.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
