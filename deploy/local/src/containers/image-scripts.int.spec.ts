import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { anyFreePort } from '../processes/free-port.js';
import { ROOT } from '../stack/services.js';

/** Runs a script of deploy/docker as the image does. */
async function run(script: string, args: string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [path.join('deploy', 'docker', script), ...args], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [said, complained, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number]>,
  ]);
  return { code, said, complained };
}

describe('the health check of the image', () => {
  let server: Server;
  let PORT: string;
  beforeAll(async () => {
    server = createServer((request, response) => {
      response.writeHead(request.url === '/health/ready' ? 200 : 503).end('{"reason":"consumer-not-joined"}');
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    PORT = String((server.address() as AddressInfo).port);
  });
  afterAll(() => server.close());

  test('a container that answers 200 is healthy', async () => {
    expect(await run('health.mjs', ['/health/ready'], { PORT })).toEqual({ code: 0, said: '', complained: '' });
  });

  test('any other answer is unhealthy, and is shown', async () => {
    const { code, complained } = await run('health.mjs', ['/other'], { PORT });
    expect(code).toBe(1);
    expect(complained).toBe('503: {"reason":"consumer-not-joined"}\n');
  });

  test('no answer is unhealthy', async () => {
    const { code, complained } = await run('health.mjs', ['/health/ready'], { PORT: String(await anyFreePort()) });
    expect(code).toBe(1);
    expect(complained).toMatch(/ECONNREFUSED/);
  });
});

describe('the entry of the image', () => {
  test.each([[[]], [['nonsense']], [['cases', 'intake']], [['../cases']]])(
    'refuses %j with exit code 2, naming the services that there are',
    async (args) => {
      const { code, complained } = await run('service.mjs', args);
      expect(code).toBe(2);
      expect(complained).toMatch(/services of this image: cases, connector-auto/);
    },
  );

  test('starts the service that is named: without settings that one refuses its configuration', async () => {
    const { code, complained } = await run('service.mjs', ['intake']);
    expect(code).toBe(78);
    expect(complained).toMatch(/^intake: The configuration has \d+ faults/);
  });
});
