import { randomBytes } from 'node:crypto';
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { hasCode } from '../processes/error-code.js';

const FILE = 'tokens.json';

/**
 * Gives every service the same match token keys (libs/vault/README.md, Keys): services that keep their private keys apart
 * would each make their own, and no match token of one would mean anything to another.
 * @param keysOf folder with a folder of private keys for each service
 * @returns the services that had none; those that have the file keep it
 * @throws Error when two services have different ones
 */
export async function shareTokenKeys(keysOf: string): Promise<string[]> {
  const services = (await readdir(keysOf)).sort();
  const found = await Promise.all(services.map((service) => readIfThere(path.join(keysOf, service, FILE))));
  const held = [...new Set(found.flatMap((content) => content ?? []))];
  if (held.length > 1) {
    throw new Error(`services have different match token keys: give all the same ${FILE} (libs/vault/README.md, Keys)`);
  }
  const content = held[0] ?? firstTokenKeys();
  const lacking = services.filter((_, index) => found[index] === undefined);
  for (const service of lacking) {
    const file = path.join(keysOf, service, FILE);
    await writeFile(`${file}.draft`, content, { mode: 0o600 });
    await rename(`${file}.draft`, file);
  }
  return lacking;
}

const firstTokenKeys = () =>
  `${JSON.stringify({ version: 1, current: 'k1', keys: { k1: randomBytes(32).toString('base64url') } }, null, 2)}\n`;

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
