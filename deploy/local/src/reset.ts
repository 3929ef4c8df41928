import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { compose } from './backing/docker.js';
import { cacheDirOf, lockFileOf, logTo } from './backing/index.js';
import { readRemembered } from './backing/remembered.js';
import { dataDirOf } from './data-dir.js';
import { hasCode, messageOf } from './processes/error-code.js';
import { livingHolder } from './processes/file-lock.js';
import { endLeftovers } from './processes/leftovers.js';

const log = logTo(process.stdout);

/** `npm run reset`: removes all local data. Refuses while a start is running on it. */
async function reset(dataDir: string): Promise<void> {
  const holder = await livingHolder(lockFileOf(dataDir));
  if (holder) throw new Error(`a start is ${holder.doing} (process ${holder.pid}): stop it first (Ctrl-C there)`);
  const entries = await readdir(dataDir).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (!entries) {
    log.line(`nothing to remove: ${dataDir} is not there`);
    return;
  }
  const foreign = entries.filter((name) => !OURS.some((known) => known.test(name)));
  if (foreign.length > 0) {
    throw new Error(
      `${dataDir} holds what is not Kenri's (${foreign.join(', ')}): remove it by hand, or correct KENRI_DATA`,
    );
  }
  const ended = await endLeftovers(path.join(dataDir, 'processes'));
  if (ended.length > 0) log.line(`ended what had been left running: ${ended.join(', ')}`);
  const { kafka, mongodb } = await readRemembered(dataDir);
  if (kafka === 'docker' || mongodb === 'docker') {
    await compose({ purpose: 'run', dataDir, cacheDir: cacheDirOf(process.env), env: process.env, log }, [
      'down',
      '--volumes',
    ]);
    log.line('removed the containers and volumes of this folder');
  }
  await rm(dataDir, { recursive: true, force: true });
  log.line(`removed ${dataDir} (${entries.join(', ')})`);
  if (process.env['KAFKA_BROKERS'] || process.env['MONGODB_URI']) {
    log.line('what KAFKA_BROKERS and MONGODB_URI name was not touched: topics and databases there are yours to drop');
  }
}

/** What a start puts into its folder: a folder that holds anything else is not removed. */
const OURS = [
  /^backing\.json/,
  /^backing-only$/,
  /^identity$/,
  /^kafka$/,
  /^keys$/,
  /^logs$/,
  /^mongod$/,
  /^mongodb-local$/,
  /^processes$/,
  /^stack\.json$/,
  /^start\.lock/,
];

try {
  await reset(dataDirOf(process.env));
} catch (error) {
  log.line(messageOf(error));
  process.exit(1);
}
