// The naive build: stock Nest over Kafka, as its documentation shows it. Every message handled alone, a write and a send at a time.
import 'reflect-metadata';
import { Controller, Get, HttpCode, Inject, Module, Param, Post, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ClientsModule,
  Ctx,
  EventPattern,
  KafkaContext,
  Payload,
  Transport,
  type ClientKafka,
  type MicroserviceOptions,
} from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { MongoClient } from 'mongodb';
import { lastValueFrom } from 'rxjs';
import {
  connectorDatabase,
  DURABLE,
  isForOthers,
  needsRows,
  replicaSettings,
  storeOf,
  topicsOf,
  updateOf,
  type IndexEntry,
  type Stored,
} from '../work/replica-settings.js';
import type { Rows, Stage } from '../work/script.js';

const settings = await replicaSettings(process.env);
const { role, script, topicPrefix, databasePrefix } = settings;
const mongo = await MongoClient.connect(settings.mongodbUri);
const client = { clientId: `naive-${role}`, brokers: settings.brokers };

const collectionOf = (database: string, name: string) =>
  mongo.db(`${databasePrefix}${database}`).collection<Stored>(name);

/** Nest types the decorator by what it decorates, which only a plain MethodDecorator lets TypeScript apply to this method. */
const OnTopics = (topics: string[]): MethodDecorator => EventPattern(topics);

class Work {
  constructor(@Inject('KAFKA') private readonly kafka: ClientKafka) {}

  async carryOut(stages: readonly Stage[]): Promise<void> {
    for (const stage of stages) {
      if ('send' in stage) {
        for (const { topic, key, headers, value } of stage.send)
          await lastValueFrom(this.kafka.emit(topicPrefix + topic, { key, headers, value }));
        continue;
      }
      for (const { database, collection, op, id: _id, document, removed } of stage.writes) {
        const where = collectionOf(database, collection);
        if (op === 'insert') await where.insertOne({ ...document, _id }, DURABLE);
        else await where.updateOne({ _id }, updateOf({ document, removed }), DURABLE);
      }
    }
  }

  async rowsOf(caseId: string): Promise<Rows> {
    const index = mongo.db(`${databasePrefix}${connectorDatabase(role)}`).collection<IndexEntry>('index');
    const { rows = {} } = (await index.findOne({ _id: caseId })) ?? {};
    for (const [name, ids] of Object.entries(rows)) {
      await collectionOf(storeOf(role), name)
        .find({ _id: { $in: ids } })
        .toArray();
    }
    return rows;
  }
}

@Controller()
class Messages {
  constructor(@Inject(Work) private readonly work: Work) {}

  @OnTopics(topicsOf(role).map((topic) => topicPrefix + topic))
  async handle(
    @Payload() { caseId, system }: { caseId: string; system?: string },
    @Ctx() context: KafkaContext,
  ): Promise<void> {
    const headers = context.getMessage().headers ?? {};
    if (isForOthers(role, headers['ce_systems']?.toString())) return;
    const rows = needsRows(role) ? await this.work.rowsOf(caseId) : {};
    await this.work.carryOut(script.handle(role, { type: String(headers['ce_type']), caseId, system }, rows));
  }
}

@Controller()
class Applications {
  constructor(@Inject(Work) private readonly work: Work) {}

  @Get('health')
  health(): string {
    return 'ready';
  }

  @Post('applications/:id/accept')
  @HttpCode(201)
  async accept(@Param('id') id: string): Promise<{ id: string }> {
    await this.work.carryOut(script.accepted(id));
    return { id };
  }
}

@Module({
  imports: [
    ClientsModule.register([
      { name: 'KAFKA', transport: Transport.KAFKA, options: { client, producerOnlyMode: true } },
    ]),
  ],
  controllers: [Messages, Applications] as Type[],
  providers: [Work],
})
class NaiveModule {}

const app = await NestFactory.create<NestFastifyApplication>(NaiveModule, new FastifyAdapter(), {
  logger: ['error', 'fatal'],
});
app.connectMicroservice<MicroserviceOptions>({
  transport: Transport.KAFKA,
  options: { client, consumer: { groupId: `naive-${role}` }, subscribe: { fromBeginning: true } },
});
app.enableShutdownHooks();
await app.startAllMicroservices();
await app.listen(settings.port, '127.0.0.1');
