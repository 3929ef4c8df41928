import { RequestMethod } from '@nestjs/common';
import type { Params } from 'nestjs-pino';
import { pino, type Logger } from 'pino';
import { activeTraceIds, routeOf } from './tracing.js';

/** The error as it may be logged: class, code and where it arose. Its message may quote personal data and stays out. */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const { name, code, stack } = error as Error & { code?: unknown };
  const frames = stack
    ?.split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 8)
    .map((line) => line.trim());
  return { type: name, ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}), frames };
}

const levelOf = () => process.env['LOG_LEVEL'] ?? 'info';

/**
 * nestjs-pino options for a service: JSON lines with service and trace ids. Headers, URLs, addresses, bodies and error messages are
 * not logged (quality.md, Security): a request is its method, matched route and status.
 */
export function loggerOptions(service: string): Params {
  return {
    forRoutes: [{ path: '{*splat}', method: RequestMethod.ALL }],
    pinoHttp: {
      level: levelOf(),
      base: { service },
      mixin: activeTraceIds,
      quietReqLogger: true,
      // Probes would drown what people did. Behind Fastify's middleware the path stands in `originalUrl`.
      autoLogging: {
        ignore: (request) =>
          (('originalUrl' in request && String(request.originalUrl)) || request.url || '').startsWith('/health'),
      },
      // The serializers below take the originals, not what pino-http has made of them.
      wrapSerializers: false,
      // Known only when the request has been answered, unlike `req`, which is written down when it arrives.
      customSuccessObject: (request, _response, entry: object) => ({ ...entry, route: routeOf(request) }),
      customErrorObject: (request, _response, _error, entry: object) => ({ ...entry, route: routeOf(request) }),
      serializers: {
        req: (request: { method: string }) => ({ method: request.method }),
        res: (response: { statusCode: number }) => ({ statusCode: response.statusCode }),
        err: describeError,
      },
    },
  };
}

/** A logger for work outside a Nest application (scripts, the start-up of a service). */
export function createLogger(service: string): Logger {
  return pino({ level: levelOf(), base: { service }, mixin: activeTraceIds, serializers: { err: describeError } });
}
