import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { awaitOutcome } from '../processes/await-outcome.js';
import { startGuarded, type GuardedProcess } from '../processes/guarded-process.js';
import { askMongo, beReplicaSetOfOne } from './answering.js';
import type { BackingContext, Candidate, StartedService } from './candidates.js';
import { answerOf, whereIs } from './executables.js';
import { install, isInstalled, type Installation } from './install.js';
import { keepRunning } from './keep-running.js';
import { choosePort } from './remembered.js';

/**
 * SecantusDB's Rust server: the MongoDB wire protocol over WiredTiger, for development and tests only (GPL-2.0, run as a
 * process of its own, never shipped). This profile compiles in 4 minutes on 2 cores instead of 10.
 */
export const LOCAL_SERVER: Installation = {
  folder: 'secantus-0.5.3-beta.196',
  proof: 'bin/secantusd-rs',
  what: 'local MongoDB-compatible server (secantus-mdb 0.5.3-beta.196) by cargo',
  command: (target) => ({
    command: 'cargo',
    args: [
      'install',
      'secantus-mdb',
      '--version',
      '0.5.3-beta.196',
      '--locked',
      '--ignore-rust-version',
      '--root',
      target,
    ],
    env: {
      CARGO_PROFILE_RELEASE_LTO: 'off',
      CARGO_PROFILE_RELEASE_CODEGEN_UNITS: '16',
      CARGO_PROFILE_RELEASE_OPT_LEVEL: '1',
      CARGO_PROFILE_RELEASE_DEBUG: '0',
    },
  }),
  progress: () => {
    let compiled = 0;
    let downloaded = 0;
    return (line) => {
      if (/^\s*Downloaded /.test(line)) return `${(downloaded += 1)} crates downloaded`;
      const [, crate] = /^\s*Compiling (\S+)/.exec(line) ?? [];
      return crate === undefined
        ? undefined
        : `${(compiled += 1)} crates compiled, now ${crate}; some 4 minutes in all`;
    };
  },
};

/** Runs a database server until it takes writes. `directConnection` keeps the driver from looking for other members. */
async function startServer(
  context: BackingContext,
  name: string,
  commandFor: (port: number, data: string) => { command: string; args: string[] },
  takesWrites: (uri: string, port: number) => Promise<boolean>,
): Promise<StartedService> {
  const data = context.databaseDir ?? path.join(context.dataDir, name);
  const printed = path.join(context.dataDir, 'logs', `${name}.log`);
  await mkdir(data, { recursive: true });
  const port = await choosePort(context, 'KENRI_MONGODB_PORT');
  const launch = () =>
    startGuarded({
      name,
      ...commandFor(port, data),
      output: { file: printed },
      graceSeconds: 8,
      records: path.join(context.dataDir, 'processes'),
    });
  const address = `mongodb://127.0.0.1:${port}/?directConnection=true`;
  const awaitUp = async (server: GuardedProcess) => {
    try {
      await awaitOutcome(
        `MongoDB at 127.0.0.1:${port}`,
        async () => ((await takesWrites(address, port)) ? true : undefined),
        {
          withinMs: 60_000,
          giveUp: () => (server.hasEnded() ? `the server ended; see ${printed}` : undefined),
        },
      );
    } catch (error) {
      await server.kill();
      throw error;
    }
  };
  const server = launch();
  await awaitUp(server);
  return { address, ...keepRunning(server, launch, awaitUp, context) };
}

export const localServer: Candidate = {
  name: 'local server by cargo',
  ownProcess: true,
  async probe({ cacheDir }) {
    if (await isInstalled(cacheDir, LOCAL_SERVER)) return { usable: true, detail: 'built server in the cache' };
    if (!(await whereIs('cargo')))
      return { usable: false, detail: 'no cargo on the PATH to build the local server with' };
    return { usable: true, detail: 'cargo; the server is built at the first start (about 4 minutes)' };
  },
  async start(context) {
    const home = await install(LOCAL_SERVER, context);
    // Without a sync per commit it loses acknowledged writes when killed; most tests' data is thrown away anyhow.
    const durability = context.purpose === 'run' || context.durable ? ['--sync-on-commit'] : [];
    return startServer(
      context,
      'mongodb-local',
      (port, data) => ({
        command: path.join(home, 'bin', 'secantusd-rs'),
        args: ['--host', '127.0.0.1', '--port', String(port), '--storage-path', data, ...durability].concat([
          '--cache-size',
          '256M',
          '--log-file-max',
          '16MB',
          '--log-level',
          'WARNING',
        ]),
      }),
      async (uri) => (await askMongo(uri)).writable,
    );
  },
};

const startMongod = (context: BackingContext, command: string) =>
  startServer(
    context,
    'mongod',
    (port, data) => ({
      command,
      args: ['--replSet', 'kenri', '--bind_ip', '127.0.0.1', '--port', String(port), '--dbpath', data].concat([
        '--wiredTigerCacheSizeGB',
        '0.5',
        '--quiet',
      ]),
    }),
    (uri, port) => beReplicaSetOfOne(uri, `127.0.0.1:${port}`),
  );

export const mongodOnPath: Candidate = {
  name: 'mongod on the PATH',
  ownProcess: true,
  async probe() {
    const found = await whereIs('mongod');
    if (!found) return { usable: false, detail: 'no mongod on the PATH' };
    const [, version, major] = /db version v((\d+)\.\S+)/.exec((await answerOf(found, ['--version'])) ?? '') ?? [];
    if (!version) return { usable: false, detail: `${found} does not tell its version` };
    return {
      usable: Number(major) >= 7,
      detail: `${found} ${version}${Number(major) >= 7 ? '' : ' (7 or later is needed)'}`,
    };
  },
  start: (context) => startMongod(context, 'mongod'),
};

const DOWNLOADS = 'https://fastdl.mongodb.org/';
const DOWNLOADED_VERSION = '8.0.13';

export const mongodDownloaded: Candidate = {
  name: 'mongod downloaded by mongodb-memory-server',
  ownProcess: true,
  async probe({ cacheDir }) {
    const { DryMongoBinary } = await import('mongodb-memory-server-core');
    const found = await DryMongoBinary.locateBinary({ version: DOWNLOADED_VERSION, downloadDir: cacheDir });
    if (found) return { usable: true, detail: `mongod ${DOWNLOADED_VERSION} in the cache` };
    try {
      await fetch(DOWNLOADS, { method: 'HEAD', signal: AbortSignal.timeout(3000) });
      return { usable: true, detail: `mongod ${DOWNLOADED_VERSION} is downloaded at the first start` };
    } catch {
      // No name, no route, refused, too slow: each means that nothing can be downloaded from there now.
      return { usable: false, detail: 'the download site of mongod is not reachable' };
    }
  },
  async start(context) {
    const { MongoBinary } = await import('mongodb-memory-server-core');
    context.log.line(
      `mongod ${DOWNLOADED_VERSION}: downloading it once unless it is in the cache (${context.cacheDir})`,
    );
    const binary = await MongoBinary.getPath({ version: DOWNLOADED_VERSION, downloadDir: context.cacheDir });
    return startMongod(context, binary);
  },
};
