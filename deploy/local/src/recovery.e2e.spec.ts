import { jest } from '@jest/globals';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { MongoClient } from 'mongodb';
import { makeDataDir } from './data-dir.js';
import { awaitOutcome } from './processes/await-outcome.js';
import { endLeftovers } from './processes/leftovers.js';
import { processesOfGroup } from './processes/process-identity.js';
import type { ProcessRecord } from './processes/guarded-process.js';
import { askKafka, askMongo } from './backing/answering.js';

// Each test starts a broker two or three times, on whatever machine.
jest.setTimeout(180_000);

const DIST = path.resolve(import.meta.dirname, '../dist');
const SCRIPT = path.join(DIST, 'backing-services.js');

/** A start of the real thing in a process of its own, which a test may kill. */
class Start {
  readonly lines: string[] = [];
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;

  constructor(readonly data: string) {
    const env: NodeJS.ProcessEnv = { ...process.env, KENRI_DATA: data };
    // Jest's own services must not be the ones under test.
    for (const name of ['KAFKA_BROKERS', 'MONGODB_URI', 'NODE_OPTIONS']) delete env[name];
    this.child = spawn(process.execPath, [SCRIPT], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.lines.push(line));
    }
    this.ended = new Promise((resolve) => this.child.once('exit', resolve));
  }

  async addresses(): Promise<{ kafka: string; mongodb: string }> {
    return awaitOutcome(
      'both addresses printed',
      async () => {
        const [, kafka, mongodb] = /KAFKA_BROKERS='([^']+)' MONGODB_URI='([^']+)'/.exec(this.lines.join('\n')) ?? [];
        return kafka && mongodb ? { kafka, mongodb } : undefined;
      },
      { withinMs: 90_000, giveUp: () => (this.child.exitCode === null ? undefined : this.lines.join('\n')) },
    );
  }

  async signal(name: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    this.child.kill(name);
    return this.ended;
  }
}

const recordsIn = async (data: string): Promise<ProcessRecord[]> => {
  const dir = path.join(data, 'backing-only', 'processes');
  const files = await readdir(dir);
  return Promise.all(
    files.map(async (file) => JSON.parse(await readFile(path.join(dir, file), 'utf8')) as ProcessRecord),
  );
};
const stillRunning = async (records: ProcessRecord[]) =>
  (await Promise.all(records.map(({ group }) => processesOfGroup(group)))).flat();
const allGone = (records: ProcessRecord[]) =>
  awaitOutcome(
    'every started process has ended',
    async () => ((await stillRunning(records)).length === 0 ? true : undefined),
    {
      withinMs: 20_000,
    },
  );

/** Runs a command of the local stack to its end. */
const run = (script: string, env: NodeJS.ProcessEnv = {}) =>
  spawnSync(process.execPath, [path.join(DIST, script)], {
    env: { PATH: process.env['PATH'], KENRI_DATA: data, ...env },
    encoding: 'utf8',
  });

let data: string;
const starts: Start[] = [];
const start = () => {
  const one = new Start(data);
  starts.push(one);
  return one;
};
beforeEach(async () => {
  data = await mkdtemp(path.join(tmpdir(), 'kenri-recovery-'));
});
afterEach(async () => {
  for (const one of starts.splice(0)) await one.signal('SIGKILL');
  // Whatever a failed rule has left running.
  await endLeftovers(path.join(data, 'backing-only', 'processes'));
  await rm(data, { recursive: true });
});

describe('backing services and kill -9', () => {
  test('killing the supervisor ends all it started, and the next start finds its data', async () => {
    const first = start();
    const { mongodb } = await first.addresses();
    const client = new MongoClient(mongodb);
    await client
      .db('t')
      .collection('t')
      .insertOne({ kept: true }, { writeConcern: { w: 'majority', j: true } });
    await client.close();
    const records = await recordsIn(data);
    expect(records.length).toBeGreaterThan(0);
    expect((await stillRunning(records)).length).toBeGreaterThan(0);

    await first.signal('SIGKILL');
    await allGone(records);

    const second = start();
    const again = await second.addresses();
    expect(await askKafka(again.kafka)).toBe(1);
    const reader = new MongoClient(again.mongodb);
    expect(await reader.db('t').collection('t').countDocuments({ kept: true })).toBe(1);
    await reader.close();

    const later = await recordsIn(data);
    expect(await second.signal('SIGTERM')).toBe(0);
    await allGone(later);
    expect(await readdir(path.join(data, 'backing-only'))).not.toContain('start.lock');
  });

  test('what outlives even its guard is recognised by its record, ended, and does not block the next start', async () => {
    const first = start();
    await first.addresses();
    const records = await recordsIn(data);
    const guards = (await stillRunning(records)).filter(({ command }) => command.startsWith('sh '));
    expect(guards.length).toBeGreaterThanOrEqual(records.length);
    // Stopped, the supervisor cannot notice that its guards go: both are gone at once, as after a power cut of a kind.
    first.child.kill('SIGSTOP');
    for (const { pid } of guards) process.kill(pid, 'SIGKILL');
    await first.signal('SIGKILL');
    // A killed process is listed until the kernel is done with it.
    await awaitOutcome(
      'only what the guards had started is left',
      async () => ((await stillRunning(records)).length === records.length ? true : undefined),
      { withinMs: 10_000 },
    );

    const second = start();
    const { kafka, mongodb } = await second.addresses();
    expect(second.lines.join('\n')).toMatch(/ended what an earlier start had left running: .*kafka/);
    expect(await stillRunning(records)).toEqual([]);
    expect(await askKafka(kafka)).toBe(1);
    expect((await askMongo(mongodb)).changeStreams).toBe(true);
  });
});

describe('while a start is running', () => {
  test('a second start and a reset are refused and name it, and a broker that dies is started again', async () => {
    const first = start();
    const { kafka } = await first.addresses();
    const second = start();
    expect(await second.ended).toBe(1);
    expect(second.lines.join('\n')).toContain(`process ${first.child.pid}`);
    const reset = run('reset.js');
    expect(reset.status).toBe(1);
    expect(reset.stdout).toContain(`process ${first.child.pid}`);

    const running = await stillRunning(await recordsIn(data));
    const broker = running.find(({ command }) => /^\S*java .* kafka\.Kafka /.test(command));
    process.kill(broker?.pid ?? Number.NaN, 'SIGKILL');
    await awaitOutcome(
      'the restart is said',
      async () => first.lines.some((line) => /^kafka ended .* starting it again/.test(line)) || undefined,
      { withinMs: 10_000 },
    );
    expect(await awaitOutcome('Kafka answers again', () => askKafka(kafka), { withinMs: 30_000 })).toBe(1);
  });
});

describe('npm run reset', () => {
  test('removes what a start made, and says so', async () => {
    await makeDataDir(data);
    await mkdir(path.join(data, 'kafka', 'data'), { recursive: true });
    const reset = run('reset.js');
    expect(reset.stdout).toMatch(/removed .*kafka/);
    expect(reset.status).toBe(0);
    expect(run('reset.js').stdout).toContain('nothing to remove');
    await mkdir(data);
  });

  test('does not remove a folder that no start has made', async () => {
    const reset = run('reset.js');
    expect(reset.status).toBe(1);
    expect(reset.stdout).toContain('correct KENRI_DATA');
    expect(await readdir(data)).toEqual([]);
  });
});

describe('a machine with nothing', () => {
  test('is told at once, for both, what to install, and nothing is fetched', async () => {
    const cache = path.join(data, 'no-cache');
    const start = run('backing-services.js', { PATH: '', KENRI_CACHE: cache });
    expect(start.status).toBe(1);
    expect(start.stdout).toMatch(/Kafka: no way[^]*Java 17[^]*MongoDB: no way[^]*cargo/);
    expect(start.stdout).not.toContain('fetching');
    await expect(readdir(cache)).rejects.toThrow('ENOENT');
  });
});

describe('npm run doctor', () => {
  const diagnose = (env: NodeJS.ProcessEnv) => {
    const doctor = spawnSync(process.execPath, [path.join(DIST, 'doctor.js'), '--json'], {
      env: { KENRI_DATA: data, ...env },
      encoding: 'utf8',
    });
    return {
      status: doctor.status,
      ...(JSON.parse(doctor.stdout) as { kafka: { would: string | null; install: string | null } }),
    };
  };

  test('on a machine with nothing says what to install, and fails', () => {
    const { status, kafka } = diagnose({ PATH: '', KENRI_CACHE: path.join(data, 'no-cache') });
    expect(kafka).toMatchObject({ would: null, install: expect.stringContaining('KAFKA_BROKERS') as string });
    expect(status).toBe(1);
  });

  test('names what the environment names before anything else', () => {
    const { status, kafka } = diagnose({ PATH: process.env['PATH'], KAFKA_BROKERS: 'a:1', MONGODB_URI: 'mongodb://a' });
    expect(kafka.would).toBe('environment');
    expect(status).toBe(0);
  });
});
