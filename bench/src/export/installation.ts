import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Identity } from '@kenri/contracts';
import {
  ALLOCATION,
  anyFreePort,
  AUDIENCE,
  createTopics,
  serviceArguments,
  signIn,
  startGuarded,
  startIdentityProvider,
  type GuardedProcess,
} from '@kenri/local';
import { openVault } from '@kenri/vault';
import { MongoClient, type Db } from 'mongodb';
import { Requests, type Located } from '../locate/requests.js';
import { deletePrefixedTopics } from '../locate/prefixed-topics.js';
import { usageOf } from '../machine/process-usage.js';
import { stopAll } from '../machine/stop-all.js';
import type { Sample } from './figures.js';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const SYSTEM = 'auto';
const CONNECTOR = `connector-${SYSTEM}`;
const READY_WITHIN_MS = 240_000;
const LOOK_EVERY_MS = 200;

export interface ExportInstallationOptions {
  readonly kafkaBrokers: string;
  readonly mongodbUri: string;
  readonly folder: string;
  /** Tells databases and topics from others. */
  readonly name: string;
  readonly signal: AbortSignal;
}

/** The parts of `GET /cases/:id` that are read here. */
export interface Part {
  readonly state: string;
  readonly decisions: { readonly etag: string };
  readonly acted: { readonly exported: { readonly records: number; readonly files: number } };
}
interface CaseShown {
  readonly systems: Readonly<Record<string, Part>>;
  readonly package: { readonly state: string };
}

/** One connector with its store, and `cases`: the two processes an export goes through, on databases and topics of their own. */
export class ExportInstallation {
  readonly samples: Sample[] = [];
  private readonly stops: (() => Promise<unknown>)[] = [];
  private readonly processes: GuardedProcess[] = [];
  private requests: Requests;
  private issuer = '';
  private cases = '';

  private constructor(
    private readonly options: ExportInstallationOptions,
    private readonly mongo: MongoClient,
  ) {}

  /** @param plant fills the store before anything starts */
  static async open(
    options: ExportInstallationOptions,
    plant: (store: Db) => Promise<void>,
  ): Promise<ExportInstallation> {
    const mongo = await MongoClient.connect(options.mongodbUri);
    const installation = new ExportInstallation(options, mongo);
    installation.stops.push(() => mongo.close());
    try {
      await installation.start(plant);
      return installation;
    } catch (error) {
      await installation.close();
      throw error;
    }
  }

  close(): Promise<void> {
    return stopAll(this.stops);
  }

  ask(identity: Identity): Promise<Located> {
    return this.requests.ask(identity);
  }

  /** The auto part of a case, and its package's state. */
  async shown(caseId: string): Promise<{ part: Part | undefined; package: string } | undefined> {
    const response = await this.call('GET', `cases/${caseId}`);
    // Not opened yet, or its database is busy: it is looked at again.
    if (response.status === 404 || response.status === 503) return undefined;
    if (!response.ok) throw new Error(`cases answers ${response.status} when a case is looked at`);
    const shown = (await response.json()) as CaseShown;
    return { part: shown.systems[SYSTEM], package: shown.package.state };
  }

  async propose(caseId: string, etag: string): Promise<void> {
    const response = await this.call('POST', `cases/${caseId}/systems/${SYSTEM}/plan`, { 'if-match': `"${etag}"` });
    if (!response.ok) throw new Error(`a plan was refused with ${response.status}: ${await response.text()}`);
  }

  /** Bytes of the package of a case, as it lies in the artifact store. */
  async packageBytes(caseId: string): Promise<number> {
    const packages = this.mongo
      .db(this.databases.cases)
      .collection<{ _id: string; artifact: { size: number } }>('packages');
    return (await packages.findOne({ _id: caseId }))!.artifact.size;
  }

  /** Looks until there is an answer. @throws Error at once when a process ended or the run was interrupted */
  async until<T>(awaited: string, withinMs: number, look: () => Promise<T | undefined>): Promise<T> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      this.options.signal.throwIfAborted();
      const ended = this.processes.find((process) => process.hasEnded());
      if (ended) throw new Error(`${awaited}: ${ended.name} ended; see ${path.join(this.options.folder, 'logs')}`);
      const found = await look();
      if (found !== undefined) return found;
      if (Date.now() > deadline) throw new Error(`${awaited}: not within ${withinMs / 1000} s`);
      await delay(LOOK_EVERY_MS);
    }
  }

  private get databases() {
    const { name } = this.options;
    const of = (what: string) => `${name}_${what}`;
    return {
      store: of('store'),
      connector: of('connector'),
      cases: of('cases'),
      keys: of('keys'),
      artifacts: of('artifacts'),
    };
  }

  private async start(plant: (store: Db) => Promise<void>): Promise<void> {
    const { kafkaBrokers, folder, name } = this.options;
    const topicPrefix = `${name.replaceAll('_', '-')}.`;
    const { keys, artifacts, store, connector, cases } = this.databases;
    this.stops.push(async () => {
      for (const database of Object.values(this.databases)) await this.mongo.db(database).dropDatabase();
    });
    await this.fill(store);
    await plant(this.mongo.db(store));
    await createTopics(kafkaBrokers, topicPrefix);
    this.stops.push(() => deletePrefixedTopics(kafkaBrokers, topicPrefix));
    const identity = await startIdentityProvider({ port: 0, dataDir: path.join(folder, 'identity') });
    this.stops.push(identity.stop);
    this.issuer = identity.issuer;
    const [keysDir, publicKeysDir] = [path.join(folder, 'keys', 'private'), path.join(folder, 'keys', 'public')];
    await mkdir(keysDir, { recursive: true, mode: 0o700 });
    await mkdir(publicKeysDir, { recursive: true });
    const common = {
      KAFKA_BROKERS: kafkaBrokers,
      KENRI_TOPIC_PREFIX: topicPrefix,
      KENRI_KEYS_DATABASE: keys,
      KENRI_ARTIFACTS_DATABASE: artifacts,
      KENRI_KEYS_DIR: keysDir,
      KENRI_PUBLIC_KEYS_DIR: publicKeysDir,
      KENRI_OIDC_ISSUER: identity.issuer,
      KENRI_OIDC_AUDIENCE: AUDIENCE,
    };
    const [address, casesAddress] = await Promise.all([
      this.service(CONNECTOR, { ...common, KENRI_DATABASE: connector, KENRI_STORE_DATABASE: store }),
      this.service('cases', { ...common, KENRI_DATABASE: cases }),
    ]);
    this.cases = casesAddress;
    const vault = await openVault({
      service: 'intake',
      keysDir,
      publicKeysDir,
      mongo: this.mongo,
      keysDatabase: keys,
      artifactsDatabase: artifacts,
    });
    this.requests = await Requests.open(vault, SYSTEM, { brokers: kafkaBrokers, topicPrefix, others: ['cases'] });
    this.stops.push(() => this.requests.close());
    await this.until('the side index is complete', 600_000, async () => {
      const { state, indexedUntil } = (await (await fetch(`${address}/health/index`)).json()) as Record<
        string,
        unknown
      >;
      return state === 'following' && indexedUntil !== null ? true : undefined;
    });
    const looking = setInterval(() => void this.look().catch(() => undefined), LOOK_EVERY_MS);
    this.stops.push(() => Promise.resolve(clearInterval(looking)));
  }

  private async look(): Promise<void> {
    const [connector, cases] = [CONNECTOR, 'cases'].map((name) =>
      this.processes.find((one) => one.name.endsWith(name))!,
    );
    const usage = await usageOf([connector!.group, cases!.group]);
    const mbOf = (process: GuardedProcess) => (usage.get(process.group)?.residentBytes ?? 0) / 1024 / 1024;
    this.samples.push({ at: Date.now(), connector: mbOf(connector!), cases: mbOf(cases!) });
  }

  private run(what: string, args: readonly string[], env: Record<string, string>): GuardedProcess {
    const { folder, mongodbUri, name } = this.options;
    return startGuarded({
      name: `${name}-${what}`,
      command: process.execPath,
      args: [...args],
      env: { PATH: process.env['PATH'] ?? '', ...ALLOCATION, MONGODB_URI: mongodbUri, ...env },
      cwd: ROOT,
      output: { file: path.join(folder, 'logs', `${name}-${what}.log`) },
      graceSeconds: 5,
      records: path.join(folder, 'processes'),
    });
  }

  /** The personas alone. */
  private async fill(database: string): Promise<void> {
    const script = path.join(ROOT, 'apps', CONNECTOR, 'dist', 'fill.js');
    const filling = this.run('fill', [script, '--people', '0', '--replace'], { KENRI_STORE_DATABASE: database });
    this.stops.push(() => filling.stop());
    const ending = await filling.ended;
    if (!ending.endsWith('exit code 0')) throw new Error(`filling the auto store ${ending}`);
  }

  private async service(name: string, env: Record<string, string>): Promise<string> {
    const port = await anyFreePort();
    const main = path.join(ROOT, 'apps', name, 'dist', 'main.js');
    const started = this.run(name, serviceArguments(main), {
      HOST: '127.0.0.1',
      PORT: String(port),
      LOG_LEVEL: 'info',
      OTEL_SERVICE_NAME: name,
      ...env,
    });
    this.processes.push(started);
    this.stops.push(() => started.stop());
    const address = `http://127.0.0.1:${port}`;
    await this.until(`${name} is ready`, READY_WITHIN_MS, async () => {
      const ready = await fetch(`${address}/health/ready`, { signal: AbortSignal.timeout(5000) }).catch(
        () => undefined,
      );
      return ready?.ok ? true : undefined;
    });
    return address;
  }

  private async call(method: 'GET' | 'POST', where: string, headers: Record<string, string> = {}): Promise<Response> {
    const authorization = `Bearer ${await signIn(this.issuer, 'case-worker')}`;
    return fetch(`${this.cases}/${where}`, { method, headers: { authorization, ...headers } });
  }
}
