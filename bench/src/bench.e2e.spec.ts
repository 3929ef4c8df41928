import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const MAIN = path.resolve(import.meta.dirname, '../dist/main.js');

/** However busy the machine is, and in whatever order the systems answer. */
const SENT_ONCE_BY_EACH = [
  'dsr.request.accepted.v1',
  'dsr.case.opened.v1',
  'dsr.records.located.v1',
  'dsr.plan.approved.v1',
  'dsr.plan.executed.v1',
];

let folder: string;
beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), 'bench-smoke-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs the built bench; its temporary data goes into a folder of this test, so that what it leaves there is seen. */
function run(
  args: readonly string[],
  interruptAt?: RegExp,
): Promise<{ code: number | null; out: string; err: string }> {
  const { NODE_OPTIONS: _options, ...env } = process.env;
  const child = spawn(process.execPath, ['--disable-warning=TimeoutNegativeWarning', MAIN, ...args], {
    env: { ...env, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let [out, err, interrupted] = ['', '', false];
    child.stdout.on('data', (part: Buffer) => (out += part.toString()));
    child.stderr.on('data', (part: Buffer) => {
      err += part.toString();
      if (interrupted || !interruptAt?.test(err)) return;
      interrupted = true;
      child.kill('SIGINT');
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
  });
}

/** Names of the processes that were started for this folder. */
async function processesIn(where: string): Promise<string[]> {
  const found = await Promise.all(
    (await readdir('/proc'))
      .filter((name) => /^\d+$/.test(name))
      .map(async (pid) => {
        const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
        if (!environment.includes(`TMPDIR=${where}`)) return undefined;
        return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ').trim();
      }),
  );
  return found.filter((name) => name !== undefined);
}

/** The guard of an ended process may be in the last second of its sleep. */
async function endedIn(where: string): Promise<string[]> {
  for (const deadline = Date.now() + 10_000; ; await delay(200)) {
    const running = await processesIn(where);
    if (running.length === 0 || Date.now() > deadline) return running;
  }
}

const left = async () => (await readdir(folder)).filter((name) => name.startsWith('kenri-test-'));

describe('npm run bench', () => {
  test('measures three builds that do the same work, tells the ratios, and leaves nothing behind', async () => {
    const json = path.join(folder, 'made', 'bench.json');
    const sizes = ['--people', '5', '--cases', '12', '--rounds', '1', '--seed', '7'];
    const { code, out, err } = await run([...sizes, '--only', 'throughput', '--json', json]);
    expect({ code, err: code === 0 ? '' : err.slice(-2000) }).toEqual({ code: 0, err: '' });
    const report = JSON.parse(await readFile(json, 'utf8')) as {
      missing: string[];
      ratios: Record<string, number>;
      memoryMb: Record<string, number>;
      throughput: Record<
        string,
        { work: { inserted: number; caseBytes: number; messages: number; messagesByType: Record<string, number> } }
      >;
    };
    expect(report.missing).toEqual([]);
    expect(Object.keys(report.ratios).sort()).toEqual([
      'cpuPerCaseToFloor',
      'cpuPerCaseToNaive',
      'floorThroughput',
      'naiveThroughput',
    ]);
    for (const ratio of Object.values(report.ratios)) expect(ratio).toBeGreaterThan(0);
    expect(Object.keys(report.memoryMb)).toHaveLength(7);
    const { ours, floor, naive } = report.throughput;
    for (const other of [floor!.work, naive!.work]) {
      // What is inserted does not depend on batching; updates of one document in one batch are one.
      expect(other.inserted).toBeCloseTo(ours!.work.inserted, 0);
      // A server's work for an update grows with its document: those of the replicas must not stay small.
      expect(other.caseBytes).toBeGreaterThan(ours!.work.caseBytes * 0.7);
      for (const type of SENT_ONCE_BY_EACH) expect(other.messagesByType[type]).toBe(ours!.work.messagesByType[type]);
      // How often the group is told of a suppression depends on which answers come together: 31 to 41 messages of a case were seen.
      expect(other.messages).toBeGreaterThan(ours!.work.messages * 0.7);
      expect(other.messages).toBeLessThan(ours!.work.messages * 1.5);
    }
    expect(out).toMatch(/cases per second/);
    expect(out).toMatch(/throughput to the floor/);
    expect(await left()).toEqual([]);
    if (process.platform === 'linux') expect(await endedIn(folder)).toEqual([]);
  }, 600_000);

  test('interrupted while it starts, it ends what it started and removes its data', async () => {
    const { code } = await run(['--people', '5', '--cases', '3'], /Kafka: .* at /);
    expect(code).toBe(130);
    expect(await left()).toEqual([]);
    if (process.platform === 'linux') expect(await endedIn(folder)).toEqual([]);
  }, 180_000);

  test('a command line that cannot be used is refused with exit code 2, the reason and the usage', async () => {
    const { code, err } = await run(['--cases', 'many']);
    expect(code).toBe(2);
    expect(err).toMatch(/--cases many cannot be used: give a whole number from 1 to 1000000\n\nnpm run bench/);
  });

  test('--help tells the options', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    expect(out).toMatch(/--only A,B/);
  });
});
