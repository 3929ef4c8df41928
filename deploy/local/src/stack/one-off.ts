import { access } from 'node:fs/promises';
import path from 'node:path';
import { startGuarded } from '../processes/guarded-process.js';
import { ROOT } from './services.js';

/** Runs a built script to its end in this terminal; it ends with us. Throws when it fails. */
export async function runScript(options: {
  name: string;
  script: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  dataDir: string;
  /** Aborting it stops the script early. */
  signal?: AbortSignal | undefined;
}): Promise<void> {
  const { name, script, args, env, dataDir, signal } = options;
  signal?.throwIfAborted();
  const guarded = startGuarded({
    name,
    command: process.execPath,
    args: ['--disable-warning=TimeoutNegativeWarning', script, ...args],
    env,
    cwd: ROOT,
    output: 'inherit',
    graceSeconds: 2,
    records: path.join(dataDir, 'processes'),
  });
  const stopEarly = () => void guarded.stop();
  signal?.addEventListener('abort', stopEarly);
  const ending = await guarded.ended;
  signal?.removeEventListener('abort', stopEarly);
  signal?.throwIfAborted();
  if (!ending.endsWith('exit code 0')) throw new Error(`${name} (${path.relative(ROOT, script)}) ${ending}`);
}

export const isBuilt = (script: string) =>
  access(script).then(
    () => true,
    () => false,
  );
