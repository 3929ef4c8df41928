import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { compose } from './backing/docker.js';
import { cacheDirOf, lockFileOf, logTo } from './backing/index.js';
import { readRemembered } from './backing/remembered.js';
import { backingOnlyDirOf, dataDirOf, isDataDir } from './data-dir.js';
import { hasCode, messageOf } from './processes/error-code.js';
import { livingHolder } from './processes/file-lock.js';
import { endLeftovers } from './processes/leftovers.js';

const log = logTo(process.stdout);

/** `npm run reset`: removes all local data. Refuses while a start is running on it. */
async function reset(dataDir: string): Promise<void> {
  const entries = await readdir(dataDir).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (!entries) {
    log.line(`nothing to remove: ${dataDir} is not there`);
    return;
  }
  if (!(await isDataDir(dataDir))) {
    throw new Error(`${dataDir} was not made by a start of Kenri: correct KENRI_DATA, or remove it by hand`);
  }
  const stacks = [dataDir, backingOnlyDirOf(dataDir)];
  for (const one of stacks) {
    const holder = await livingHolder(lockFileOf(one));
    if (holder) throw new Error(`a start is ${holder.doing} (process ${holder.pid}): stop it first (Ctrl-C there)`);
  }
  for (const one of stacks) await endAndUnhost(one);
  await rm(dataDir, { recursive: true, force: true });
  log.line(`removed ${dataDir} (${entries.join(', ')})`);
  if (process.env['KAFKA_BROKERS'] || process.env['MONGODB_URI']) {
    log.line('what KAFKA_BROKERS and MONGODB_URI name was not touched: topics and databases there are yours to drop');
  }
}

/** Ends what a killed start may have left running, and removes its containers and volumes. */
async function endAndUnhost(dataDir: string): Promise<void> {
  const ended = await endLeftovers(path.join(dataDir, 'processes'));
  if (ended.length > 0) log.line(`ended what had been left running: ${ended.join(', ')}`);
  const { kafka, mongodb } = await readRemembered(dataDir);
  if (kafka !== 'docker' && mongodb !== 'docker') return;
  const context = { purpose: 'run' as const, dataDir, cacheDir: cacheDirOf(process.env), env: process.env, log };
  await compose(context, ['down', '--volumes']);
  log.line('removed the containers and volumes of this folder');
}

try {
  await reset(dataDirOf(process.env));
} catch (error) {
  log.line(messageOf(error));
  process.exit(1);
}
