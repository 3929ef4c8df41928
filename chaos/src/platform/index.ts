import { setTimeout as delay } from 'node:timers/promises';
import {
  createTopics,
  SERVICE_NAMES,
  type BackingProcess,
  type BackingServices,
  type Log,
  type ServiceName,
} from '@kenri/local';
import { eventually, TrialPlatform } from '@kenri/samples';
import { startFaultProxy, type FaultProxy } from '../proxy/index.js';

export interface ChaosOptions {
  /** Generated people in each store. */
  people: number;
  seed: number;
  log?: Log;
  /** Aborting it ends a start under way. */
  signal?: AbortSignal;
  /** Settings of all services beside those of a trial. */
  settings?: NodeJS.ProcessEnv;
  /** Where the database keeps its data instead of the platform's own folder; made and removed by whoever names it. */
  databaseDir?: string;
  /** Every line that a service prints; without it they are kept in `trial.lines`. */
  onServiceLine?: (service: ServiceName, line: string) => void;
}

export type Backing = 'broker' | 'database';
interface Proxies {
  kafka: FaultProxy;
  mongodb: FaultProxy;
  /** Of a connector: to its business store alone (KENRI_STORE_URI). */
  store?: FaultProxy;
}

/** How long a deleted topic may still be shown, also on a busy machine. */
const DELETED_WITHIN_MS = 2000;

/**
 * A whole installation that can be hurt: between every service and Kafka, and between every service and MongoDB, stands a proxy
 * of its own, and every process can be killed, frozen, stopped and started again. `trial` holds what watches and drives it:
 * its clients of Kafka and MongoDB go past the proxies. Everything ends with `stop`, or with this process, however that ends.
 */
export class ChaosPlatform {
  private constructor(
    readonly trial: TrialPlatform,
    private readonly proxies: ReadonlyMap<ServiceName, Proxies>,
    private readonly fire: NonNullable<BackingServices['fire']>,
  ) {}

  static async start({ people, databaseDir, ...options }: ChaosOptions): Promise<ChaosPlatform> {
    const proxies = new Map<ServiceName, Proxies>();
    for (const name of SERVICE_NAMES) {
      proxies.set(name, {
        kafka: await startFaultProxy('kafka'),
        mongodb: await startFaultProxy('mongodb'),
        ...(name.startsWith('connector-') && { store: await startFaultProxy('mongodb') }),
      });
    }
    try {
      const trial = await TrialPlatform.start(people, {
        ...options,
        underFire: {
          advertisedPorts: [...proxies.values()].map(({ kafka }) => kafka.port),
          ...(databaseDir !== undefined && { databaseDir }),
        },
        environmentFor: (service, backing) => through(proxiesOf(proxies, service), backing),
      });
      if (!trial.stack.fire) throw new Error('the backing services are not in our hands');
      return new ChaosPlatform(trial, proxies, trial.stack.fire);
    } catch (error) {
      await stopAll(proxies);
      throw error;
    }
  }

  /** The proxy between a service and a backing service. */
  proxy(service: ServiceName, to: keyof Proxies): FaultProxy {
    const proxy = proxiesOf(this.proxies, service)[to];
    if (!proxy) throw new Error(`${service} has no business store`);
    return proxy;
  }

  /** Kills a service with -9, sent before this returns its promise; it stays down until `restart`. */
  kill9(service: ServiceName): Promise<void> {
    return this.service(service).kill();
  }

  /** Kills a service with -9; its supervisor starts it again, as after any crash. */
  crash(service: ServiceName): Promise<void> {
    return this.service(service).crash();
  }

  /** Stops a service in order where it runs, and starts it; resolves once it is ready. */
  async restart(service: ServiceName): Promise<void> {
    await this.service(service).stop();
    await this.service(service).start();
  }

  freeze(what: ServiceName | Backing): Promise<void> {
    return this.process(what).freeze();
  }

  thaw(what: ServiceName | Backing): Promise<void> {
    return this.process(what).thaw();
  }

  /** Freezes for so long. */
  async freezeFor(what: ServiceName | Backing, ms: number): Promise<void> {
    await this.freeze(what);
    await delay(ms);
    await this.thaw(what);
  }

  /** Kills the database with -9 and starts it again on its data after so long; resolves once it takes writes. */
  async killDatabase(downForMs = 0): Promise<void> {
    await this.fire.mongodb.kill();
    await delay(downForMs);
    await this.fire.mongodb.start();
  }

  /** Whether the database runs and keeps what it is given: on a full disk it may have ended by itself, or refuse everything from then on. */
  async isDatabaseSound(): Promise<boolean> {
    if (!this.fire.mongodb.isRunning()) return false;
    const marks = this.trial.mongo.db('kenri_local').collection('soundness');
    return marks.insertOne({ at: new Date() }, { writeConcern: { w: 'majority', j: true } }).then(
      () => true,
      () => false,
    );
  }

  /** Stops the broker in order and starts it again on its data after so long; resolves once it answers. */
  async stopBroker(downForMs: number): Promise<void> {
    await this.fire.kafka.stop();
    await delay(downForMs);
    await this.fire.kafka.start();
  }

  /** Kills the broker with -9, and starts it again after so long; resolves once it answers. */
  async killBroker(downForMs = 0): Promise<void> {
    await this.fire.kafka.kill();
    await delay(downForMs);
    await this.fire.kafka.start();
  }

  /** Deletes topics with all that is in them and makes them anew; resolves once they are led again. */
  async wipeTopics(names: readonly string[], onDeleted: () => void = () => undefined): Promise<void> {
    const { kafka, stack } = this.trial;
    const admin = kafka.admin();
    await admin.connect();
    try {
      await admin.deleteTopics({ topics: [...names], timeout: 20_000 });
      onDeleted();
      // Deleting goes on after it was answered: a topic of that name cannot be made, or be asked for, before it is gone; and for a
      // moment it may still be shown with its leaders. So it counts as back once it was there twice, some time apart.
      let last: unknown;
      let shownSince: number | undefined;
      await eventually('the topics are back', async () => {
        try {
          await createTopics(stack.kafkaBrokers);
          const { topics } = await admin.fetchTopicMetadata({ topics: [...names] });
          const led = topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0));
          shownSince = led ? (shownSince ?? performance.now()) : undefined;
          return (shownSince !== undefined && performance.now() - shownSince > DELETED_WITHIN_MS) || undefined;
        } catch (error) {
          last = error;
          shownSince = undefined;
          return undefined;
        }
      }).catch((error: unknown) => {
        throw new Error(String((error as Error).message), { cause: last });
      });
    } finally {
      await admin.disconnect();
    }
  }

  async stop(): Promise<void> {
    // The drivers say goodbye to the servers: through open proxies, at once.
    for (const proxies of this.proxies.values()) allOf(proxies).forEach((proxy) => proxy.set('forward'));
    await this.trial.stop();
    await stopAll(this.proxies);
  }

  private service(name: ServiceName) {
    const service = this.trial.stack.services.get(name);
    if (!service) throw new Error(`there is no service ${name}: ${SERVICE_NAMES.join(', ')}`);
    return service;
  }

  private process(what: ServiceName | Backing): Pick<BackingProcess, 'freeze' | 'thaw'> {
    if (what === 'broker') return this.fire.kafka;
    return what === 'database' ? this.fire.mongodb : this.service(what);
  }
}

function proxiesOf(proxies: ReadonlyMap<ServiceName, Proxies>, service: ServiceName): Proxies {
  const found = proxies.get(service);
  if (!found) throw new Error(`there is no service ${service}: ${SERVICE_NAMES.join(', ')}`);
  return found;
}

/** Aims a service's proxies at the backing services that run now. @returns the settings that lead the service to them */
function through({ kafka, mongodb, store }: Proxies, { fire, mongodbUri }: BackingServices): Record<string, string> {
  const listener = fire?.kafkaListeners.get(kafka.port);
  if (listener === undefined) throw new Error(`the broker has no listener that advertises port ${kafka.port}`);
  kafka.aim(listener);
  const behind = (proxy: FaultProxy) => {
    const uri = new URL(mongodbUri);
    proxy.aim(Number(uri.port));
    uri.port = String(proxy.port);
    return uri.href;
  };
  return {
    KAFKA_BROKERS: `127.0.0.1:${kafka.port}`,
    MONGODB_URI: behind(mongodb),
    ...(store && { KENRI_STORE_URI: behind(store) }),
  };
}

const allOf = (proxies: Proxies): FaultProxy[] => Object.values(proxies) as FaultProxy[];

async function stopAll(proxies: ReadonlyMap<ServiceName, Proxies>): Promise<void> {
  await Promise.all([...proxies.values()].flatMap(allOf).map((proxy) => proxy.stop()));
}
