import { randomBytes } from 'node:crypto';
import { open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { KeyFileRefused } from '../vault-error.js';
import { FileKeyDirectory, type FileKeyDirectoryOptions } from './file-key-directory.js';
import {
  newEncryptionKey,
  newSecret,
  newSigningKey,
  readPrivateJson,
  replaceJson,
  type KeyFile,
  type TokenKeyFile,
} from './key-file.js';

export const ROTATED = ['encryption', 'signing', 'master', 'blocking'] as const;
export type Rotated = (typeof ROTATED)[number];

/**
 * Adds a new key of a sort to the service's key file and publishes it. Old keys stay, to open what they sealed; running instances
 * find the new ones by themselves when something names them, and use them for their own sealing and signing after a restart.
 * - `encryption`: one new key per recipient name; senders follow within an hour (the epoch)
 * - `signing`: verifiers read the published set again when a key id is new to them
 * - `master`: afterwards `vault.stored.rewrap()` in a restarted service moves every data key under it
 * - `blocking`: the side index has to be built anew under it (`blocking.secretIds`); whoever keeps a blocking key beyond the index
 *   must keep its secret's id with it
 */
export async function rotateKeys(options: FileKeyDirectoryOptions, what: Rotated): Promise<void> {
  const path = join(options.keysDir, `${options.service}.json`);
  if (!(await readPrivateJson(path))) {
    throw new KeyFileRefused(`${path} does not exist: check the service's name, or start it first, which makes it.`);
  }
  const directory = await FileKeyDirectory.open(options);
  await exclusively(path, async () => {
    const keys = (await readPrivateJson<KeyFile>(path))!;
    const now = options.clock.now();
    switch (what) {
      case 'encryption':
        for (const name of directory.names) keys.encryption.push(await newEncryptionKey(name, now));
        break;
      case 'signing':
        if (keys.signing.length === 0) throw new KeyFileRefused(`${options.service} has no signing key to rotate.`);
        keys.signing.push(await newSigningKey(options.service, now));
        break;
      case 'master':
      case 'blocking':
        keys[what].push(newSecret(randomBytes(6).toString('hex'), now));
        break;
    }
    await replaceJson(path, keys, 0o600);
  });
  await FileKeyDirectory.open(options);
}

/**
 * Adds a key for match tokens without using it yet: first every reader must have it (contracts.md, Match tokens).
 * @returns its id
 */
export async function addTokenKey(keysDir: string): Promise<string> {
  return changeTokenKeys(keysDir, (file) => {
    const highest = Math.max(0, ...Object.keys(file.keys).map((id) => Number(/^k(\d+)$/.exec(id)?.[1] ?? 0)));
    const id = `k${highest + 1}`;
    file.keys[id] = randomBytes(32).toString('base64url');
    return id;
  });
}

/** Makes new tokens from now on (after a restart) under this key; every reader must have it. */
export async function useTokenKey(keysDir: string, id: string): Promise<void> {
  await changeTokenKeys(keysDir, (file) => {
    if (!Object.hasOwn(file.keys, id)) {
      throw new KeyFileRefused(`There is no token key ${id}; there are ${Object.keys(file.keys).join(', ')}.`);
    }
    file.current = id;
  });
}

async function changeTokenKeys<T>(keysDir: string, change: (file: TokenKeyFile) => T): Promise<T> {
  const path = join(keysDir, 'tokens.json');
  if (!(await readPrivateJson(path))) {
    throw new KeyFileRefused(`${path} does not exist yet: start a service first, which makes it.`);
  }
  return exclusively(path, async () => {
    const file = (await readPrivateJson<TokenKeyFile>(path))!;
    const result = change(file);
    await replaceJson(path, file, 0o600);
    return result;
  });
}

/** Two rotations at once would lose one's key. */
async function exclusively<T>(path: string, run: () => Promise<T>): Promise<T> {
  const lock = `${path}.rotating`;
  const held = await open(lock, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
    throw new KeyFileRefused(`Another rotation of ${path} is under way; if none is, remove ${lock}.`);
  });
  try {
    return await run();
  } finally {
    await held.close();
    await unlink(lock);
  }
}
