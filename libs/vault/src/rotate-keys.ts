// `npm run rotate -w @kenri/vault -- <service> encryption|signing|master|blocking`, `-- tokens add`, `-- tokens use <id>`.
import { systemClock } from './clock.js';
import { addTokenKey, ROTATED, rotateKeys, useTokenKey, type Rotated } from './keys/rotation.js';
import { VaultError } from './vault-error.js';

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new VaultError(`${name} must name a directory.`);
  return value;
}

async function run([first, second, third]: string[]): Promise<string> {
  if (first === 'tokens' && second === 'add') {
    const id = await addTokenKey(setting('KENRI_KEYS_DIR'));
    return `Added token key ${id}. Give it to every reader, then: tokens use ${id}`;
  }
  if (first === 'tokens' && second === 'use' && third) {
    await useTokenKey(setting('KENRI_KEYS_DIR'), third);
    return `New tokens are made under ${third} once the services have restarted.`;
  }
  if (first && ROTATED.some((what) => what === second)) {
    const directories = { keysDir: setting('KENRI_KEYS_DIR'), publicKeysDir: setting('KENRI_PUBLIC_KEYS_DIR') };
    await rotateKeys({ service: first, ...directories, clock: systemClock }, second as Rotated);
    return `Added a new ${second} key for ${first}, and published what others need. Restart ${first} to use it.`;
  }
  throw new VaultError(`Usage: <service> ${ROTATED.join('|')}, or: tokens add, or: tokens use <id>`);
}

try {
  console.log(await run(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof VaultError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
