import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  AUDIENCE,
  removeAbandonedTestData,
  signIn,
  startStack,
  TEST_DATA_PREFIX,
  type AccountId,
  type Log,
  type ServiceName,
  type Stack,
  type StackOptions,
} from '@kenri/local';
import type { Identity } from '@kenri/contracts';
import '@kenri/messaging/mended-kafkajs';
import { importJWK, SignJWT, type JWK } from 'jose';
import { Kafka, logLevel } from 'kafkajs';
import { MongoClient } from 'mongodb';
import { fetchRepeatable, KenriClient } from './kenri-client.js';
import { startSubscriber, type Subscriber } from './subscriber.js';
import { startTraceReceiver, type TraceReceiver } from './trace-receiver.js';

/** A ready account, or an account of the test's own with any roles. */
export type Caller = AccountId | { sub: string; roles: string[] };
export interface Reply<T = Record<string, unknown>> {
  status: number;
  body: T;
  etag: string | null;
}
export interface Accepted {
  id: string;
  reference: string;
  secret: string;
}

export const SUBSCRIBER = 'ais';
const START_WITHIN_MS = 600_000;
/** Of this process alone: two that start side by side would each find the other's ports still free. */
const PORT_BASE = 10_000 + (process.pid % 1000) * 20;

/** Asks until there is an answer. @throws Error that says what was awaited */
export async function eventually<T>(
  awaited: string,
  ask: () => Promise<T | undefined> | T | undefined,
  withinMs = 60_000,
): Promise<T> {
  for (const deadline = Date.now() + withinMs; ; await delay(100)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`not within ${withinMs / 1000} s: ${awaited}`);
  }
}

/** `underFire` and `environmentFor`: as for a stack. `onServiceLine`: in place of keeping what services print. */
export interface TrialOptions extends Partial<Pick<StackOptions, 'underFire' | 'environmentFor' | 'onServiceLine'>> {
  seed?: number;
  log?: Log;
  /** Aborting it stops a start under way; by default one that takes longer than four minutes. */
  signal?: AbortSignal;
  /** Settings of all services beside those of a trial. */
  settings?: NodeJS.ProcessEnv;
}

/** A whole installation of a test's own: Kafka, MongoDB, identity provider and all services, with everything they say kept. */
export class TrialPlatform {
  /** What services printed, as they printed it. */
  readonly lines: { service: ServiceName; line: string }[] = [];
  /** What befell the stack, such as a service that ended and was started again. */
  readonly said: string[] = [];

  private constructor(
    readonly stack: Stack,
    readonly traces: TraceReceiver,
    readonly subscriber: Subscriber,
    readonly mongo: MongoClient,
    readonly kafka: Kafka,
    /** Data of everything started, logs among it. Removed at the end. */
    readonly dataDir: string,
    private readonly signingKey: JWK,
  ) {
    this.client = new KenriClient({ ...stack.addresses, issuer: stack.issuer });
  }
  readonly client: KenriClient;

  static async start(
    people = 200,
    {
      log,
      signal = AbortSignal.timeout(START_WITHIN_MS),
      settings,
      seed = 1,
      onServiceLine,
      ...fire
    }: TrialOptions = {},
  ): Promise<TrialPlatform> {
    await removeAbandonedTestData();
    const dataDir = await mkdtemp(path.join(tmpdir(), `${TEST_DATA_PREFIX}trial-`));
    const stops: (() => Promise<unknown>)[] = [() => rm(dataDir, { recursive: true, force: true })];
    const lines: TrialPlatform['lines'] = [];
    try {
      const traces = await startTraceReceiver();
      stops.push(() => traces.stop());
      const said: string[] = [];
      const stack = await startStack({
        dataDir,
        purpose: 'test',
        people,
        seed,
        portBase: PORT_BASE,
        log: {
          line: (text) => {
            said.push(text);
            log?.line(text);
          },
          progress: (text) => log?.progress(text),
        },
        signal,
        env: { ...environment(traces.endpoint), ...settings },
        onServiceLine: onServiceLine ?? ((service, line) => lines.push({ service, line })),
        ...fire,
      });
      stops.push(stack.stop);
      const brokers = stack.kafkaBrokers.split(',');
      const options = { brokers, subscriber: SUBSCRIBER, onEvent: () => undefined, outcomeOf: () => 'done' as const };
      const subscriber = await startSubscriber(options);
      stops.push(() => subscriber.stop());
      const mongo = await MongoClient.connect(stack.mongodbUri);
      stops.push(() => mongo.close());
      const kafka = new Kafka({ clientId: 'trial', brokers, logLevel: logLevel.NOTHING });
      const keys = JSON.parse(await readFile(path.join(dataDir, 'identity', 'identity-keys.json'), 'utf8')) as {
        jwks: { keys: [JWK] };
      };
      const platform = new TrialPlatform(stack, traces, subscriber, mongo, kafka, dataDir, keys.jwks.keys[0]);
      platform.lines.push(...lines);
      lines.push = (...more) => platform.lines.push(...more);
      platform.said.push(...said);
      said.push = (...more) => platform.said.push(...more);
      return platform;
    } catch (error) {
      for (const stop of stops.reverse()) await stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.mongo.close();
    await this.subscriber.stop();
    await this.stack.stop();
    await this.traces.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  /** A call whose refusal is as welcome as its success. `where` begins with the service: `cases/cases/…`. */
  async ask<T = Record<string, unknown>>(
    who: Caller | null,
    method: 'GET' | 'POST' | 'PUT',
    where: `${ServiceName}/${string}`,
    { body, ifMatch, secret }: { body?: unknown; ifMatch?: string; secret?: string } = {},
  ): Promise<Reply<T>> {
    const service = where.slice(0, where.indexOf('/')) as ServiceName;
    const response = await fetchRepeatable(`${this.stack.addresses[service]}${where.slice(service.length)}`, {
      method,
      headers: {
        ...(who !== null && { authorization: `Bearer ${await this.tokenOf(who)}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(ifMatch !== undefined && { 'if-match': ifMatch.startsWith('"') ? ifMatch : `"${ifMatch}"` }),
        ...(secret !== undefined && { 'kenri-secret': secret }),
        ...(method === 'POST' && { 'idempotency-key': randomUUID() }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    });
    const text = await response.text();
    const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '') && !text.includes('\n{');
    return {
      status: response.status,
      body: (isJson && text !== '' ? JSON.parse(text) : text) as T,
      etag: response.headers.get('etag'),
    };
  }

  /** An application by post, with the identity confirmed, accepted: its request is on its way. */
  async accept(identity: Identity, kinds: string[], more: object = {}): Promise<Accepted> {
    const form = { channel: 'post', language: 'ja', kinds, identity, enclosed: ['identity-proof'], ...more };
    const submitted = await this.ask<Accepted>('clerk', 'POST', 'intake/applications', { body: form });
    succeeded(submitted);
    const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Tokyo' }).format(new Date());
    const { body: shown } = await this.ask<{ fee: { amount: number } }>(
      'clerk',
      'GET',
      `intake/applications/${submitted.body.id}`,
    );
    if (shown.fee.amount > 0) {
      const paid = { amount: shown.fee.amount, paidOn: today };
      succeeded(await this.ask('clerk', 'POST', `intake/applications/${submitted.body.id}/fee`, { body: paid }));
    }
    const check = {
      person: 'data-subject',
      proof: 'driving-licence',
      shows: ['name', 'address'],
      checkedOn: today,
      expiresOn: `${Number(today.slice(0, 4)) + 3}-01-01`,
      result: 'confirmed',
    };
    const { id } = submitted.body;
    const checked = await this.ask('clerk', 'POST', `intake/applications/${id}/identity-check`, { body: check });
    const accepted = await this.ask('clerk', 'POST', `intake/applications/${id}/accept`);
    succeeded(checked);
    succeeded(accepted);
    return submitted.body;
  }

  async tokenOf(who: Caller): Promise<string> {
    if (typeof who === 'string') return signIn(this.stack.issuer, who);
    return new SignJWT({ roles: who.roles, client_id: who.sub })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: String(this.signingKey.kid) })
      .setSubject(who.sub)
      .setIssuer(this.stack.issuer)
      .setAudience(AUDIENCE)
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(await importJWK(this.signingKey, 'ES256'));
  }
}

function succeeded({ status, body }: Reply<unknown>): void {
  if (status >= 300) throw new Error(`refused with ${status}: ${JSON.stringify(body)}`);
}

/** Settings as in the demo; backing services of its own, whatever else a test run shares. */
function environment(traces: string): NodeJS.ProcessEnv {
  const { KAFKA_BROKERS: _kafka, MONGODB_URI: _mongodb, NODE_OPTIONS: _options, ...inherited } = process.env;
  return {
    ...inherited,
    KENRI_UNDO_DAYS: '0',
    KENRI_REASK_SECONDS: '5',
    KENRI_PUBLIC_PER_MINUTE: '1000',
    LOG_LEVEL: 'debug',
    OTEL_EXPORTER_OTLP_ENDPOINT: traces,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_BSP_SCHEDULE_DELAY: '200',
  };
}
