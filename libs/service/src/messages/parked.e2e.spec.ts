import { randomBytes } from 'node:crypto';
import { TOPICS } from '@kenri/contracts';
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
