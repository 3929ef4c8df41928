import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import {
  cacheDirOf,
  startBackingServices,
  type BackingOptions,
  type BackingServices,
  type Log,
} from '../backing/index.js';
import { AUDIENCE, startIdentityProvider, type IdentityProvider } from '../identity/index.js';
import { anyFreePort, freePortFrom, isPortFree } from '../processes/free-port.js';
import { fillStores } from './fill-stores.js';
import { FirstStartRecord } from './first-start.js';
import {
  SERVICES,
  environmentOf,
  portSetting,
  type ServiceDefinition,
  type ServiceName,
  type Surroundings,
} from './services.js';
import { writeStackFile } from './stack-file.js';
import { superviseService, type SupervisedService } from './supervised-service.js';
import { createTopics } from './topics.js';

export { SERVICE_NAMES, SYSTEMS, type ServiceName } from './services.js';
export type { SupervisedService } from './supervised-service.js';

export interface StackOptions {
  /** Absolute folder for all data of the stack. */
  dataDir: string;
  /** `test`: backing services of its own, where there is a choice (the demo must not touch the data of `npm start`). Default `run`. */
  purpose?: 'run' | 'test';
  people: number;
  seed: number;
  portBase: number;
  log: Log;
  /** Every line that a service prints. */
  onServiceLine: (service: ServiceName, line: string) => void;
  /** Default: this process's environment. */
  env?: NodeJS.ProcessEnv;
  /** Backing services in a test's hands, see there. */
  underFire?: BackingOptions['underFire'];
  /** What a service's settings are instead, e.g. other addresses of the backing services. Filling a store is not concerned. */
  environmentFor?: (service: ServiceName, backing: BackingServices) => Record<string, string>;
  /** Aborting it stops a start under way. */
  signal?: AbortSignal;
}

/** A running stack. */
export interface Stack {
  kafkaBrokers: string;
  mongodbUri: string;
  issuer: string;
  /** Base addresses, e.g. `intake` → `http://127.0.0.1:4001`. */
  addresses: Record<ServiceName, string>;
  services: ReadonlyMap<ServiceName, SupervisedService>;
  /** The backing services, where they are in a test's hands. */
  fire?: BackingServices['fire'];
  /** Starts a second process of a service on any free port, until it or the stack is stopped. */
  startAnother: (service: ServiceName) => Promise<SupervisedService>;
  /** For programs that talk to the stack: KENRI_INTAKE_URL, KENRI_CASES_URL, KENRI_OIDC_ISSUER, KAFKA_BROKERS, MONGODB_URI. */
  clientEnvironment: Record<string, string>;
  firstStart: FirstStartRecord;
  /** Stops the services, then what they stand on. */
  stop: () => Promise<void>;
}

/**
 * Starts backing services, identity provider and all services, fills the stores at the first start, and keeps the
 * services running. On failure everything already started is stopped again.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { dataDir, log, signal } = options;
  const env = options.env ?? process.env;
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    const backing = await startBackingServices({
      dataDir,
      purpose: options.purpose ?? 'run',
      log,
      env,
      ...(signal && { signal }),
      ...(options.underFire && { underFire: options.underFire }),
    });
    stops.push(backing.stop);
    signal?.throwIfAborted();
    const ports = await choosePorts(options.portBase, env, log);
    const identity = await startIdentityProvider({ port: ports.identity, dataDir: path.join(dataDir, 'identity') });
    stops.push(identity.stop);
    const firstStart = new FirstStartRecord(backing.mongodbUri);
    stops.push(() => firstStart.close());
    const created = await createTopics(backing.kafkaBrokers);
    if (created.length > 0) log.line(`Kafka: created ${created.length} topics`);

    const around = await prepareSurroundings(dataDir, cacheDirOf(env), backing, identity);
    const environment = (service: ServiceDefinition) =>
      environmentOf(service, ports.services(service.name), around, env);
    await fillStores(options, firstStart, environment);
    signal?.throwIfAborted();

    const supervise = (definition: ServiceDefinition, port: number, suffix = '') =>
      superviseService({
        definition,
        port,
        env: { ...environment(definition), ...options.environmentFor?.(definition.name, backing), PORT: String(port) },
        dataDir,
        onLine: options.onServiceLine,
        onEvent: log.line,
        suffix,
      });
    const services = new Map(
      SERVICES.map((definition) => [definition.name, supervise(definition, ports.services(definition.name))]),
    );
    stops.push(() => Promise.all([...services.values()].map((service) => service.stop())));
    let instances = 1;
    const startAnother = async (name: ServiceName) => {
      const definition = SERVICES.find((one) => one.name === name);
      if (!definition) throw new Error(`there is no service ${name}`);
      instances += 1;
      const another = supervise(definition, await anyFreePort(), `-${instances}`);
      stops.push(() => another.stop());
      await another.start();
      return another;
    };
    await startAll(services, log, signal);
    const addresses = Object.fromEntries([...services.values()].map(({ name, address }) => [name, address])) as Record<
      ServiceName,
      string
    >;
    const clientEnvironment = {
      KENRI_INTAKE_URL: addresses.intake,
      KENRI_CASES_URL: addresses.cases,
      KENRI_OIDC_ISSUER: identity.issuer,
      KAFKA_BROKERS: backing.kafkaBrokers,
      MONGODB_URI: backing.mongodbUri,
    };
    stops.push(await writeStackFile(dataDir, clientEnvironment, addresses));
    const { kafkaBrokers, mongodbUri, fire } = backing;
    const { issuer } = identity;
    return {
      kafkaBrokers,
      mongodbUri,
      issuer,
      addresses,
      services,
      ...(fire && { fire }),
      startAnother,
      clientEnvironment,
      firstStart,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function prepareSurroundings(
  dataDir: string,
  cacheDir: string,
  backing: BackingServices,
  identity: IdentityProvider,
): Promise<Surroundings> {
  await mkdir(path.join(dataDir, 'keys', 'private'), { recursive: true, mode: 0o700 });
  await mkdir(path.join(dataDir, 'keys', 'public'), { recursive: true });
  const { kafkaBrokers, mongodbUri } = backing;
  return { kafkaBrokers, mongodbUri, issuer: identity.issuer, audience: AUDIENCE, dataDir, cacheDir };
}

/** A port fixed by its setting must be free; otherwise the wanted one, or the next free one, which is said. */
async function choosePorts(portBase: number, env: NodeJS.ProcessEnv, log: Log) {
  const chosen = new Map<ServiceName | 'identity', number>();
  const wanted = [{ name: 'identity' as const, portOffset: 0 }, ...SERVICES];
  for (const { name, portOffset } of wanted) {
    const setting = portSetting(name);
    const fixed = env[setting];
    if (fixed) {
      const port = Number(fixed);
      if (!Number.isInteger(port) || port < 1 || port > 65_535)
        throw new Error(`${setting}=${fixed} is no port: give a whole number from 1 to 65535`);
      if (!(await isPortFree(port))) throw new Error(`${setting}=${port} is taken: free that port or choose another`);
      chosen.set(name, port);
      continue;
    }
    const usual = portBase + portOffset;
    const port = await freePortFrom(
      usual,
      new Set([...chosen.values(), ...wanted.map((one) => portBase + one.portOffset)].filter((one) => one !== usual)),
    );
    if (port !== usual) log.line(`${name}: port ${usual} is taken, using ${port}`);
    chosen.set(name, port);
  }
  const portOf = (name: ServiceName | 'identity') => {
    const port = chosen.get(name);
    if (port === undefined) throw new Error(`no port was chosen for ${name}`);
    return port;
  };
  return { identity: portOf('identity'), services: portOf };
}

async function startAll(
  services: ReadonlyMap<ServiceName, SupervisedService>,
  log: Log,
  signal?: AbortSignal,
): Promise<void> {
  let ready = 0;
  const say = () => log.progress(`services: ${ready} of ${services.size} ready`);
  say();
  const outcomes = await Promise.allSettled(
    [...services.values()].map(async (service) => {
      await service.start();
      ready += 1;
      say();
    }),
  );
  signal?.throwIfAborted();
  const failed = outcomes.filter((one) => one.status === 'rejected').map((one) => (one.reason as Error).message);
  if (failed.length > 0) throw new Error(failed.join('\n'));
}
