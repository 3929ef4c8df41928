import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { LOCAL_CLIENT_SECRET } from '../identity/accounts.js';
import { urlSetting, type ServiceName } from './services.js';

/**
 * Writes `stack.json` into the data folder: where the running stack is and how an operator signs in to it, by the names of the
 * settings that say the same of another installation (`npm run kenri -- --help`).
 * @returns removes it again: without a running stack it would only mislead
 */
export async function writeStackFile(
  dataDir: string,
  clientEnvironment: Readonly<Record<string, string>>,
  addresses: Readonly<Record<ServiceName, string>>,
): Promise<() => Promise<void>> {
  const file = path.join(dataDir, 'stack.json');
  const settings = {
    ...clientEnvironment,
    ...Object.fromEntries(Object.entries(addresses).map(([name, url]) => [urlSetting(name as ServiceName), url])),
    KENRI_OIDC_CLIENT_ID: 'sre',
    KENRI_OIDC_CLIENT_SECRET: LOCAL_CLIENT_SECRET,
  };
  await writeFile(file, `${JSON.stringify(settings, null, 2)}\n`);
  return () => rm(file, { force: true });
}
