import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { KeyFileRefused } from '../vault-error.js';

export interface PrivateKeyEntry {
  kid: string;
  name: string;
  createdAt: string;
  /** Private JWK. */
  jwk: JWK;
}
export interface SecretEntry {
  id: string;
  createdAt: string;
  /** 32 bytes, base64url. */
  key: string;
}
/** One service's private keys. In every list the newest entry stands last and is the one in use; older ones only open. */
export interface KeyFile {
  version: 1;
  service: string;
  encryption: PrivateKeyEntry[];
  signing: PrivateKeyEntry[];
  master: SecretEntry[];
  blocking: SecretEntry[];
}
/** Keys of the match tokens (contracts.md), the same for every service of the group. */
export interface TokenKeyFile {
  version: 1;
  current: string;
  keys: Record<string, string>;
}

export const newSecret = (id: string, now: Date): SecretEntry => ({
  id,
  createdAt: now.toISOString(),
  key: randomBytes(32).toString('base64url'),
});

/** P-256 rather than X25519: the curve that key management services offer for key agreement. */
export async function newEncryptionKey(name: string, now: Date): Promise<PrivateKeyEntry> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return entry(name, privateKey.export({ format: 'jwk' }), now);
}

export async function newSigningKey(name: string, now: Date): Promise<PrivateKeyEntry> {
  const { privateKey } = generateKeyPairSync('ed25519');
  return entry(name, privateKey.export({ format: 'jwk' }), now);
}

async function entry(name: string, jwk: JWK, now: Date): Promise<PrivateKeyEntry> {
  const { d: _private, ...publicPart } = jwk;
  const kid = `${name}#${await calculateJwkThumbprint(publicPart)}`;
  return { kid, name, createdAt: now.toISOString(), jwk };
}

/** The public half, as published. */
export const publicJwk = ({ kid, jwk }: PrivateKeyEntry, use: 'enc' | 'sig'): JWK => {
  const { kty, crv, x, y } = jwk;
  return { kty, crv, x, ...(y === undefined ? {} : { y }), kid, use } as JWK;
};

/**
 * Reads a JSON file that only its owner (and a reading group, as Kubernetes mounts secrets) may see.
 * @returns undefined where there is none
 */
export async function readPrivateJson<T>(path: string): Promise<T | undefined> {
  let text: string;
  try {
    const { mode } = await stat(path);
    if ((mode & 0o037) !== 0) {
      throw new KeyFileRefused(
        `${path} can be read or written by others (mode ${(mode & 0o777).toString(8)}): run chmod 600 on it, and consider its keys seen.`,
      );
    }
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as T;
  } catch {
    // The parser's own message would quote key material.
    throw new KeyFileRefused(`${path} is not JSON: restore it from its backup. It is never overwritten.`);
  }
}

/** Writes beside the target and makes it durable; the caller then links or renames it into place. */
async function writeBeside(path: string, content: unknown, mode: number): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: mode === 0o600 ? 0o700 : 0o755 });
  const temporary = join(dirname(path), `.${randomBytes(9).toString('hex')}.tmp`);
  const file = await open(temporary, 'wx', mode);
  try {
    await file.writeFile(`${JSON.stringify(content, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  return temporary;
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(dirname(path), 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/**
 * Creates a private file whole or not at all; of several processes starting together exactly one wins.
 * @returns whether it was this call that created it
 */
export async function createPrivateJson(path: string, content: unknown): Promise<boolean> {
  const temporary = await writeBeside(path, content, 0o600);
  try {
    await link(temporary, path);
    await syncDirectory(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(temporary);
  }
}

/** Replaces a file whole: a reader sees the old or the new one. */
export async function replaceJson(path: string, content: unknown, mode: 0o600 | 0o644): Promise<void> {
  const temporary = await writeBeside(path, content, mode);
  await rename(temporary, path);
  await syncDirectory(path);
}
