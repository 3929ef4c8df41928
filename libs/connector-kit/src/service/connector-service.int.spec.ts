import { randomBytes } from 'node:crypto';
import { EVENTS } from '@kenri/contracts';
import { KafkaConnection, publish } from '@kenri/messaging';
import { routesWithRoles } from '@kenri/service';
import type { Connector } from '../connector.js';
import { TrialConnector, eventually, type SentPlanAnswer } from '../trial/trial-connector.js';
import { insertTrialDocuments, taro } from '../trial/trial-people.js';
import { trialMap, trialSchemas } from '../trial/trial-store.js';
import { CONNECTOR } from './connector-events.controller.js';
import { createConnector } from './start-connector.js';

/** The whole service on a real broker: what an app's `main.ts` starts. */
describe('a connector service', () => {
  const system = `trial-${randomBytes(3).toString('hex')}`;
  const map = { ...trialMap, system };
  let trial: TrialConnector;
  let service: Awaited<ReturnType<typeof createConnector>>;
  let kafka: KafkaConnection;

  beforeAll(async () => {
    const brokers = process.env['KAFKA_BROKERS']!;
    trial = await TrialConnector.open(map, trialSchemas);
    await insertTrialDocuments(trial.store, new Date());
    kafka = new KafkaConnection({ brokers: brokers.split(','), clientId: system, topicPrefix: `${system}.` });
    service = await createConnector(
      { map, schemas: trialSchemas },
      {
        environment: {
          KAFKA_BROKERS: brokers,
          KENRI_TOPIC_PREFIX: `${system}.`,
          MONGODB_URI: process.env['MONGODB_URI'],
          KENRI_DATABASE: trial.name,
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
  }, 120_000);
  afterAll(async () => {
    await service?.close();
    await trial?.close();
  }, 60_000);

  const unit = (caseId: string) => trial.unit(caseId);

  it('tells how far its index is, answers a request from the topic, executes the approved plan', async () => {
    await eventually('the index follows the store', async () => {
      const response = await fetch(`${service.url}/health/index`);
      return ((await response.json()) as { state: string }).state === 'following';
    });
    const message = await trial.accepted({ kinds: ['erasure'], identity: taro });
    await publish(kafka, '/kenri/intake', [
      { id: message.id, type: message.type, caseId: message.caseId, systems: [system], data: message.data },
    ]);
    const answer = await eventually('the request is answered', async () => (await unit(message.caseId))?.located);
    expect(answer).toMatchObject({ matches: { certain: 2 }, records: { certain: 7 } });
    await eventually('the answer left the outbox', async () => (await trial.sent(message.caseId)).length === 0);

    const plan = await trial.approved({ caseId: message.caseId, answer }, { operations: ['erase'] });
    await publish(kafka, '/kenri/cases', [
      { id: plan.id, type: plan.type, caseId: plan.caseId, systems: [system], data: plan.data },
    ]);
    const done = await eventually(
      'the plan is executed',
      async () => (await unit(message.caseId))?.plans[plan.data.planId]?.executed as SentPlanAnswer['data'] | undefined,
    );
    expect(done).toMatchObject({ done: { erase: { deleted: 4 } } });
    expect(EVENTS['dsr.plan.executed.v1'].topic).toBe('dsr.answers.v1');
  }, 90_000);

  it('shows when an order to sweep again was carried out, and takes it from nobody without a token', async () => {
    const shown = async () =>
      (await (await fetch(`${service.url}/health/index`)).json()) as {
        sweepAskedAt: string | null;
        swept: { startedAt: string } | null;
      };
    expect((await fetch(`${service.url}/index/sweep`, { method: 'POST' })).status).toBe(401);
    expect(await shown()).toMatchObject({ sweepAskedAt: null, complete: true });

    const askedAt = (await service.app.get<Connector>(CONNECTOR).indexer.askForSweep()).toISOString();
    await eventually('it was swept again', async () => {
      const { swept, sweepAskedAt } = await shown();
      return sweepAskedAt === null && swept !== null && swept.startedAt >= askedAt;
    });
  }, 30_000);

  it('answers over HTTP health, and to the role sre alone what an operator needs', () => {
    const declared = routesWithRoles(service.app).map(({ method, path, access }) => [
      `${method} ${path}`,
      access.kind === 'roles' ? access.roles.join() : access.kind,
    ]);
    expect(Object.fromEntries(declared)).toEqual({
      'GET /health/live': 'public',
      'GET /health/ready': 'public',
      'GET /health/index': 'public',
      'POST /index/sweep': 'sre',
      'GET /parked': 'sre',
      'GET /parked/summary': 'sre',
      'GET /parked/:group/:topic/:partition/:record': 'sre',
      'POST /parked/replay': 'sre',
      'POST /parked/discard': 'sre',
      'GET /outbox': 'sre',
      'GET /timers': 'sre',
    });
  });
});
