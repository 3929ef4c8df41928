import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** OTLP in JSON, as far as it is read here (opentelemetry/proto/trace/v1/trace.proto). */
interface Traces {
  resourceSpans?: { scopeSpans?: { spans?: Span[] }[] }[];
}
interface Span {
  name: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
}

/** How long each `locate` span of an OTLP request took, in milliseconds. */
export function locateTimes(body: string): number[] {
  const { resourceSpans = [] } = JSON.parse(body) as Traces;
  return resourceSpans
    .flatMap(({ scopeSpans = [] }) => scopeSpans.flatMap(({ spans = [] }) => spans))
    .filter(({ name }) => name === 'locate')
    .map(({ startTimeUnixNano, endTimeUnixNano }) => Number(BigInt(endTimeUnixNano) - BigInt(startTimeUnixNano)) / 1e6);
}

export interface LocateSpans {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT, with OTEL_EXPORTER_OTLP_PROTOCOL=http/json. */
  readonly endpoint: string;
  /** In the order in which they came. */
  readonly times: number[];
  stop(): Promise<void>;
}

/** Takes a connector's traces as a collector would, and keeps how long its locating took: the time without Kafka, sealing and answering. */
export async function receiveLocateSpans(): Promise<LocateSpans> {
  const times: number[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      times.push(...locateTimes(Buffer.concat(parts).toString('utf8')));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    times,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
