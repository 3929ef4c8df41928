import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parse } from 'yaml';
import { awaitOutcome } from '../processes/await-outcome.js';
import { anyFreePort } from '../processes/free-port.js';
import { askKafka, beReplicaSetOfOne } from './answering.js';
import type { BackingContext, Candidate, Probe, StartedService } from './candidates.js';
import { answerOf } from './executables.js';
import { choosePort } from './remembered.js';

const COMPOSE_FILE = path.resolve(import.meta.dirname, '../../../../docker-compose.yml');

/** The image of a service in docker-compose.yml: tests run what a start runs. */
async function imageOf(service: 'kafka' | 'mongodb'): Promise<string> {
  const { services } = parse(await readFile(COMPOSE_FILE, 'utf8'), { merge: true }) as {
    services: Record<string, { image: string }>;
  };
  const image = services[service]?.image;
  if (image === undefined) throw new Error(`${COMPOSE_FILE} has no image for ${service}`);
  return image;
}

async function probeDocker({ purpose }: BackingContext): Promise<Probe> {
  const engine = await answerOf('docker', ['version', '--format', '{{.Server.Version}}'], 4000);
  if (!engine) return { usable: false, detail: 'no Docker engine answers' };
  if (purpose === 'run' && !(await answerOf('docker', ['compose', 'version', '--short']))) {
    return { usable: false, detail: `Docker engine ${engine}, but no "docker compose"` };
  }
  return { usable: true, detail: `Docker engine ${engine}` };
}

/** The compose project of a data folder: two work trees have two. */
export const composeProject = (dataDir: string) =>
  `kenri-${createHash('sha256').update(dataDir).digest('hex').slice(0, 8)}`;

/** Runs `docker compose` for a data folder's project, its lines as progress. Throws with the end of its output. */
export async function compose(
  context: BackingContext,
  args: string[],
  env: Record<string, string> = {},
): Promise<void> {
  const all = ['compose', '-p', composeProject(context.dataDir), '-f', COMPOSE_FILE, ...args];
  const child = spawn('docker', all, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      context.log.progress(`docker compose: ${line.trim()}`);
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`docker compose ${args[0]} failed:\n${lines.slice(-8).join('\n')}`);
}

/** The port on which compose already publishes a service (left running by a kill -9), else a chosen one. */
async function publishedPort(
  context: BackingContext,
  service: string,
  inside: number,
  setting: string,
): Promise<number> {
  const project = composeProject(context.dataDir);
  const running = await answerOf('docker', [
    'compose',
    '-p',
    project,
    '-f',
    COMPOSE_FILE,
    'port',
    service,
    String(inside),
  ]);
  const [, port] = /:(\d+)$/.exec(running ?? '') ?? [];
  return port && port !== '0' ? Number(port) : choosePort(context, setting);
}

async function startKafkaByCompose(context: BackingContext): Promise<StartedService> {
  const port = await publishedPort(context, 'kafka', 9092, 'KENRI_KAFKA_PORT');
  await compose(context, ['up', '-d', 'kafka'], { KENRI_KAFKA_PORT: String(port) });
  const address = `127.0.0.1:${port}`;
  await awaitOutcome(`Kafka in Docker at ${address}`, () => askKafka(address), { withinMs: 90_000, everyMs: 200 });
  return { address, stop: () => compose(context, ['stop', 'kafka'], { KENRI_KAFKA_PORT: String(port) }) };
}

const mongoAddress = (port: number) => `mongodb://127.0.0.1:${port}/?directConnection=true`;

const awaitMongo = (port: number) =>
  awaitOutcome(
    `MongoDB in Docker at 127.0.0.1:${port}`,
    // Inside its container the server reaches itself at its own port, whatever port is published.
    async () => ((await beReplicaSetOfOne(mongoAddress(port), 'localhost:27017')) ? true : undefined),
    { withinMs: 90_000, everyMs: 200 },
  );

async function startMongoByCompose(context: BackingContext): Promise<StartedService> {
  const port = await publishedPort(context, 'mongodb', 27017, 'KENRI_MONGODB_PORT');
  await compose(context, ['up', '-d', 'mongodb'], { KENRI_MONGODB_PORT: String(port) });
  await awaitMongo(port);
  return {
    address: mongoAddress(port),
    stop: () => compose(context, ['stop', 'mongodb'], { KENRI_MONGODB_PORT: String(port) }),
  };
}

async function startKafkaByTestcontainers(): Promise<StartedService> {
  const { GenericContainer } = await import('testcontainers');
  const port = await anyFreePort();
  const address = `127.0.0.1:${port}`;
  const container = await new GenericContainer(await imageOf('kafka'))
    .withExposedPorts({ container: 9092, host: port })
    .withEnvironment({
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://${address}`,
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS: '8',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
    })
    .start();
  await awaitOutcome(`Kafka in Docker at ${address}`, () => askKafka(address), { withinMs: 60_000, everyMs: 100 });
  return { address, stop: async () => void (await container.stop()) };
}

async function startMongoByTestcontainers(): Promise<StartedService> {
  const { GenericContainer } = await import('testcontainers');
  const container = await new GenericContainer(await imageOf('mongodb'))
    .withCommand(['--replSet', 'kenri', '--bind_ip_all'])
    .withExposedPorts(27017)
    .start();
  const port = container.getMappedPort(27017);
  await awaitMongo(port);
  return { address: mongoAddress(port), stop: async () => void (await container.stop()) };
}

export const kafkaInDocker: Candidate = {
  name: 'docker',
  probe: probeDocker,
  start: (context) => (context.purpose === 'run' ? startKafkaByCompose(context) : startKafkaByTestcontainers()),
};

export const mongodbInDocker: Candidate = {
  name: 'docker',
  probe: probeDocker,
  start: (context) => (context.purpose === 'run' ? startMongoByCompose(context) : startMongoByTestcontainers()),
};
