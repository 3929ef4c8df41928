import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { MongoDBInstrumentation } from '@opentelemetry/instrumentation-mongodb';
import { resourceAttributesEnvDetector, serviceNameEnvDetector } from '@opentelemetry/resources';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { AlwaysOffSampler, NoopSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace';
import { RedactingExporter } from './redaction.js';
import { setShutdown } from './shutdown.js';

const HEALTH = /^\/(health|metrics)\b/;

/** The exporter that the standard variables name (https://opentelemetry.io/docs/specs/otel/protocol/exporter/); loaded only when wanted. */
async function createExporter(protocol: string): Promise<SpanExporter> {
  switch (protocol) {
    case 'http/protobuf':
      return new (await import('@opentelemetry/exporter-trace-otlp-proto')).OTLPTraceExporter();
    case 'http/json':
      return new (await import('@opentelemetry/exporter-trace-otlp-http')).OTLPTraceExporter();
    case 'grpc':
      return new (await import('@opentelemetry/exporter-trace-otlp-grpc')).OTLPTraceExporter();
    default:
      throw new Error(`OTEL_EXPORTER_OTLP_PROTOCOL is "${protocol}": use http/protobuf, http/json or grpc`);
  }
}

/** Starts the OpenTelemetry SDK from the standard `OTEL_*` variables; called once, by `register`. */
export async function startSdk(env: NodeJS.ProcessEnv = process.env): Promise<void> {
  const exporting = Boolean(env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']);
  const protocol = env['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'] ?? env['OTEL_EXPORTER_OTLP_PROTOCOL'] ?? 'http/protobuf';
  const sdk = new NodeSDK({
    ...(exporting
      ? { traceExporter: new RedactingExporter(await createExporter(protocol)) }
      : { spanProcessors: [new NoopSpanProcessor()], sampler: new AlwaysOffSampler() }),
    metricReaders: [],
    logRecordProcessors: [],
    // What the environment names (OTEL_SERVICE_NAME), and nothing of the machine and its command line.
    resourceDetectors: [resourceAttributesEnvDetector, serviceNameEnvDetector],
    instrumentations: [
      new HttpInstrumentation({
        ignoreIncomingRequestHook: (request) => HEALTH.test(request.url ?? ''),
        // A service's own outgoing calls (sign-in keys, the exporter) are not part of anybody's request.
        requireParentforOutgoingSpans: true,
      }),
      // Commands hold personal data, so their text never becomes an attribute: writing it first would cost a fifth of a connector's CPU.
      ...(exporting ? [new MongoDBInstrumentation({ requireParentSpan: true, dbStatementSerializer: () => '' })] : []),
    ],
  });
  sdk.start();
  setShutdown(() => sdk.shutdown());
}
