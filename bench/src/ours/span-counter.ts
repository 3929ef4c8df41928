import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SpanCounter {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly endpoint: string;
  /** Requests with spans that came, and their bytes. */
  readonly received: { requests: number; bytes: number };
  stop(): Promise<void>;
}

/** Takes traces as a collector would, and only counts them: the services export as in production, the machine is not kept busy with it. */
export async function startSpanCounter(): Promise<SpanCounter> {
  const received = { requests: 0, bytes: 0 };
  const server = createServer((request, response) => {
    request.on('data', (part: Buffer) => (received.bytes += part.length));
    request.on('end', () => {
      received.requests += 1;
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
