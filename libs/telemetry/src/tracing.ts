import { context, propagation, SpanKind, SpanStatusCode, trace, type Attributes, type Link } from '@opentelemetry/api';
import { getRPCMetadata, RPCType } from '@opentelemetry/core';

/** W3C Trace Context (https://www.w3.org/TR/trace-context/), as it travels in a message's headers or waits in an outbox. */
export interface TraceContext {
  traceparent?: string;
  tracestate?: string;
}

/** The trace that something carries beside other things, such as a message. */
export const traceOf = ({ traceparent, tracestate }: TraceContext): TraceContext => ({
  ...(traceparent && { traceparent }),
  ...(tracestate && { tracestate }),
});

/** What a running span lets its owner add: counts and codes, never a value that a person wrote. */
export interface SpanHandle {
  setAttribute(name: string, value: string | number | boolean): void;
  /** Marks the span as failed with a code; the error's own text stays out, since it may hold personal data. */
  fail(code: string): void;
  /** This span as the parent of others: for headers. */
  readonly traceContext: TraceContext;
}

export interface OpenSpan extends SpanHandle {
  end(): void;
  run<T>(work: () => T): T;
}

export interface SpanOptions {
  kind?: 'consumer' | 'producer' | 'internal' | 'client';
  /** Continue this trace instead of the active one. */
  parent?: TraceContext;
  attributes?: Attributes;
  /** Other traces this work also belongs to (a batch). */
  links?: TraceContext[];
}

const tracer = () => trace.getTracer('kenri');
const kinds = {
  consumer: SpanKind.CONSUMER,
  producer: SpanKind.PRODUCER,
  internal: SpanKind.INTERNAL,
  client: SpanKind.CLIENT,
} as const;

const contextOf = (carrier: TraceContext) => propagation.extract(context.active(), carrier);

const linkTo = (carrier: TraceContext): Link[] => {
  const linked = trace.getSpanContext(contextOf(carrier));
  return linked ? [{ context: linked }] : [];
};

/** The active trace, to be put into a message or an outbox entry; empty when nothing is traced. */
export function injectTrace(): TraceContext {
  const carrier: TraceContext = {};
  propagation.inject(context.active(), carrier);
  return carrier;
}

/** Does work as part of a trace that was kept for it, such as by a timer; without one, as part of whatever is active. */
export const continueTrace = <T>(carrier: TraceContext | undefined, work: () => T): T =>
  carrier?.traceparent ? context.with(contextOf(carrier), work) : work();

/**
 * Opens a span that the caller ends; for work that does not fit one callback, such as a batch that carries many traces at once.
 * Work done under it joins its trace by `span.run`.
 */
export function startSpan(name: string, options: SpanOptions = {}): OpenSpan {
  const parent = options.parent?.traceparent ? contextOf(options.parent) : context.active();
  const span = tracer().startSpan(
    name,
    {
      kind: kinds[options.kind ?? 'internal'],
      ...(options.attributes && { attributes: options.attributes }),
      ...(options.links && { links: options.links.flatMap(linkTo) }),
    },
    parent,
  );
  const inside = trace.setSpan(parent, span);
  const traceContext: TraceContext = {};
  propagation.inject(inside, traceContext);
  return {
    traceContext,
    setAttribute: (key, value) => void span.setAttribute(key, value),
    fail: (code) => void span.setStatus({ code: SpanStatusCode.ERROR, message: code }),
    end: () => span.end(),
    run: (work) => context.with(inside, work),
  };
}

/** Runs work inside a span; an error marks the span by the error's class name and is rethrown. */
export async function withSpan<T>(
  name: string,
  options: SpanOptions,
  work: (span: SpanHandle) => Promise<T>,
): Promise<T> {
  const span = startSpan(name, options);
  try {
    return await span.run(() => work(span));
  } catch (error) {
    span.fail(error instanceof Error ? error.name : 'unknown');
    throw error;
  } finally {
    span.end();
  }
}

/** Trace and span id of the active span, for log lines. */
export function activeTraceIds(): { trace_id?: string; span_id?: string } {
  const active = trace.getSpanContext(context.active());
  return active ? { trace_id: active.traceId, span_id: active.spanId } : {};
}

const routes = new WeakMap<object, string>();

/** The matched route of a request (`/cases/:caseId`), for its log line; its URL may hold what people typed and is not logged. */
export const routeOf = (incoming: object): string | undefined => routes.get(incoming);

/** Names the span of the HTTP request being served by its matched route (`http.route`), never by its path. */
export function nameRequestByRoute(incoming: object, route: string): void {
  routes.set(incoming, route);
  const request = getRPCMetadata(context.active());
  if (request?.type === RPCType.HTTP) request.route = route;
}
