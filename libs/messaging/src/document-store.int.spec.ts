import { NOT_YET, type Change } from './document.js';
import { ConflictError, RefusedWrite, TooLarge, UniqueIndexViolation } from './errors.js';
import { caseId, eventually, Fixture, withdrawn, type CaseNote } from './testing/fixture.js';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await Fixture.open();
});
afterAll(async () => {
  await fixture.close();
});

const note = (id: string, text: string, send = false): Change<CaseNote> => ({
  id,
  decide: (state) => ({
    state: { _id: id, notes: [...(state?.notes ?? []), text] },
    ...(send && { send: [withdrawn(id, text)] }),
  }),
});

it('one write carries state, outgoing message and timers', async () => {
  const store = await fixture.store(fixture.relay({ started: false }));
  const id = caseId();
  const at = new Date('2030-01-01');
  const [committed] = await store.commit([
    {
      id,
      decide: () => ({
        state: { _id: id, notes: ['a'] },
        send: [withdrawn(id)],
        timers: { set: [{ id: 't', kind: 'k', at }] },
      }),
    },
  ]);
  expect(committed).toEqual({ id, changed: true, state: { _id: id, notes: ['a'] }, version: 1 });
  const stored = await store.collection.findOne({ _id: id });
  expect(stored).toMatchObject({ version: 1, timerAt: at, timers: [{ id: 't', kind: 'k', at }] });
  expect(stored?.outbox.map((entry) => entry.id)).toEqual([`${id}:intake:withdrawn:1:1`]);
  expect(stored?.outboxAt).toBeInstanceOf(Date);
});

it('writers racing for one document lose nothing, and each decision is applied once', async () => {
  const relay = fixture.relay({ started: false });
  const stores = await Promise.all([1, 2, 3, 4].map(() => fixture.store(relay)));
  const id = caseId();
  const wanted = Array.from({ length: 40 }, (_, n) => `n${n}`);
  await Promise.all(wanted.map((text, n) => commitUntilDone(() => stores[n % 4]!.commit([note(id, text)]))));
  const found = await stores[0]!.get(id);
  expect([...found!.notes].sort()).toEqual([...wanted].sort());
});

it('in a batch that partly lost its race, only the lost documents are decided again', async () => {
  const relay = fixture.relay({ started: false });
  const [one, other] = [await fixture.store(relay), await fixture.store(relay)];
  const ids = Array.from({ length: 20 }, caseId);
  await one.commit(ids.map((id) => note(id, 'first')));
  await Promise.all(
    Array.from({ length: 6 }, (_, n) => [
      commitUntilDone(() => one.commit(ids.map((id) => note(id, `one-${n}`)))),
      commitUntilDone(() => other.commit(ids.slice(0, 7).map((id) => note(id, `other-${n}`)))),
    ]).flat(),
  );
  const states = await one.load(ids);
  ids.forEach((id, index) => expect(states.get(id)?.notes).toHaveLength(index < 7 ? 13 : 7));
  expect(new Set(states.get(ids[0]!)?.notes).size).toBe(13);
});

describe('a document that was written here last', () => {
  const counted = async (lingerMs?: number) => {
    const relay = fixture.relay({ ...(lingerMs !== undefined && { lingerMs, longestLingerMs: lingerMs }) });
    const [here, elsewhere] = [await fixture.store(relay), await fixture.store(fixture.relay({ started: false }))];
    const reads = { count: 0 };
    const find = here.collection.find.bind(here.collection);
    here.collection.find = ((...asked: Parameters<typeof find>) => {
      // The relay looks for what waits, and at what it clears, meanwhile: it never wants a whole document.
      if (!asked[1]?.projection) reads.count += 1;
      return find(...asked);
    }) as typeof find;
    return { here, elsewhere, relay, reads };
  };

  it('is written again without a read, once nothing in it waits to be published', async () => {
    const { here, reads } = await counted();
    const id = caseId();
    await here.commit([note(id, 'a')]);
    reads.count = 0;
    await here.commit([note(id, 'b', true)]);
    expect(reads.count).toBe(0);
    await eventually(
      'the outbox is empty',
      async () => (await here.collection.findOne({ _id: id }))?.outbox.length === 0,
    );
    await here.commit([note(id, 'c')]);
    expect(await here.collection.findOne({ _id: id })).toMatchObject({
      notes: ['a', 'b', 'c'],
      version: 3,
      outbox: [],
    });
    expect((await fixture.read('dsr.requests.v1')).filter((message) => message.caseId === id)).toHaveLength(1);
  });

  it('is written again without a read while its messages wait, and takes out what was published', async () => {
    const { here, relay, reads } = await counted(60_000);
    const id = caseId();
    const stored = () => here.collection.findOne({ _id: id }, { projection: { outbox: 1, outboxAt: 1 } });
    const published = async (parts: string[]) =>
      eventually('all is published', async () => {
        const read = (await fixture.read('dsr.requests.v1')).filter((message) => message.caseId === id);
        const inOrder = read.map((message) => message.id.split(':').pop()).join() === parts.join();
        // The broker shows a message before the relay hears that it has it.
        return inOrder && relay.counters.published === parts.length;
      });
    await here.commit([note(id, 'a', true)]);
    reads.count = 0;
    await here.commit([note(id, 'b', true)]);
    await here.commit([note(id, 'c', true)]);
    await published(['a', 'b', 'c']);
    expect((await stored())?.outbox.length).toBeGreaterThan(0);
    const before = Date.now();
    await here.commit([note(id, 'd', true)]);
    await published(['a', 'b', 'c', 'd']);
    expect((await stored())?.outbox).toHaveLength(1);
    expect((await stored())?.outboxAt?.getTime()).toBeGreaterThanOrEqual(before);
    await here.commit([note(id, 'e')]);
    expect(await stored()).toEqual({ _id: id, outbox: [] });
    expect(reads.count).toBe(0);
    expect(relay.counters.cleared).toBe(0);
    expect((await here.get(id))?.notes).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('keeps what was published where another relay has taken the lease over since', async () => {
    const { here, relay, reads } = await counted(60_000);
    const id = caseId();
    await here.commit([note(id, 'a', true)]);
    await eventually('it is published', () => relay.counters.published === 1);
    const lease = { by: 'another', until: new Date(Date.now() + 60_000) };
    await here.collection.updateOne({ _id: id }, { $set: { outboxLease: lease } });
    reads.count = 0;
    await here.commit([note(id, 'b', true)]);
    expect(reads.count).toBe(1);
    expect(await here.collection.findOne({ _id: id })).toMatchObject({
      notes: ['a', 'b'],
      outbox: [{ id: expect.stringMatching(/:a$/) as string }, { id: expect.stringMatching(/:b$/) as string }],
      outboxLease: lease,
    });
  });

  it('is read where another process wrote to it since: by the lost race, by "nothing happened", and by an error', async () => {
    const { here, elsewhere } = await counted();
    const [raced, passed, refused] = [caseId(), caseId(), caseId()];
    await here.commit([raced, passed, refused].map((id) => note(id, 'here')));
    await elsewhere.commit([raced, passed, refused].map((id) => note(id, 'elsewhere')));
    await here.commit([note(raced, 'again')]);
    expect((await here.get(raced))?.notes).toEqual(['here', 'elsewhere', 'again']);
    const [outcome] = await here.commit([
      { id: passed, decide: (state) => (state!.notes.length < 2 ? undefined : { state: { ...state!, notes: [] } }) },
    ]);
    expect(outcome).toMatchObject({ changed: true, state: { notes: [] } });
    await here.commit([
      {
        id: refused,
        decide: (state) => {
          if (state!.notes.length < 2) throw new RefusedWrite('too few');
          return { state: { ...state!, notes: ['taken'] } };
        },
      },
    ]);
    expect((await here.get(refused))?.notes).toEqual(['taken']);
  });

  it('that was not there is created without another read, and is read where another process created it since', async () => {
    const { here, elsewhere, reads } = await counted();
    const [fresh, raced, awaited, passed] = [caseId(), caseId(), caseId(), caseId()];
    await here.load([fresh, raced, awaited, passed]);
    reads.count = 0;
    await here.commit([note(fresh, 'a')]);
    expect(reads.count).toBe(0);
    await elsewhere.commit([raced, awaited, passed].map((id) => note(id, 'elsewhere')));
    await here.commit([note(raced, 'here')]);
    expect((await here.get(raced))?.notes).toEqual(['elsewhere', 'here']);
    const waiting = {
      id: awaited,
      decide: (state: CaseNote | null) => (state ? { state: { ...state, notes: [] } } : NOT_YET),
    };
    expect(await here.commit([waiting])).toMatchObject([{ changed: true, state: { notes: [] } }]);
    const ignoring = {
      id: passed,
      decide: (state: CaseNote | null) => (state ? { state: { ...state, notes: [] } } : undefined),
    };
    expect(await here.commit([ignoring])).toMatchObject([{ changed: true, state: { notes: [] } }]);
  });

  it('is recalled as the database has it', async () => {
    const { here } = await counted();
    const id = caseId();
    const odd = { bytes: Buffer.from('a'), at: new Date(5), none: undefined, list: [1.5, null], big: 2 ** 40 };
    await here.commit([{ id, decide: () => ({ state: { _id: id, notes: [], odd } }) }]);
    const read = await here.get(id);
    let recalled: unknown;
    await here.commit([{ id, decide: (state) => ((recalled = state), { state: { ...state!, notes: ['x'] } }) }]);
    expect(recalled).toStrictEqual(read);
  });
});

it('changes of one document in one commit fold in order', async () => {
  const store = await fixture.store(fixture.relay({ started: false }));
  const id = caseId();
  const outcomes = await store.commit([note(id, 'a'), note(id, 'b'), { id, decide: () => undefined }, note(id, 'c')]);
  expect(outcomes.map(({ changed }) => changed)).toEqual([true, true, false, true]);
  expect((await store.get(id))?.notes).toEqual(['a', 'b', 'c']);
  expect((await store.collection.findOne({ _id: id }))?.version).toBe(1);
});

it('"nothing happened" writes nothing', async () => {
  const store = await fixture.store(fixture.relay({ started: false }));
  const id = caseId();
  expect(await store.commit([{ id, decide: () => undefined }])).toEqual([
    { id, changed: false, state: null, version: 0 },
  ]);
  expect(await store.collection.countDocuments({ _id: id })).toBe(0);
});

it('a field that the new state does not have is removed', async () => {
  const store = await fixture.store(fixture.relay({ started: false }));
  const id = caseId();
  await store.commit([{ id, decide: () => ({ state: { _id: id, notes: [], identity: 'sealed', kept: { a: 1 } } }) }]);
  await store.commit([{ id, decide: () => ({ state: { _id: id, notes: [], identity: undefined, kept: { a: 1 } } }) }]);
  expect(await store.get(id)).toEqual({ _id: id, notes: [], kept: { a: 1 } });
});

it('a decision that changes the state it was given fails', async () => {
  const store = await fixture.store(fixture.relay({ started: false }));
  const id = caseId();
  await store.commit([note(id, 'a')]);
  const impure: Change<CaseNote> = { id, decide: (state) => (state!.notes.push('b'), { state: state as CaseNote }) };
  await expect(store.commit([impure])).rejects.toThrow(TypeError);
});

it('a decision that throws rejects its own commit and no other, even when they share a write', async () => {
  const store = await fixture.store(fixture.relay({ started: false }));
  const ids = [caseId(), caseId(), caseId()];
  const failing: Change<CaseNote> = {
    id: ids[1]!,
    decide: () => {
      throw new RangeError('no');
    },
  };
  const outcomes = await Promise.allSettled([
    store.commit([note(ids[0]!, 'a')]),
    store.commit([note(ids[2]!, 'x'), failing]),
    store.commit([note(ids[1]!, 'b')]),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(await store.get(ids[2]!)).toBeNull();
  expect((await store.get(ids[1]!))?.notes).toEqual(['b']);
});

it('entries too large, not fitting their schema, or tombstones are refused before anything is written', async () => {
  const store = await fixture.store(fixture.relay({ started: false }));
  const id = caseId();
  const sending = (data: unknown): Change<CaseNote> => ({
    id,
    decide: () => ({ state: { _id: id, notes: [] }, send: [{ ...withdrawn(id), data } as never] }),
  });
  const fits = { caseId: id, withdrawnAt: '2026-01-05T00:00:00.000Z', by: 'applicant' };
  await expect(store.commit([sending({ ...fits, padding: 'x'.repeat(65_536) })])).rejects.toThrow(
    /over the limit of 65536/,
  );
  await expect(store.commit([sending({ ...fits, by: 'nobody' })])).rejects.toThrow(/does not fit its schema at \/by/);
  await expect(store.commit([sending({ ...fits, caseId: caseId() })])).rejects.toThrow(/another case/);
  await expect(store.commit([sending(null)])).rejects.toThrow(/tombstone/);
  expect(await store.collection.countDocuments({ _id: id })).toBe(0);
});

it('a document that would grow over its limit is refused, and stays as it was', async () => {
  const store = await fixture.store(fixture.relay({ started: false }), { maxBytes: 1000 });
  const id = caseId();
  await store.commit([note(id, 'a')]);
  await expect(store.commit([note(id, 'x'.repeat(1000))])).rejects.toThrow(TooLarge);
  expect((await store.get(id))?.notes).toEqual(['a']);
});

it('a value that another document has in a unique index is told as such, not retried as a lost race', async () => {
  const store = await fixture.store(fixture.relay({ started: false }));
  await fixture.database
    .collection('notes')
    .createIndex(
      { reference: 1 },
      { unique: true, name: 'reference', partialFilterExpression: { reference: { $exists: true } } },
    );
  const [first, second] = [caseId(), caseId()];
  const referring = (id: string): Change<CaseNote> => ({
    id,
    decide: () => ({ state: { _id: id, notes: [], reference: 'K-1' } }),
  });
  await store.commit([referring(first)]);
  await expect(store.commit([referring(second)])).rejects.toThrow(UniqueIndexViolation);
});

it('a race that is lost again and again ends in a ConflictError', async () => {
  const relay = fixture.relay({ started: false });
  const store = await fixture.store(relay);
  const id = caseId();
  await store.commit([note(id, 'a')]);
  // A collection on which someone else always comes first.
  const overtaken = new Proxy(store.collection, {
    get: (target, name, receiver) =>
      name === 'bulkWrite'
        ? async (...args: Parameters<typeof target.bulkWrite>) => {
            await target.updateOne({ _id: id }, { $inc: { version: 1 } });
            return target.bulkWrite(...args);
          }
        : (Reflect.get(target, name, receiver) as unknown),
  });
  const loser = await fixture.store(relay);
  Object.assign(loser, { collection: overtaken });
  await expect(loser.commit([note(id, 'b')])).rejects.toThrow(ConflictError);
  expect((await store.get(id))?.notes).toEqual(['a']);
});

it('what is committed while the relay runs is published, in order, and the outbox is emptied', async () => {
  const store = await fixture.store(fixture.relay());
  const ids = Array.from({ length: 30 }, caseId);
  for (let n = 0; n < 4; n += 1) await store.commit(ids.map((id) => note(id, `p${n}`, true)));
  await eventually(
    'all outboxes are empty',
    async () => (await store.collection.countDocuments({ _id: { $in: ids }, outboxAt: { $exists: true } })) === 0,
  );
  const received = await fixture.read('dsr.requests.v1');
  for (const id of ids) {
    expect(received.filter((message) => message.caseId === id).map((message) => message.id.split(':').pop())).toEqual([
      'p0',
      'p1',
      'p2',
      'p3',
    ]);
  }
});

async function commitUntilDone<T>(commit: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await commit();
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }
}
