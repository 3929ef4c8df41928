import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { tryLock } from '../processes/file-lock.js';
import { startGuarded } from '../processes/guarded-process.js';
import { endLeftovers } from '../processes/leftovers.js';
import type { BackingContext } from './candidates.js';

/** Something fetched or built once per machine and kept in the cache. */
export interface Installation {
  /** Folder name in the cache, with the version. */
  folder: string;
  /** A file inside the folder whose presence means that it is whole (the folder appears by a rename). */
  proof: string;
  what: string;
  command: (target: string) => { command: string; args: string[]; env?: NodeJS.ProcessEnv };
  /** One line of the command's output, turned into progress; `undefined` when it says nothing of the kind. */
  progress: () => (line: string) => string | undefined;
}

const exists = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );

/** Whether it is in the cache already. */
export const isInstalled = (cacheDir: string, wanted: Installation) =>
  exists(path.join(cacheDir, wanted.folder, wanted.proof));

/**
 * Makes sure it is in the cache, and returns its folder. Two starts at once build it once; an interrupted one leaves
 * nothing that looks whole. Throws with the end of the command's output when it fails.
 */
export async function install(wanted: Installation, context: BackingContext): Promise<string> {
  const { cacheDir, log, signal } = context;
  const target = path.join(cacheDir, wanted.folder);
  const lockFile = path.join(cacheDir, `${wanted.folder}.lock`);
  const started = Date.now();
  for (;;) {
    signal?.throwIfAborted();
    if (await isInstalled(cacheDir, wanted)) return target;
    const lock = await tryLock(lockFile, `installing ${wanted.what}`);
    if (!lock.taken) {
      log.progress(`waiting for process ${lock.holder.pid}, which is ${lock.holder.doing} (${seconds(started)})`);
      await delay(500);
      continue;
    }
    try {
      if (await isInstalled(cacheDir, wanted)) return target;
      await build(target, wanted, context);
      return target;
    } finally {
      await lock.release();
    }
  }
}

const seconds = (since: number) => `${Math.round((Date.now() - since) / 1000)} s`;

async function build(
  target: string,
  wanted: Installation,
  { cacheDir, log, env, signal }: BackingContext,
): Promise<void> {
  const draft = `${target}.partial`;
  const records = path.join(cacheDir, `${wanted.folder}.processes`);
  await endLeftovers(records);
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  const { command, args, env: added } = wanted.command(draft);
  const started = Date.now();
  log.line(`${wanted.what}: not in the cache yet, fetching it once for this machine (${cacheDir})`);
  const builder = startGuarded({
    name: 'install',
    command,
    args,
    env: { ...env, ...added },
    output: 'pipe',
    graceSeconds: 3,
    records,
  });
  const stopEarly = () => void builder.stop();
  signal?.addEventListener('abort', stopEarly);
  const output: string[] = [];
  const read = wanted.progress();
  let last = 'starting';
  const ticking = setInterval(() => log.progress(`${wanted.what}: ${last} (${seconds(started)})`), 1000);
  for (const stream of [builder.stdout, builder.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on('line', (line) => {
      output.push(line);
      last = read(line) ?? last;
    });
  }
  const ending = await builder.ended;
  clearInterval(ticking);
  signal?.removeEventListener('abort', stopEarly);
  await rm(records, { recursive: true, force: true });
  if (!ending.endsWith('exit code 0')) {
    const full = path.join(cacheDir, `${wanted.folder}.log`);
    await writeFile(full, output.join('\n'));
    await rm(draft, { recursive: true, force: true });
    throw new Error(
      `${wanted.what} ${ending}; its whole output is in ${full}. The end of it:\n${output.slice(-12).join('\n')}`,
    );
  }
  await rm(target, { recursive: true, force: true });
  await rename(draft, target);
  log.line(`${wanted.what}: ready after ${seconds(started)}`);
}
