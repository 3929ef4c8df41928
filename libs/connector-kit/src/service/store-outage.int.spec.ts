import { randomBytes } from 'node:crypto';
import type { AnswerFailed, Identity } from '@kenri/contracts';
import { KafkaConnection, publish, readCompacted, type Received } from '@kenri/messaging';
import { breakableProxy, type BreakableProxy, type Breakage } from '../trial/breakable-proxy.js';
import { TrialConnector, eventually } from '../trial/trial-connector.js';
import { insertTrialDocuments, taro } from '../trial/trial-people.js';
import { trialMap, trialSchemas } from '../trial/trial-store.js';
import { createConnector } from './start-connector.js';

/** The business store cannot be used, while the connector's own database and the broker can. */
describe.each<[string, Breakage]>([
  ['resets every connection', 'resets'],
  ['takes connections and never answers', 'silent'],
])('while the business store %s', (_how, breakage) => {
  const system = `trial-${randomBytes(3).toString('hex')}`;
  const map = { ...trialMap, system };
  let trial: TrialConnector;
  let proxy: BreakableProxy;
  let service: Awaited<ReturnType<typeof createConnector>>;
  let kafka: KafkaConnection;

  beforeAll(async () => {
    const brokers = process.env['KAFKA_BROKERS']!;
    trial = await TrialConnector.open(map, trialSchemas);
    await insertTrialDocuments(trial.store, new Date());
    const { hostname, port } = new URL(process.env['MONGODB_URI']!);
    proxy = await breakableProxy(hostname, Number(port || 27017));
    kafka = new KafkaConnection({ brokers: brokers.split(','), clientId: system, topicPrefix: `${system}.` });
    const impatient = 'serverSelectionTimeoutMS=500&connectTimeoutMS=500&socketTimeoutMS=2000&heartbeatFrequencyMS=500';
    service = await createConnector(
      { map, schemas: trialSchemas },
      {
        environment: {
          KAFKA_BROKERS: brokers,
          KENRI_TOPIC_PREFIX: `${system}.`,
          MONGODB_URI: process.env['MONGODB_URI'],
          KENRI_DATABASE: trial.name,
          KENRI_STORE_URI: `mongodb://127.0.0.1:${proxy.port}/?directConnection=true&${impatient}`,
          KENRI_STORE_DATABASE: `${trial.name}_store`,
          KENRI_ARTIFACTS_DATABASE: `${trial.name}_artifacts`,
          KENRI_KEYS_DATABASE: `${trial.name}_keys`,
          ...trial.keyFolders,
          KENRI_OIDC_ISSUER: 'http://127.0.0.1:9',
          LOG_LEVEL: 'silent',
          PORT: '0',
        },
      },
    );
    await eventually('the index follows the store', async () => {
      const response = await fetch(`${service.url}/health/index`);
      return ((await response.json()) as { state: string }).state === 'following';
    });
  }, 120_000);
  afterAll(async () => {
    proxy?.mend();
    await service?.close();
    await trial?.close();
    await proxy?.close();
  }, 60_000);

  const send = ({ id, type, caseId, data }: Received) =>
    publish(kafka, '/kenri/trial', [{ id, type, caseId, systems: [system], data } as never]);
  const son: Identity = { fullName: '山田一郎', birthDate: '2004-01-02', emails: ['ichiro@example.jp'] };
  const accepted = (identity: Identity) => trial.accepted({ kinds: ['erasure'], identity });
  const located = (caseId: string) =>
    eventually('the request is answered', async () => (await trial.unit(caseId))?.located, 60_000);
  /** Everything the connector has said about a case. */
  const answers = async (caseId: string): Promise<{ type: string; data: unknown }[]> => {
    const found: { type: string; data: unknown }[] = [];
    await readCompacted(kafka, 'dsr.answers.v1', (record) => {
      if (record.kind === 'message' && record.message.caseId === caseId)
        found.push({ type: record.message.type, data: record.message.data });
    });
    return found;
  };
  const failures = async (caseId: string): Promise<AnswerFailed[]> =>
    (await answers(caseId)).flatMap(({ type, data }) =>
      type === 'dsr.answer.failed.v1' ? [data as AnswerFailed] : [],
    );

  it('requests and plans are tried again by due time, told as failing, and done when it is back; others go on meanwhile', async () => {
    const planned = await accepted(taro);
    const other = await accepted(son);
    await send(planned);
    await send(other);
    const answer = await located(planned.caseId);
    const otherAnswer = await located(other.caseId);

    proxy.break(breakage);
    const plan = await trial.approved({ caseId: planned.caseId, answer }, { operations: ['erase'] });
    const late = await accepted(son);
    await send(plan);
    await send(late);
    // The other case, whose manifest is held, needs no store: its plan is cancelled, its answer sent again.
    const { planId, round } = (
      await trial.approved({ caseId: other.caseId, answer: otherAnswer }, { operations: ['erase'] })
    ).data;
    const cancelledAt = new Date().toISOString();
    const cancellation = { caseId: other.caseId, system, round, planId, reason: 'withdrawn' as const, cancelledAt };
    await send(trial.received(`${other.caseId}:cancel`, 'dsr.plan.cancelled.v1', cancellation));
    await send(other);

    const failedLocating = await eventually(
      'a failed attempt to locate is told',
      async () => (await failures(late.caseId)).at(-1),
      60_000,
    );
    expect(failedLocating).toMatchObject({ step: 'locate', reason: 'store-unavailable', system, round: 1 });
    expect(failedLocating.attempts).toBeGreaterThanOrEqual(2);
    expect(Date.parse(failedLocating.nextAttemptAt!)).toBeGreaterThan(Date.parse(failedLocating.failedAt));
    const failedExecution = await eventually(
      'a failed attempt to execute is told',
      async () => (await failures(planned.caseId)).at(-1),
      60_000,
    );
    expect(failedExecution).toMatchObject({ step: 'execute', reason: 'store-unavailable', planId: plan.data.planId });
    expect(failedExecution.nextAttemptAt).not.toBeNull();
    await eventually('the other case is served', async () => {
      const types = (await answers(other.caseId)).map(({ type }) => type);
      return (
        types.filter((type) => type === 'dsr.records.located.v1').length === 2 && types.includes('dsr.plan.refused.v1')
      );
    });
    expect((await trial.unit(late.caseId))?.located).toBeUndefined();

    proxy.mend();
    expect(await located(late.caseId)).toMatchObject({ matches: { certain: 1 }, freshness: { fresh: true } });
    const done = await eventually(
      'the plan is executed',
      async () => (await trial.unit(planned.caseId))?.plans[plan.data.planId]?.executed,
      60_000,
    );
    expect(done).toMatchObject({ done: { erase: { deleted: 4 } }, changed: 0 });
    expect(await trial.own.collection('parked').countDocuments()).toBe(0);
  }, 180_000);
});
