import type { Change, Timer } from './document.js';
import type { DocumentStore } from './document-store.js';
import { TimerSweep } from './timers.js';
import { caseId, eventually, Fixture, withdrawn, type CaseNote } from './testing/fixture.js';

let fixture: Fixture;
let time: Date;
const clock = { now: () => time };
const later = (ms: number) => new Date(time.getTime() + ms);
beforeEach(async () => {
  fixture = await Fixture.open();
  time = new Date('2026-03-01T00:00:00Z');
});
afterEach(async () => {
  await fixture.close();
});

const withTimers = (id: string, ...set: Timer[]): Change<CaseNote> => ({
  id,
  decide: () => ({ state: { _id: id, notes: [] }, timers: { set } }),
});
const stores = async (count: number): Promise<DocumentStore<CaseNote>[]> => {
  const relay = fixture.relay({ started: false });
  return Promise.all(Array.from({ length: count }, () => fixture.store(relay, { clock })));
};

it('a due timer fires once, however many instances sweep, and its effect is in the same write', async () => {
  const [one, two] = await stores(2);
  const ids = Array.from({ length: 150 }, caseId);
  await one!.commit(ids.map((id) => withTimers(id, { id: 'due', kind: 'note', at: later(1000) })));
  const sweeps = [one!, two!].map((store) =>
    new TimerSweep(store, { clock, limit: 40 }).handle('note', (state, timer) => ({
      state: { ...state, notes: [...state.notes, timer.id] },
      send: [withdrawn(state._id, timer.id)],
    })),
  );
  expect(await Promise.all(sweeps.map((sweep) => sweep.sweep()))).toEqual([0, 0]);
  time = later(1000);
  await Promise.all(sweeps.map((sweep) => sweep.sweep()));
  await Promise.all(sweeps.map((sweep) => sweep.sweep()));
  const stored = await one!.collection.find({ _id: { $in: ids } }).toArray();
  for (const document of stored) {
    expect(document).toMatchObject({ notes: ['due'], timers: [] });
    expect(document.outbox).toHaveLength(1);
    expect(document.timerAt).toBeUndefined();
  }
});

it('only what is due fires, earliest first, and a handler may set its timer anew', async () => {
  const [store] = await stores(1);
  const id = caseId();
  await store!.commit([
    withTimers(id, { id: 'warn', kind: 'k', at: later(10) }, { id: 'end', kind: 'k', at: later(5000) }),
  ]);
  const sweep = new TimerSweep(store!, { clock }).handle('k', (state, timer) => ({
    state: { ...state, notes: [...state.notes, timer.id] },
    timers: timer.id === 'warn' && state.notes.length < 1 ? { set: [{ ...timer, at: later(100) }] } : {},
  }));
  time = later(10);
  await sweep.sweep();
  expect((await store!.collection.findOne({ _id: id }))?.timerAt).toEqual(later(100));
  time = later(100);
  await sweep.sweep();
  time = later(10_000);
  await sweep.sweep();
  expect((await store!.get(id))?.notes).toEqual(['warn', 'warn', 'end']);
});

it('a timer that fails is tried again later and does not hold up the others', async () => {
  const [store] = await stores(1);
  const [bad, unknown, good] = [caseId(), caseId(), caseId()];
  await store!.commit([
    withTimers(bad, { id: 't', kind: 'fails', at: time }),
    withTimers(unknown, { id: 't', kind: 'nobody-knows', at: time }),
    withTimers(good, { id: 't', kind: 'note', at: time }),
  ]);
  let failing = true;
  const sweep = new TimerSweep(store!, { clock, limit: 1 })
    .handle('fails', (state) => {
      if (failing) throw new RangeError('not now');
      return { state: { ...state, notes: ['done'] } };
    })
    .handle('note', (state) => ({ state: { ...state, notes: ['done'] } }));
  await sweep.sweep();
  expect((await store!.get(good))?.notes).toEqual(['done']);
  expect(await store!.collection.findOne({ _id: bad })).toMatchObject({
    timers: [{ id: 't', failures: 1, at: later(5000) }],
  });
  expect(await store!.collection.findOne({ _id: unknown })).toMatchObject({ timers: [{ failures: 1 }] });
  failing = false;
  time = later(5000);
  await sweep.sweep();
  expect((await store!.get(bad))?.notes).toEqual(['done']);
});

it('work with I/O is done by one instance at a time, and again when that one died', async () => {
  const [one, two] = await stores(2);
  const id = caseId();
  await one!.commit([withTimers(id, { id: 't', kind: 'work', at: time })]);
  const started: string[] = [];
  const dying = new TimerSweep(one!, { clock }).perform('work', {
    withinMs: 60_000,
    work: () => {
      started.push('dying');
      // Never ends: the process is gone.
      return new Promise<undefined>(() => undefined);
    },
  });
  const living = new TimerSweep(two!, { clock }).perform('work', {
    withinMs: 60_000,
    work: async (state, timer) => {
      started.push('living');
      return { id: state._id, decide: (now) => ({ state: { ...now!, notes: [...now!.notes, timer.kind] } }) };
    },
  });
  await dying.sweep();
  await living.sweep();
  expect(started).toEqual(['dying']);
  time = later(60_000);
  await living.sweep();
  await eventually('the work is done', async () => (await two!.get(id))?.notes.length === 1);
  await living.stop();
  expect(await two!.collection.findOne({ _id: id })).toMatchObject({ notes: ['work'], timers: [] });
  expect(started).toEqual(['dying', 'living']);
});

it('work that takes longer than its claim is not taken up by another instance meanwhile', async () => {
  // By the real clock: what is renewed in time is what is tried here.
  const [one, two] = [
    await fixture.store(fixture.relay({ started: false })),
    await fixture.store(fixture.relay({ started: false })),
  ];
  const id = caseId();
  await one.commit([withTimers(id, { id: 't', kind: 'work', at: new Date() })]);
  const started: string[] = [];
  const sweeps = [one, two].map((store, index) =>
    new TimerSweep(store).perform('work', {
      withinMs: 450,
      work: async (state) => {
        started.push(`instance ${index}`);
        await new Promise((resolve) => setTimeout(resolve, 1500));
        return { id: state._id, decide: (now) => ({ state: { ...now!, notes: [...now!.notes, 'done'] } }) };
      },
    }),
  );
  await sweeps[0]!.sweep();
  for (const until = performance.now() + 1400; performance.now() < until;) await sweeps[1]!.sweep();
  await sweeps[0]!.stop();
  await sweeps[1]!.stop();
  expect(started).toEqual(['instance 0']);
  expect(await two.collection.findOne({ _id: id })).toMatchObject({ notes: ['done'], timers: [] });
});

it('work is told when its timer was claimed: by a clock that is set back meanwhile nothing would be due, and the timer gone', async () => {
  const [store] = await stores(1);
  const id = caseId();
  const claimedAt = time;
  await store!.commit([withTimers(id, { id: 't', kind: 'work', at: time })]);
  let told: Date | undefined;
  const sweep = new TimerSweep(store!, { clock }).perform('work', {
    withinMs: 60_000,
    work: (_state, _timer, now) => {
      told = now;
      return Promise.resolve(undefined);
    },
  });
  await sweep.sweep();
  time = later(-75_000);
  await sweep.stop();
  expect(told).toEqual(claimedAt);
});

it('a timer whose outcome cannot be written waits alone: it is tried again later, and the others fire', async () => {
  const relay = fixture.relay({ started: false });
  const store = await fixture.store(relay, { clock, maxBytes: 2000 });
  const [grows, alsoDue, works] = [caseId(), caseId(), caseId()];
  await store.commit([grows, alsoDue].map((id) => withTimers(id, { id: 'due', kind: 'note', at: later(0) })));
  await store.commit([withTimers(works, { id: 'due', kind: 'work', at: later(0) })]);
  const worked: string[] = [];
  const sweep = new TimerSweep(store, { clock })
    .handle('note', (state) => ({
      state: { ...state, notes: state._id === grows ? ['x'.repeat(3000)] : ['fired'] },
    }))
    .perform('work', {
      withinMs: 10_000,
      work: (state) => {
        worked.push(state._id);
        return Promise.resolve(undefined);
      },
    });
  await sweep.sweep();
  expect((await store.get(alsoDue))?.notes).toEqual(['fired']);
  await sweep.stop();
  expect(worked).toEqual([works]);
  const stored = await store.collection.findOne({ _id: grows });
  expect(stored).toMatchObject({ notes: [], timers: [{ id: 'due', failures: 1, at: later(5000) }] });
  expect(await sweep.sweep()).toBe(0);
});
