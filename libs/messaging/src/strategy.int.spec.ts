import { Controller } from '@nestjs/common';
import { TOPICS } from '@kenri/contracts';
import type { Message } from 'kafkajs';
import { MongoClient } from 'mongodb';
import { Unavailable, Unprocessable } from './errors.js';
import type { Received } from './message.js';
import { KafkaConnection } from './kafka-connection.js';
import { OnEvent } from './on-event.js';
import { publish } from './publish.js';
import { ensureTopics } from './topics.js';
import { breakableProxy } from './testing/breakable-proxy.js';
import { cancelled, caseId, eventually, Fixture, withdrawn } from './testing/fixture.js';

let fixture: Fixture;
beforeEach(async () => {
  fixture = await Fixture.open();
});
afterEach(async () => {
  await fixture.close();
});

/** A controller class of its own per test, so that no test sees another's messages. */
function recording(behave: (message: Received) => Promise<void> | void = () => undefined) {
  const handled: Received[] = [];
  const batches: Received[][] = [];
  @Controller()
  class Recorder {
    @OnEvent('dsr.request.withdrawn.v1')
    async single(message: Received<'dsr.request.withdrawn.v1'>): Promise<void> {
      await behave(message);
      handled.push(message);
    }

    @OnEvent('dsr.plan.cancelled.v1', { batch: true })
    async batch(messages: Received<'dsr.plan.cancelled.v1'>[]): Promise<void> {
      batches.push(messages);
      for (const message of messages) await behave(message);
      handled.push(...messages);
    }
  }
  return { Recorder, handled, batches };
}

async function sendRaw(topic: string, messages: Message[]): Promise<void> {
  const producer = fixture.kafka.producer();
  await producer.connect();
  await producer.send({ topic: fixture.kafka.physical(topic), messages, acks: -1 });
  await producer.disconnect();
}

async function committedOffsets(topic: string): Promise<number> {
  const admin = fixture.kafka.admin();
  await admin.connect();
  try {
    const [found] = await admin.fetchOffsets({
      groupId: fixture.kafka.physical('readers'),
      topics: [fixture.kafka.physical(topic)],
    });
    return (found?.partitions ?? []).reduce((sum, { offset }) => sum + Math.max(Number(offset), 0), 0);
  } finally {
    await admin.disconnect();
  }
}

it('a handler gets the message decoded and validated, and the offset follows its effect', async () => {
  const { Recorder, handled } = recording();
  await fixture.service(Recorder);
  const id = caseId();
  await publish(fixture.kafka, '/kenri/intake', [withdrawn(id)]);
  const message = await eventually('the message is handled', () => handled[0]);
  expect(message).toMatchObject({
    id: `${id}:intake:withdrawn:1:1`,
    type: 'dsr.request.withdrawn.v1',
    caseId: id,
    source: '/kenri/intake',
    systems: [],
    data: { caseId: id, by: 'applicant' },
    topic: 'dsr.requests.v1',
    key: id,
  });
  await eventually('the offset is committed', async () => (await committedOffsets('dsr.requests.v1')) === 1);
});

const headersOf = (id: string, extra: Record<string, string | undefined> = {}) => {
  const all: Record<string, string | undefined> = {
    ce_specversion: '1.0',
    ce_id: `${id}:intake:withdrawn:1`,
    ce_type: 'dsr.request.withdrawn.v1',
    ce_source: '/kenri/intake',
    ce_subject: id,
    ce_time: '2026-01-05T00:00:00.000Z',
    ...extra,
  };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
};
const valueOf = (id: string, extra: object = {}) =>
  JSON.stringify({ caseId: id, withdrawnAt: '2026-01-05T00:00:00.000Z', by: 'applicant', ...extra });

const CANARY = '山田太郎';
const POISON: [what: string, code: string, make: (id: string) => Message][] = [
  [
    'JSON that does not parse',
    'malformed-json',
    (id) => ({ key: id, headers: headersOf(id), value: `{"caseId": ${CANARY}` }),
  ],
  [
    'bytes that are not UTF-8',
    'malformed-json',
    (id) => ({ key: id, headers: headersOf(id), value: Buffer.from([0x22, 0xff, 0x22]) }),
  ],
  [
    'an unknown type',
    'unknown-type',
    (id) => ({ key: id, headers: headersOf(id, { ce_type: `dsr.${CANARY}.v1` }), value: valueOf(id) }),
  ],
  [
    'an unknown version',
    'unknown-version',
    (id) => ({ key: id, headers: headersOf(id, { ce_type: 'dsr.request.withdrawn.v2' }), value: valueOf(id) }),
  ],
  [
    'a schema violation',
    'schema-violation',
    (id) => ({ key: id, headers: headersOf(id), value: valueOf(id, { by: CANARY }) }),
  ],
  [
    'a missing header',
    'missing-header',
    (id) => ({ key: id, headers: headersOf(id, { ce_id: undefined }), value: valueOf(id) }),
  ],
  ['no headers at all', 'missing-header', (id) => ({ key: id, value: valueOf(id) })],
  [
    'headers that no document can have as fields',
    'missing-header',
    (id) => ({
      key: id,
      headers: { 'a\u0000b': 'x', ['__proto__']: 'x', constructor: 'x', $set: 'x' },
      value: valueOf(id),
    }),
  ],
  [
    'headers by the ten thousand',
    'missing-header',
    (id) => ({
      key: id,
      headers: Object.fromEntries(Array.from({ length: 30_000 }, (_none, index) => [`h${index}`, CANARY])),
      value: valueOf(id),
    }),
  ],
  ['a tombstone', 'tombstone', (id) => ({ key: id, headers: headersOf(id), value: null })],
  [
    'an oversized payload',
    'oversized',
    (id) => ({ key: id, headers: headersOf(id), value: valueOf(id, { padding: 'x'.repeat(70_000) }) }),
  ],
  ['a wrong key', 'wrong-key', (id) => ({ key: CANARY, headers: headersOf(id), value: valueOf(id) })],
  ['no key', 'wrong-key', (id) => ({ key: null, headers: headersOf(id), value: valueOf(id) })],
  [
    'a payload of another case',
    'wrong-subject',
    (id) => ({ key: id, headers: headersOf(id), value: valueOf(caseId()) }),
  ],
  [
    'a type of another topic',
    'wrong-topic',
    (id) => ({ key: id, headers: headersOf(id, { ce_type: 'dsr.plan.cancelled.v1' }), value: valueOf(id) }),
  ],
  [
    'a specversion of the future',
    'unsupported-specversion',
    (id) => ({ key: id, headers: headersOf(id, { ce_specversion: '2.0' }), value: valueOf(id) }),
  ],
];

it('poison of every sort is parked while its partition moves on, sealed and without personal data', async () => {
  const { Recorder, handled } = recording();
  const { parking } = await fixture.service(Recorder);
  const id = caseId();
  // All on one partition, each followed by a good message.
  await sendRaw(
    'dsr.requests.v1',
    POISON.flatMap(([, , make], index) => [
      { ...make(id), partition: 1 },
      {
        key: id,
        headers: headersOf(id, { ce_id: `${id}:intake:withdrawn:1:${index}` }),
        value: valueOf(id),
        partition: 1,
      },
    ]),
  );
  await eventually('every good message is handled', () => handled.length === POISON.length);
  const { messages } = await parking.list({ limit: 100 });
  const byOffset = messages.sort((a, b) => Number(a.offset) - Number(b.offset));
  expect(byOffset.map(({ reason }) => reason.code)).toEqual(POISON.map(([, code]) => code));
  const stored = await fixture.database.collection('parked').find().toArray();
  expect(JSON.stringify(byOffset)).not.toContain(CANARY);
  for (const document of stored)
    expect(Buffer.from((document.sealed as { buffer: Uint8Array }).buffer).includes(CANARY)).toBe(false);
  await eventually(
    'all offsets are committed',
    async () => (await committedOffsets('dsr.requests.v1')) === POISON.length * 2,
  );
  for (const { id: parked, reason } of byOffset)
    expect(await parking.replay(parked)).toEqual({ id: parked, outcome: 'parked-again', reason });
});

it('a message is parked once, however often its offset is delivered', async () => {
  const { Recorder } = recording();
  const { parking, strategy } = await fixture.service(Recorder);
  const id = caseId();
  const record = {
    topic: 'dsr.requests.v1',
    partition: 0,
    offset: '7',
    timestamp: '1767225600000',
    key: Buffer.from(id),
    value: Buffer.from('{'),
    headers: headersOf(id),
  };
  await strategy.processor.process([record]);
  const [first] = (await parking.list()).messages;
  await strategy.processor.process([record]);
  expect((await parking.list()).messages).toEqual([first]);
  expect(await parking.discard(first!.id, { staff: 'sre', reason: 'a test' })).toBe(true);
  await strategy.processor.process([record]);
  expect((await parking.list()).messages).toEqual([]);
  expect((await parking.show(first!.id))?.discarded).toMatchObject({ by: 'sre', reason: 'a test' });
});

it('a message at the place of one that was parked before its topic was made anew is parked beside it', async () => {
  const { Recorder } = recording();
  const { parking, strategy } = await fixture.service(Recorder);
  const at = (timestamp: string, id = caseId()) => ({
    topic: 'dsr.requests.v1',
    partition: 0,
    offset: '0',
    timestamp,
    key: Buffer.from(id),
    value: Buffer.from('{'),
    headers: headersOf(id),
  });
  const [before, after] = [at('1767225600000'), at('1767225600001')];
  await strategy.processor.process([before]);
  await strategy.processor.process([after]);
  expect((await parking.list()).messages.map(({ id, key }) => [id, key])).toEqual([
    [parking.idOf(before), before.key.toString()],
    [parking.idOf(after), after.key.toString()],
  ]);
});

it('what a handler calls unprocessable is parked at once; replayed, it has its effect under the same id and is gone', async () => {
  let refuse = true;
  let attempts = 0;
  const { Recorder, handled } = recording(() => {
    attempts += 1;
    if (refuse) throw new Unprocessable('not-yet', 'the rules are still missing');
  });
  const { parking } = await fixture.service(Recorder);
  const id = caseId();
  await publish(fixture.kafka, '/kenri/intake', [withdrawn(id)]);
  const [parked] = await eventually('it is parked', async () => {
    const { messages } = await parking.list();
    return messages.length > 0 && messages;
  });
  expect(attempts).toBe(1);
  expect(parked!.reason).toEqual({ code: 'not-yet', detail: 'the rules are still missing' });
  expect(await parking.replay(parked!.id)).toMatchObject({ outcome: 'parked-again', reason: { code: 'not-yet' } });
  expect((await parking.show(parked!.id))?.replays).toBe(1);
  refuse = false;
  expect(await parking.replay(parked!.id)).toEqual({ id: parked!.id, outcome: 'handled' });
  expect(handled.map((message) => message.id)).toEqual([`${id}:intake:withdrawn:1:1`]);
  expect(await parking.show(parked!.id)).toBeNull();
  expect(await parking.replay(parked!.id)).toMatchObject({ outcome: 'not-found' });
});

it('an unexpected error is tried again; one that stays is parked by its class, and its text is not kept', async () => {
  const failures = new Map<string, number>();
  const [passing, staying] = [caseId(), caseId()];
  const { Recorder, handled } = recording((message) => {
    const failed = failures.get(message.caseId) ?? 0;
    failures.set(message.caseId, failed + 1);
    if (message.caseId === staying || failed === 0) throw new RangeError(`about ${CANARY}`);
  });
  const { parking } = await fixture.service(Recorder, { strategy: { retryAfterMs: [5, 5] } });
  await publish(fixture.kafka, '/kenri/intake', [withdrawn(staying), withdrawn(passing)]);
  await eventually('the one that passes is handled', () => handled.length === 1);
  const parked = await eventually('the other is parked', async () => (await parking.list()).messages[0]);
  expect(failures).toEqual(
    new Map([
      [passing, 2],
      [staying, 3],
    ]),
  );
  expect(parked).toMatchObject({ key: staying, reason: { code: 'handler-failed', detail: 'RangeError' } });
});

it('while something is unreachable nothing is parked and nothing committed; afterwards everything is handled', async () => {
  let reachable = false;
  let attempts = 0;
  const { Recorder, handled } = recording(() => {
    attempts += 1;
    if (!reachable) throw new Unavailable('the business store');
  });
  const { parking } = await fixture.service(Recorder);
  const ids = Array.from({ length: 20 }, caseId);
  await publish(
    fixture.kafka,
    '/kenri/intake',
    ids.map((id) => withdrawn(id)),
  );
  await eventually('it was tried several times', () => attempts >= 50);
  expect(await committedOffsets('dsr.requests.v1')).toBe(0);
  expect((await parking.list()).messages).toEqual([]);
  reachable = true;
  await eventually('all are handled', () => new Set(handled.map((message) => message.caseId)).size === 20);
  await eventually('all offsets are committed', async () => (await committedOffsets('dsr.requests.v1')) === 20);
  expect((await parking.list()).messages).toEqual([]);
});

it('a process that ends before the effect is durable leaves the message to the next one', async () => {
  let release: () => void = () => undefined;
  const hung = new Promise<void>((resolve) => (release = resolve));
  const first = recording(async () => {
    await hung;
    throw new Unavailable('the database');
  });
  const dying = await fixture.service(first.Recorder);
  const id = caseId();
  await publish(fixture.kafka, '/kenri/intake', [withdrawn(id)]);
  await eventually('the first process has it in hand', () => dying.strategy.lastFetchAt !== undefined);
  const closed = dying.close();
  release();
  await closed;
  expect(await committedOffsets('dsr.requests.v1')).toBe(0);
  const second = recording();
  await fixture.service(second.Recorder);
  await eventually('the second process handles it', () => second.handled.length === 1);
});

it('a connector skips what is for other systems by the header alone, unparsed', async () => {
  const { Recorder, handled } = recording();
  const { parking, strategy } = await fixture.service(Recorder, { system: 'auto' });
  const [everyone, mine, others, nobody] = [caseId(), caseId(), caseId(), caseId()];
  await publish(fixture.kafka, '/kenri/cases', [
    cancelled(everyone, undefined),
    cancelled(mine, ['flower', 'auto']),
    cancelled(others, ['flower', 'medical']),
    cancelled(nobody, []),
  ]);
  await sendRaw('dsr.plans.v1', [{ key: 'x', headers: { ce_systems: 'flower' }, value: 'not JSON' }]);
  await eventually('both are handled', () => handled.length === 2);
  await eventually('three are skipped', () => strategy.processor.counters.skipped === 3);
  expect(new Set(handled.map((message) => message.caseId))).toEqual(new Set([everyone, mine]));
  expect((await parking.list()).messages).toEqual([]);
});

it('a batch handler gets what its batch held, in order', async () => {
  const { Recorder, batches } = recording();
  const ids = [caseId(), caseId(), caseId()];
  await publish(
    fixture.kafka,
    '/kenri/cases',
    [1, 2, 3, 4].flatMap((round) => ids.map((id) => cancelled(id, undefined, round))),
  );
  await fixture.service(Recorder);
  await eventually('all have arrived', () => batches.flat().length === 12);
  expect(batches.length).toBeLessThanOrEqual(2);
  for (const id of ids) {
    const rounds = batches.flat().filter((message) => message.caseId === id);
    expect(rounds.map((message) => (message.data as { round?: number }).round)).toEqual([1, 2, 3, 4]);
  }
});

it('what one fetch brings of many partitions is one batch', async () => {
  const { Recorder, batches } = recording();
  const ids = Array.from({ length: 40 }, caseId);
  await publish(
    fixture.kafka,
    '/kenri/cases',
    ids.map((id) => cancelled(id, undefined)),
  );
  await fixture.service(Recorder);
  await eventually('all have arrived', () => batches.flat().length === 40);
  expect(batches.some((batch) => new Set(batch.map(({ partition }) => partition)).size > 1)).toBe(true);
});

it('a message that has to wait holds up its own partition and no other', async () => {
  const waiting = caseId();
  let ready = false;
  const { Recorder, handled } = recording(({ caseId: id }) => {
    if (id === waiting && !ready) throw new Unavailable('what one message needs');
  });
  const others = Array.from({ length: 40 }, caseId);
  await publish(
    fixture.kafka,
    '/kenri/cases',
    [waiting, ...others].map((id) => cancelled(id, undefined)),
  );
  await fixture.service(Recorder);
  const [first] = await eventually('others are handled', () => (handled.length > 5 ? handled : undefined));
  expect(first).toBeDefined();
  expect(handled.some(({ caseId: id }) => id === waiting)).toBe(false);
  ready = true;
  await eventually('all are handled', () => new Set(handled.map(({ caseId: id }) => id)).size === 41);
});

it('when a batch fails, only the message at fault is parked', async () => {
  const ids = Array.from({ length: 10 }, caseId);
  const { Recorder, handled } = recording((message) => {
    if (message.caseId === ids[4]) throw new Unprocessable('not-this-one');
  });
  await publish(
    fixture.kafka,
    '/kenri/cases',
    ids.map((id) => cancelled(id, undefined)),
  );
  const { parking } = await fixture.service(Recorder);
  await eventually('nine are handled', () => new Set(handled.map((message) => message.caseId)).size === 9);
  const parked = await eventually('one is parked', async () => (await parking.list()).messages);
  expect(parked.map(({ key, reason }) => [key, reason.code])).toEqual([[ids[4], 'not-this-one']]);
});

it('two handlers of one type, and a handler of an unknown type, are refused at start', async () => {
  @Controller()
  class Twice {
    @OnEvent('dsr.request.withdrawn.v1')
    async one(_message: Received<'dsr.request.withdrawn.v1'>): Promise<void> {}
    @OnEvent('dsr.request.withdrawn.v1')
    async two(_message: Received<'dsr.request.withdrawn.v1'>): Promise<void> {}
  }
  await expect(fixture.service(Twice)).rejects.toThrow(/two handlers/);
});

it('processes that start at the same time create the topics together', async () => {
  const other = new KafkaConnection({ ...fixture.kafka.settings, topicPrefix: `${fixture.name}-together.` });
  const definitions = [TOPICS.requests, TOPICS.plans, TOPICS.answers];
  const outcomes = await Promise.all([1, 2, 3].map(() => ensureTopics(other, definitions)));
  expect(outcomes.flatMap(({ drift }) => drift)).toEqual([]);
  const admin = other.admin();
  await admin.connect();
  await admin.deleteTopics({ topics: definitions.map(({ name }) => other.physical(name)) });
  await admin.disconnect();
});

it('topics are created as the contracts say, and drift is told', async () => {
  const retyped = { ...TOPICS.cases, partitions: 2, config: { ...TOPICS.cases.config, 'retention.ms': '1000' } };
  expect(await ensureTopics(fixture.kafka, [retyped])).toEqual({
    created: [],
    drift: [
      { topic: 'dsr.cases.v1', setting: 'retention.ms', wanted: '1000', found: TOPICS.cases.config['retention.ms'] },
    ],
  });
});

it('a database that cannot be reached parks nothing, not even poison, and loses nothing', async () => {
  const uri = new URL(process.env.MONGODB_URI!);
  const proxy = await breakableProxy(uri.hostname, Number(uri.port || 27017));
  const client = await MongoClient.connect(`mongodb://127.0.0.1:${proxy.port}/?directConnection=true`, {
    serverSelectionTimeoutMS: 500,
  });
  fixture.onClose(async () => {
    await client.close();
    await proxy.close();
  });
  const notes = client.db(fixture.name).collection<{ _id: string }>('effects');
  const { Recorder, handled } = recording(async (message) => {
    await notes.updateOne({ _id: message.caseId }, { $setOnInsert: { at: 1 } }, { upsert: true });
  });
  const { parking } = await fixture.service(Recorder, { database: client.db(fixture.name) });
  proxy.cut();
  const ids = Array.from({ length: 10 }, caseId);
  await publish(
    fixture.kafka,
    '/kenri/intake',
    ids.map((id) => withdrawn(id)),
  );
  await sendRaw('dsr.requests.v1', [{ key: ids[0]!, headers: headersOf(ids[0]!), value: '{' }]);
  await expect(notes.countDocuments()).rejects.toThrow();
  await expect(notes.countDocuments()).rejects.toThrow();
  expect(await committedOffsets('dsr.requests.v1')).toBe(0);
  expect(handled).toEqual([]);
  proxy.restore();
  await eventually('all offsets are committed', async () => (await committedOffsets('dsr.requests.v1')) === 11);
  expect((await notes.find().toArray()).map(({ _id }) => _id).sort()).toEqual([...ids].sort());
  expect((await parking.list()).messages.map(({ reason }) => reason.code)).toEqual(['malformed-json']);
});
