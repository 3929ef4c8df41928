import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { awaitOutcome } from '../processes/await-outcome.js';
import { anyFreePort } from '../processes/free-port.js';
import { SERVICES } from './services.js';
import { superviseService, type SupervisedService } from './supervised-service.js';

const READY = `import { createServer } from 'node:http';
createServer((request, response) => response.end(String(process.pid))).listen(Number(process.env.PORT), '127.0.0.1');
console.log('listening');`;

let dataDir: string;
let service: SupervisedService | undefined;
const events: string[] = [];
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'kenri-supervised-'));
  events.length = 0;
});
afterEach(async () => {
  await service?.stop();
  await rm(dataDir, { recursive: true });
});

async function supervise(source: string): Promise<SupervisedService> {
  const [definition] = SERVICES;
  if (!definition) throw new Error('no service is defined');
  const script = path.join(dataDir, 'service.mjs');
  await writeFile(script, source);
  const port = await anyFreePort();
  const env: NodeJS.ProcessEnv = { ...process.env, PORT: String(port), OTEL_SDK_DISABLED: 'true' };
  delete env['NODE_OPTIONS'];
  service = superviseService({
    definition,
    port,
    env,
    dataDir,
    script,
    onLine: () => undefined,
    onEvent: (text) => events.push(text),
  });
  return service;
}
const pidOf = async ({ address }: SupervisedService) => (await fetch(address)).text();
const eventOf = (pattern: RegExp) =>
  awaitOutcome(
    `an event ${pattern.source}, among: ${events.join(' | ')}`,
    async () => events.find((one) => pattern.test(one)),
    { withinMs: 15_000 },
  );

describe('a supervised service', () => {
  test('is started again after a crash, and that is said', async () => {
    const one = await supervise(READY);
    await one.start();
    const before = await pidOf(one);
    await one.crash();
    await eventOf(/ended by SIGKILL; starting it again in 0.5 s \(attempt 1\)/);
    await eventOf(/ready again/);
    expect(await pidOf(one)).not.toBe(before);
  });

  test('that was stopped stays stopped until it is started', async () => {
    const one = await supervise(READY);
    await one.start();
    await one.stop();
    await expect(pidOf(one)).rejects.toThrow();
    expect(events).toEqual([]);
    await one.start();
    expect(await pidOf(one)).toMatch(/^\d+$/);
  });

  test('that ends while starting fails the start with the last lines it printed', async () => {
    const one = await supervise(`console.error('KAFKA_BROKERS is missing'); process.exit(78);`);
    await expect(one.start()).rejects.toThrow(/ended while starting:\s+KAFKA_BROKERS is missing/);
    expect(events).toEqual([]);
  });

  test('whose configuration cannot be used is not started again', async () => {
    const one = await supervise(`${READY}\nprocess.on('SIGTERM', () => process.exit(78));`);
    await one.start();
    process.kill(Number(await pidOf(one)), 'SIGTERM');
    await eventOf(/exit code 78: its configuration cannot be used/);
  });

  test('that is not built is refused by name', async () => {
    const one = await supervise(READY);
    await rm(path.join(dataDir, 'service.mjs'));
    await expect(one.start()).rejects.toThrow(/intake is not built.*npm run build/);
  });
});
