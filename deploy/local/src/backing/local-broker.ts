import { randomBytes } from 'node:crypto';
import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { awaitOutcome } from '../processes/await-outcome.js';
import { anyFreePort } from '../processes/free-port.js';
import { startGuarded, type GuardedProcess } from '../processes/guarded-process.js';
import { askKafka } from './answering.js';
import type { BackingContext, Candidate } from './candidates.js';
import { javaMajor, whereIs } from './executables.js';
import { install, isInstalled, type Installation } from './install.js';
import { choosePort } from './remembered.js';

const POM = path.resolve(import.meta.dirname, '../../broker/pom.xml');

/** Apache Kafka from Maven Central: 46 jars, 43 MB. */
export const BROKER: Installation = {
  folder: 'kafka-2.13-4.1.0',
  proof: 'libs/kafka_2.13-4.1.0.jar',
  what: 'Kafka 4.1.0 by Maven',
  command: (target) => ({
    command: 'mvn',
    args: ['-B', '-f', POM, 'dependency:copy-dependencies', `-DoutputDirectory=${path.join(target, 'libs')}`],
  }),
  progress: () => {
    let downloaded = 0;
    let copied = 0;
    return (line) => {
      if (line.includes('Downloaded from')) downloaded += 1;
      else if (/Copying \S+ to /.test(line)) copied += 1;
      else return undefined;
      return copied > 0 ? `${copied} of 46 jars in place` : `${downloaded} files downloaded`;
    };
  },
};

const HEAP = '-Xmx512m';
/** One node on one machine: short start and small memory count, not throughput at the limit. */
const JVM = [
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Xshare:auto',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
];

/** The broker's settings: KRaft, one node, topics only by those who own them. */
export function brokerProperties(port: number, controllerPort: number, logDir: string): string {
  const settings: Record<string, string | number | boolean> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
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

export const localBroker: Candidate = {
  name: 'local broker by Maven',
  async probe({ cacheDir }) {
    const java = await javaMajor();
    if (java === undefined) return { usable: false, detail: 'no java on the PATH (17 or later is needed)' };
    if (java < 17) return { usable: false, detail: `java ${java} is too old (17 or later is needed)` };
    if (await isInstalled(cacheDir, BROKER)) return { usable: true, detail: `java ${java}, Kafka 4.1.0 in the cache` };
    if (!(await whereIs('mvn'))) return { usable: false, detail: 'no mvn on the PATH to fetch Kafka with' };
    return { usable: true, detail: `java ${java} and Maven; Kafka 4.1.0 is fetched at the first start (43 MB)` };
  },
  async start(context) {
    const home = await install(BROKER, context);
    const dir = path.join(context.dataDir, 'kafka');
    const logDir = path.join(dir, 'data');
    const printed = path.join(context.dataDir, 'logs', 'kafka.log');
    const port = await choosePort(context, 'KENRI_KAFKA_PORT');
    const properties = path.join(dir, 'server.properties');
    await mkdir(dir, { recursive: true });
    await writeFile(properties, brokerProperties(port, await anyFreePort(), logDir));
    const java = (name: string, main: string[], graceSeconds: number) =>
      startGuarded({
        name,
        command: 'java',
        args: [HEAP, ...JVM, '-cp', `${path.join(home, 'libs')}/*`, ...main],
        output: { file: printed },
        graceSeconds,
        records: path.join(context.dataDir, 'processes'),
      });
    await format(java, logDir, properties, printed);
    const broker = java('kafka', ['kafka.Kafka', properties], 8);
    const address = `127.0.0.1:${port}`;
    try {
      await awaitOutcome(`Kafka at ${address}`, () => askKafka(address), {
        withinMs: 60_000,
        everyMs: 100,
        giveUp: () => (broker.hasEnded() ? `the broker ended; see ${printed}` : undefined),
      });
    } catch (error) {
      await broker.kill();
      throw error;
    }
    return { address, stop: () => ending(context, broker) };
  },
};

/** Writes the cluster's identity into an empty folder; a folder that a crash left half formatted is made anew. */
async function format(
  java: (name: string, main: string[], graceSeconds: number) => GuardedProcess,
  logDir: string,
  properties: string,
  printed: string,
): Promise<void> {
  if (await exists(path.join(logDir, 'bootstrap.checkpoint'))) return;
  await rm(logDir, { recursive: true, force: true });
  const clusterId = randomBytes(16).toString('base64url');
  const tool = java('kafka-format', ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', properties], 1);
  const outcome = await tool.ended;
  if (!outcome.endsWith('code 0')) throw new Error(`formatting Kafka's data folder ${outcome}; see ${printed}`);
}

/** A test's data is thrown away, so its broker need not spend seconds on leaving in order. */
const ending = (context: BackingContext, broker: GuardedProcess) =>
  context.purpose === 'test' ? broker.kill() : broker.stop();
