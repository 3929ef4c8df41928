import { persona, PERSONA_KEYS } from '@kenri/testing';
import path from 'node:path';
import { readApplications, type NamedApplication } from './application-file.js';
import type { CaseAnswer } from './case-answer.js';
import { canariesOf, CanarySearch, type Sighting } from './canary-search.js';
import { ROOT } from './demo-options.js';
import { playAll, type Outcome } from './play-all.js';
import { bytesOf, lagOf, readDatabases, readTopics, type RawDocument, type RawRecord } from './raw-data.js';
import type { ReceivedSpan } from './trace-receiver.js';
import { describeDesk } from './trial-desk.js';
import { describeOtherPeople } from './trial-other-people.js';
import { eventually, SUBSCRIBER, TrialPlatform } from './trial-platform.js';

const SYSTEMS = ['auto', 'motorcycle', 'flower', 'brand-item', 'medical'] as const;
const FIRST = '01-disclosure-five-systems.json';
/** Cases with every kind of ending, people with a double, somebody else's data in the records, a connector that is down. */
const PLAYED = [
  '04-disclosure-and-erasure.json',
  '07-father-and-son.json',
  '11-partly-founded-correction.json',
  '14-florist-gifts.json',
  '15-medical-director.json',
  '16-jewels-kept-seven-years.json',
  '19-staff-contact.json',
  '22-withdrawn.json',
];
/** How each ends, and in which systems something was found. */
const ENDS: [file: string, outcome: string, systems: Record<string, string>][] = [
  [FIRST, 'carried-out', Object.fromEntries(SYSTEMS.map((system) => [system, 'executed']))],
  ['04-disclosure-and-erasure.json', 'carried-out', Object.fromEntries(SYSTEMS.map((system) => [system, 'executed']))],
  ['07-father-and-son.json', 'carried-out', { auto: 'executed', flower: 'executed' }],
  [
    '11-partly-founded-correction.json',
    'partly-carried-out',
    { auto: 'executed', flower: 'executed', 'brand-item': 'refused' },
  ],
  ['14-florist-gifts.json', 'partly-carried-out', { flower: 'deferred' }],
  ['15-medical-director.json', 'carried-out', { medical: 'executed' }],
  ['16-jewels-kept-seven-years.json', 'partly-carried-out', { 'brand-item': 'deferred' }],
  ['19-staff-contact.json', 'carried-out', { auto: 'executed' }],
  ['22-withdrawn.json', 'withdrawn', { motorcycle: 'cancelled' }],
];
const CONNECTORS = SYSTEMS.map((system) => `connector-${system}`);
const GROUPS = ['intake', 'cases', ...CONNECTORS].map((name) => `kenri-${name}`);
const everybody = new CanarySearch(PERSONA_KEYS.flatMap((key) => canariesOf(key, persona(key).person)));
let platform: TrialPlatform;
let before: RawDocument[];
let outcomes: Map<string, Outcome>;
let poisoned: RawRecord[];

const caseOf = (file: string): string => {
  const id = outcomes.get(file)?.played?.result.caseId;
  if (id === undefined) throw new Error(`${file} was not played: ${outcomes.get(file)?.differences.join('; ')}`);
  return id;
};

async function playOut(applications: NamedApplication[]): Promise<void> {
  const serviceOf = (system: string) => platform.stack.services.get(`connector-${system}` as never);
  const played = await playAll(
    applications,
    () => ({
      client: platform.client,
      say: () => undefined,
      outage: {
        stop: async (system) => serviceOf(system)?.stop(),
        start: async (system) => serviceOf(system)?.start(),
      },
      subscriber: { id: SUBSCRIBER, seen: platform.subscriber.seen },
      withinMs: 150_000,
      signal: new AbortController().signal,
    }),
    3,
    () => Promise.resolve(),
  );
  for (const outcome of played) outcomes.set(outcome.file, outcome);
}

/** A message that no handler can take, with somebody's data in clear in key, headers and value. */
async function poison(): Promise<RawRecord[]> {
  const { identity, person } = persona('taro');
  const producer = platform.kafka.producer();
  await producer.connect();
  const headers = {
    ce_specversion: '1.0',
    ce_id: `${identity.fullName}:request`,
    ce_type: 'dsr.request.accepted.v1',
    ce_source: '/kenri/intake',
    ce_subject: person.email ?? '',
    ce_systems: 'auto',
    'content-type': 'application/json',
  };
  const key = person.mobile ?? '';
  const value = JSON.stringify({ identity });
  const sent = await producer.send({ topic: 'dsr.requests.v1', acks: -1, messages: [{ key, value, headers }] });
  await producer.disconnect();
  return sent.map(({ topicName: topic, partition, baseOffset = '' }) => ({
    topic,
    partition,
    offset: baseOffset,
    key: Buffer.from(key),
    value: Buffer.from(value),
    headers,
  }));
}

const parkedAt = async (service: 'cases' | 'connector-auto' | 'connector-flower') =>
  (await platform.ask<{ items: { reason: { code: string } }[] }>('sre', 'GET', `${service}/parked`)).body.items;

/** True when every group has handled everything, and nothing new came of it for a while. */
let settled: { messages: bigint; since: number } | undefined;
async function quiet(): Promise<true | undefined> {
  const { lag, messages } = await lagOf(platform.kafka, GROUPS);
  if (lag > 0n || settled?.messages !== messages) settled = { messages, since: Date.now() };
  return Date.now() - settled.since > 1500 ? true : undefined;
}

beforeAll(async () => {
  platform = await TrialPlatform.start();
  before = await readDatabases(platform.mongo, (name) => name.startsWith('store_'));
  outcomes = new Map();
  const all = await readApplications(path.join(ROOT, 'samples/applications'));
  const chosen = all
    .filter(({ file }) => PLAYED.includes(file))
    .map(({ file, content: { after: _after, ...content } }) => ({ file, content }));
  // By itself first: messages that arrive together are handled together, and then belong to several traces.
  await playOut(all.filter(({ file }) => file === FIRST));
  await playOut(chosen);
  poisoned = await poison();
}, 400_000);
afterAll(() => platform?.stop(), 60_000);

describe('applications played from the post room to their end', () => {
  it.each(ENDS)('%s ends %s', (file, outcome, systems) => {
    const played = outcomes.get(file);
    expect(played?.differences).toEqual([]);
    const result = played?.played?.result;
    expect(result?.outcome).toBe(outcome);
    const found = Object.entries(result?.systems ?? {}).filter(([, { state }]) => state !== 'nothing-found');
    expect(Object.fromEntries(found.map(([system, { state }]) => [system, state]))).toEqual(systems);
  });

  it('a connector that is down holds up no other, and catches up when it is back', async () => {
    const { body } = await platform.ask<
      CaseAnswer & { systems: Record<string, { since: string; found: { locatedAt: string } }> }
    >('auditor', 'GET', `cases/cases/${caseOf('16-jewels-kept-seven-years.json')}`);
    const { 'brand-item': late, ...others } = body.systems;
    expect(Object.keys(others)).toHaveLength(SYSTEMS.length - 1);
    for (const { state, since } of Object.values(others)) {
      expect(state).toBe('nothing-found');
      expect(Date.parse(since)).toBeLessThan(Date.parse(String(late?.found.locatedAt)));
    }
  });

  it('every history is verified, and one entry altered in the database is detected', async () => {
    const verify = () =>
      platform.ask<{ cases: number; altered: object[] }>('auditor', 'GET', 'cases/history-verification');
    const whole = await verify();
    expect(whole.body.altered).toEqual([]);
    expect(whole.body.cases).toBeGreaterThan(PLAYED.length);
    const cases = platform.mongo.db('kenri_cases').collection<{ _id: string; history: { who: string }[] }>('cases');
    const _id = caseOf('07-father-and-son.json');
    const who = (await cases.findOne({ _id }))?.history[1]?.who;
    await cases.updateOne({ _id }, { $set: { 'history.1.who': 'staff:nobody' } });
    try {
      expect((await verify()).body.altered).toEqual([{ caseId: _id, at: 2, fault: 'entry-altered' }]);
    } finally {
      await cases.updateOne({ _id }, { $set: { 'history.1.who': who } });
    }
    expect((await verify()).body.altered).toEqual([]);
  });
});

describe('the trace of one accepted application', () => {
  let trace: ReceivedSpan[];
  let root: ReceivedSpan;
  const named = (name: string, service?: string) =>
    trace.filter((span) => span.name === name && (service === undefined || span.service === service));
  const parentOf = (span: ReceivedSpan) => trace.find(({ spanId }) => spanId === span.parentSpanId);

  beforeAll(async () => {
    const _id = caseOf(FIRST);
    const { history } = (await platform.ask<{ history: object }>('auditor', 'GET', `cases/cases/${_id}`)).body;
    expect(history).toBeDefined();
    const [sent] = (await readTopics(platform.kafka)).filter(
      ({ topic, headers }) => topic === 'dsr.requests.v1' && String(headers['ce_subject']) === _id,
    );
    const [, traceId] = String(sent?.headers['traceparent']).split('-');
    trace = await eventually(
      'the executed answers of all systems are in the trace',
      () => {
        const found = platform.traces.spans.filter((span) => span.traceId === traceId);
        const executed = found.filter(
          ({ name, service }) => name === 'process dsr.plan.executed.v1' && service === 'cases',
        );
        return executed.length >= SYSTEMS.length ? found : undefined;
      },
      30_000,
    );
    [root] = trace.filter(({ parentSpanId }) => parentSpanId === '') as [ReceivedSpan];
  });

  it('begins with the clerk’s acceptance over HTTP, and every other span has its parent in it', () => {
    expect(root).toMatchObject({ service: 'intake', kind: 'server' });
    expect(root.attributes).toMatchObject({ 'http.request.method': 'POST', 'http.route': '/applications/:id/accept' });
    const lost = trace
      .filter((span) => span !== root && !parentOf(span))
      .map(({ service, name }) => `${service} ${name}`);
    expect(lost).toEqual([]);
  });

  it('holds all services', () => {
    expect(new Set(trace.map(({ service }) => service))).toEqual(new Set(['intake', 'cases', ...CONNECTORS]));
  });

  it('goes through one publication into the case and into every connector', () => {
    const [published, ...more] = named('publish dsr.request.accepted.v1');
    expect(more).toEqual([]);
    expect(published).toMatchObject({ service: 'intake', kind: 'producer', parentSpanId: root.spanId });
    const consumed = named('process dsr.request.accepted.v1');
    expect(consumed.map(({ service }) => service).sort()).toEqual(['cases', ...CONNECTORS].sort());
    for (const span of consumed) expect(span).toMatchObject({ kind: 'consumer', parentSpanId: published?.spanId });
  });

  it.each(CONNECTORS)(
    'goes in %s through search, store and plan, and with each answer back into the case',
    (connector) => {
      const store = `store_${connector.slice('connector-'.length).replaceAll('-', '_')}`;
      const steps = [
        ['process dsr.request.accepted.v1', connector, 'consumer'],
        ['publish dsr.records.located.v1', connector, 'producer'],
        ['process dsr.records.located.v1', 'cases', 'consumer'],
      ] as const;
      let parent: ReceivedSpan | undefined;
      for (const [name, service, kind] of steps) {
        const [span] = named(name, service).filter((one) => parent === undefined || one.parentSpanId === parent.spanId);
        expect(span).toMatchObject({ kind });
        if (parent) expect(span!.startedAt).toBeGreaterThanOrEqual(parent.startedAt);
        parent = span;
      }
      // A plan for another system is skipped by its header.
      const [approved, ...more] = named('process dsr.plan.approved.v1', connector);
      expect(more).toEqual([]);
      expect(parentOf(approved!)).toMatchObject({
        name: 'publish dsr.plan.approved.v1',
        service: 'cases',
        kind: 'producer',
      });
      const [executed] = named('publish dsr.plan.executed.v1', connector);
      expect(executed).toMatchObject({ kind: 'producer', parentSpanId: approved?.spanId });
      const back = named('process dsr.plan.executed.v1', 'cases').filter(
        (span) => span.parentSpanId === executed?.spanId,
      );
      expect(back).toHaveLength(1);
      for (const work of ['locate', 'execute plan']) {
        const [span] = named(work, connector);
        expect(parentOf(span!)?.kind).toBe('consumer');
        const reads = trace.filter(
          (one) => one.parentSpanId === span!.spanId && one.attributes['db.namespace'] === store,
        );
        expect(reads.length).toBeGreaterThan(0);
      }
    },
  );

  it('holds no attribute beside those allowed', () => {
    const allowed =
      /^(kenri\.(system|systems|requests|records|compared|operations|documents|case|plan)|cloudevents\.event_type|messaging\.(system|destination\.(name|partition\.id)|operation\.type|batch\.message_count)|http\.(request\.method|response\.status_code|route)|url\.scheme|server\.(address|port)|network\.protocol\.version|error\.type|db\.(system\.name|namespace|operation\.name|collection\.name))$/;
    const names = new Set(
      platform.traces.spans.flatMap(({ attributes, eventAttributes }) => [
        ...Object.keys(attributes),
        ...eventAttributes,
      ]),
    );
    expect([...names].filter((name) => !allowed.test(name))).toEqual([]);
    expect(names.size).toBeGreaterThan(10);
  });
});

describe('personal data', () => {
  const seen = (where: string, found: Sighting[]) => [
    ...new Set(found.map(({ what, form }) => `${where}: ${what} ${form}`)),
  ];

  beforeAll(() =>
    eventually('the poison is parked', async () => {
      const parked = [...(await parkedAt('cases')), ...(await parkedAt('connector-auto'))];
      return parked.length >= 2 ? parked : undefined;
    }),
  );

  it('in a message that nobody can take is parked where the message was meant to go, and nowhere else', async () => {
    expect((await parkedAt('cases')).length).toBe(1);
    expect((await parkedAt('connector-auto')).length).toBe(1);
    await eventually('everybody has passed the poison', quiet);
    expect(await parkedAt('connector-flower')).toEqual([]);
  });

  it('is in no message of any topic but the one that a test has put there in clear', async () => {
    const records = await readTopics(platform.kafka);
    expect(new Set(records.map(({ topic }) => topic)).size).toBe(8);
    const at = ({ topic, partition, offset }: RawRecord) => `${topic}/${partition}/${offset}`;
    const found = records.filter((record) => everybody.find(bytesOf(record)).length > 0).map(at);
    expect(found).toEqual(poisoned.map(at));
  });

  it('is in no log line of any service', () => {
    expect(new Set(platform.lines.map(({ service }) => service)).size).toBe(7);
    expect(platform.lines.flatMap(({ service, line }) => seen(service, everybody.find(line)))).toEqual([]);
    expect(everybody.find(`{"level":30,"msg":"found ${persona('taro').identity.fullName}"}`)).not.toEqual([]);
  });

  it('is in no span', async () => {
    const searched = () => platform.traces.bodies.flatMap((body) => seen('span', everybody.find(body)));
    expect(searched()).toEqual([]);
    const body = JSON.stringify({ resourceSpans: [], planted: persona('taro').identity.fullName });
    await fetch(`${platform.traces.endpoint}/v1/traces`, { method: 'POST', body });
    expect(searched()).not.toEqual([]);
    (platform.traces.bodies as Buffer[]).pop();
  });

  it('is in no document of Kenri’s own databases, parked messages and artifacts among them, but in every business store', async () => {
    const planted = platform.mongo.db('kenri_cases').collection('planted');
    await planted.insertOne({ note: `tel ${persona('taro').person.mobile}` });
    try {
      const own = await readDatabases(platform.mongo, (name) => name.startsWith('kenri_'));
      const places = new Set(own.map(({ where }) => where));
      for (const where of [
        'kenri_cases.parked',
        'kenri_connector_auto.parked',
        'kenri_artifacts.artifacts.files',
        'kenri_cases.packages',
        'kenri_intake.applications',
        'kenri_connector_auto.side_index',
        'kenri_connector_auto.units',
        'kenri_connector_auto.journal',
      ])
        expect(places).toContain(where);
      const found = own.flatMap(({ where, bytes }) => seen(where, everybody.find(bytes)));
      expect(new Set(found.map((sighting) => sighting.split(':')[0]))).toEqual(new Set(['kenri_cases.planted']));
    } finally {
      await planted.drop();
    }
    const stores = before
      .filter(({ bytes }) => everybody.find(bytes).length > 0)
      .map(({ where }) => where.split('.')[0]);
    expect(new Set(stores)).toEqual(new Set(SYSTEMS.map((system) => `store_${system.replaceAll('-', '_')}`)));
  });
});

describe('what people may do', () => {
  describeDesk(() => platform, caseOf);
});

describe('other people', () => {
  describeOtherPeople(() => ({ platform, before, outcomes }));
});

describe('messages that come again, and in another order', () => {
  it('change no case, no store and nothing that the group was told', async () => {
    // By the hash of the last history entry, which covers all entries before it.
    const standing = async () => {
      const cases = platform.mongo
        .db('kenri_cases')
        .collection<{ historyHead: string; systems: object; published: object }>('cases');
      const files = [FIRST, ...PLAYED].map(caseOf);
      const found = await cases
        .find({ _id: { $in: files } } as object)
        .sort({ _id: 1 })
        .toArray();
      return found.map(({ _id, historyHead, systems, published }) => ({ _id, historyHead, systems, published }));
    };
    const stores = async () =>
      (await readDatabases(platform.mongo, (name) => name.startsWith('store_')))
        .filter(({ where }) => !where.endsWith('.kenri_heartbeats'))
        .map(({ where, id, bytes }) => `${where}/${id}/${bytes.toString('base64')}`)
        .sort();
    const told = (records: RawRecord[]) =>
      new Set(
        records
          .filter(({ topic }) => /erasures|corrections|suppressions/.test(topic))
          .map(({ headers, key }) => `${String(headers['ce_id'])} ${String(key)}`),
      );
    await eventually('nothing moves any more', quiet);
    const [cases, stored, records] = [await standing(), await stores(), await readTopics(platform.kafka)];
    const again = records
      .filter(({ topic }) => ['dsr.requests.v1', 'dsr.answers.v1', 'dsr.plans.v1', 'dsr.receipts.v1'].includes(topic))
      .filter(({ headers }) => String(headers['ce_subject']).length === 26)
      .reverse();
    expect(again.length).toBeGreaterThan(100);
    const producer = platform.kafka.producer();
    await producer.connect();
    for (const { topic, partition, key, value, headers } of again)
      await producer.send({ topic, acks: -1, messages: [{ key, value, headers, partition }] });
    await producer.disconnect();
    await eventually('nothing moves any more', quiet);
    expect(await standing()).toEqual(cases);
    expect(await stores()).toEqual(stored);
    expect(told(await readTopics(platform.kafka))).toEqual(told(records));
  }, 120_000);
});
