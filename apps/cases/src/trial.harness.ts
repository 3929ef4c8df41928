import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import {
  EVENTS,
  eventId,
  type EventType,
  type Kind,
  type Payload,
  type RecordsLocated,
  type ReviewMatch,
  type Subject,
} from '@kenri/contracts';
import {
  ensureTopics,
  KafkaConnection,
  publish,
  readCompacted,
  type AnyOutgoing,
  type Received,
} from '@kenri/messaging';
import { scopeOf } from '@kenri/rights';
import { createService, type Service } from '@kenri/service';
import type { Vault } from '@kenri/vault';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { CASES_SERVICE } from './service.js';
import type { CASES_SETTINGS } from './setup/settings.js';
import { TrialDatabases } from './trial-databases.store.js';

// For the tests of this service only: a real broker and database, the service as it runs, and the other sides played by hand.

const required = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run these tests through Jest's project "integration"`);
  return value;
};
const ULID = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
export const newCaseId = (): string => `01${[...randomBytes(24)].map((byte) => ULID[byte % 32]).join('')}`;

export const TARO: Subject = {
  identity: {
    fullName: '山田 太郎',
    fullKana: 'ヤマダ タロウ',
    birthDate: '1974-05-09',
    emails: ['taro.yamada@example.jp'],
    phones: ['03-6440-2500'],
  },
  particulars: {},
};

export class Trial {
  private constructor(
    readonly kafka: KafkaConnection,
    readonly databases: TrialDatabases,
    readonly service: Service<typeof CASES_SETTINGS>,
    readonly intake: Vault,
    readonly connectors: Readonly<Record<string, Vault>>,
    private readonly issuer: Issuer,
    private readonly clockOffset: { ms: number },
  ) {}

  static async start(environment: Record<string, string> = {}): Promise<Trial> {
    const databases = await TrialDatabases.open(required('MONGODB_URI'));
    const topicPrefix = `${databases.name}.`;
    const brokers = required('KAFKA_BROKERS').split(',');
    const kafka = new KafkaConnection({ brokers, clientId: databases.name, topicPrefix });
    await ensureTopics(kafka);
    const issuer = await Issuer.start();
    const clockOffset = { ms: 0 };
    const service = await createService(CASES_SERVICE, {
      clock: { now: () => new Date(Date.now() + clockOffset.ms) },
      environment: {
        ...databases.environment,
        KAFKA_BROKERS: required('KAFKA_BROKERS'),
        KENRI_OIDC_ISSUER: issuer.url,
        KENRI_TOPIC_PREFIX: topicPrefix,
        KENRI_SUBSCRIBERS: 'ais,i-auc',
        LOG_LEVEL: 'fatal',
        PORT: '0',
        ...environment,
      },
    });
    const connectors = Object.fromEntries(
      await Promise.all(
        ['auto', 'flower', 'medical'].map(
          async (system) => [system, await databases.vaultOf(`connector-${system}`)] as const,
        ),
      ),
    );
    return new Trial(kafka, databases, service, await databases.vaultOf('intake'), connectors, issuer, clockOffset);
  }

  async stop(): Promise<void> {
    await this.service.close();
    await this.issuer.stop();
    const admin = this.kafka.admin();
    await admin.connect();
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(`${this.databases.name}.`));
    await admin.deleteTopics({ topics });
    await admin.disconnect();
    await this.databases.drop();
  }

  /** Moves the service's clock on. */
  advance(ms: number): void {
    this.clockOffset.ms += ms;
  }
  now(): string {
    return new Date(Date.now() + this.clockOffset.ms).toISOString();
  }

  async publish(...messages: AnyOutgoing[]): Promise<void> {
    await publish(this.kafka, '/kenri/trial', messages);
  }

  /** What intake sends when an application was accepted. */
  async accepted(
    caseId: string,
    kinds: Kind[],
    systems: string[],
    { subject = TARO, purposes = [] as ('marketing' | 'ads')[] } = {},
  ): Promise<AnyOutgoing> {
    const id = eventId(caseId, 'intake', 'accepted', 1);
    const type = 'dsr.request.accepted.v1';
    const recipients = ['cases', ...systems.map((system) => `connector-${system}`)];
    const at = this.now();
    return {
      id,
      type,
      caseId,
      systems,
      data: {
        caseId,
        reference: `K-2026-${caseId.slice(-6)}`,
        kinds,
        channel: 'post',
        language: 'ja',
        systems,
        scope: scopeOf(kinds, { purposes }),
        receivedAt: at,
        acceptedAt: at,
        acceptedBy: 'clerk-1',
        subject: await this.intake.seal(subject, { recipients, id, type }),
      },
    };
  }

  /** What a connector answers, with its review sealed for cases. */
  async located(
    caseId: string,
    system: string,
    { round = 1, matches = [], ...change }: Partial<Omit<RecordsLocated, 'matches'>> & { matches?: ReviewMatch[] } = {},
  ): Promise<AnyOutgoing> {
    const digest = randomBytes(32).toString('hex');
    const count = (verdict: string) => matches.filter((match) => match.verdict === verdict).length;
    const lines = [
      { header: { caseId, system, round, manifestDigest: digest } },
      ...matches.map((match) => ({ match })),
    ];
    const review =
      matches.length === 0
        ? null
        : await this.connectors[system]!.artifacts.put(
            Buffer.from(lines.map((line) => JSON.stringify(line)).join('\n')),
            {
              recipients: [system === 'medical' ? 'cases/medical' : 'cases'],
              contentType: 'application/x-ndjson',
              caseId,
              purpose: 'review',
            },
          );
    return {
      id: eventId(caseId, system, 'located', round),
      type: 'dsr.records.located.v1',
      caseId,
      data: {
        caseId,
        system,
        round,
        manifestDigest: digest,
        locatedAt: this.now(),
        freshness: { fresh: true, indexedUntil: this.now() },
        matches: { certain: count('certain'), candidate: count('candidate') },
        records: { certain: count('certain') * 2, candidate: count('candidate') * 2 },
        possibleMentions: 0,
        dryRun: {},
        blockers: [],
        holds: [],
        endings: [],
        review,
        recordTokens:
          matches.length > 0 ? [this.connectors[system]!.tokens.token('record', `${system}:${caseId}`)] : [],
        ...change,
      },
    };
  }

  /** The whole topic as it stands, of one case. */
  async sent<T extends EventType>(type: T, caseId: string): Promise<Received<T>[]> {
    const found: Received<T>[] = [];
    await readCompacted(this.kafka, EVENTS[type].topic, (record) => {
      if (record.kind === 'message' && record.message.type === type && record.message.caseId === caseId) {
        found.push(record.message as unknown as Received<T>);
      }
    });
    return found;
  }

  async awaitSent<T extends EventType>(
    type: T,
    caseId: string,
    accept: (messages: Received<T>[]) => boolean = (messages) => messages.length > 0,
  ): Promise<Received<T>[]> {
    let last: Received<T>[] = [];
    await eventually(
      `${type} of ${caseId}`,
      async () => accept((last = await this.sent(type, caseId))),
      () => last.map(({ id }) => id),
    );
    return last;
  }

  /** The plan as the connector of that system would get it: signature verified. */
  async plan(
    caseId: string,
    system: string,
    round = 1,
  ): Promise<Payload<'dsr.plan.approved.v1'> & { signed: Record<string, unknown> }> {
    const [message] = await this.awaitSent('dsr.plan.approved.v1', caseId, (all) =>
      all.some(({ data }) => data.system === system && data.round === round),
    ).then((all) => all.filter(({ data }) => data.system === system && data.round === round));
    const signed = await this.connectors[system]!.verifier.verify<Record<string, unknown>>(message!.data.plan, 'cases');
    return { ...message!.data, signed };
  }

  token(roles: string[], sub: string): Promise<string> {
    return this.issuer.token(roles, sub);
  }

  /** A call of a staff member, as JSON. */
  async call(
    method: string,
    address: string,
    { as = ['case-worker'] as string[], sub = `${as[0]}-1`, body, ifMatch, key }: CallOptions = {},
  ): Promise<{ status: number; body: Json; etag: string | null; text: string }> {
    const response = await fetch(`${this.service.url}${address}`, {
      method,
      headers: {
        authorization: `Bearer ${await this.token(as, sub)}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(ifMatch !== undefined && { 'if-match': ifMatch }),
        ...(key !== undefined && { 'idempotency-key': key }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = response.headers.get('content-type')?.includes('json') && !text.includes('\n{');
    return {
      status: response.status,
      body: (json && text ? JSON.parse(text) : {}) as Json,
      etag: response.headers.get('etag'),
      text,
    };
  }

  async shown(caseId: string): Promise<Json> {
    return (await this.call('GET', `/cases/${caseId}`)).body;
  }

  /** Polls the case until it looks as expected. */
  async awaitCase(caseId: string, what: string, accept: (shown: Json) => boolean): Promise<Json> {
    let last: Json = {};
    await eventually(
      `${what} of case ${caseId}`,
      async () => {
        const { status, body } = await this.call('GET', `/cases/${caseId}`);
        last = body;
        return status === 200 && accept(body);
      },
      () => ({ state: last.state as string, systems: mapStates(last) }),
    );
    return last;
  }

  awaitPart(caseId: string, system: string, state: string): Promise<Json> {
    return this.awaitCase(caseId, `${system} in state ${state}`, (shown) => partOf(shown, system).state === state);
  }
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers are looked into freely in tests
export type Json = Record<string, any>;
interface CallOptions {
  as?: string[];
  sub?: string;
  body?: unknown;
  ifMatch?: string;
  key?: string;
}

export const partOf = (shown: Json, system: string): Json => (shown.systems as Record<string, Json>)[system] ?? {};

const mapStates = (shown: Json): Json =>
  Object.fromEntries(
    Object.entries((shown.systems ?? {}) as Record<string, Json>).map(([system, { state }]) => [
      system,
      state as string,
    ]),
  );

/** Polls for an outcome; fails with what was seen last. */
export async function eventually(
  what: string,
  accept: () => Promise<boolean>,
  seen: () => unknown,
  withinMs = 20_000,
): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await accept())) {
    if (Date.now() > deadline)
      throw new Error(`no ${what} within ${withinMs} ms; last seen: ${JSON.stringify(seen())}`);
    await delay(50);
  }
}

export const match = (
  ref: string,
  verdict: 'certain' | 'candidate',
  change: Partial<ReviewMatch['records'][number]> = {},
): ReviewMatch => ({
  ref,
  verdict,
  score: 20,
  agrees: ['name', 'birthDate'],
  disagrees: [],
  missing: [],
  reasons: [{ code: 'name-agrees', ja: '氏名が一致', en: 'The names agree' }],
  subject: [{ path: 'name', label: { ja: '氏名', en: 'Name' }, kind: 'full-name', value: '山田太郎' }],
  records: [
    {
      ref: `${ref}-r1`,
      collection: 'members',
      label: { ja: '会員', en: 'Members' },
      root: true,
      export: { fields: 5, files: 0 },
      erase: { action: 'delete', holds: [] },
      suppress: [],
      corrections: [],
      blockers: [],
      endings: [],
      ...change,
    },
  ],
});

/** A token issuer as a resource server sees one: discovery, JWKS and signed tokens. */
class Issuer {
  private constructor(
    readonly url: string,
    private readonly server: Server,
    private readonly key: Awaited<ReturnType<typeof generateKeyPair>>['privateKey'],
  ) {}

  static async start(): Promise<Issuer> {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const jwk = { ...(await exportJWK(publicKey)), kid: 'trial', alg: 'ES256', use: 'sig' };
    let url = '';
    const server = createServer((request, response) => {
      response.setHeader('content-type', 'application/json');
      const answer = request.url?.endsWith('/jwks') ? { keys: [jwk] } : { issuer: url, jwks_uri: `${url}/jwks` };
      response.end(JSON.stringify(answer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return new Issuer(url, server, privateKey);
  }

  token(roles: string[], sub: string): Promise<string> {
    return new SignJWT({ roles })
      .setProtectedHeader({ alg: 'ES256', kid: 'trial', typ: 'at+jwt' })
      .setSubject(sub)
      .setIssuer(this.url)
      .setAudience('kenri')
      .setIssuedAt()
      .setExpirationTime('10m')
      .sign(this.key);
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => void this.server.close(() => resolve()));
  }
}
