import { setTimeout as delay } from 'node:timers/promises';
import type { Change } from './document.js';
import type { DocumentStore } from './document-store.js';
import { KafkaConnection } from './kafka-connection.js';
import { Relay } from './relay.js';
import { readCompacted, type TopicRecord } from './topic-reader.js';
import { TOPICS } from '@kenri/contracts';
import { caseId, eventually, Fixture, withdrawn, type CaseNote } from './testing/fixture.js';

let fixture: Fixture;
beforeEach(async () => {
  fixture = await Fixture.open([TOPICS.requests, TOPICS.plans, TOPICS.suppressions]);
});
afterEach(async () => {
  await fixture.close();
});

const noteAndSend = (id: string, text: string): Change<CaseNote> => ({
  id,
  decide: (state) => ({ state: { _id: id, notes: [...(state?.notes ?? []), text] }, send: [withdrawn(id, text)] }),
});
const emptied = (store: DocumentStore<CaseNote>, ids: string[]) => async () =>
  (await store.collection.countDocuments({
    _id: { $in: ids },
    outbox: { $size: 0 },
    outboxAt: { $exists: false },
    outboxLease: { $exists: false },
  })) === ids.length;
const parts = async (id: string) =>
  (await fixture.read('dsr.requests.v1'))
    .filter((message) => message.caseId === id)
    .map((message) => message.id.split(':').pop());

it('what a process wrote and did not live to publish is published by another one', async () => {
  const dead = await fixture.store(fixture.relay({ started: false }));
  const ids = Array.from({ length: 50 }, caseId);
  await dead.commit(ids.map((id) => noteAndSend(id, 'a')));
  expect(await fixture.read('dsr.requests.v1')).toEqual([]);
  const alive = fixture.relay();
  const store = await fixture.store(alive);
  await eventually('all are published and cleared', emptied(store, ids));
  expect((await fixture.read('dsr.requests.v1')).map((message) => message.caseId).sort()).toEqual([...ids].sort());
  expect(alive.counters.swept).toBe(50);
});

it('what was written while the clock was days ahead is published, and keeps its time', async () => {
  const ahead = new Date(Date.now() + 3 * 24 * 3600_000);
  const store = await fixture.store(fixture.relay({ clock: { now: () => ahead } }), { clock: { now: () => ahead } });
  const id = caseId();
  await store.commit([noteAndSend(id, 'a')]);
  const [message] = await eventually('it is published', async () => {
    const received = await fixture.read('dsr.requests.v1');
    return received.length > 0 && received;
  });
  expect(message?.time).toEqual(ahead);
});

it('a document leased to another relay is left alone until the lease has ended', async () => {
  const dead = await fixture.store(fixture.relay({ started: false }));
  const id = caseId();
  await dead.commit([noteAndSend(id, 'a')]);
  const now = Date.now();
  await dead.collection.updateOne(
    { _id: id },
    { $set: { outboxLease: { by: 'another', until: new Date(now + 20_000) } } },
  );
  let time = now;
  const relay = fixture.relay({ clock: { now: () => new Date(time) }, sweepMs: 50 });
  const store = await fixture.store(relay);
  await relay.sweep();
  await relay.sweep();
  expect(relay.counters.swept).toBe(0);
  time = now + 20_001;
  await eventually('it is published', emptied(store, [id]));
  expect(await parts(id)).toEqual(['a']);
});

it('two relays whose processes write the same documents at once keep each document in order', async () => {
  const [one, two] = [await fixture.store(fixture.relay()), await fixture.store(fixture.relay())];
  const ids = Array.from({ length: 8 }, caseId);
  await Promise.all(
    [one, two].map(async (store, s) => {
      for (let n = 0; n < 12; n += 1) await store.commit(ids.map((id) => noteAndSend(id, `${s}-${n}`)));
    }),
  );
  await eventually('all outboxes are empty', emptied(one, ids));
  const states = await one.load(ids);
  const received = await fixture.read('dsr.requests.v1');
  for (const id of ids) {
    const published = received.filter((message) => message.caseId === id).map((message) => message.id.split(':').pop());
    expect([...new Set(published)]).toEqual(states.get(id)?.notes);
  }
});

it('while no broker can be reached writes succeed and wait; a relay that reaches one publishes them', async () => {
  const nowhere = new KafkaConnection({ ...fixture.kafka.settings, brokers: ['127.0.0.1:9'] });
  const cutOff = new Relay({ kafka: nowhere, sweepMs: 100 });
  cutOff.start();
  const store = await fixture.store(cutOff);
  const id = caseId();
  await store.commit([noteAndSend(id, 'a')]);
  await store.commit([noteAndSend(id, 'b')]);
  expect((await store.collection.findOne({ _id: id }))?.outbox).toHaveLength(2);
  await cutOff.stop(100);
  const reaching = await fixture.store(fixture.relay());
  await eventually('they are published', emptied(reaching, [id]));
  expect(await parts(id)).toEqual(['a', 'b']);
});

it('a message that the broker refuses holds up its own document only', async () => {
  const relay = fixture.relay();
  const store = await fixture.store(relay);
  const [good, bad] = [caseId(), caseId()];
  const receipt: Change<CaseNote> = {
    id: bad,
    decide: () => ({
      state: { _id: bad, notes: [] },
      send: [
        {
          id: `${bad}:x:receipt:1`,
          // Its topic does not exist here.
          type: 'dsr.receipt.recorded.v1',
          caseId: bad,
          data: {
            caseId: bad,
            eventId: 'e',
            subscriber: 'ais',
            outcome: 'done',
            recordedAt: '2026-01-05T00:00:00.000Z',
          },
        },
      ],
    }),
  };
  await store.commit([receipt, noteAndSend(good, 'a')]);
  await eventually('the good one is published', emptied(store, [good]));
  await eventually('the bad one was refused', () => relay.counters.refused > 0);
  expect((await store.collection.findOne({ _id: bad }))?.outbox).toHaveLength(1);
});

it('what is published is cleared once nothing was published for a while', async () => {
  const relay = fixture.relay({ lingerMs: 1500, longestLingerMs: 600_000, sweepMs: 60_000 });
  const store = await fixture.store(relay);
  const ids = Array.from({ length: 20 }, caseId);
  let [last, longestPause] = [performance.now(), 0];
  for (const id of ids) {
    await delay(100);
    await store.commit([noteAndSend(id, 'a')]);
    const now = performance.now();
    longestPause = Math.max(longestPause, now - last);
    last = now;
  }
  // A machine that stood still for so long has seen the quiet.
  expect(relay.counters.cleared > 0 && longestPause < 750).toBe(false);
  await eventually('all are cleared', emptied(store, ids));
  expect(performance.now() - last).toBeGreaterThan(1400);
});

it('what is published is cleared after the longest time where there always is something to publish', async () => {
  const relay = fixture.relay({ lingerMs: 5000, longestLingerMs: 1500, sweepMs: 60_000 });
  const store = await fixture.store(relay);
  const begun = performance.now();
  while (relay.counters.cleared === 0 && performance.now() - begun < 12_000) {
    await store.commit([noteAndSend(caseId(), 'a')]);
    await delay(100);
  }
  expect(relay.counters.cleared).toBeGreaterThan(0);
  expect(performance.now() - begun).toBeGreaterThanOrEqual(1500);
});

it('the same message sent again on purpose is published again', async () => {
  const store = await fixture.store(fixture.relay());
  const id = caseId();
  await store.commit([noteAndSend(id, 'a')]);
  await store.commit([noteAndSend(id, 'a')]);
  await eventually('both are published', emptied(store, [id]));
  await store.commit([noteAndSend(id, 'a')]);
  await eventually('all three are published', emptied(store, [id]));
  expect(await parts(id)).toEqual(['a', 'a', 'a']);
});

it('a message carries the trace of what it follows from, across outbox and relay', async () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const store = await fixture.store(fixture.relay());
  const [id, untraced] = [caseId(), caseId()];
  await store.commit([{ ...noteAndSend(id, 'a'), cause: { traceparent } }, noteAndSend(untraced, 'a')]);
  await eventually('they are published', emptied(store, [id, untraced]));
  const headers = new Map<string, unknown>();
  const consumer = fixture.kafka.consumer({ groupId: fixture.kafka.physical('headers') });
  await consumer.connect();
  fixture.onClose(() => consumer.disconnect());
  await consumer.subscribe({ topics: [fixture.kafka.physical('dsr.requests.v1')], fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => void headers.set(String(message.key), message.headers?.traceparent?.toString()),
  });
  await eventually('both are read', () => headers.size === 2);
  expect(headers).toEqual(
    new Map([
      [id, traceparent],
      [untraced, undefined],
    ]),
  );
});

it('a large backlog goes out in batches that no partition limit breaks', async () => {
  const dead = await fixture.store(fixture.relay({ started: false }));
  const ids = Array.from({ length: 60 }, caseId);
  await dead.commit(
    ids.map((id) => ({
      id,
      decide: () => ({
        state: { _id: id, notes: [] },
        send: [1, 2].map((round) => ({
          id: `${id}:auto:plan:${round}`,
          type: 'dsr.plan.approved.v1' as const,
          caseId: id,
          data: {
            caseId: id,
            system: 'auto',
            round,
            planId: 'plan-0001',
            validUntil: '2027-01-01T00:00:00.000Z',
            plan: 'x'.repeat(50_000),
          },
        })),
      }),
    })),
  );
  const relay = fixture.relay();
  const store = await fixture.store(relay);
  await eventually('all are published', emptied(store, ids));
  expect(await fixture.read('dsr.plans.v1')).toHaveLength(120);
  expect(relay.counters.failedBatches).toBe(0);
  expect(relay.counters.batches).toBeGreaterThanOrEqual(6);
});

it('suppressions are keyed by token and case, share their case’s partition, and can be taken back by a tombstone', async () => {
  const store = await fixture.store(fixture.relay());
  const id = caseId();
  const token = (n: number) => `m1.k1.email.${String(n).padStart(43, 'A')}`;
  const set = (n: number, purposes: { purpose: 'ads'; applies: 'ongoing' }[], revision: number) => ({
    id: `${id}:cases:suppression:${revision}:${n}`,
    type: 'dsr.suppression.set.v1' as const,
    caseId: id,
    data: { token: token(n), set: 's', caseId: id, purposes, since: '2026-01-05T00:00:00.000Z', until: null, revision },
  });
  await store.commit([
    {
      id,
      decide: () => ({
        state: { _id: id, notes: [] },
        send: [
          ...[1, 2, 3, 4, 5].map((n) => set(n, [{ purpose: 'ads', applies: 'ongoing' }], 1)),
          set(2, [], 2),
          { ...set(3, [], 3), key: `${token(3)}#${id}`, data: null },
        ],
      }),
    },
  ]);
  await eventually('all are published', emptied(store, [id]));
  const last = new Map<string, TopicRecord>();
  await readCompacted(fixture.kafka, 'dsr.suppressions.v1', (record) => void last.set(record.key, record));
  expect([...last.keys()].sort()).toEqual([1, 2, 3, 4, 5].map((n) => `${token(n)}#${id}`));
  expect(last.get(`${token(3)}#${id}`)).toEqual({ key: `${token(3)}#${id}`, kind: 'tombstone' });
  const messages = [...last.values()].flatMap((record) => (record.kind === 'message' ? [record.message] : []));
  expect(new Set(messages.map(({ partition }) => partition)).size).toBe(1);
  expect(messages.map(({ data }) => (data as { revision: number }).revision).sort()).toEqual([1, 1, 1, 2]);
});

it('reading an empty topic ends at once', async () => {
  const records: TopicRecord[] = [];
  await readCompacted(fixture.kafka, 'dsr.suppressions.v1', (record) => void records.push(record));
  expect(records).toEqual([]);
});
