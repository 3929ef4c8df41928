import { Backlog } from './backlog.js';
import { caseId, eventually, Fixture, withdrawn, type CaseNote } from './testing/fixture.js';
import type { DocumentStore } from './document-store.js';
import type { Timer } from './document.js';
import type { Relay } from './relay.js';
import { TimerSweep } from './timers.js';

let fixture: Fixture;
let time: Date;
const clock = { now: () => time };
const after = (ms: number) => new Date(time.getTime() + ms);
beforeEach(async () => {
  fixture = await Fixture.open();
  time = new Date('2026-03-01T00:00:00Z');
});
afterEach(() => fixture.close());

const opened = async (): Promise<{ relay: Relay; store: DocumentStore<CaseNote>; backlog: Backlog }> => {
  const relay = fixture.relay({ started: false, clock });
  const store = await fixture.store(relay, { clock });
  return { relay, store, backlog: new Backlog(relay, clock) };
};
const note = (store: DocumentStore<CaseNote>, messages: number, timers: Timer[] = []) => {
  const id = caseId();
  const send = Array.from({ length: messages }, (_, index) => withdrawn(id, index));
  return store.commit([{ id, decide: () => ({ state: { _id: id, notes: [] }, send, timers: { set: timers } }) }]);
};

it('what waits to be published is counted by type with the age of the oldest, and is gone when it was published', async () => {
  const { relay, store, backlog } = await opened();
  const first = time;
  await note(store, 2);
  time = after(60_000);
  await note(store, 1);
  await note(store, 0);
  expect(await backlog.outbox()).toEqual({
    asOf: time,
    documents: 2,
    entries: 3,
    oldestAt: first,
    types: [{ type: 'dsr.request.withdrawn.v1', entries: 3 }],
    leases: { running: 0, expired: 0, none: 2 },
    refused: 0,
  });
  relay.start();
  await relay.sweep();
  await relay.idle();
  expect(await backlog.outbox()).toMatchObject({ documents: 0, entries: 0, oldestAt: null, types: [] });
});

it('what is published and has not left its document yet is not counted', async () => {
  const relay = fixture.relay({ lingerMs: 600_000, longestLingerMs: 600_000 });
  const store = await fixture.store(relay);
  await note(store, 2);
  await eventually('it is published', () => relay.counters.published === 2);
  expect(await store.collection.countDocuments({ outboxAt: { $exists: true } })).toBe(1);
  expect(await new Backlog(relay).outbox()).toMatchObject({ documents: 0, entries: 0, oldestAt: null });
});

it('a document is told apart by whether a relay has it, had it, or none took it', async () => {
  const { store, backlog } = await opened();
  for (let index = 0; index < 3; index += 1) await note(store, 1);
  const [running, expired] = await store.collection.find().toArray();
  const lease = (_id: string, until: Date) =>
    store.collection.updateOne({ _id }, { $set: { outboxLease: { by: 'another', until } } });
  await lease(running!._id, after(10_000));
  await lease(expired!._id, after(-1));
  expect((await backlog.outbox()).leases).toEqual({ running: 1, expired: 1, none: 1 });
});

it('timers are counted by kind: what is overdue, what failed, when the next is due', async () => {
  const { store, backlog } = await opened();
  await note(store, 0, [
    { id: 'a', kind: 'deadline', at: after(5000) },
    { id: 'b', kind: 'ask', at: after(-1000) },
  ]);
  await note(store, 0, [{ id: 'a', kind: 'deadline', at: after(90_000) }]);
  expect((await backlog.timers()).kinds).toEqual([
    { kind: 'ask', timers: 1, overdue: 1, failing: 0, nextAt: after(-1000) },
    { kind: 'deadline', timers: 2, overdue: 0, failing: 0, nextAt: after(5000) },
  ]);
  // Nobody handles it: it is tried again later.
  await new TimerSweep(store, { clock }).sweep();
  const [ask] = (await backlog.timers()).kinds.filter(({ kind }) => kind === 'ask');
  expect(ask).toMatchObject({ timers: 1, overdue: 0, failing: 1 });
});

it('nothing that a document holds is in the counts', async () => {
  const { store, backlog } = await opened();
  const id = caseId();
  await store.commit([
    {
      id,
      decide: () => ({
        state: { _id: id, notes: ['taro@example.jp'] },
        send: [withdrawn(id)],
        timers: { set: [{ id: 'a', kind: 'ask', at: time }] },
      }),
    },
  ]);
  const told = JSON.stringify([await backlog.outbox(), await backlog.timers()]);
  expect(told).not.toContain('taro');
  expect(told).not.toContain(id);
});
