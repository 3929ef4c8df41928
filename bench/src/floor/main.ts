// The floor: what the same documents and messages cost with nothing but the two clients. Batches, effects before offsets; no
// framework, no rules, no sealing, no validation, no tracing.
import { createServer, type ServerResponse } from 'node:http';
import '@kenri/messaging/mended-kafkajs';
import kafkajs, { type EachBatchPayload, type Message } from 'kafkajs';
import { MongoClient, type AnyBulkWriteOperation } from 'mongodb';
import {
  connectorDatabase,
  DURABLE,
  isForOthers,
  merged,
  needsRows,
  replicaSettings,
  storeOf,
  topicsOf,
  updateOf,
  type IndexEntry,
  type Stored,
} from '../work/replica-settings.js';
import type { Id, Incoming, Outgoing, Rows, Stage, Write } from '../work/script.js';

const { role, brokers, mongodbUri, topicPrefix, databasePrefix, port, script } = await replicaSettings(process.env);
const mongo = await MongoClient.connect(mongodbUri);
const kafka = new kafkajs.Kafka({ clientId: `floor-${role}`, brokers, logLevel: kafkajs.logLevel.ERROR });
const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
const consumer = kafka.consumer({ groupId: `floor-${role}`, maxWaitTimeInMs: 500 });

const collectionOf = (database: string, name: string) =>
  mongo.db(`${databasePrefix}${database}`).collection<Stored>(name);

/** Stage by stage over the whole batch: one bulkWrite per collection, one sendBatch. */
async function carryOut(all: readonly Stage[][]): Promise<void> {
  for (let n = 0; all.some((stages) => n < stages.length); n += 1) {
    const writes = new Map<string, Write[]>();
    const send: Outgoing[] = [];
    for (const stages of all) {
      const stage = stages[n];
      if (!stage) continue;
      if ('send' in stage) send.push(...stage.send);
      else
        for (const write of stage.writes) {
          const where = `${write.database}/${write.collection}`;
          const same = writes.get(where);
          if (same) same.push(write);
          else writes.set(where, [write]);
        }
    }
    await Promise.all([...writes.values()].map(write));
    if (send.length > 0) await publish(send);
  }
}

/** Updates of one document in one batch become one, as any batching program would. */
async function write(writes: readonly Write[]): Promise<void> {
  const updates = new Map<Id, Pick<Write, 'document' | 'removed'>>();
  const operations: AnyBulkWriteOperation<Stored>[] = [];
  for (const { op, id, document, removed } of writes) {
    const before = updates.get(id);
    if (op === 'insert') operations.push({ insertOne: { document: { ...document, _id: id } } });
    else if (before) updates.set(id, merged(before, { document, removed }));
    else updates.set(id, { document, removed });
  }
  for (const [_id, fields] of updates) operations.push({ updateOne: { filter: { _id }, update: updateOf(fields) } });
  const { database, collection } = writes[0]!;
  await collectionOf(database, collection).bulkWrite(operations, { ordered: false, ...DURABLE });
}

async function publish(send: readonly Outgoing[]): Promise<void> {
  const byTopic = new Map<string, Message[]>();
  for (const { topic, key, headers, value } of send) {
    const message = { key, headers, value: JSON.stringify(value) };
    const same = byTopic.get(topic);
    if (same) same.push(message);
    else byTopic.set(topic, [message]);
  }
  await producer.sendBatch({
    acks: -1,
    topicMessages: [...byTopic].map(([topic, messages]) => ({ topic: topicPrefix + topic, messages })),
  });
}

/** One find in the index, one per collection of the store: the person's rows as they are now. */
async function rowsOf(incoming: readonly Incoming[]): Promise<Map<string, Rows>> {
  const ids = incoming.map(({ caseId }) => caseId);
  const entries = await mongo
    .db(`${databasePrefix}${connectorDatabase(role)}`)
    .collection<IndexEntry>('index')
    .find({ _id: { $in: ids } })
    .toArray();
  const byCollection = new Map<string, Id[]>();
  for (const { rows } of entries)
    for (const [name, own] of Object.entries(rows)) byCollection.set(name, [...(byCollection.get(name) ?? []), ...own]);
  await Promise.all(
    [...byCollection].map(([name, own]) =>
      collectionOf(storeOf(role), name)
        .find({ _id: { $in: own } })
        .toArray(),
    ),
  );
  return new Map(entries.map(({ _id, rows }) => [_id, rows]));
}

async function eachBatch(payload: EachBatchPayload): Promise<void> {
  const { batch } = payload;
  const incoming: Incoming[] = [];
  for (const { headers, value } of batch.messages) {
    if (isForOthers(role, headers?.['ce_systems']?.toString())) continue;
    const { caseId, system } = JSON.parse(String(value)) as { caseId: string; system?: string };
    incoming.push({ type: String(headers?.['ce_type']), caseId, system });
  }
  if (incoming.length > 0) {
    const rows = needsRows(role) ? await rowsOf(incoming) : undefined;
    await carryOut(incoming.map((message) => script.handle(role, message, rows?.get(message.caseId))));
  }
  payload.resolveOffset(batch.lastOffset());
  await payload.heartbeat();
  await payload.commitOffsetsIfNecessary(payload.uncommittedOffsets());
}

/** Accepts that arrive while a batch is being written go together into the next. */
const waiting: { caseId: string; response: ServerResponse }[] = [];
let accepting = false;
async function acceptAll(): Promise<void> {
  if (accepting) return;
  accepting = true;
  try {
    while (waiting.length > 0) {
      const batch = waiting.splice(0);
      await carryOut(batch.map(({ caseId }) => script.accepted(caseId)));
      for (const { response, caseId } of batch) {
        response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify({ id: caseId }));
      }
    }
  } finally {
    accepting = false;
  }
}

consumer.on(consumer.events.CRASH, ({ payload }) => {
  if (!payload.restart) fail(payload.error);
});
await producer.connect();
await consumer.connect();
await consumer.subscribe({ topics: topicsOf(role).map((topic) => topicPrefix + topic), fromBeginning: true });
await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, partitionsConsumedConcurrently: 4, eachBatch });
const server = createServer((request, response) => {
  const [, caseId] = /^\/applications\/([0-9A-Z]{26})\/accept$/.exec(request.url ?? '') ?? [];
  request.resume();
  if (caseId === undefined) {
    response.writeHead(request.url === '/health' ? 200 : 404).end();
    return;
  }
  waiting.push({ caseId, response });
  acceptAll().catch(fail);
});
server.listen(port, '127.0.0.1');

function fail(error: unknown): void {
  console.error(error);
  process.exit(1);
}
process.once('SIGTERM', () => {
  server.close();
  Promise.all([consumer.disconnect(), producer.disconnect(), mongo.close()]).then(() => process.exit(0), fail);
});
