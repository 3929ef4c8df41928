import { access, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const MARK = 'README.txt';

/** Where the stack keeps everything: KENRI_DATA, or `.kenri` in the repository. Absolute. */
export const dataDirOf = (env: NodeJS.ProcessEnv): string => path.resolve(ROOT, env['KENRI_DATA'] || '.kenri');

/** Kafka and MongoDB alone keep theirs in a folder of their own. */
export const backingOnlyDirOf = (dataDir: string): string => path.join(dataDir, 'backing-only');

/** Makes the folder, and marks it as one that `npm run reset` may remove. */
export async function makeDataDir(dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  await writeFile(path.join(dataDir, MARK), 'Local data of Kenri. "npm run reset" removes this folder.\n');
}

/** Whether a folder was made by `makeDataDir`: KENRI_DATA may name anything by mistake. */
export const isDataDir = (dataDir: string): Promise<boolean> =>
  access(path.join(dataDir, MARK)).then(
    () => true,
    () => false,
  );
