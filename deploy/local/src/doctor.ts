import { statfs } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import {
  orderToTry,
  type BackingContext,
  type Candidate,
  type CandidateName,
  type Probe,
} from './backing/candidates.js';
import { answerOf, javaMajor, whereIs } from './backing/executables.js';
import { KAFKA_CANDIDATES, MONGODB_CANDIDATES, INSTALL, cacheDirOf, logTo, probeAll } from './backing/index.js';
import { BROKER } from './backing/local-broker.js';
import { isInstalled } from './backing/install.js';
import { LOCAL_SERVER } from './backing/mongodb-local.js';
import { readRemembered } from './backing/remembered.js';
import { dataDirOf } from './data-dir.js';
import { messageOf } from './processes/error-code.js';
import { isPortFree } from './processes/free-port.js';
import { SERVICES } from './stack/services.js';

interface Backing {
  would: CandidateName | null;
  ways: { name: CandidateName; usable: boolean; detail: string }[];
  install: string | null;
}

interface Diagnosis {
  machine: Record<string, string>;
  ports: { name: string; port: number; free: boolean }[];
  kafka: Backing;
  mongodb: Backing;
  warnings: string[];
}

const NEEDED_DISK_GB = 3;
const NEEDED_MEMORY_GB = 3;
const gigabytes = (bytes: number) => bytes / 1024 ** 3;

async function judge(
  what: 'Kafka' | 'MongoDB',
  candidates: readonly Candidate[],
  context: BackingContext,
): Promise<Backing> {
  const probes: Map<CandidateName, Probe> = await probeAll(candidates, context);
  const names = candidates.map((one) => one.name);
  const remembered = await readRemembered(context.dataDir);
  const [would = null] = orderToTry(names, probes, what === 'Kafka' ? remembered.kafka : remembered.mongodb);
  return {
    would,
    ways: names.map((name) => ({ name, usable: false, detail: '', ...probes.get(name) })),
    install: would ? null : INSTALL[what],
  };
}

async function diagnose(env: NodeJS.ProcessEnv): Promise<Diagnosis> {
  const dataDir = dataDirOf(env);
  const cacheDir = cacheDirOf(env);
  const context: BackingContext = { purpose: 'run', dataDir, cacheDir, env, log: logTo(process.stderr) };
  const [kafka, mongodb, docker, java, mvn, cargo, mongod, broker, server] = await Promise.all([
    judge('Kafka', KAFKA_CANDIDATES, context),
    judge('MongoDB', MONGODB_CANDIDATES, context),
    answerOf('docker', ['version', '--format', '{{.Server.Version}}']),
    javaMajor(),
    whereIs('mvn', env),
    answerOf('cargo', ['--version']),
    whereIs('mongod', env),
    isInstalled(cacheDir, BROKER),
    isInstalled(cacheDir, LOCAL_SERVER),
  ]);
  const disk = await statfs(path.dirname(dataDir));
  const freeDisk = gigabytes(disk.bavail * disk.bsize);
  const freeMemory = gigabytes(availableMemory());
  const base = Number(env['KENRI_PORT_BASE'] ?? 4000);
  const ports = await Promise.all(
    [{ name: 'identity', portOffset: 0 }, ...SERVICES].map(async ({ name, portOffset }) => {
      const port = base + portOffset;
      return { name, port, free: await isPortFree(port) };
    }),
  );
  const warnings: string[] = [];
  if (freeDisk < NEEDED_DISK_GB)
    warnings.push(`little free disk: ${freeDisk.toFixed(1)} GB (a start needs about ${NEEDED_DISK_GB} GB)`);
  if (freeMemory < NEEDED_MEMORY_GB)
    warnings.push(`little free memory: ${freeMemory.toFixed(1)} GB (a start needs about ${NEEDED_MEMORY_GB} GB)`);
  return {
    machine: {
      node: process.version,
      docker: docker ?? 'no engine answers',
      mongod: mongod ?? 'not on the PATH',
      java: java === undefined ? 'not on the PATH' : String(java),
      mvn: mvn ?? 'not on the PATH',
      cargo: cargo ?? 'not on the PATH',
      cache: `${cacheDir} (Kafka: ${broker ? 'yes' : 'no'}, local database server: ${server ? 'yes' : 'no'})`,
      data: dataDir,
      'free disk': `${freeDisk.toFixed(0)} GB`,
      'free memory': `${freeMemory.toFixed(1)} of ${gigabytes(totalmem()).toFixed(1)} GB`,
    },
    ports,
    kafka,
    mongodb,
    warnings,
  };
}

/** `freemem` counts what the system would give back at once (caches) as used on some systems; Node knows better. */
const availableMemory = () => Math.max(freemem(), process.availableMemory());

function print({ machine, ports, kafka, mongodb, warnings }: Diagnosis): string {
  const backing = (what: string, { would, ways, install }: Backing) => [
    `${what}: ${would ? `a start would use "${would}"` : 'nothing works'}`,
    ...ways.map((way) => `  ${way.usable ? 'yes' : 'no '}  ${way.name}: ${way.detail}`),
    ...(install ? [`  ${install}`] : []),
  ];
  const taken = ports.filter((one) => !one.free).map((one) => `${one.port} (${one.name})`);
  return [
    ...Object.entries(machine).map(([name, value]) => `${name.padEnd(12)} ${value}`),
    `${'ports'.padEnd(12)} ${taken.length === 0 ? 'all free' : `taken: ${taken.join(', ')}; the next free ones are used`}`,
    '',
    ...backing('Kafka', kafka),
    ...backing('MongoDB', mongodb),
    ...warnings.map((warning) => `warning: ${warning}`),
  ].join('\n');
}

try {
  const { values } = parseArgs({ options: { json: { type: 'boolean' } } });
  const diagnosis = await diagnose(process.env);
  process.stdout.write(`${values.json ? JSON.stringify(diagnosis, null, 2) : print(diagnosis)}\n`);
  process.exitCode = diagnosis.kafka.would && diagnosis.mongodb.would ? 0 : 1;
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}
