import type { RecordedMessage, RecordedWrite, Recording } from './recording.js';
import { workOf } from './count.js';
import { merged, updateOf } from './replica-settings.js';
import { Script, type Stage } from './script.js';

const RECORDED = '01M8BSK5AZ3QJJ7M6MQPDQDD6H';
const CASE = '01M8BZZZZZZZZZZZZZZZZZZZZZ';

const insert = (database: string, collection: string, id: string, document = {}): RecordedWrite => ({
  database,
  collection,
  op: 'insert',
  id,
  document: { _id: id, ...document },
  removed: [],
});
const update = (
  database: string,
  collection: string,
  id: string,
  document: object,
  removed: string[] = [],
): RecordedWrite => ({
  database,
  collection,
  op: 'update',
  id,
  document,
  removed,
});
const clearing = (database: string, collection: string, id: string) =>
  update(database, collection, id, { outbox: [] }, ['outboxAt', 'outboxLease']);
const message = (type: string, topic: string, value: object): RecordedMessage => ({
  topic,
  type,
  key: RECORDED,
  headers: { ce_type: type, ce_id: `${RECORDED}:x`, ce_subject: RECORDED },
  value: { caseId: RECORDED, ...value },
});

const UNITS = 'kenri_connector_auto';
const unit = `${RECORDED}:1`;
const recording: Recording = {
  caseId: RECORDED,
  reference: 'R-1',
  application: { _id: RECORDED, reference: 'R-1' },
  writes: [
    insert('kenri_keys', 'datakeys', `connector-auto:manifest:${RECORDED}`, { service: 'connector-auto' }),
    insert('kenri_artifacts', 'artifacts.files', 'Zm9v', { metadata: { putBy: 'connector-auto', caseId: RECORDED } }),
    insert('kenri_artifacts', 'artifacts.files', 'YmFy', { metadata: { putBy: 'connector-flower', caseId: RECORDED } }),
    insert(UNITS, 'units', unit, { caseId: RECORDED, outbox: [{ type: 'dsr.records.located.v1' }] }),
    update(UNITS, 'units', unit, { plans: { a: 1 }, outbox: [] }, ['outboxAt', 'outboxLease']),
    update('store_auto', 'consignors', 'oid1', { dataUse: { restricted: true } }),
    update('store_auto', 'mail-subscriptions', 'oid2', { status: 'unsubscribed' }),
    update(UNITS, 'units', unit, { 'plans.a': 2, 'outbox.0': { type: 'dsr.plan.executed.v1' } }),
    clearing(UNITS, 'units', unit),
    update(UNITS, 'journal', `${unit}|p`, {}, ['intents']),
    insert('kenri_cases', 'cases', RECORDED, { request: { reference: 'R-1' }, suppression: null, question: null }),
    update('kenri_cases', 'cases', RECORDED, { 'suppression.set': 's' }),
    ...Array.from({ length: 9 }, (_, n) =>
      update('kenri_cases', 'cases', RECORDED, { 'systems.auto': n, 'shown.phase': 'executing' }),
    ),
    update('kenri_intake', 'applications', RECORDED, { accepted: true }),
    update('kenri_intake', 'applications', RECORDED, { phase: 'opened' }),
    update('kenri_intake', 'applications', RECORDED, { phase: 'closed' }),
    update('kenri_cases', 'cases', RECORDED, { 'systems.auto': 9, 'shown.phase': 'closed' }),
    clearing('kenri_cases', 'cases', RECORDED),
  ],
  messages: [
    message('dsr.records.located.v1', 'dsr.answers.v1', { system: 'auto' }),
    message('dsr.records.located.v1', 'dsr.answers.v1', { system: 'flower' }),
    message('dsr.plan.approved.v1', 'dsr.plans.v1', { system: 'flower' }),
    message('dsr.plan.approved.v1', 'dsr.plans.v1', { system: 'auto' }),
    message('dsr.plan.executed.v1', 'dsr.answers.v1', { system: 'auto' }),
    message('dsr.case.opened.v1', 'dsr.cases.v1', {}),
    message('dsr.case.changed.v1', 'dsr.cases.v1', { state: 'collecting' }),
    message('dsr.case.changed.v1', 'dsr.cases.v1', { state: 'closed' }),
  ],
};

const words = (stages: readonly Stage[]) =>
  stages.flatMap((stage) =>
    'send' in stage
      ? [`send ${stage.send.map(({ headers }) => headers['ce_type']).join('+')}`]
      : [stage.writes.map(({ op, collection }) => `${op} ${collection}`).join('+')],
  );

describe('what a replica does for a message', () => {
  test('a connector asked writes what ours wrote until its answer stood in the outbox, and then sends it', () => {
    const stages = new Script(recording).handle('connector-auto', { type: 'dsr.request.accepted.v1', caseId: CASE });
    expect(words(stages)).toEqual([
      'insert datakeys',
      'insert artifacts.files',
      'insert units',
      'send dsr.records.located.v1',
    ]);
  });

  test('a connector with a plan writes all that came after, the person’s own rows in place of the recorded ones', () => {
    const rows = { consignors: ['a', 'b'], 'mail-subscriptions': ['c'] };
    const plan = { type: 'dsr.plan.approved.v1', caseId: CASE };
    const stages = new Script(recording).handle('connector-auto', plan, rows);
    expect(words(stages)).toEqual([
      'update units',
      'update consignors+update consignors+update mail-subscriptions',
      'update units',
      'send dsr.plan.executed.v1',
      'update units',
      'update journal',
    ]);
    const [, store] = stages;
    expect(store && 'writes' in store && store.writes.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });

  test('what named the recorded case names the new one, in ids, keys, documents and messages', () => {
    const stages = new Script(recording).handle('connector-auto', { type: 'dsr.request.accepted.v1', caseId: CASE });
    expect(JSON.stringify(stages)).not.toContain(RECORDED);
    expect(JSON.stringify(stages)).toContain(`"connector-auto:manifest:${CASE}"`);
    expect(new Script(recording).application(CASE)).toEqual({ _id: CASE, reference: `R-${CASE}` });
  });

  test('a case is opened with room for what is set below its fields, in whatever order', () => {
    const stages = new Script(recording).handle('cases', { type: 'dsr.request.accepted.v1', caseId: CASE });
    const opened = stages.flatMap((stage) => ('writes' in stage ? stage.writes : [])).find(({ op }) => op === 'insert');
    expect(opened?.document).toMatchObject({ suppression: {}, question: null });
  });

  test('a case is closed by its fifth executed answer, by none before', () => {
    const script = new Script(recording);
    const executed = { type: 'dsr.plan.executed.v1', caseId: CASE };
    const answers = [1, 2, 3, 4, 5].map(() => JSON.stringify(script.handle('cases', executed)));
    expect(answers.map((stages) => stages.includes('"closed"'))).toEqual([false, false, false, false, true]);
  });

  test('each answer and each piece of news writes what ours wrote for it, not what is there already', () => {
    const script = new Script(recording);
    const written = (role: 'cases' | 'intake', type: string) => {
      const [first] = script.handle(role, { type, caseId: CASE });
      return first && 'writes' in first ? first.writes.map(({ document }) => document) : [];
    };
    const types = ['dsr.records.located.v1', 'dsr.plan.executed.v1'].flatMap((type) => Array<string>(5).fill(type));
    expect(
      types.flatMap((type) => written('cases', type).map((document) => document['systems.auto'] as number)),
    ).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect([1, 2, 3].flatMap(() => written('intake', 'dsr.case.changed.v1'))).toEqual([
      { phase: 'opened' },
      { phase: 'closed' },
      { phase: 'closed' },
    ]);
  });

  test('the system whose answer came gets its plan, and no other one, which might not have been asked yet', () => {
    const located = { type: 'dsr.records.located.v1', caseId: CASE, system: 'auto' };
    const plans = new Script(recording)
      .handle('cases', located)
      .flatMap((stage) => ('send' in stage ? stage.send : []))
      .filter(({ headers }) => headers['ce_type'] === 'dsr.plan.approved.v1');
    expect(plans.map(({ value }) => value['system'])).toEqual(['auto']);
  });

  test('an outbox is cleared by a write of its own as often as the recording has it, after the last steps', () => {
    const script = new Script(recording);
    const steps = [
      { type: 'dsr.request.accepted.v1', caseId: CASE },
      ...[1, 2, 3, 4, 5].map(() => ({ type: 'dsr.records.located.v1', caseId: CASE })),
      ...[1, 2, 3, 4, 5].map(() => ({ type: 'dsr.plan.executed.v1', caseId: CASE })),
    ];
    const cleared = steps.map((step) =>
      script
        .handle('cases', step)
        .some((stage) => 'writes' in stage && stage.writes.some(({ document }) => 'outbox' in document)),
    );
    expect(cleared).toEqual([...Array<boolean>(10).fill(false), true]);
  });

  test('a recording in which a connector never answered is refused', () => {
    const silent = { ...recording, writes: recording.writes.filter(({ document }) => !('outbox' in document)) };
    const asked = { type: 'dsr.request.accepted.v1', caseId: CASE };
    expect(() => new Script(silent).handle('connector-auto', asked)).toThrow(/no answer of auto/);
  });
});

test('an update that only removes has no $set, and what is set is not removed', () => {
  expect(updateOf({ document: {}, removed: ['intents'] })).toEqual({ $unset: { intents: '' } });
  expect(updateOf({ document: { outboxAt: 1 }, removed: ['outboxAt'] })).toEqual({ $set: { outboxAt: 1 } });
});

test('work is counted per case, writes to business stores together', () => {
  const { writes, messages } = recording;
  const work = workOf({ writes, messages, messageBytes: 3000 }, 2);
  expect(work).toMatchObject({ inserted: 2.5, updated: 10.5, deleted: 0, messages: 4, messageBytes: 1500 });
  expect(work.writesByCollection['business stores update']).toBe(1);
  expect(work.messagesByType['dsr.records.located.v1']).toBe(1);
});

describe('two updates of one document', () => {
  test('become one that leaves it as the second does', () => {
    const before = { document: { 'a.x': 1, b: { y: [1, 2], z: 3 }, c: 1, 'd.e': 1 }, removed: ['f', 'g.h'] };
    const later = { document: { a: { w: 2 }, 'b.y.1': 9, 'b.q.r': 4, g: {} }, removed: ['c', 'd'] };
    expect(merged(before, later)).toEqual({
      document: { a: { w: 2 }, b: { y: [1, 9], z: 3, q: { r: 4 } }, g: {} },
      removed: ['f', 'c', 'd'],
    });
    expect(before.document.b).toEqual({ y: [1, 2], z: 3 });
  });

  test('set what the first removed', () =>
    expect(merged({ document: {}, removed: ['outboxAt'] }, { document: { outboxAt: 1 }, removed: [] })).toEqual({
      document: { outboxAt: 1 },
      removed: [],
    }));
});
