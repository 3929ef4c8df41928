import { readFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { anyFreePort, createTopics, startGuarded, type GuardedProcess } from '@kenri/local';
import { SYSTEMS } from '@kenri/testing';
import type { Kafka } from 'kafkajs';
import { ulid } from '../load/ulid.js';
import type { Document, IndexDescription, MongoClient } from 'mongodb';
import type { Contestant } from '../contestant.js';
import type { Profiles } from '../machine/profiles.js';
import { post, unsettledUnits, type Platform } from '../ours/platform.js';
import type { Applicant } from '../population.js';
import type { Recording } from './recording.js';
import { connectorDatabase, type IndexEntry } from './replica-settings.js';
import { Script, type Id, type Role } from './script.js';

const ROLES: readonly Role[] = ['intake', 'cases', ...SYSTEMS.map((system) => `connector-${system}` as const)];
const DOCUMENTS_AT_ONCE = 500;
const READY_WITHIN_MS = 90_000;

export interface ReplicaOptions {
  name: 'floor' | 'naive';
  /** Beside whose data it works. */
  ours: Platform;
  mongo: MongoClient;
  kafka: Kafka;
  dataDir: string;
  recording: Recording;
  /** Of the recording, for the processes. */
  recordingFile: string;
  profiles?: Profiles;
  signal: AbortSignal;
}

/** Floor or naive build: a process per service, on copies of the stores, with topics and databases of its own. */
export class Replica implements Contestant {
  readonly name: 'floor' | 'naive';
  readonly topicPrefix: string;
  readonly casesDatabase: string;
  private readonly databasePrefix: string;
  private readonly script: Script;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 64 });
  private readonly processes = new Map<Role, GuardedProcess>();
  private intake = '';

  private constructor(private readonly options: ReplicaOptions) {
    this.name = options.name;
    this.topicPrefix = `${options.name}.`;
    this.databasePrefix = `bench_${options.name}_`;
    this.casesDatabase = `${this.databasePrefix}kenri_cases`;
    this.script = new Script(options.recording);
  }

  static async start(options: ReplicaOptions): Promise<Replica> {
    const replica = new Replica(options);
    try {
      await createTopics(options.ours.stack.kafkaBrokers, replica.topicPrefix);
      await replica.copyStores();
      await replica.copyIndexes();
      await Promise.all(ROLES.map((role) => replica.launch(role)));
      return replica;
    } catch (error) {
      await replica.stop();
      throw error;
    }
  }

  owns(database: string): boolean {
    return database.startsWith(this.databasePrefix);
  }

  storeDatabase(system: string): string {
    return `${this.databasePrefix}store_${system.replaceAll('-', '_')}`;
  }

  groups(): Promise<Map<string, number>> {
    return Promise.resolve(new Map([...this.processes].map(([role, { group }]) => [role, group])));
  }

  async prepare(applicants: readonly Applicant[], signal: AbortSignal): Promise<string[]> {
    const { mongo } = this.options;
    const ids = applicants.map(() => ulid());
    const applications = mongo.db(`${this.databasePrefix}kenri_intake`).collection('applications');
    for (let from = 0; from < ids.length; from += DOCUMENTS_AT_ONCE) {
      signal.throwIfAborted();
      const part = ids.slice(from, from + DOCUMENTS_AT_ONCE);
      await applications.insertMany(part.map((id) => this.script.application(id)));
      for (const system of SYSTEMS) {
        const entries = part.map((_id, n): IndexEntry => ({
          _id,
          rows: Object.fromEntries(
            Object.entries(applicants[from + n]!.documents[system]).map(([name, own]) => [
              name,
              own.map((row) => row['_id'] as Id),
            ]),
          ),
        }));
        const database = `${this.databasePrefix}${connectorDatabase(`connector-${system}`)}`;
        await mongo.db(database).collection<IndexEntry>('index').insertMany(entries);
      }
    }
    return ids;
  }

  async accept(caseId: string): Promise<void> {
    const { status, text } = await post(this.agent, `${this.intake}/applications/${caseId}/accept`, {});
    if (status >= 300) throw new Error(`${this.name} refuses to accept: ${status} ${text}`);
  }

  unsettled(): Promise<string[]> {
    const { mongo } = this.options;
    return unsettledUnits(mongo, (system) => `${this.databasePrefix}${connectorDatabase(`connector-${system}`)}`);
  }

  async lastErrors(): Promise<string> {
    const logs = await Promise.all(
      [...this.processes.keys()].map(async (role) => [role, await readFile(this.logFile(role), 'utf8')] as const),
    );
    return logs.flatMap(([role, text]) => (text === '' ? [] : [`${role}: ${text.slice(-1000)}`])).join('\n');
  }

  private logFile(role: Role): string {
    return path.join(this.options.dataDir, 'logs', `${this.name}-${role}.log`);
  }

  async stop(): Promise<void> {
    this.agent.destroy();
    await Promise.all([...this.processes.values()].map((one) => one.stop()));
  }

  private async launch(role: Role): Promise<void> {
    const { name, ours, dataDir, recordingFile, profiles, signal } = this.options;
    const port = await anyFreePort();
    const { NODE_OPTIONS: _options, ...inherited } = process.env;
    const logFile = this.logFile(role);
    const guarded = startGuarded({
      name: `${name}-${role}`,
      command: process.execPath,
      args: ['--disable-warning=TimeoutNegativeWarning', path.join(import.meta.dirname, '..', name, 'main.js')],
      env: {
        ...inherited,
        NODE_ENV: 'production',
        KAFKAJS_NO_PARTITIONER_WARNING: '1',
        KAFKA_BROKERS: ours.stack.kafkaBrokers,
        MONGODB_URI: ours.stack.mongodbUri,
        PORT: String(port),
        BENCH_ROLE: role,
        BENCH_TOPIC_PREFIX: this.topicPrefix,
        BENCH_DATABASE_PREFIX: this.databasePrefix,
        BENCH_RECORDING: recordingFile,
        ...(profiles && { NODE_OPTIONS: profiles.nodeOptions }),
      },
      output: { file: logFile },
      graceSeconds: 5,
      records: path.join(dataDir, 'processes'),
    });
    this.processes.set(role, guarded);
    const address = `http://127.0.0.1:${port}`;
    if (role === 'intake') this.intake = address;
    for (const deadline = Date.now() + READY_WITHIN_MS; ; await delay(200, undefined, { signal })) {
      if (guarded.hasEnded())
        throw new Error(`${name} ${role} ended while starting:\n${(await readFile(logFile, 'utf8')).slice(-2000)}`);
      const ready = await fetch(`${address}/health`).then(
        ({ ok }) => ok,
        () => false,
      );
      if (ready) return;
      if (Date.now() > deadline) throw new Error(`${name} ${role} was not ready within ${READY_WITHIN_MS / 1000} s`);
    }
  }

  /** The business stores, document by document and index by index. */
  private async copyStores(): Promise<void> {
    const { mongo, ours, signal } = this.options;
    for (const system of SYSTEMS) {
      const from = mongo.db(ours.storeDatabase(system));
      for (const { name } of await from.listCollections({}, { nameOnly: true }).toArray()) {
        let batch: Document[] = [];
        const flush = async () => {
          signal.throwIfAborted();
          if (batch.length > 0) await mongo.db(this.storeDatabase(system)).collection(name).insertMany(batch);
          batch = [];
        };
        for await (const document of from.collection(name).find({})) {
          batch.push(document);
          if (batch.length === DOCUMENTS_AT_ONCE) await flush();
        }
        await flush();
        await this.copyIndexesOf(ours.storeDatabase(system), name);
      }
    }
  }

  /** Of every collection that a case writes: what an index costs, all three pay. */
  private async copyIndexes(): Promise<void> {
    const written = new Set(
      this.options.recording.writes.map(({ database, collection }) => `${database}/${collection}`),
    );
    for (const one of written) {
      const [database = '', collection = ''] = one.split('/');
      if (!database.startsWith('store_')) await this.copyIndexesOf(database, collection);
    }
  }

  private async copyIndexesOf(database: string, collection: string): Promise<void> {
    const { mongo } = this.options;
    const found = (await mongo.db(database).collection(collection).indexes()) as (IndexDescription & { v?: number })[];
    const wanted = found.filter(({ name }) => name !== '_id_').map(({ v: _v, ...index }) => index);
    if (wanted.length === 0) return;
    await mongo.db(`${this.databasePrefix}${database}`).collection(collection).createIndexes(wanted);
  }
}
