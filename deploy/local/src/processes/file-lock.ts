import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { hasCode } from './error-code.js';
import { processIdentity } from './process-identity.js';

/** Who holds a lock: a process by number and identity, and in words what it does. */
export interface LockHolder {
  pid: number;
  identity: string;
  doing: string;
}

export type LockAttempt = { taken: true; release: () => Promise<void> } | { taken: false; holder: LockHolder };

async function readHolder(file: string): Promise<LockHolder | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as LockHolder;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

const isAlive = async ({ pid, identity }: LockHolder) => (await processIdentity(pid)) === identity;

/** The living process that holds the lock, or `undefined` when it is free or its holder has died. */
export async function livingHolder(file: string): Promise<LockHolder | undefined> {
  const holder = await readHolder(file);
  return holder && (await isAlive(holder)) ? holder : undefined;
}

/**
 * Takes the lock if it is free. A lock whose holder has died (kill -9, power cut) is taken over at once: a holder is
 * known by its start time, so that a process number given out again does not keep the lock.
 */
export async function tryLock(file: string, doing: string): Promise<LockAttempt> {
  const identity = await processIdentity(process.pid);
  if (!identity) throw new Error('this process cannot find itself in the process list');
  const mine: LockHolder = { pid: process.pid, identity, doing };
  await mkdir(path.dirname(file), { recursive: true });
  const release = () => rm(file, { force: true });
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify(mine));
  try {
    for (;;) {
      try {
        // A hard link appears whole or not at all, and fails when the name is taken.
        await link(draft, file);
        return { taken: true, release };
      } catch (error) {
        if (!hasCode(error, 'EEXIST')) throw error;
      }
      const holder = await livingHolder(file);
      if (holder) return { taken: false, holder };
      // Only who holds the lock of the takeover may replace a dead lock: looking and replacing are two steps, and somebody
      // else's living lock could come between them. A taker who dies leaves a dead lock of the takeover, dealt with alike.
      const takeover = await tryLock(`${file}.takeover`, doing);
      if (!takeover.taken) {
        await delay(10);
        continue;
      }
      try {
        const found = await readHolder(file);
        if (found && !(await isAlive(found))) {
          await rename(draft, file);
          return { taken: true, release };
        }
      } finally {
        await takeover.release();
      }
    }
  } finally {
    await rm(draft, { force: true });
  }
}
