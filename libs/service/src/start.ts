import { randomUUID } from 'node:crypto';
import { Logger as NestLogger, type DynamicModule, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { connectMessaging, type KafkaStrategy } from '@kenri/messaging';
import { createLogger, nameRequestByRoute, shutdownTelemetry } from '@kenri/telemetry';
import { Logger } from 'nestjs-pino';
import { routesWithRoles } from './access/routes.js';
import type { Clock } from './clock.js';
import { SERVICE_SETTINGS } from './configuration/service-settings.js';
import { ConfigurationError, readConfiguration, type Configuration, type Settings } from './configuration/settings.js';
import { Health } from './health/health.controller.js';
import { openApiDocument, serveOpenApi } from './http/openapi.js';
import { readJsonBody } from './input/json-body.js';
import { refuseAddress, refuseConnection } from './problems/before-routing.js';
import { ServiceModule, type ServiceConfiguration } from './service.module.js';

export interface ServiceDefinition<S extends Settings> {
  /** `intake`, `cases`, `connector-auto`, …: consumer group, key name, log and trace name. */
  name: string;
  /** Title and description of the OpenAPI page. */
  title: string;
  description: string;
  /** The service's own settings, beside `SERVICE_SETTINGS`. */
  settings: S;
  module: Type | ((configuration: ServiceConfiguration & Configuration<S>) => Type | DynamicModule);
  /** A connector's own system id: messages for other systems are skipped by their header. */
  system?: string;
  /** Runs before listening and consuming, with the application initialised. */
  prepare?: (
    app: NestFastifyApplication,
    configuration: ServiceConfiguration & Configuration<S>,
  ) => Promise<void> | void;
}

export interface Service<S extends Settings> {
  app: NestFastifyApplication;
  configuration: ServiceConfiguration & Configuration<S>;
  /** `http://host:port` as actually listened on. */
  url: string;
  /** Stops serving and consuming, lets running work end, and flushes the telemetry. */
  close(): Promise<void>;
}

export interface ServiceSurroundings {
  environment?: Readonly<Record<string, string | undefined>>;
  clock?: Clock;
}

const isClass = (value: unknown): value is Type =>
  typeof value === 'function' && /^class\s/.test(Function.prototype.toString.call(value));

/** Reads the configuration, makes the application, connects and listens. Throws `ConfigurationError` naming every faulty setting. */
export async function createService<S extends Settings>(
  definition: ServiceDefinition<S>,
  { environment = process.env, clock }: ServiceSurroundings = {},
): Promise<Service<S>> {
  const configuration = readConfiguration(
    { ...SERVICE_SETTINGS, ...definition.settings },
    environment,
  ) as ServiceConfiguration & Configuration<S>;
  const own = isClass(definition.module) ? definition.module : definition.module(configuration);
  const app = await NestFactory.create<NestFastifyApplication>(
    ServiceModule.around(definition.name, configuration, own, {
      ...(clock && { clock }),
      ...(definition.system !== undefined && { system: definition.system }),
    }),
    new FastifyAdapter({
      bodyLimit: configuration.KENRI_BODY_LIMIT,
      trustProxy: configuration.KENRI_TRUST_PROXY,
      requestTimeout: 30_000,
      requestIdHeader: false,
      genReqId: () => randomUUID(),
      frameworkErrors: refuseAddress,
      clientErrorHandler: refuseConnection,
    }),
    { bodyParser: false, bufferLogs: true, abortOnError: false },
  );
  try {
    app.useLogger(app.get(Logger));
    readOnlyJson(app);
    app
      .getHttpAdapter()
      .getInstance()
      .addHook('onRequest', (request, _reply, done) => {
        if (request.routeOptions.url !== undefined) nameRequestByRoute(request.raw, request.routeOptions.url);
        done();
      });
    app.useSecurityHeaders({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'none'"],
          scriptSrc: ["'self'"],
          styleSrc: ["'self'", "'unsafe-inline'"],
          imgSrc: ["'self'", 'data:'],
          connectSrc: ["'self'"],
          fontSrc: ["'self'"],
          formAction: ["'self'"],
          baseUri: ["'none'"],
          frameAncestors: ["'none'"],
        },
      },
    });
    routesWithRoles(app);
    serveOpenApi(app, openApiDocument(app, definition.title, definition.description));
    const strategy = await connectMessaging(app);
    await app.init();
    await definition.prepare?.(app, configuration);
    watch(app.get(Health), strategy);
    await app.listen({ host: configuration.HOST, port: configuration.PORT });
    await app.startAllMicroservices();
    const url = (await app.getUrl()).replace('[::1]', 'localhost');
    return { app, configuration, url, close: () => closeOnce(app) };
  } catch (error) {
    await app.close();
    throw error;
  }
}

function watch(health: Health, strategy: KafkaStrategy): void {
  let joined = false;
  void strategy.ready.then(() => (joined = true));
  health.watch({
    lastFetchAt: () => strategy.lastFetchAt,
    joined: () => joined,
    active: () => strategy.unwrap() !== undefined,
  });
}

/** JSON is the only body there is: forms and plain text are 415. */
function readOnlyJson(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, readJsonBody(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
}

const closing = new WeakMap<NestFastifyApplication, Promise<void>>();
function closeOnce(app: NestFastifyApplication): Promise<void> {
  const running = closing.get(app) ?? app.close().then(() => shutdownTelemetry());
  closing.set(app, running);
  return running;
}

/**
 * The whole life of a service's process: starts it, stops it in order on SIGINT or SIGTERM. A faulty configuration ends with
 * code 78 and one message naming every setting; any other failure to start with code 1.
 */
export async function startService<S extends Settings>(definition: ServiceDefinition<S>): Promise<void> {
  const logger = createLogger(definition.name);
  try {
    const service = await createService(definition);
    new NestLogger(definition.name).log(`listening on ${service.url}`);
    const stop = () => {
      service.close().then(
        () => process.exit(0),
        (error: unknown) => {
          logger.error({ err: error }, 'stopping failed');
          process.exit(1);
        },
      );
    };
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  } catch (error) {
    if (error instanceof ConfigurationError) {
      process.stderr.write(`${definition.name}: ${error.message}\n`);
      process.exit(ConfigurationError.exitCode);
    }
    logger.fatal({ err: error }, `could not start: ${(error as Error).message}`);
    process.exit(1);
  }
}
