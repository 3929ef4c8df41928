import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { signIn, startStack, type Log, type Stack } from '@kenri/local';
import { SYSTEMS } from '@kenri/testing';
import { Agent, request } from 'node:http';
import { MongoClient } from 'mongodb';
import type { Contestant } from '../contestant.js';
import { inParallel } from '../load/pool.js';
import type { Profiles } from '../machine/profiles.js';
import type { Applicant } from '../population.js';
import { startSpanCounter, type SpanCounter } from './span-counter.js';

export interface PlatformOptions {
  dataDir: string;
  people: number;
  seed: number;
  log: Log;
  signal: AbortSignal;
  profiles?: Profiles;
  /** Further settings of the services. */
  settings?: NodeJS.ProcessEnv;
}

const TOKEN_AGE_MS = 20 * 60_000;
const PREPARED_AT_A_TIME = 8;
const DATABASES = /^(kenri_(intake|cases|artifacts|keys|connector_.+)|store_.+)$/;

/** The real platform: every service a process of its own, with traces exported, on backing services of its own. */
export class Platform implements Contestant {
  readonly name = 'ours';
  readonly topicPrefix = '';
  readonly casesDatabase = 'kenri_cases';
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 64 });
  private token: { text: Promise<string>; since: number } | undefined;

  private constructor(
    readonly stack: Stack,
    readonly spans: SpanCounter,
    readonly mongo: MongoClient,
    private readonly dataDir: string,
  ) {}

  static async start(options: PlatformOptions): Promise<Platform> {
    const { dataDir, people, seed, log, signal } = options;
    const spans = await startSpanCounter();
    try {
      const stack = await startStack({
        dataDir,
        purpose: 'test',
        people,
        seed,
        portBase: 4800,
        log,
        signal,
        env: environment(spans.endpoint, options),
        onServiceLine: (service, line) => {
          if (/"level":(50|60)/.test(line)) log.line(`${service}: ${line.slice(0, 300)}`);
        },
      });
      return new Platform(stack, spans, await MongoClient.connect(stack.mongodbUri), dataDir);
    } catch (error) {
      await spans.stop();
      throw error;
    }
  }

  owns(database: string): boolean {
    return DATABASES.test(database);
  }

  storeDatabase(system: string): string {
    return `store_${system.replaceAll('-', '_')}`;
  }

  async groups(): Promise<Map<string, number>> {
    const groups = new Map<string, number>();
    for (const name of this.stack.services.keys()) {
      const record = await readFile(path.join(this.dataDir, 'processes', `${name}.json`), 'utf8');
      groups.set(name, (JSON.parse(record) as { group: number }).group);
    }
    return groups;
  }

  /** Waits until every connector has indexed what is in its store now. */
  async indexed(signal: AbortSignal): Promise<void> {
    const since = new Date().toISOString();
    for (const system of SYSTEMS) {
      const address = `${this.stack.addresses[`connector-${system}`]}/health/index`;
      for (const deadline = Date.now() + 300_000; ; await delay(200, undefined, { signal })) {
        const { state, indexedUntil } = (await (await fetch(address)).json()) as IndexState;
        if (indexedUntil !== null && indexedUntil > since) break;
        if (Date.now() > deadline)
          throw new Error(`the side index of ${system} is not complete within 300 s: ${state}, until ${indexedUntil}`);
      }
    }
  }

  async prepare(applicants: readonly Applicant[], signal: AbortSignal): Promise<string[]> {
    const ids = new Array<string>(applicants.length);
    const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Tokyo' }).format(new Date());
    const check = {
      person: 'data-subject',
      proof: 'driving-licence',
      shows: ['name', 'address'],
      checkedOn: today,
      expiresOn: `${Number(today.slice(0, 4)) + 3}-01-01`,
      result: 'confirmed',
    };
    const submit = async ({ identity }: Applicant, index: number) => {
      const kinds = ['cessation-of-use'];
      const form = { channel: 'post', language: 'ja', kinds, identity, enclosed: ['identity-proof'] };
      const { id } = await this.post<{ id: string }>('/applications', form);
      await this.post(`/applications/${id}/identity-check`, check);
      ids[index] = id;
    };
    await inParallel(applicants, PREPARED_AT_A_TIME, submit, signal);
    return ids;
  }

  async accept(caseId: string): Promise<void> {
    await this.post(`/applications/${caseId}/accept`);
  }

  async unsettled(): Promise<string[]> {
    const open = { 'shown.phase': 'closed', $or: [{ outboxAt: { $exists: true } }, { 'timers.kind': 'suppression' }] };
    const cases = await this.mongo.db(this.casesDatabase).collection('cases').countDocuments(open, { limit: 1 });
    const units = await unsettledUnits(this.mongo, (system) => `kenri_connector_${system.replaceAll('-', '_')}`);
    return [...(cases > 0 ? ['cases'] : []), ...units];
  }

  /** Its services' errors stand on the terminal already. */
  lastErrors(): Promise<string> {
    return Promise.resolve('');
  }

  async stop(): Promise<void> {
    await this.mongo.close();
    this.agent.destroy();
    await this.stack.stop();
    await this.spans.stop();
  }

  private async post<T>(where: string, body?: unknown): Promise<T> {
    const token = await this.clerk();
    const headers = {
      authorization: `Bearer ${token}`,
      'idempotency-key': randomUUID(),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    const content = body === undefined ? undefined : JSON.stringify(body);
    const { status, text } = await post(this.agent, `${this.stack.addresses.intake}${where}`, headers, content);
    if (status >= 300)
      throw new Error(`intake refuses POST ${where.replace(/[0-9A-Z]{26}/, ':id')}: ${status} ${text}`);
    return JSON.parse(text) as T;
  }

  private clerk(): Promise<string> {
    if (!this.token || Date.now() - this.token.since > TOKEN_AGE_MS)
      this.token = { text: signIn(this.stack.issuer, 'clerk'), since: Date.now() };
    return this.token.text;
  }
}

/** Whether no connector's unit has an answer to send or a step to take: a stop of use leaves no timer behind. */
export async function unsettledUnits(mongo: MongoClient, databaseOf: (system: string) => string): Promise<string[]> {
  const open = { $or: [{ outboxAt: { $exists: true } }, { timerAt: { $exists: true } }] };
  const found = await Promise.all(
    SYSTEMS.map((system) =>
      mongo
        .db(databaseOf(system))
        .collection('units')
        .findOne(open, { projection: { outboxAt: 1, version: 1 } }),
    ),
  );
  return SYSTEMS.flatMap((system, index) => {
    const unit = found[index];
    if (!unit) return [];
    return [`unit of ${system} (${unit['outboxAt'] ? 'outbox' : 'timer'}, version ${unit['version']})`];
  });
}

interface IndexState {
  state: string;
  indexedUntil: string | null;
}

/** A POST over a kept connection: node:http costs the measuring process half of what fetch does. */
export function post(
  agent: Agent,
  url: string,
  headers: Record<string, string>,
  content?: string,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const length = { 'content-length': String(Buffer.byteLength(content ?? '')) };
    const sent = request(url, { method: 'POST', agent, headers: { ...headers, ...length }, timeout: 60_000 });
    sent.once('timeout', () => sent.destroy(new Error(`no answer within 60 s: POST ${new URL(url).pathname}`)));
    sent.once('error', reject);
    sent.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.once('error', reject);
    });
    sent.end(content);
  });
}

/** Settings as in production, apart from those that would add work which no waiting person caused. */
function environment(
  traces: string,
  { profiles, settings }: Pick<PlatformOptions, 'profiles' | 'settings'>,
): NodeJS.ProcessEnv {
  const { KAFKA_BROKERS: _kafka, MONGODB_URI: _mongodb, NODE_OPTIONS: _options, ...inherited } = process.env;
  return {
    ...inherited,
    LOG_LEVEL: 'info',
    // A whole round is thrown in at once: what waits in it is not lost, and must not be asked for twice.
    KENRI_REASK_SECONDS: '3600',
    KENRI_REPUBLISH_SECONDS: '3600',
    // On a machine that is busy with three builds an index may lag for moments: then wait, instead of leaving the case to a person.
    KENRI_INDEX_PATIENCE: '60s',
    OTEL_EXPORTER_OTLP_ENDPOINT: traces,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    ...(profiles && { NODE_OPTIONS: profiles.nodeOptions }),
    ...settings,
  };
}
