import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { hasCode } from '../processes/error-code.js';
import { anyFreePort, isPortFree } from '../processes/free-port.js';
import type { BackingContext, CandidateName } from './candidates.js';

/** What a data folder remembers of its last start: which way holds its data, and the ports it had. */
export interface Remembered {
  kafka?: CandidateName;
  mongodb?: CandidateName;
  ports?: Record<string, number>;
}

const fileOf = (dataDir: string) => path.join(dataDir, 'backing.json');

export async function readRemembered(dataDir: string): Promise<Remembered> {
  try {
    return JSON.parse(await readFile(fileOf(dataDir), 'utf8')) as Remembered;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return {};
    throw error;
  }
}

let writing: Promise<unknown> = Promise.resolve();

/** Changes what is remembered; changes are made one after the other. */
export function remember(dataDir: string, change: (before: Remembered) => Remembered): Promise<void> {
  const next = writing.then(async () => {
    await mkdir(dataDir, { recursive: true });
    const draft = `${fileOf(dataDir)}.${process.pid}`;
    await writeFile(draft, JSON.stringify(change(await readRemembered(dataDir)), null, 2));
    await rename(draft, fileOf(dataDir));
  });
  writing = next.catch(() => undefined);
  return next;
}

/**
 * The port for a backing service: the one configured (an error when it is taken or no port), else the one it had last time
 * if that is free, else any free one.
 */
export async function choosePort(context: BackingContext, setting: string, kept = setting): Promise<number> {
  const configured = context.env[setting];
  if (configured !== undefined && configured !== '') {
    const port = Number(configured);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      throw new Error(`${setting}=${configured} is no port: give a whole number from 1 to 65535`);
    }
    if (!(await isPortFree(port))) throw new Error(`${setting}=${port} is taken: free that port or choose another`);
    return port;
  }
  const last = (await readRemembered(context.dataDir)).ports?.[kept];
  const port = last !== undefined && (await isPortFree(last)) ? last : await anyFreePort();
  await remember(context.dataDir, (before) => ({ ...before, ports: { ...before.ports, [kept]: port } }));
  return port;
}
