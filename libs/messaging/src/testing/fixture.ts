import { randomBytes } from 'node:crypto';
import { TOPICS, type TopicDefinition } from '@kenri/contracts';
import { Module, type INestApplicationContext, type LoggerService, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { MongoClient, type Db } from 'mongodb';
import { KafkaConnection } from '../kafka-connection.js';
import type { AnyOutgoing, Received } from '../message.js';
import { connectMessaging, MessagingModule, type MessagingOptions } from '../messaging.module.js';
import { Parking, type Sealer } from '../parking.js';
import { Relay } from '../relay.js';
import type { KafkaStrategy } from '../strategy.js';
import { readCompacted } from '../topic-reader.js';
import { ensureTopics } from '../topics.js';
import { DocumentStore, type DocumentStoreOptions } from '../document-store.js';

// For this library's own tests: topics and a database of its own on the real broker and database of the run.

const required = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run these tests through Jest's project "integration"`);
  return value;
};

export interface CaseNote {
  _id: string;
  notes: string[];
  [field: string]: unknown;
}

/** Reverses bytes: a stand-in for the vault's cipher at its port, enough to see that what is stored is not the plain value. */
export const reversing: Sealer = {
  seal: (bytes) => Promise.resolve(Uint8Array.from(bytes).reverse()),
  open: (sealed) => Promise.resolve(Uint8Array.from(sealed).reverse()),
};

export interface RunningService {
  app: INestApplicationContext;
  strategy: KafkaStrategy;
  relay: Relay;
  parking: Parking;
  close(): Promise<void>;
}

export class Fixture {
  private readonly closers: (() => Promise<unknown>)[] = [];
  /** Of the services that are started. */
  logger: LoggerService | false = false;
  /** Applications made, in order, also those that are still starting. */
  readonly applications: INestApplicationContext[] = [];
  private constructor(
    readonly name: string,
    readonly kafka: KafkaConnection,
    readonly client: MongoClient,
    readonly database: Db,
    private readonly topics: readonly TopicDefinition[],
  ) {}

  static async open(
    topics: readonly TopicDefinition[] = [TOPICS.requests, TOPICS.plans, TOPICS.cases],
  ): Promise<Fixture> {
    const name = `t-${randomBytes(5).toString('hex')}`;
    const brokers = required('KAFKA_BROKERS').split(',');
    const kafka = new KafkaConnection({ brokers, clientId: name, topicPrefix: `${name}.` });
    const few = topics.map((topic) => ({ ...topic, partitions: 2 }));
    await ensureTopics(kafka, few);
    const client = await MongoClient.connect(required('MONGODB_URI'), { serverSelectionTimeoutMS: 2000 });
    return new Fixture(name, kafka, client, client.db(name), few);
  }

  /** Runs when the fixture closes, last first. */
  onClose(close: () => Promise<unknown>): void {
    this.closers.push(close);
  }

  async close(): Promise<void> {
    for (const close of this.closers.reverse()) await close();
    const admin = this.kafka.admin();
    await admin.connect();
    await admin.deleteTopics({ topics: this.topics.map(({ name }) => this.kafka.physical(name)) });
    await admin.disconnect();
    await this.database.dropDatabase();
    await this.client.close();
  }

  relay(
    options: {
      started?: boolean;
      sweepMs?: number;
      leaseMs?: number;
      lingerMs?: number;
      longestLingerMs?: number;
      clock?: { now(): Date };
    } = {},
  ): Relay {
    const relay = new Relay({ kafka: this.kafka, sweepMs: 200, ...options });
    if (options.started !== false) relay.start();
    this.onClose(() => relay.stop(500));
    return relay;
  }

  async store(relay: Relay, options: Partial<DocumentStoreOptions> = {}): Promise<DocumentStore<CaseNote>> {
    const collection = this.database.collection('notes');
    const store = new DocumentStore<CaseNote>(collection, { source: '/kenri/test', relay, ...options });
    await store.ensureIndexes();
    return store;
  }

  /** Everything on a topic, in order per partition. */
  async read(topic: string): Promise<Received[]> {
    const messages: Received[] = [];
    await readCompacted(this.kafka, topic, (record) => {
      if (record.kind === 'message') messages.push(record.message);
    });
    return messages;
  }

  async service(controller: Type, options: Partial<MessagingOptions> = {}): Promise<RunningService> {
    const messaging = MessagingModule.forRoot({
      kafka: this.kafka.settings,
      database: this.database,
      group: 'readers',
      sealer: reversing,
      topics: this.topics,
      relay: { sweepMs: 200 },
      ...options,
    });
    @Module({ imports: [messaging], controllers: [controller] })
    class TestService {}
    const app = await NestFactory.create(TestService, new FastifyAdapter(), {
      logger: this.logger,
      abortOnError: false,
    });
    this.applications.push(app);
    let closed = false;
    const close = async () => {
      if (closed) return;
      closed = true;
      await app.close();
    };
    this.onClose(close);
    const strategy = await connectMessaging(app);
    await app.startAllMicroservices();
    return { app, strategy, relay: app.get(Relay), parking: app.get(Parking), close };
  }
}

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** A case id (ULID form). */
export const caseId = (): string =>
  Array.from(randomBytes(26), (byte, index) => (index === 0 ? '0' : ALPHABET[byte % 32])).join('');

export const withdrawn = (id: string, part: string | number = 1): AnyOutgoing => ({
  id: `${id}:intake:withdrawn:1:${part}`,
  type: 'dsr.request.withdrawn.v1',
  caseId: id,
  data: { caseId: id, withdrawnAt: '2026-01-05T00:00:00.000Z', by: 'applicant' },
});

export const cancelled = (id: string, systems: string[] | undefined, round = 1): AnyOutgoing => ({
  id: `${id}:auto:cancelled:${round}`,
  type: 'dsr.plan.cancelled.v1',
  caseId: id,
  ...(systems && { systems }),
  data: { caseId: id, system: 'auto', round, reason: 'closed', cancelledAt: '2026-01-05T00:00:00.000Z' },
});

/** Polls until `probe` returns something other than undefined and false. */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  withinMs = 20_000,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`after ${withinMs} ms still not: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
