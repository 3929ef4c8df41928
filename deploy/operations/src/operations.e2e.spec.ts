import { spawn } from 'node:child_process';
import path from 'node:path';
import { DocumentStore, Relay } from '@kenri/messaging';
import { eventually, TrialPlatform } from '@kenri/samples';
import { createService, type Service } from '@kenri/service';
import { persona } from '@kenri/testing';
import { Module } from '@nestjs/common';

const MAIN = path.resolve(import.meta.dirname, '../dist/main.js');
const SECRET = persona('taro').identity.fullName!;
const INTERNAL = /^(KENRI_|KAFKA_|MONGODB_|NODE_OPTIONS)/;

interface Said {
  code: number | null;
  out: string;
  err: string;
}

let platform: TrialPlatform;
beforeAll(async () => {
  platform = await TrialPlatform.start(20, { underFire: { advertisedPorts: [] } });
}, 600_000);
afterAll(() => platform?.stop(), 60_000);

/** The tool as an operator runs it, beside a running start: with no configuration but where its data is. */
function kenri(args: string, settings: Record<string, string> = { KENRI_DATA: platform.dataDir }): Promise<Said> {
  const inherited = Object.entries(process.env).filter(([name]) => !INTERNAL.test(name));
  const child = spawn(process.execPath, [MAIN, ...args.split(' ')], {
    env: { ...Object.fromEntries(inherited), ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  });
  const said: Said = { code: null, out: '', err: '' };
  child.stdout.on('data', (text: Buffer) => (said.out += text.toString()));
  child.stderr.on('data', (text: Buffer) => (said.err += text.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ ...said, code }));
  });
}
const json = async <T>(args: string): Promise<T> => {
  const { out, err } = await kenri(`${args} --json`);
  if (out === '') throw new Error(`kenri ${args} said nothing: ${err}`);
  return JSON.parse(out) as T;
};
/** A row of a table, by its first words, and a word in it where several begin alike. */
const row = ({ out }: Said, start: string, word = '') =>
  out
    .split('\n')
    .find((line) => line.startsWith(start) && line.includes(word))
    ?.split(/ {2,}/);

async function accept(): Promise<void> {
  const { identity } = persona('taro');
  await platform.accept(identity, ['cessation-of-use']);
}

describe('a message that nobody can take', () => {
  interface Listed {
    messages: { id: string; service: string; reason: { code: string } }[];
  }
  let ids: string[];

  beforeAll(async () => {
    const producer = platform.kafka.producer();
    await producer.connect();
    const headers = { ce_type: 'dsr.request.accepted.v1', ce_systems: 'flower', 'content-type': 'application/json' };
    await producer.send({
      topic: 'dsr.requests.v1',
      messages: [{ key: SECRET, value: `{"name":"${SECRET}"`, headers }],
    });
    await producer.disconnect();
    ids = await eventually('it is parked in cases and in the flower connector', async () => {
      const { messages } = await json<Listed>('parked list');
      return messages.length === 2 ? messages.map(({ id }) => id).sort() : undefined;
    });
  });

  it('is listed with its reason, and is something to look after', async () => {
    expect(ids.map((id) => id.split('/').slice(0, 2))).toEqual([
      ['kenri-cases', 'dsr.requests.v1'],
      ['kenri-connector-flower', 'dsr.requests.v1'],
    ]);
    const listed = await kenri('parked --check');
    expect(listed.code).toBe(1);
    for (const id of ids) expect(row(listed, id)).toBeDefined();
    expect(listed.out).toContain('! connector-flower: 1 message parked');
    expect(listed.out).toContain('intake: none parked');
    expect((await kenri('parked list')).code).toBe(0);
    expect((await kenri('parked list --reason other-reason')).out).toContain('cases: none parked');
  });

  it('is shown by headers, reason and times, never by what it holds', async () => {
    const shown = await kenri(`parked show ${ids.join(' ')}`);
    expect(shown.code).toBe(0);
    expect(shown.out).toMatch(/^reason +missing-header/m);
    expect(shown.out).toMatch(/^ce_type +dsr.request.accepted.v1/m);
    expect(shown.out).toMatch(/^key +\(not of a form that may be shown\)/m);
    const everything = [
      shown.out,
      (await kenri(`parked show ${ids[0]} --json`)).out,
      (await kenri('parked --json')).out,
    ];
    expect(everything.join('\n')).not.toContain(SECRET);
  });

  it('replayed while nothing was mended is parked again, and that is said', async () => {
    const replayed = await kenri(`parked replay ${ids[1]} --yes`);
    expect(replayed).toMatchObject({ code: 1, err: '' });
    expect(replayed.out).toMatch(/\[1\/1\] kenri-connector-flower\/\S+ {2}parked-again: missing-header/);
    expect(row(await kenri('parked list'), ids[1]!)?.at(-1)).toBe('1');
  });

  it('given up it is gone from the list, and its trace stays', async () => {
    const why = '--because OPS-7 --yes';
    expect(await kenri(`parked discard --service flower --reason missing-header ${why}`)).toMatchObject({ code: 0 });
    expect(await kenri(`parked discard ${ids[0]} ${why}`)).toMatchObject({ code: 0 });
    const again = await kenri(`parked discard ${ids[0]} ${why}`);
    expect(again).toMatchObject({ code: 1 });
    expect(again.out).toContain('gone: it was replayed or discarded already');
    expect(await json('parked list')).toMatchObject({ ok: true, messages: [] });
    expect((await kenri(`parked show ${ids[1]}`)).out).toMatch(/^state +discarded \S+ \S+ UTC by sre: OPS-7/m);
    expect((await json<Listed>('parked list --discarded')).messages.map(({ id }) => id).sort()).toEqual(ids);
  });
});

it('what is held back by a broker that hangs is shown with its age, and drains when the broker is back', async () => {
  const { kafka } = platform.stack.fire!;
  await kafka.freeze();
  try {
    await accept();
    const held = await eventually('intake says what it cannot publish', async () => {
      const outbox = await kenri('outbox --check --patience 2s');
      return outbox.code === 1 ? outbox : undefined;
    });
    expect(held.out).toMatch(/! intake: 1 message to publish, the oldest for \d+ s: does Kafka answer\?/);
    expect(row(held, 'intake')?.slice(1, 3)).toEqual(['1', '1']);
    expect(row(held, 'intake')?.at(-1)).toBe('dsr.request.accepted.v1 1');
    const lag = await kenri('lag');
    expect(lag.code).toBe(1);
    expect(lag.out).toMatch(/^Kafka at \S+ does not answer/);
  } finally {
    await kafka.thaw();
  }
  await eventually('every outbox is empty', async () => {
    const { services } = await json<{ services: { documents?: number }[] }>('outbox');
    return services.length === 7 && services.every(({ documents }) => documents === 0) ? true : undefined;
  });
}, 120_000);

it('a connector that is down is said in its row while others are shown, and what it has not read is counted', async () => {
  const flower = platform.stack.services.get('connector-flower')!;
  await flower.stop();
  try {
    await accept();
    const lag = await eventually('it is behind', async () => {
      const said = await kenri('lag');
      const behind = / connector-flower: nobody reads for it \([1-9]/.test(said.out);
      return row(said, 'connector-flower')?.[1] === 'empty' && behind ? said : undefined;
    });
    expect(lag.code).toBe(0);
    const [, , readers, topic, unread, oldest] = row(lag, 'connector-flower', 'dsr.requests.v1')!;
    expect([readers, topic]).toEqual(['0', 'dsr.requests.v1']);
    // Whoever does not answer is asked again meanwhile.
    expect(unread).toMatch(/^[1-9]\d*$/);
    expect(oldest).toMatch(/^\d+ s$/);
    expect(row(lag, 'connector-auto')?.slice(1, 3)).toEqual(['stable', '1']);
    // The other connectors may still be answering.
    const down = await eventually('nothing waits elsewhere', async () => {
      const said = await kenri('outbox');
      return row(said, 'connector-auto')?.[1] === '0' ? said : undefined;
    });
    expect(down.code).toBe(1);
    expect(row(down, 'connector-flower')?.[1]).toBe('?');
    expect(down.out).toMatch(/! connector-flower: http\S+ does not answer: nothing listens there/);
  } finally {
    await flower.start();
  }
  await eventually('it has caught up', async () => {
    const { groups } = await json<{ groups: { topics: { unread: number }[] }[] }>('lag');
    return groups.every(({ topics }) => topics.every(({ unread }) => unread === 0)) ? true : undefined;
  });
}, 120_000);

it('timers that nobody fires are overdue', async () => {
  @Module({})
  class Reminders {}
  const service: Service<Record<never, never>> = await createService(
    {
      name: 'reminders',
      title: 'Reminders',
      description: 'Whose timers nobody fires.',
      settings: {},
      module: Reminders,
    },
    {
      environment: {
        PORT: '0',
        LOG_LEVEL: 'silent',
        MONGODB_URI: platform.stack.mongodbUri,
        KAFKA_BROKERS: platform.stack.kafkaBrokers,
        KENRI_OIDC_ISSUER: platform.stack.issuer,
        KENRI_DATABASE: 'kenri_reminders',
        KENRI_ARTIFACTS_DATABASE: 'kenri_artifacts',
        KENRI_KEYS_DATABASE: 'kenri_keys',
        KENRI_KEYS_DIR: path.join(platform.dataDir, 'keys', 'private'),
        KENRI_PUBLIC_KEYS_DIR: path.join(platform.dataDir, 'keys', 'public'),
      },
    },
  );
  try {
    const collection = platform.mongo.db('kenri_reminders').collection('reminders');
    const store = new DocumentStore<{ _id: string }>(collection, {
      source: '/kenri/reminders',
      relay: service.app.get(Relay),
    });
    const at = new Date(Date.now() - 300_000);
    await store.commit([
      { id: 'one', decide: () => ({ state: { _id: 'one' }, timers: { set: [{ id: 'a', kind: 'remind', at }] } }) },
    ]);
    const timers = await kenri(`timers --check --service reminders,cases --url reminders=${service.url}`);
    expect(timers.code).toBe(1);
    expect(row(timers, 'reminders')?.slice(1, 5)).toEqual(['remind', '1', '1', '0']);
    expect(timers.out).toContain('! reminders: 1 timer of kind remind overdue, the oldest since 5 min');
    expect(timers.out).not.toContain('! cases');
  } finally {
    await service.close();
  }
}, 60_000);

it('a side index is swept again on demand, and says when it was', async () => {
  type Shown = { services: { service: string; swept: { startedAt: string } | null }[] };
  const sweptAt = async () =>
    (await json<Shown>('index')).services.find(({ service }) => service === 'connector-flower')?.swept?.startedAt ?? '';
  const before = await sweptAt();
  const swept = await kenri('index sweep flower --wait');
  expect(swept.out).toMatch(/^connector-flower {2}swept [1-9]\d* documents in \d+ s/);
  expect(swept.code).toBe(0);
  expect((await sweptAt()) > before).toBe(true);
  expect(row(await kenri('index'), 'connector-flower')?.slice(1, 3)).toEqual(['following', 'fresh']);
}, 60_000);

it('whoever may not operate is told so', async () => {
  const installation = { KENRI_URL_CASES: platform.stack.addresses.cases, KENRI_OIDC_ISSUER: platform.stack.issuer };
  const secret = 'for-local-development-only';
  const clerk = await kenri('outbox', {
    ...installation,
    KENRI_OIDC_CLIENT_ID: 'clerk',
    KENRI_OIDC_CLIENT_SECRET: secret,
  });
  expect(clerk.code).toBe(1);
  expect(clerk.out).toContain('! cases: not allowed (403): This needs one of the roles sre.');
  const stranger = await kenri('outbox', {
    ...installation,
    KENRI_OIDC_CLIENT_ID: 'me',
    KENRI_OIDC_CLIENT_SECRET: 'x',
  });
  expect(stranger).toMatchObject({ code: 1 });
  expect(stranger.out).toMatch(/cannot sign in as me: .*invalid_client/);
  const forged = await kenri('outbox', { ...installation, KENRI_TOKEN: 'forged' });
  expect(forged.out).toContain('! cases: the sign-in is refused (401)');
  const nobody = await kenri('outbox', installation);
  expect(nobody).toMatchObject({ code: 2, out: '' });
  expect(nobody.err).toContain('KENRI_OIDC_CLIENT_ID');
});

it('all is well at the end, and one look says so', async () => {
  const well = await eventually('nothing needs attention', async () => {
    const status = await kenri('status --check');
    return status.code === 0 ? status : undefined;
  });
  expect(well.out).toContain('all is well');
  expect(well.out.split('\n').filter((line) => / ready /.test(line))).toHaveLength(7);
}, 90_000);
