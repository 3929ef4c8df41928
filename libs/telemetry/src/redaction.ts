import type { ExportResult } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';

/**
 * What may leave the process in a span (house rule: no personal data in traces). Everything else is dropped, so that an
 * instrumentation's next release cannot begin to leak addresses, statements or message keys.
 */
const ALLOWED = [
  /^kenri\./,
  /^messaging\.(system|operation\.(name|type)|destination\.(name|partition\.id)|batch\.message_count|consumer\.group\.name|message\.id)$/,
  /^cloudevents\.event_type$/,
  /^http\.(request\.method|response\.status_code|route)$/,
  /^url\.scheme$/,
  /^server\.(address|port)$/,
  /^db\.(system(\.name)?|namespace|name|collection\.name|mongodb\.collection|operation(\.name)?)$/,
  /^(net\.peer\.port|network\.protocol\.version|error\.type)$/,
];
const CODE = /^[A-Za-z0-9_.:-]{1,80}$/;

const allowed = (name: string): boolean => ALLOWED.some((pattern) => pattern.test(name));

function strip(attributes: Record<string, unknown>): void {
  for (const name of Object.keys(attributes)) if (!allowed(name)) delete attributes[name];
}

/** Removes from a finished span whatever is not on the allow-list, exception texts and stack traces included. */
export function redactSpan(span: ReadableSpan): void {
  strip(span.attributes);
  for (const event of span.events) if (event.attributes) strip(event.attributes);
  const { message } = span.status;
  if (message !== undefined && !CODE.test(message)) delete span.status.message;
}

/** An exporter behind the allow-list. */
export class RedactingExporter implements SpanExporter {
  constructor(private readonly inner: SpanExporter) {}
  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    spans.forEach(redactSpan);
    this.inner.export(spans, done);
  }
  shutdown(): Promise<void> {
    return this.inner.shutdown();
  }
  async forceFlush(): Promise<void> {
    await this.inner.forceFlush?.();
  }
}
