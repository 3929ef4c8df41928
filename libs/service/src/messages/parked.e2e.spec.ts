import { randomBytes } from 'node:crypto';
import { ROLES, TOPICS } from '@kenri/contracts';
import {
  KafkaConnection,
  OnEvent,
  Parking,
  publish,
  Unavailable,
  Unprocessable,
  type Received,
} from '@kenri/messaging';
import { Controller, Module } from '@nestjs/common';
import { ulid } from 'ulid';
import type { Service } from '../start.js';
import { TrialSurroundings } from '../trial/environment.js';

let attempts = 0;
let away = false;

@Controller()
class WithdrawalsController {
  @OnEvent('dsr.request.withdrawn.v1')
  async note({ data }: Received<'dsr.request.withdrawn.v1'>): Promise<void> {
    attempts += 1;
    if (away) throw new Unavailable('the register');
    await Promise.reject(
      data.by === 'clerk' ? new RangeError('taro@example.jp') : new Unprocessable('no-such-case', 'why'),
    );
  }
}
@Module({ controllers: [WithdrawalsController] })
class WithdrawalsModule {}

let surroundings: TrialSurroundings;
let service: Service<Record<never, never>>;

beforeAll(async () => {
  surroundings = await TrialSurroundings.start();
  service = await surroundings.service(WithdrawalsModule, {
    KENRI_TOPIC_PREFIX: `parked-${randomBytes(4).toString('hex')}.`,
  });
});
afterAll(async () => {
  const kafka = service.app.get(KafkaConnection);
  await surroundings.stop(service);
  const admin = kafka.admin();
  await admin.connect();
  await admin.deleteTopics({ topics: Object.values(TOPICS).map(({ name }) => kafka.physical(name)) });
  await admin.disconnect();
});

async function withdraw(by: 'applicant' | 'clerk'): Promise<void> {
  const caseId = ulid();
  await publish(service.app.get(KafkaConnection), '/kenri/intake', [
    {
      id: `${caseId}:intake:withdrawn:1`,
      type: 'dsr.request.withdrawn.v1',
      caseId,
      data: { caseId, withdrawnAt: '2026-01-05T00:00:00.000Z', by },
    },
  ]);
}
async function reasons(): Promise<object[]> {
  return (await service.app.get(Parking).list()).messages.map(({ reason }) => reason);
}
async function until(what: string, happened: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 20_000; !(await happened());) {
    if (Date.now() > deadline) throw new Error(`within 20 s not: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

it('what a handler throws reaches the parking whole: its own code at once, a fault by its class, an outage not at all', async () => {
  await withdraw('applicant');
  await until('it is parked', async () => (await reasons()).length === 1);
  expect(await reasons()).toEqual([{ code: 'no-such-case', detail: 'why' }]);
  expect(attempts).toBe(1);

  away = true;
  await withdraw('clerk');
  await until('it is tried again and again', () => attempts > 4);
  expect(await reasons()).toHaveLength(1);

  away = false;
  await until('it is parked', async () => (await reasons()).length === 2);
  expect(await reasons()).toContainEqual({ code: 'handler-failed', detail: 'RangeError' });
});

describe('over HTTP, for the operator', () => {
  type Parked = { id: string; reason: { code: string }; attributes: Record<string, string> };
  const ask = async (method: string, path: string, { body, role = 'sre' }: { body?: object; role?: string } = {}) => {
    const answer = await fetch(`${service.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await surroundings.issuer.token([role])}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: (text === '' ? undefined : JSON.parse(text)) as unknown };
  };
  const list = async (query = '') => ((await ask('GET', `/parked${query}`)).body as { items: Parked[] }).items;

  it('messages are counted, filtered, shown, replayed and given up, and one given up leaves its trace', async () => {
    expect((await ask('GET', '/parked/summary')).body).toEqual(
      expect.arrayContaining(
        ['handler-failed', 'no-such-case'].map((reason) => ({
          reason,
          topic: 'dsr.requests.v1',
          type: 'dsr.request.withdrawn.v1',
          messages: 1,
          oldestAt: expect.any(String) as string,
        })),
      ),
    );
    const [parked] = await list('?reason=handler-failed&type=dsr.request.withdrawn.v1');
    expect(await list('?reason=handler-failed')).toHaveLength(1);
    expect(await list('?type=dsr.case.opened.v1')).toEqual([]);
    expect((await ask('GET', `/parked/${parked!.id}`)).body).toEqual(parked);
    expect((await ask('GET', `/parked/${parked!.id}9`)).status).toBe(404);

    const again = await ask('POST', '/parked/replay', { body: { id: parked!.id } });
    expect(again.body).toMatchObject({ id: parked!.id, outcome: 'parked-again', reason: { code: 'handler-failed' } });

    for (const reason of ['asked by Mr. Yamada', 'taro@example.jp', '09012345678', '']) {
      const refused = await ask('POST', '/parked/discard', { body: { id: parked!.id, reason } });
      expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer: '/reason' }] } });
    }
    expect((await ask('POST', '/parked/discard', { body: { id: parked!.id, reason: 'OPS-1234' } })).status).toBe(204);
    expect(await list('?reason=handler-failed')).toEqual([]);
    expect((await ask('GET', `/parked/${parked!.id}`)).body).toMatchObject({
      state: 'discarded',
      replays: 1,
      discarded: { by: 'staff-1', reason: 'OPS-1234' },
    });
    expect((await ask('POST', '/parked/replay', { body: { id: parked!.id } })).status).toBe(404);
  });

  it('the outbox and the timers are counted', async () => {
    expect((await ask('GET', '/outbox')).body).toEqual({
      asOf: expect.any(String) as string,
      documents: 0,
      entries: 0,
      oldestAt: null,
      types: [],
      leases: { running: 0, expired: 0, none: 0 },
      refused: 0,
    });
    expect((await ask('GET', '/timers')).body).toEqual({ asOf: expect.any(String) as string, kinds: [] });
  });

  it('only the role sre is let through', async () => {
    for (const [method, path] of [
      ['GET', '/parked'],
      ['GET', '/parked/summary'],
      ['GET', '/parked/kenri-trial/dsr.requests.v1/0/0@0'],
      ['POST', '/parked/replay'],
      ['POST', '/parked/discard'],
      ['GET', '/outbox'],
      ['GET', '/timers'],
    ] as const) {
      expect([path, (await fetch(`${service.url}${path}`, { method })).status]).toEqual([path, 401]);
      for (const role of ROLES.filter((one) => one !== 'sre'))
        expect([path, role, (await ask(method, path, { role })).status]).toEqual([path, role, 403]);
    }
  });
});
