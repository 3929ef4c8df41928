import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Identity } from '@kenri/contracts';
import {
  ALLOCATION,
  anyFreePort,
  createTopics,
  serviceArguments,
  startGuarded,
  type GuardedProcess,
} from '@kenri/local';
import { openVault } from '@kenri/vault';
import { MongoClient } from 'mongodb';
import { usageOf } from '../machine/process-usage.js';
import { stopAll } from '../machine/stop-all.js';
import { deletePrefixedTopics } from './prefixed-topics.js';
import { Requests, type Located } from './requests.js';
import { receiveLocateTraces, type LocateSpan, type LocateTraces } from './locate-spans.js';

/** The store with the fewest documents per person: a million people are two million documents. */
export const SYSTEM = 'medical';
const ROOT = path.resolve(import.meta.dirname, '../../..');
const APP = path.join(ROOT, 'apps', `connector-${SYSTEM}`, 'dist');
const READY_WITHIN_MS = 120_000;
const DROPPED_WITHIN_MS = 20_000;

export interface InstallationOptions {
  readonly people: number;
  readonly seed: number;
  readonly kafkaBrokers: string;
  readonly mongodbUri: string;
  /** Keys and process records. */
  readonly folder: string;
  /** Tells databases and topics of this run from others. */
  readonly name: string;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

/** A store of so many people with the real connector process on it, on databases and topics of its own. */
export class Installation {
  fillSeconds = 0;
  sweepSeconds = 0;
  private readonly stops: (() => Promise<unknown>)[] = [];
  private connector: GuardedProcess | undefined;
  private requests: Requests;
  private traces: LocateTraces;
  private address = '';

  private constructor(
    readonly options: InstallationOptions,
    private readonly mongo: MongoClient,
  ) {}

  /** Fills the store, and waits until its side index is complete. */
  static async open(options: InstallationOptions): Promise<Installation> {
    const mongo = await MongoClient.connect(options.mongodbUri);
    const installation = new Installation(options, mongo);
    installation.stops.push(() => mongo.close());
    installation.stops.push(() => deletePrefixedTopics(options.kafkaBrokers, installation.topicPrefix));
    installation.stops.push(() => installation.dropDatabases());
    try {
      await installation.fill();
      await installation.startConnector();
      await installation.awaitIndex();
      return installation;
    } catch (error) {
      await installation.close();
      throw error;
    }
  }

  close(): Promise<void> {
    return stopAll(this.stops);
  }

  /** A database that is at something endless (an index of millions) must not keep an interrupted run: our own is ended next, data and all. */
  private async dropDatabases(): Promise<void> {
    await Promise.all(
      Object.values(this.databases).map((name) => this.mongo.db(name).dropDatabase({ timeoutMS: DROPPED_WITHIN_MS })),
    );
  }

  ask(identity: Identity): Promise<Located> {
    return this.requests.ask(identity);
  }

  /** Every locating since the last call; as many as were asked for have come before it resolves. */
  async locateSpans(expected: number): Promise<LocateSpan[]> {
    const { spans } = this.traces;
    await this.until(`traces of ${expected} requests`, 30_000, () => spans.length >= expected);
    return spans.splice(0);
  }

  async size(): Promise<{ documents: number; entries: number }> {
    const store = this.mongo.db(this.databases.store);
    const names = (await store.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name);
    const counts = await Promise.all(names.map((name) => store.collection(name).estimatedDocumentCount()));
    const entries = await this.mongo.db(this.databases.own).collection('side_index').estimatedDocumentCount();
    return { documents: counts.reduce((sum, count) => sum + count, 0), entries };
  }

  async connectorMb(): Promise<number> {
    const group = this.connector!.group;
    return (await usageOf([group])).get(group)!.residentBytes / 1024 / 1024;
  }

  private get databases() {
    const base = this.options.name;
    return { store: `${base}_store`, own: `${base}_own`, keys: `${base}_keys`, artifacts: `${base}_artifacts` };
  }

  private get keyFolders() {
    const { folder } = this.options;
    return { keysDir: path.join(folder, 'keys', 'private'), publicKeysDir: path.join(folder, 'keys', 'public') };
  }

  private get topicPrefix(): string {
    return `${this.options.name.replaceAll('_', '-')}.`;
  }

  private logOf(name: string): string {
    return path.join(this.options.folder, 'logs', `${this.options.name}-${name}.log`);
  }

  private run(name: string, args: readonly string[], env: Record<string, string>): GuardedProcess {
    const { folder, mongodbUri, name: installation } = this.options;
    return startGuarded({
      name: `${installation}-${name}`,
      command: process.execPath,
      args: [...args],
      env: { PATH: process.env['PATH'] ?? '', ...ALLOCATION, MONGODB_URI: mongodbUri, ...env },
      cwd: ROOT,
      output: { file: this.logOf(name) },
      graceSeconds: 5,
      records: path.join(folder, 'processes'),
    });
  }

  /** By the connector's own `fill`. */
  private async fill(): Promise<void> {
    const { people, seed, say, signal } = this.options;
    const began = Date.now();
    const args = ['--people', String(people), '--seed', String(seed), '--replace'];
    const filling = this.run('fill', [path.join(APP, 'fill.js'), ...args], {
      KENRI_STORE_DATABASE: this.databases.store,
    });
    const stop = () => void filling.stop();
    signal.addEventListener('abort', stop);
    const telling = setInterval(() => {
      void lastLineOf(this.logOf('fill')).then((line) => line && say(`${count(people)} people: ${line}`));
    }, 10_000);
    const ending = await filling.ended;
    clearInterval(telling);
    signal.removeEventListener('abort', stop);
    signal.throwIfAborted();
    if (!ending.endsWith('exit code 0')) throw new Error(`filling the store of ${count(people)} people ${ending}`);
    this.fillSeconds = (Date.now() - began) / 1000;
  }

  private async startConnector(): Promise<void> {
    const { kafkaBrokers } = this.options;
    const { keysDir, publicKeysDir } = this.keyFolders;
    await mkdir(keysDir, { recursive: true, mode: 0o700 });
    await mkdir(publicKeysDir, { recursive: true });
    await createTopics(kafkaBrokers, this.topicPrefix);
    this.traces = await receiveLocateTraces();
    this.stops.push(() => this.traces.stop());
    const port = await anyFreePort();
    this.address = `http://127.0.0.1:${port}`;
    const { store, own, keys, artifacts } = this.databases;
    this.connector = this.run('connector', serviceArguments(path.join(APP, 'main.js')), {
      KAFKA_BROKERS: kafkaBrokers,
      KENRI_TOPIC_PREFIX: this.topicPrefix,
      KENRI_DATABASE: own,
      KENRI_STORE_DATABASE: store,
      KENRI_KEYS_DATABASE: keys,
      KENRI_ARTIFACTS_DATABASE: artifacts,
      KENRI_KEYS_DIR: keysDir,
      KENRI_PUBLIC_KEYS_DIR: publicKeysDir,
      // Nobody signs in here.
      KENRI_OIDC_ISSUER: 'http://127.0.0.1:1',
      KENRI_OIDC_AUDIENCE: 'kenri',
      KENRI_SWEEP_RATE: '1000000',
      HOST: '127.0.0.1',
      PORT: String(port),
      LOG_LEVEL: 'info',
      OTEL_SERVICE_NAME: `connector-${SYSTEM}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: this.traces.endpoint,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '200',
    });
    const connector = this.connector;
    this.stops.push(() => connector.stop());
    await this.until('the connector is ready', READY_WITHIN_MS, async () => {
      const response = await fetch(`${this.address}/health/ready`, { signal: AbortSignal.timeout(2000) });
      return response.ok;
    });
    const vaultOf = (service: string) =>
      openVault({
        service,
        keysDir,
        publicKeysDir,
        mongo: this.mongo,
        keysDatabase: keys,
        artifactsDatabase: artifacts,
      });
    // What was found is sealed for those who review it: their keys must be there.
    await vaultOf('cases');
    const vault = await vaultOf('intake');
    const { topicPrefix } = this;
    this.requests = await Requests.open(vault, SYSTEM, { brokers: kafkaBrokers, topicPrefix });
    this.stops.push(() => this.requests.close());
  }

  private async awaitIndex(): Promise<void> {
    const { people, say } = this.options;
    const began = Date.now();
    let toldAt = Date.now();
    await this.until('the side index is complete', Infinity, async () => {
      const response = await fetch(`${this.address}/health/index`);
      const { state, documentsSwept, indexedUntil } = (await response.json()) as Record<string, unknown>;
      if (Date.now() - toldAt > 10_000) {
        toldAt = Date.now();
        say(`${count(people)} people: indexing, ${count(Number(documentsSwept))} documents`);
      }
      return state === 'following' && indexedUntil !== null;
    });
    this.sweepSeconds = (Date.now() - began) / 1000;
  }

  /** @throws Error that says what was awaited; at once when the connector ended, or the run was interrupted */
  private async until(awaited: string, withinMs: number, holds: () => Promise<boolean> | boolean): Promise<void> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      this.options.signal.throwIfAborted();
      if (this.connector?.hasEnded())
        throw new Error(`${awaited}: the connector ended; see ${path.join(this.options.folder, 'logs')}`);
      if (await Promise.resolve(holds()).catch(() => false)) return;
      if (Date.now() > deadline) throw new Error(`${awaited}: not within ${withinMs / 1000} s`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

const count = (value: number) => value.toLocaleString('en');

/** What a process said last; nothing where it has said nothing yet. */
async function lastLineOf(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').at(-1) || undefined;
}
