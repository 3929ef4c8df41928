import type { Log } from './log.js';

export type Purpose = 'run' | 'test';

/** Everything a way of getting a backing service may need. */
export interface BackingContext {
  purpose: Purpose;
  /** Absolute folder for data, logs and process records of this run. */
  dataDir: string;
  /** Absolute folder kept between work trees: the broker's jars, the built server. */
  cacheDir: string;
  env: NodeJS.ProcessEnv;
  log: Log;
  /** Test data that a kill of its server must not cost: every write is synced, as in a run. */
  durable?: boolean | undefined;
  /** Further listeners of the broker, each by the port of 127.0.0.1 that it advertises (a proxy's). */
  advertisedPorts?: readonly number[] | undefined;
  /** Where the database keeps its data instead, e.g. on a disk that is to be full. */
  databaseDir?: string | undefined;
  /** Aborting it ends a download or build under way. */
  signal?: AbortSignal | undefined;
}

/** Whether a way is open on this machine, and the fact that decides it (fit for a line in a terminal). */
export interface Probe {
  usable: boolean;
  detail: string;
}

export interface StartedService {
  /** `host:port[,…]` of Kafka, or a MongoDB connection string. */
  address: string;
  stop: () => Promise<void>;
  /** Of a process that a test started here; never of what the environment or a Docker engine runs. */
  process?: BackingProcess;
  /** Port that a further listener of the broker advertises → port at which it listens. */
  listeners?: ReadonlyMap<number, number>;
}

/** A backing service in a test's hands: for faults. It stays down until `start`, which goes on with the same data and port. */
export interface BackingProcess {
  /** With -9; sent before this returns its promise. */
  kill: () => Promise<void>;
  stop: () => Promise<void>;
  /** Resolves once it answers. */
  start: () => Promise<void>;
  freeze: () => Promise<void>;
  thaw: () => Promise<void>;
  isRunning: () => boolean;
}

/** One way of getting a backing service. */
export interface Candidate {
  name: CandidateName;
  /** It runs as a process of ours, which can be killed, frozen and started again. */
  ownProcess?: true;
  /** Looks without changing anything. */
  probe: (context: BackingContext) => Promise<Probe>;
  /** Resolves once the service answers. Throws with what went wrong, having stopped what it started. */
  start: (context: BackingContext) => Promise<StartedService>;
}

export type CandidateName =
  | 'environment'
  | 'docker'
  | 'mongod on the PATH'
  | 'mongod downloaded by mongodb-memory-server'
  | 'local broker by Maven'
  | 'local server by cargo';

/**
 * The order to try the ways in: as listed, except that a run goes on with what holds its data from an earlier start.
 * What the environment names always comes first, and it alone: naming a server and getting another would be a surprise.
 */
export function orderToTry(
  listed: readonly CandidateName[],
  probes: ReadonlyMap<CandidateName, Probe>,
  earlier: CandidateName | undefined,
): CandidateName[] {
  const usable = listed.filter((name) => probes.get(name)?.usable);
  if (usable[0] === 'environment') return ['environment'];
  if (earlier === undefined || !usable.includes(earlier)) return usable;
  return [earlier, ...usable.filter((name) => name !== earlier)];
}
