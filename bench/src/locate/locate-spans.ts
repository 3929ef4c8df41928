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
  attributes?: { key: string; value: { intValue?: string | number } }[];
}

export interface LocateSpan {
  readonly milliseconds: number;
  /** Documents that the index keys led to. */
  readonly compared: number;
}

/** The `locate` spans of an OTLP request. */
export function locateSpans(body: string): LocateSpan[] {
  const { resourceSpans = [] } = JSON.parse(body) as Traces;
  return resourceSpans
    .flatMap(({ scopeSpans = [] }) => scopeSpans.flatMap(({ spans = [] }) => spans))
    .filter(({ name }) => name === 'locate')
    .map(({ startTimeUnixNano, endTimeUnixNano, attributes = [] }) => ({
      milliseconds: Number(BigInt(endTimeUnixNano) - BigInt(startTimeUnixNano)) / 1e6,
      compared: Number(attributes.find(({ key }) => key === 'kenri.compared')?.value.intValue),
    }));
}

export interface LocateTraces {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT, with OTEL_EXPORTER_OTLP_PROTOCOL=http/json. */
  readonly endpoint: string;
  /** In the order in which they came. */
  readonly spans: LocateSpan[];
  stop(): Promise<void>;
}

/** Takes a connector's traces as a collector would, and keeps those of its locating: the time without Kafka, sealing and answering. */
export async function receiveLocateTraces(): Promise<LocateTraces> {
  const spans: LocateSpan[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      spans.push(...locateSpans(Buffer.concat(parts).toString('utf8')));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
