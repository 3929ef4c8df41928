import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { hasCode } from '../processes/error-code.js';

/** The provider's own keys: tokens stay valid over restarts as long as the data folder stays. */
export interface ProviderKeys {
  jwks: { keys: { kty: string; [member: string]: unknown }[] };
  cookieKeys: string[];
}

/** Reads the provider's keys, or makes them (ES256) readable by the owner only. */
export async function loadProviderKeys(dataDir: string): Promise<ProviderKeys> {
  const file = path.join(dataDir, 'identity-keys.json');
  try {
    return JSON.parse(await readFile(file, 'utf8')) as ProviderKeys;
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = privateKey.export({ format: 'jwk' });
  const keys: ProviderKeys = {
    jwks: { keys: [{ ...jwk, kty: 'EC', alg: 'ES256', use: 'sig', kid: randomBytes(8).toString('hex') }] },
    cookieKeys: [randomBytes(32).toString('base64url')],
  };
  await mkdir(dataDir, { recursive: true });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, JSON.stringify(keys), { mode: 0o600 });
  await rename(draft, file);
  return keys;
}
