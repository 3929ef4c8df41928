import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

const REGISTER = path.resolve(import.meta.dirname, '../dist/register.js');
/** Ends a span and lives on, as a service does. */
const ONE_SPAN = `
  import { trace } from '@opentelemetry/api';
  trace.getTracer('test').startSpan('one').end();
  process.stdin.resume();
`;

/** How long after the start of a program that ends one span the receiver has it, in ms; undefined: not within `withinMs`. */
async function exportedAfter(settings: Record<string, string>, withinMs: number): Promise<number | undefined> {
  const received = Promise.withResolvers<void>();
  const receiver = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      received.resolve();
    });
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const { port } = receiver.address() as AddressInfo;
  const begun = performance.now();
  const child = spawn(process.execPath, ['--import', REGISTER, '--input-type=module', '--eval', ONE_SPAN], {
    cwd: import.meta.dirname,
    env: {
      PATH: process.env['PATH'],
      OTEL_SERVICE_NAME: 'test',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      ...settings,
    },
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const ended = once(child, 'close');
  try {
    const waited = new Promise<false>((resolve) => setTimeout(resolve, withinMs, false).unref());
    return (await Promise.race([received.promise.then(() => true), waited])) ? performance.now() - begun : undefined;
  } finally {
    child.kill('SIGKILL');
    await ended;
    receiver.closeAllConnections();
    await new Promise((resolve) => receiver.close(resolve));
  }
}

it('spans are exported as the standard variables say: at once, in batches, or those that are sampled', async () => {
  const soon = await exportedAfter({ OTEL_BSP_SCHEDULE_DELAY: '50' }, 30_000);
  expect(soon).toBeDefined();
  const [later, sampledOut] = await Promise.all([
    exportedAfter({ OTEL_BSP_SCHEDULE_DELAY: '600000' }, soon! + 3000),
    exportedAfter({ OTEL_BSP_SCHEDULE_DELAY: '50', OTEL_TRACES_SAMPLER: 'always_off' }, soon! + 3000),
  ]);
  expect({ later, sampledOut }).toEqual({ later: undefined, sampledOut: undefined });
});
