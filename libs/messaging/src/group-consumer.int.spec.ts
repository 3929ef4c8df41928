import { Controller, Logger, type Type } from '@nestjs/common';
import type { MessagingOptions } from './messaging.module.js';
import type { Received } from './message.js';
import { OnEvent } from './on-event.js';
import { publish } from './publish.js';
import { caseId, eventually, Fixture, withdrawn } from './testing/fixture.js';
import { LoggedLines } from './testing/logged-lines.js';
import {
  COORDINATOR_LOAD_IN_PROGRESS,
  COORDINATOR_NOT_AVAILABLE,
  FIND_COORDINATOR,
  GROUP_AUTHORIZATION_FAILED,
  JOIN_GROUP,
  settlingBroker,
  type SettlingBroker,
} from './testing/settling-broker.js';
import { readCompacted } from './topic-reader.js';
import { KafkaConnection } from './kafka-connection.js';

let fixture: Fixture;
let broker: SettlingBroker;
let lines: LoggedLines;
beforeEach(async () => {
  fixture = await Fixture.open();
  broker = await settlingBroker(fixture.kafka.settings.brokers[0]!);
  fixture.onClose(() => broker.close());
  lines = new LoggedLines();
  fixture.logger = lines;
});
afterEach(async () => {
  await fixture.close();
  Logger.overrideLogger(['error', 'warn']);
});

function recorder(): { Recorder: Type; handled: string[] } {
  const handled: string[] = [];
  @Controller()
  class Recorder {
    @OnEvent('dsr.request.withdrawn.v1')
    async record(message: Received): Promise<void> {
      await Promise.resolve(handled.push(message.caseId));
    }
  }
  return { Recorder, handled };
}

const throughProxy = (strategy: MessagingOptions['strategy'] = {}): Partial<MessagingOptions> => ({
  kafka: { ...fixture.kafka.settings, brokers: [broker.address] },
  strategy,
});

it.each([
  ['is not available', FIND_COORDINATOR, COORDINATOR_NOT_AVAILABLE],
  ['is loading', JOIN_GROUP, COORDINATOR_LOAD_IN_PROGRESS],
])(
  'a group whose coordinator %s is joined later, after warnings of one line and no error',
  async (_what, api, code) => {
    const { Recorder, handled } = recorder();
    broker.refuse(api, code);
    const starting = fixture.service(Recorder, throughProxy());
    await eventually('joining is tried again, and a warning says so', () => {
      return broker.refused() > 2 && lines.of('warn').some((line) => line.includes('cannot be joined yet'));
    });
    broker.settle();
    await starting;
    const id = caseId();
    await publish(fixture.kafka, '/kenri/intake', [withdrawn(id)]);
    await eventually('the message is handled', () => handled[0] === id);
    expect(lines.of('error')).toEqual([]);
    expect(lines.all().filter((line) => line.includes('\n'))).toEqual([]);
  },
);

it('a group that cannot be joined in time fails the start, which says why', async () => {
  broker.refuse(FIND_COORDINATOR, COORDINATOR_NOT_AVAILABLE);
  await expect(fixture.service(recorder().Recorder, throughProxy({ joinWithinMs: 1500 }))).rejects.toThrow(
    /readers could not be joined within 1500 ms: KafkaJSGroupCoordinatorNotFound/,
  );
});

it('a consumer that stops while it tries to join leaves nobody behind', async () => {
  const { Recorder } = recorder();
  broker.refuse(FIND_COORDINATOR, COORDINATOR_NOT_AVAILABLE);
  const starting = fixture.service(Recorder, throughProxy());
  await eventually('joining is tried', () => broker.refused() > 3);
  await fixture.applications[0]!.close();
  const before = broker.refused();
  broker.settle();
  await expect(starting).resolves.toBeDefined();
  expect(before).toBe(broker.refused());
});

it('a consumer that had joined and may no longer take part has crashed, and says so once', async () => {
  const crashes: Error[] = [];
  await fixture.service(recorder().Recorder, throughProxy({ onCrash: (error) => crashes.push(error) }));
  broker.refuse(JOIN_GROUP, GROUP_AUTHORIZATION_FAILED);
  // A second member: the group is arranged anew, and the first has to join again.
  await fixture.service(recorder().Recorder);
  await eventually('the crash is told', () => crashes.length === 1);
  expect(lines.of('error').join('\n')).toMatch(/^consumer crashed and does not restart: .*GROUP_AUTHORIZATION_FAILED/m);
});

it('reading a topic to its end waits for a coordinator, and reads nothing twice', async () => {
  const ids = Array.from({ length: 5 }, caseId);
  const messages = ids.map((id) => withdrawn(id));
  await publish(fixture.kafka, '/kenri/intake', messages);
  broker.refuse(FIND_COORDINATOR, COORDINATOR_NOT_AVAILABLE);
  const keys: string[] = [];
  const kafka = new KafkaConnection({ ...fixture.kafka.settings, brokers: [broker.address] });
  const reading = readCompacted(kafka, 'dsr.requests.v1', ({ key }) => void keys.push(key));
  await eventually('joining is tried again', () => broker.refused() > 6);
  broker.settle();
  await reading;
  expect(keys.sort()).toEqual([...ids].sort());
});
