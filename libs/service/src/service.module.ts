import { Logger, Module, type DynamicModule, type Type } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE, DiscoveryModule } from '@nestjs/core';
import { getConnectionToken, MongooseModule } from '@nestjs/mongoose';
import { loggerOptions } from '@kenri/telemetry';
import { MessagingModule } from '@kenri/messaging';
import { openVault, Vault } from '@kenri/vault';
import type { Db } from 'mongodb';
import type { Connection } from 'mongoose';
import { LoggerModule } from 'nestjs-pino';
import { StaffGuard } from './access/staff-guard.js';
import { TokenVerifier } from './access/token-verifier.js';
import { CLOCK, systemClock, type Clock } from './clock.js';
import type { SERVICE_SETTINGS } from './configuration/service-settings.js';
import type { Configuration } from './configuration/settings.js';
import { Health, HealthController } from './health/health.controller.js';
import { IdempotencyStore } from './http/idempotency.store.js';
import { EventStreams } from './http/server-sent-events.js';
import { InputPipe } from './input/validation.js';
import { BacklogController } from './messages/backlog.controller.js';
import { ParkedController } from './messages/parked.controller.js';
import { ProblemFilter } from './problems/problem-filter.js';

export type ServiceConfiguration = Configuration<typeof SERVICE_SETTINGS>;
/** Injects the service's whole configuration: `@Inject(CONFIGURATION) configuration: Configuration<…>`. */
export const CONFIGURATION = Symbol('kenri configuration');

/** Connection options that hold for every write (architecture.md, Exactly-once effect 10). */
const CONNECTION_OPTIONS = {
  writeConcern: { w: 'majority', journal: true },
  serverSelectionTimeoutMS: 5000,
  maxPoolSize: 32,
} as const;

/** The service's own database, by the native driver: for `DocumentStore` and hot paths. */
export const databaseOf = (connection: Connection): Db => connection.getClient().db(connection.name);

const vaultOf = (service: string, configuration: ServiceConfiguration, connection: Connection, clock: Clock) => {
  const logger = new Logger('vault');
  return openVault({
    service,
    keysDir: configuration.KENRI_KEYS_DIR,
    publicKeysDir: configuration.KENRI_PUBLIC_KEYS_DIR,
    mongo: connection.getClient(),
    keysDatabase: configuration.KENRI_KEYS_DATABASE,
    artifactsDatabase: configuration.KENRI_ARTIFACTS_DATABASE,
    clock,
    onWaiting: (message) => logger.log(message),
  });
};

@Module({})
export class ServiceModule {
  static around(
    name: string,
    configuration: ServiceConfiguration,
    application: Type | DynamicModule,
    { clock = systemClock, system }: { clock?: Clock; system?: string } = {},
  ): DynamicModule {
    return {
      module: ServiceModule,
      global: true,
      imports: [
        DiscoveryModule,
        LoggerModule.forRoot(loggerOptions(name)),
        MongooseModule.forRoot(configuration.MONGODB_URI, {
          ...CONNECTION_OPTIONS,
          dbName: configuration.KENRI_DATABASE,
          appName: `kenri-${name}`,
          retryAttempts: 5,
          retryDelay: 1000,
        }),
        MessagingModule.forRootAsync({
          inject: [getConnectionToken(), Vault],
          useFactory: (connection: Connection, vault: Vault) => ({
            kafka: {
              brokers: configuration.KAFKA_BROKERS,
              clientId: name,
              topicPrefix: configuration.KENRI_TOPIC_PREFIX,
            },
            database: databaseOf(connection),
            group: `kenri-${name}`,
            sealer: vault.parkingSeal,
            clock,
            ...(system !== undefined && { system }),
          }),
        }),
        application,
      ],
      controllers: [HealthController, ParkedController, BacklogController],
      providers: [
        { provide: CONFIGURATION, useValue: configuration },
        { provide: CLOCK, useValue: clock },
        {
          provide: TokenVerifier,
          useValue: new TokenVerifier({
            issuer: configuration.KENRI_OIDC_ISSUER,
            audience: configuration.KENRI_OIDC_AUDIENCE,
            tokenType: configuration.KENRI_OIDC_TOKEN_TYPE,
          }),
        },
        {
          provide: Vault,
          inject: [getConnectionToken()],
          useFactory: (connection: Connection) => vaultOf(name, configuration, connection, clock),
        },
        Health,
        EventStreams,
        IdempotencyStore,
        { provide: APP_GUARD, useClass: StaffGuard },
        { provide: APP_PIPE, useClass: InputPipe },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
      exports: [CONFIGURATION, CLOCK, TokenVerifier, Vault, Health, EventStreams, IdempotencyStore],
    };
  }
}
