import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { signIn, startIdentityProvider, type AccountId, type IdentityProvider } from '@kenri/local';
import {
  KafkaConnection,
  MESSAGING_OPTIONS,
  publish,
  readCompacted,
  type AnyOutgoing,
  type MessagingOptions,
  type Received,
} from '@kenri/messaging';
import { createService, type Clock, type Service } from '@kenri/service';
import { openVault, type Vault } from '@kenri/vault';
import { INTAKE } from '../service.js';
import type { INTAKE_SETTINGS } from '../settings.js';

export const SYSTEMS = ['auto', 'motorcycle', 'flower', 'brand-item', 'medical'];

/** A clock that runs with the real one, and can be put forward. */
export class MovableClock implements Clock {
  private ahead = 0;
  now(): Date {
    return new Date(Date.now() + this.ahead);
  }
  forward(milliseconds: number): void {
    this.ahead += milliseconds;
  }
}

/** What a test reads of an answer; which of it is there is the test's own assertion. */
export interface AnswerBody {
  id: string;
  reference: string;
  secret: string;
  state: string;
  detail: string;
  missing: { code: string }[];
  errors?: { pointer: string; detail: string }[];
  items: { id: string }[];
  nextCursor?: string;
  identity: unknown;
  case?: { state: string; openedAt?: string };
  possibleDuplicates: unknown;
  instance: string;
}
export interface Answer {
  status: number;
  headers: Headers;
  body: AnswerBody;
}
export interface Call {
  as?: AccountId;
  headers?: Record<string, string>;
  body?: unknown;
}

/** Intake as it runs, with a real broker, database and identity provider, and the keys of those it seals for. For tests. */
export class Installation {
  readonly clock = new MovableClock();
  private readonly tokens = new Map<AccountId, Promise<string>>();
  private constructor(
    readonly name: string,
    private readonly folder: string,
    private readonly identity: IdentityProvider,
    readonly kafka: KafkaConnection,
  ) {}
  service: Service<typeof INTAKE_SETTINGS>;

  static async start(): Promise<Installation> {
    const name = `intake-${randomBytes(4).toString('hex')}`;
    const folder = await mkdtemp(path.join(tmpdir(), 'kenri-intake-'));
    const identity = await startIdentityProvider({ port: 0, dataDir: folder });
    const brokers = String(process.env['KAFKA_BROKERS']).split(',');
    const kafka = new KafkaConnection({ brokers, clientId: name, topicPrefix: `${name}.` });
    const installation = new Installation(name, folder, identity, kafka);
    installation.service = await createService(INTAKE, {
      clock: installation.clock,
      environment: {
        PORT: '0',
        MONGODB_URI: process.env['MONGODB_URI'],
        KAFKA_BROKERS: process.env['KAFKA_BROKERS'],
        KENRI_TOPIC_PREFIX: `${name}.`,
        KENRI_DATABASE: name,
        KENRI_ARTIFACTS_DATABASE: `${name}-artifacts`,
        KENRI_KEYS_DATABASE: `${name}-keys`,
        KENRI_KEYS_DIR: path.join(folder, 'private'),
        KENRI_PUBLIC_KEYS_DIR: path.join(folder, 'public'),
        KENRI_OIDC_ISSUER: identity.issuer,
        KENRI_PUBLIC_PER_MINUTE: '10000',
        KENRI_SYSTEMS: SYSTEMS.join(','),
      },
    });
    for (const service of ['cases', ...SYSTEMS.map((system) => `connector-${system}`)])
      await installation.vaultOf(service);
    return installation;
  }

  /** Intake's own database. */
  get database(): MessagingOptions['database'] {
    return this.service.app.get<MessagingOptions>(MESSAGING_OPTIONS, { strict: false }).database;
  }

  /** Another database on the same deployment. */
  databaseNamed(suffix: 'keys' | 'artifacts'): MessagingOptions['database'] {
    return this.database.client.db(`${this.name}-${suffix}`);
  }

  /** The vault of another service, as that service itself would open it. */
  vaultOf(service: string): Promise<Vault> {
    return openVault({
      service,
      keysDir: path.join(this.folder, 'private'),
      publicKeysDir: path.join(this.folder, 'public'),
      mongo: this.database.client,
      keysDatabase: `${this.name}-keys`,
      artifactsDatabase: `${this.name}-artifacts`,
    });
  }

  async call(method: string, address: string, { as, headers = {}, body }: Call = {}): Promise<Answer> {
    const sent: Record<string, string> = { 'accept-language': 'en', ...headers };
    if (as) sent['authorization'] = `Bearer ${await this.tokenOf(as)}`;
    if (body !== undefined) sent['content-type'] = 'application/json';
    if (method === 'POST') sent['idempotency-key'] ??= randomUUID();
    const response = await fetch(this.service.url + address, {
      method,
      headers: sent,
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: JSON.parse(text || '{}') as AnswerBody };
  }

  private tokenOf(account: AccountId): Promise<string> {
    const token = this.tokens.get(account) ?? signIn(this.identity.issuer, account);
    this.tokens.set(account, token);
    return token;
  }

  /** Every message of a topic now, in order per key. */
  async messages(topic: string): Promise<Received[]> {
    const found: Received[] = [];
    await readCompacted(this.kafka, topic, (record) => {
      if (record.kind === 'message') found.push(record.message);
      else throw new Error(`a record of ${topic} is ${record.kind}`);
    });
    return found;
  }

  async publish(...messages: AnyOutgoing[]): Promise<void> {
    await publish(this.kafka, '/kenri/cases', messages);
  }

  /** Asks again until the answer is as wanted; fails with what was last seen. */
  async eventually<T>(what: string, ask: () => Promise<T>, wanted: (seen: T) => boolean): Promise<T> {
    for (const deadline = Date.now() + 20_000; ;) {
      const seen = await ask();
      if (wanted(seen)) return seen;
      if (Date.now() > deadline) throw new Error(`not within 20 s: ${what}; last seen: ${JSON.stringify(seen)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async stop(): Promise<void> {
    for (const database of [this.database, this.databaseNamed('keys'), this.databaseNamed('artifacts')]) {
      await database.dropDatabase();
    }
    await this.service.close();
    await this.identity.stop();
    const admin = this.kafka.admin();
    await admin.connect();
    const own = (await admin.listTopics()).filter((topic) => topic.startsWith(`${this.name}.`));
    if (own.length > 0) await admin.deleteTopics({ topics: own });
    await admin.disconnect();
    await rm(this.folder, { recursive: true, force: true });
  }
}
