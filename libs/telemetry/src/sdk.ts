import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { MongoDBInstrumentation } from '@opentelemetry/instrumentation-mongodb';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { AlwaysOffSampler, BatchSpanProcessor, NoopSpanProcessor } from '@opentelemetry/sdk-trace';
import { RedactingExporter } from './redaction.js';
import { setShutdown } from './shutdown.js';

const HEALTH = /^\/(health|metrics)\b/;

/** Starts the OpenTelemetry SDK from the standard `OTEL_*` variables; called once, by `register`. */
export function startSdk(env: NodeJS.ProcessEnv = process.env): void {
  const exporting = Boolean(env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']);
  const sdk = new NodeSDK({
    ...(exporting
      ? { spanProcessors: [new BatchSpanProcessor({ exporter: new RedactingExporter(new OTLPTraceExporter()) })] }
      : { spanProcessors: [new NoopSpanProcessor()], sampler: new AlwaysOffSampler() }),
    metricReaders: [],
    logRecordProcessors: [],
    autoDetectResources: false,
    instrumentations: [
      new HttpInstrumentation({
        ignoreIncomingRequestHook: (request) => HEALTH.test(request.url ?? ''),
        // A service's own outgoing calls (sign-in keys, the exporter) are not part of anybody's request.
        requireParentforOutgoingSpans: true,
      }),
      ...(exporting ? [new MongoDBInstrumentation({ requireParentSpan: true })] : []),
    ],
  });
  sdk.start();
  setShutdown(() => sdk.shutdown());
}
