import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  eventId,
  type Identity,
  type Kind,
  type Particulars,
  type Scope,
  type AnswerFailed,
  type PlanExecuted,
  type PlanRefused,
  type RecordsLocated,
  type ReviewLine,
  type EventType,
  type Payload,
} from '@kenri/contracts';
import { KafkaConnection, Relay, type Clock, type OutboxedDocument, type Received } from '@kenri/messaging';
import { openVault, type Vault } from '@kenri/vault';
import { BSON, MongoClient, type Db } from 'mongodb';
import type { StoreSchemas } from '../check-map.js';
import type { Connector, ConnectorSettings } from '../connector.js';
import type { DataMap } from '../data-map.js';
import type { Correction, Plan } from '../execute/selection.js';
import { openConnector } from '../open-connector.js';
import { Executions } from '../units/executions.js';
import { approvePlans } from '../units/plan-messages.js';
import { unitTimers } from '../units/timers.js';
import type { StoreAdapter } from '../store/store-adapter.js';
import { locateRounds, roundOfRequest } from '../units/locate-units.js';
import { unitId, type Unit } from '../units/unit.js';

/** A clock that stands until moved. */
export class TrialClock implements Clock {
  constructor(private time = new Date()) {}
  now(): Date {
    return new Date(this.time);
  }
  set(time: Date): void {
    this.time = new Date(time);
  }
  advance(milliseconds: number): void {
    this.time = new Date(this.time.getTime() + milliseconds);
  }
}

const ULID = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
export const newCaseId = (): string => Array.from(randomBytes(26), (byte) => ULID[byte % 32]).join('');

export interface TrialRequest {
  readonly kinds: readonly Kind[];
  readonly identity: Identity;
  readonly particulars?: Particulars;
  readonly scope?: Partial<Scope>;
}

export interface Answered {
  readonly caseId: string;
  readonly answer: RecordsLocated;
  readonly review: readonly ReviewLine[];
}

/** Polls until a condition holds. @throws an error that says what was waited for */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | false | null>,
  withinMs = 20_000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`waited ${withinMs} ms for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/**
 * A connector on a real database of its own, with real keys, driven by its handlers directly: what the broker would bring is handed
 * over, what it would send is read from the outbox. For tests of the kit and of every app.
 */
export class TrialConnector {
  readonly clock = new TrialClock();
  private constructor(
    readonly map: DataMap,
    readonly schemas: StoreSchemas,
    readonly client: MongoClient,
    readonly name: string,
    private readonly folder: string,
    readonly intake: Vault,
    readonly cases: Vault,
    readonly vault: Vault,
  ) {}
  connector: Connector;

  static async open(
    map: DataMap,
    schemas: StoreSchemas,
    more: { settings?: Partial<ConnectorSettings>; store?: (real: Db) => StoreAdapter } = {},
  ): Promise<TrialConnector> {
    const uri = process.env['MONGODB_URI'];
    if (!uri) throw new Error("MONGODB_URI is not set: run this through Jest's integration project");
    const client = await MongoClient.connect(uri);
    const name = `trial_${map.system}_${randomBytes(4).toString('hex')}`;
    const folder = await mkdtemp(path.join(tmpdir(), 'kenri-trial-'));
    const vaultOf = (service: string) =>
      openVault({
        service,
        keysDir: path.join(folder, 'private'),
        publicKeysDir: path.join(folder, 'public'),
        mongo: client,
        keysDatabase: `${name}_keys`,
        artifactsDatabase: `${name}_artifacts`,
      });
    const cases = await vaultOf('cases');
    const intake = await vaultOf('intake');
    const vault = await vaultOf(`connector-${map.system}`);
    const trial = new TrialConnector(map, schemas, client, name, folder, intake, cases, vault);
    for (const [collection, schema] of Object.entries(schemas)) {
      const indexes = schema
        .indexes()
        .map(([key, { unique }]) => ({ key: key as Record<string, 1>, ...(unique ? { unique: true } : {}) }));
      if (indexes.length > 0) await trial.store.collection(collection).createIndexes(indexes);
    }
    trial.connector = await trial.anotherProcess(more);
    return trial;
  }

  /** The connector as a freshly started process would open it. */
  anotherProcess(
    more: { settings?: Partial<ConnectorSettings>; store?: (real: Db) => StoreAdapter; vault?: Vault } = {},
  ): Promise<Connector> {
    return openConnector({
      map: this.map,
      schemas: this.schemas,
      database: this.own,
      store: more.store ? more.store(this.store) : this.store,
      vault: more.vault ?? this.vault,
      // Never started: what is sent stays in the outbox, where the test reads it.
      relay: new Relay({ kafka: new KafkaConnection({ brokers: ['127.0.0.1:1'], clientId: this.name }) }),
      clock: this.clock,
      log: { warn: () => undefined },
      ...(more.settings && { settings: more.settings }),
    });
  }

  /** Environment of a service process that uses the same keys. */
  get keyFolders(): { KENRI_KEYS_DIR: string; KENRI_PUBLIC_KEYS_DIR: string } {
    return {
      KENRI_KEYS_DIR: path.join(this.folder, 'private'),
      KENRI_PUBLIC_KEYS_DIR: path.join(this.folder, 'public'),
    };
  }
  get store(): Db {
    return this.client.db(`${this.name}_store`);
  }
  get own(): Db {
    return this.client.db(this.name);
  }

  /** Starts the side index and waits until it follows the store. */
  async index(): Promise<void> {
    this.connector.indexer.start();
    await eventually(
      'the side index follows the store',
      async () => this.connector.indexer.progress.state === 'following',
    );
  }

  async close(): Promise<void> {
    await this.connector.indexer.stop();
    for (const suffix of ['', '_store', '_keys', '_artifacts'])
      await this.client.db(`${this.name}${suffix}`).dropDatabase();
    await this.client.close();
    await rm(this.folder, { recursive: true });
  }

  received<T extends EventType>(id: string, type: T, data: Payload<T>): Received<T> {
    const { caseId } = data as { caseId: string };
    return {
      id,
      type,
      caseId,
      time: this.clock.now(),
      source: '/kenri/trial',
      systems: [this.map.system],
      data,
      topic: 'trial',
      partition: 0,
      offset: '0',
      key: caseId,
    };
  }

  async accepted(
    { kinds, identity, particulars = {}, scope = {} }: TrialRequest,
    caseId = newCaseId(),
  ): Promise<Received<'dsr.request.accepted.v1'>> {
    const id = eventId(caseId, 'intake', 'accepted', 1);
    const type = 'dsr.request.accepted.v1';
    const subject = await this.intake.seal(
      { identity, particulars },
      { recipients: ['cases', `connector-${this.map.system}`], id, type },
    );
    const now = this.clock.now().toISOString();
    return this.received(id, type, {
      caseId,
      reference: 'K-2026-TRIAL',
      kinds: [...kinds],
      channel: 'web',
      language: 'ja',
      systems: [this.map.system],
      scope: { exportScopes: scope.exportScopes ?? ['data'], purposes: scope.purposes ?? [] },
      receivedAt: now,
      acceptedAt: now,
      acceptedBy: 'clerk-1',
      subject,
    });
  }

  /** Asks and reads the answer with its review. */
  async ask(request: TrialRequest): Promise<Answered> {
    const message = await this.accepted(request);
    await locateRounds(this.connector, [roundOfRequest(message)]);
    return this.answered(message.caseId);
  }

  async answered(caseId: string, round = 1): Promise<Answered> {
    const unit = await this.unit(caseId, round);
    if (!unit?.located) throw new Error('the round is not answered');
    const { review } = unit.located;
    const as = this.map.reviewers;
    const text = review ? (await this.cases.artifacts.read(review, { as })).toString('utf8') : '';
    const lines = text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as ReviewLine);
    return { caseId, answer: unit.located, review: lines };
  }

  async unit(caseId: string, round = 1): Promise<Unit | null> {
    return this.connector.units.get(unitId(caseId, round));
  }

  /** What was sent for a case, in order of sending. */
  async sent(caseId: string): Promise<{ id: string; type: string; data: Record<string, unknown> }[]> {
    const units = await this.own
      .collection<OutboxedDocument>('units')
      .find({ caseId } as never)
      .toArray();
    return units.flatMap(({ outbox }) =>
      outbox.map(({ id, type, value }) => ({ id, type, data: JSON.parse(value ?? 'null') as Record<string, unknown> })),
    );
  }

  /** A plan as `cases` signs it, for what was answered; everything certain, nothing excluded, unless told otherwise. */
  async approved(
    { caseId, answer }: Pick<Answered, 'caseId' | 'answer'>,
    plan: Partial<Plan> & Pick<Plan, 'operations'>,
    corrections: readonly Correction[] = [],
  ): Promise<Received<'dsr.plan.approved.v1'>> {
    const { system } = this.map;
    const type = 'dsr.plan.approved.v1';
    const planId = plan.planId ?? `plan-${randomBytes(6).toString('hex')}`;
    const id = eventId(caseId, system, 'plan', answer.round, planId);
    const validUntil = plan.validUntil ?? new Date(this.clock.now().getTime() + 14 * 86_400_000).toISOString();
    const recipients = [`connector-${system}`];
    const whole: Plan = {
      caseId,
      system,
      round: answer.round,
      manifestDigest: answer.manifestDigest,
      scope: { exportScopes: ['data'], purposes: [] },
      confirmed: [],
      rejected: [],
      exclusions: [],
      undoDays: 7,
      approvedBy: [{ staff: 'approver-1', at: this.clock.now().toISOString() }],
      ...(corrections.length > 0 && {
        corrections: await this.cases.seal({ corrections }, { recipients, id, type, system }),
      }),
      ...plan,
      planId,
      validUntil,
    };
    const data = { caseId, system, round: answer.round, planId, validUntil, plan: await this.cases.signer.sign(whole) };
    return this.received(id, type, data);
  }

  /** Hands a plan over and lets it be executed; the last thing sent for it. */
  async execute(message: Received<'dsr.plan.approved.v1'>, connector = this.connector): Promise<SentPlanAnswer> {
    const executions = new Executions(connector);
    executions.begin(await approvePlans(connector, [message]));
    await executions.settled();
    return this.planAnswer(message.data.caseId, message.data.planId);
  }

  /** The last message about a plan, of a type where that is given: timers that are due at the same time answer in any order. */
  async planAnswer(caseId: string, planId: string, ofType?: string): Promise<SentPlanAnswer> {
    const sent = (await this.sent(caseId)).filter(
      ({ type, data }) => data['planId'] === planId && (ofType === undefined || type === ofType),
    );
    const last = sent.at(-1);
    if (!last) throw new Error('nothing was sent for the plan');
    return last as unknown as SentPlanAnswer;
  }

  async sign(payload: unknown): Promise<string> {
    return this.cases.signer.sign(payload);
  }

  /** Moves time on and lets everything that is due happen. */
  async pass(milliseconds: number, connector = this.connector): Promise<void> {
    this.clock.advance(milliseconds);
    const timers = unitTimers(connector, new Executions(connector));
    for (let fired = 1; fired > 0;) {
      fired = await timers.sweep();
      await timers.stop();
    }
  }

  /** Every document of a collection, by id, as bytes: to show that others' stay as they are to the last bit. */
  async bytesOf(collection: string): Promise<Map<string, string>> {
    const found = await this.store.collection(collection).find({}, { raw: true }).toArray();
    return new Map(
      found.map((raw) => {
        const bytes = raw as unknown as Buffer;
        return [String((BSON.deserialize(bytes) as { _id: unknown })._id), bytes.toString('base64')];
      }),
    );
  }
}

/** What a connector sends about a plan. */
export type SentPlanAnswer =
  | { readonly id: string; readonly type: 'dsr.plan.executed.v1'; readonly data: PlanExecuted }
  | { readonly id: string; readonly type: 'dsr.plan.refused.v1'; readonly data: PlanRefused }
  | { readonly id: string; readonly type: 'dsr.answer.failed.v1'; readonly data: AnswerFailed };
