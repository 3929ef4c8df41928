import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { awaitOutcome } from '../processes/await-outcome.js';
import { anyFreePort } from '../processes/free-port.js';
import { startGuarded, type GuardedProcess } from '../processes/guarded-process.js';
import { askKafka } from './answering.js';
import { clusterId } from './cluster-id.js';

/** One node on one machine: short start and small memory count, not throughput at the limit. */
const JVM = [
  '-Xmx512m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Xshare:auto',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
];

/** Where a client asks, and the port it is then sent to: the same, or a proxy's. */
export interface Listener {
  name: string;
  port: number;
  advertised: number;
}

/** The broker's settings: KRaft, one node, topics only by those who own them. */
export function brokerProperties(
  port: number,
  controllerPort: number,
  logDir: string,
  further: readonly Listener[] = [],
): string {
  const listeners: Listener[] = [{ name: 'PLAINTEXT', port, advertised: port }, ...further];
  const settings: Record<string, string | number | boolean> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: [...listeners, { name: 'CONTROLLER', port: controllerPort }]
      .map((one) => `${one.name}://127.0.0.1:${one.port}`)
      .join(','),
    'advertised.listeners': listeners.map(({ name, advertised }) => `${name}://127.0.0.1:${advertised}`).join(','),
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': ['CONTROLLER', ...listeners.map(({ name }) => name)]
      .map((name) => `${name}:PLAINTEXT`)
      .join(','),
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': logDir,
    'auto.create.topics.enable': false,
    'num.partitions': 4,
    'offsets.topic.num.partitions': 8,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'log.cleaner.dedupe.buffer.size': 16_777_216,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

const exists = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );

/** A broker that is set up on a folder and can be launched any number of times, one at a time. */
export interface PreparedBroker {
  /** `host:port` */
  address: string;
  /** Port that a further listener advertises → port at which it listens. */
  listeners: ReadonlyMap<number, number>;
  launch: () => GuardedProcess;
  /** Resolves once a launched broker answers; on failure it is ended. */
  awaitUp: (broker: GuardedProcess) => Promise<void>;
}

/** Writes the settings, and formats the folder unless an earlier start has. */
export async function prepareBroker(options: {
  /** The cache folder with the jars. */
  home: string;
  /** For data, logs and process records. */
  dataDir: string;
  port: number;
  /** Further options of the JVM that runs the broker. */
  jvmOptions: string[];
  graceSeconds: number;
  /** Ports that further listeners advertise. */
  advertisedPorts?: readonly number[] | undefined;
}): Promise<PreparedBroker> {
  const { home, dataDir, port } = options;
  const dir = path.join(dataDir, 'kafka');
  const printed = path.join(dataDir, 'logs', 'kafka.log');
  const properties = path.join(dir, 'server.properties');
  const logDir = path.join(dir, 'data');
  const formatted = path.join(dir, 'formatted');
  await mkdir(dir, { recursive: true });
  const taken = new Set([port, ...(options.advertisedPorts ?? [])]);
  const ownPort = async () => {
    let own = await anyFreePort();
    while (taken.has(own)) own = await anyFreePort();
    taken.add(own);
    return own;
  };
  const further: Listener[] = [];
  for (const advertised of options.advertisedPorts ?? []) {
    further.push({ name: `VIA_${advertised}`, port: await ownPort(), advertised });
  }
  await writeFile(properties, brokerProperties(port, await ownPort(), logDir, further));
  const java = (name: string, jvmOptions: string[], main: string[], graceSeconds: number) =>
    startGuarded({
      name,
      command: 'java',
      args: [...JVM, ...jvmOptions, '-cp', `${path.join(home, 'libs')}/*`, ...main],
      output: { file: printed },
      graceSeconds,
      records: path.join(dataDir, 'processes'),
    });
  if (!(await exists(formatted))) {
    // What a crash left half formatted is made anew.
    await rm(logDir, { recursive: true, force: true });
    const id = clusterId();
    const tool = java('kafka-format', [], ['kafka.tools.StorageTool', 'format', '-t', id, '-c', properties], 1);
    const ending = await tool.ended;
    if (!ending.endsWith('code 0')) {
      const said = (await readFile(printed, 'utf8')).trimEnd().split('\n').slice(-8).join('\n');
      throw new Error(`formatting Kafka's data folder ${ending}; ${printed} ends with:\n${said}`);
    }
    await writeFile(formatted, id);
  }
  const address = `127.0.0.1:${port}`;
  return {
    address,
    listeners: new Map(further.map((one) => [one.advertised, one.port])),
    launch: () => java('kafka', options.jvmOptions, ['kafka.Kafka', properties], options.graceSeconds),
    async awaitUp(broker) {
      try {
        await awaitOutcome(`Kafka at ${address}`, () => askKafka(address), {
          withinMs: 90_000,
          everyMs: 100,
          giveUp: () => (broker.hasEnded() ? `the broker ended; see ${printed}` : undefined),
        });
      } catch (error) {
        await broker.kill();
        throw error;
      }
    },
  };
}
