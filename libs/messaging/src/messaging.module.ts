import {
  Logger,
  Module,
  type DynamicModule,
  type FactoryProvider,
  type INestApplication,
  type ModuleMetadata,
} from '@nestjs/common';
import type { TopicDefinition } from '@kenri/contracts';
import type { MicroserviceOptions } from '@nestjs/microservices';
import type { Db } from 'mongodb';
import { Backlog } from './backlog.js';
import type { Clock } from './clock.js';
import { KafkaConnection, type KafkaSettings } from './kafka-connection.js';
import { Parking, type Sealer } from './parking.js';
import { Relay } from './relay.js';
import { KafkaStrategy, type KafkaStrategyOptions } from './strategy.js';
import { ensureTopics } from './topics.js';

export interface MessagingOptions {
  kafka: KafkaSettings;
  /** The service's own database: outboxes live in its collections, parked messages in `parked`. */
  database: Db;
  /** Consumer group of the service, e.g. `kenri-cases`. */
  group: string;
  /** A connector's own system id. */
  system?: string;
  /** Seals parked messages at rest. */
  sealer: Sealer;
  clock?: Clock;
  /** Topics created at start where missing. Default: all of the contracts. */
  topics?: readonly TopicDefinition[];
  strategy?: Pick<
    KafkaStrategyOptions,
    'chunkSize' | 'concurrency' | 'retryAfterMs' | 'joinWithinMs' | 'hungAfterMs' | 'onCrash'
  >;
  relay?: { sweepMs?: number; leaseMs?: number };
}

export const MESSAGING_OPTIONS = Symbol('messaging options');

type Async = Pick<ModuleMetadata, 'imports'> & Pick<FactoryProvider<MessagingOptions>, 'inject' | 'useFactory'>;

const providers: FactoryProvider[] = [
  {
    provide: KafkaConnection,
    inject: [MESSAGING_OPTIONS],
    useFactory: ({ kafka }: MessagingOptions) => new KafkaConnection(kafka),
  },
  {
    provide: Relay,
    inject: [MESSAGING_OPTIONS, KafkaConnection],
    useFactory: ({ clock, relay }: MessagingOptions, kafka: KafkaConnection) =>
      new Relay({ kafka, ...(clock && { clock }), ...relay }),
  },
  {
    provide: Parking,
    inject: [MESSAGING_OPTIONS],
    useFactory: ({ database, group, sealer, clock }: MessagingOptions) =>
      new Parking({ database, group, sealer, ...(clock && { clock }) }),
  },
  {
    provide: Backlog,
    inject: [MESSAGING_OPTIONS, Relay],
    useFactory: ({ clock }: MessagingOptions, relay: Relay) => new Backlog(relay, clock),
  },
  {
    provide: KafkaStrategy,
    inject: [MESSAGING_OPTIONS, KafkaConnection, Parking, Relay],
    useFactory: (options: MessagingOptions, kafka: KafkaConnection, parking: Parking, relay: Relay) =>
      new KafkaStrategy({
        kafka,
        parking,
        group: options.group,
        ...(options.system !== undefined && { system: options.system }),
        ...(options.clock && { clock: options.clock }),
        ...options.strategy,
        afterClose: () => relay.stop(),
      }),
  },
];

/** Gives a service `KafkaConnection`, `Relay`, `Parking`, `Backlog` and `KafkaStrategy` by injection. */
@Module({})
export class MessagingModule {
  static forRoot(options: MessagingOptions): DynamicModule {
    return this.forRootAsync({ useFactory: () => options });
  }

  static forRootAsync({ imports = [], inject = [], useFactory }: Async): DynamicModule {
    const options: FactoryProvider<MessagingOptions> = { provide: MESSAGING_OPTIONS, inject, useFactory };
    return {
      module: MessagingModule,
      global: true,
      imports,
      providers: [options, ...providers],
      exports: [MESSAGING_OPTIONS, KafkaConnection, Relay, Parking, Backlog, KafkaStrategy],
    };
  }
}

/**
 * Creates missing topics, starts the relay and attaches the strategy to an application that imports MessagingModule. Call
 * `app.startAllMicroservices()` afterwards: consuming begins there. Call it before, and `app.close()` stops consuming first, then
 * publishes what is left, then the application's connections close.
 */
export async function connectMessaging(app: INestApplication): Promise<KafkaStrategy> {
  const { topics } = app.get<MessagingOptions>(MESSAGING_OPTIONS, { strict: false });
  const get = <T>(type: abstract new (...args: never[]) => T): T => app.get<T>(type, { strict: false });
  const { drift } = await ensureTopics(get(KafkaConnection), topics);
  const logger = new Logger('Messaging');
  for (const { topic, setting, wanted, found } of drift) {
    logger.warn(`topic ${topic}: ${setting} is ${found}, the contracts say ${wanted}; left as it is`);
  }
  await get(Parking).ensureIndexes();
  get(Relay).start();
  const strategy = get(KafkaStrategy);
  app.connectMicroservice<MicroserviceOptions>({ strategy }, { inheritAppConfig: false });
  return strategy;
}
