export {
  injectTrace,
  continueTrace,
  startSpan,
  withSpan,
  activeTraceIds,
  nameRequestByRoute,
  traceOf,
  type OpenSpan,
  type SpanHandle,
  type SpanOptions,
  type TraceContext,
} from './tracing.js';
export { createLogger, describeError, loggerOptions } from './logging.js';
export { redactSpan } from './redaction.js';
export { shutdownTelemetry } from './shutdown.js';
