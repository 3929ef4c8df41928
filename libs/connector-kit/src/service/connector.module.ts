import { Inject, Injectable, Logger, Module, type DynamicModule, type OnApplicationBootstrap } from '@nestjs/common';
import { getConnectionToken } from '@nestjs/mongoose';
import { Relay, type Clock, type TimerSweep } from '@kenri/messaging';
import { CLOCK, type Configuration, type ServiceConfiguration } from '@kenri/service';
import { Vault } from '@kenri/vault';
import { MongoClient, type Db } from 'mongodb';
import type { Connection } from 'mongoose';
import type { StoreSchemas } from '../check-map.js';
import type { Connector } from '../connector.js';
import type { DataMap } from '../data-map.js';
import { openConnector } from '../open-connector.js';
import type { StoreAdapter } from '../store/store-adapter.js';
import { Executions } from '../units/executions.js';
import { unitTimers } from '../units/timers.js';
import type { Unit } from '../units/unit.js';
import { CONNECTOR, ConnectorEvents, EXECUTIONS } from './connector-events.controller.js';
import { ConnectorHealth } from './connector-health.controller.js';
import { ConnectorIndex } from './connector-index.controller.js';
import { OrphansJob } from './orphans-job.js';
import { durationOf, type CONNECTOR_SETTINGS } from './settings.js';

export interface ConnectorDefinition {
  readonly map: DataMap;
  readonly schemas: StoreSchemas;
  /** An adapter for a store that is no MongoDB database. */
  readonly store?: StoreAdapter;
}

export type ConnectorConfiguration = ServiceConfiguration & Configuration<typeof CONNECTOR_SETTINGS>;

const TIMERS = Symbol('kenri unit timers');
const STORE_CLIENT = Symbol('kenri business store client');

/** The business store's own deployment, or the service's. */
interface StoreClient {
  database: Db;
  /** Only where it is a client of its own. */
  client?: MongoClient;
}

/** In milliseconds, unless the URI says otherwise. A store that takes connections and never answers must not hold up a consumer. */
const STORE_PATIENCE = { serverSelectionTimeoutMS: 5_000, connectTimeoutMS: 5_000, socketTimeoutMS: 30_000 };

const openStore = (configuration: ConnectorConfiguration, connection: Connection): StoreClient => {
  const name = configuration.KENRI_STORE_DATABASE;
  if (configuration.KENRI_STORE_URI === '') return { database: connection.getClient().db(name) };
  const uri = configuration.KENRI_STORE_URI;
  const patience = Object.entries(STORE_PATIENCE).filter(([option]) => !new RegExp(`[?&]${option}=`, 'i').test(uri));
  const client = new MongoClient(uri, {
    appName: `kenri-store-${name}`,
    writeConcern: { w: 'majority', journal: true },
    ...Object.fromEntries(patience),
  });
  return { database: client.db(name), client };
};

/** Starts and stops what runs beside the messages: the side index and the timers. */
@Injectable()
class ConnectorLife implements OnApplicationBootstrap {
  constructor(
    @Inject(CONNECTOR) private readonly connector: Connector,
    @Inject(TIMERS) private readonly timers: TimerSweep<Unit>,
    @Inject(EXECUTIONS) private readonly executions: Executions,
    @Inject(STORE_CLIENT) private readonly store: StoreClient,
    private readonly orphans: OrphansJob,
  ) {}

  onApplicationBootstrap(): void {
    this.connector.indexer.start();
    this.timers.start();
    this.orphans.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.orphans.stop();
    // Together: a timer may wait for an execution that waits for its turn.
    await Promise.all([this.timers.stop(), this.executions.stop()]);
    await this.connector.indexer.stop();
    await this.store.client?.close();
  }
}

@Module({})
export class ConnectorModule {
  static of({ map, schemas, store }: ConnectorDefinition, configuration: ConnectorConfiguration): DynamicModule {
    const logger = new Logger(`connector-${map.system}`);
    const log: Connector['log'] = { warn: (code, details) => logger.warn({ code, ...details }) };
    return {
      module: ConnectorModule,
      controllers: [ConnectorEvents, ConnectorHealth, ConnectorIndex],
      providers: [
        {
          provide: STORE_CLIENT,
          inject: [getConnectionToken()],
          useFactory: (connection: Connection) => openStore(configuration, connection),
        },
        {
          provide: CONNECTOR,
          inject: [Vault, getConnectionToken(), CLOCK, Relay, STORE_CLIENT],
          useFactory: (vault: Vault, connection: Connection, clock: Clock, relay: Relay, client: StoreClient) =>
            openConnector({
              map,
              schemas,
              database: connection.getClient().db(configuration.KENRI_DATABASE),
              store: store ?? client.database,
              vault,
              relay,
              clock,
              settings: {
                verifyAfter: configuration.KENRI_VERIFY_AFTER.map((text) => durationOf(text)!),
                executeWithin: durationOf(configuration.KENRI_EXECUTE_WITHIN)!,
                reviewHoldsEvery: durationOf(configuration.KENRI_REVIEW_HOLDS_EVERY)!,
              },
              indexing: {
                sweepRate: configuration.KENRI_SWEEP_RATE,
                patience: durationOf(configuration.KENRI_INDEX_PATIENCE)!,
                onProgress: (progress) => logger.log({ code: 'index-sweep', ...progress }),
              },
              log,
            }),
        },
        { provide: EXECUTIONS, inject: [CONNECTOR], useFactory: (connector: Connector) => new Executions(connector) },
        { provide: TIMERS, inject: [CONNECTOR, EXECUTIONS], useFactory: unitTimers },
        {
          provide: OrphansJob,
          inject: [CONNECTOR],
          useFactory: (connector: Connector) =>
            new OrphansJob(connector, configuration.KENRI_ORPHANS_HOURS * 3_600_000),
        },
        ConnectorLife,
      ],
      exports: [CONNECTOR],
    };
  }
}
