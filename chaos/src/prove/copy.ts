import { cp, mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Guard } from './guards.js';

const run = promisify(execFile);
/** Of the repository's root, what a copy does without or links to. */
const LEFT_OUT = new Set(['node_modules', '.git', '.kenri', 'out']);

/**
 * A copy of the repository with its own `@kenri/*`: what is installed is linked to, what is Kenri's is copied, so that a patch in the copy
 * is what runs there and nowhere else.
 */
export async function copyRepository(root: string, target: string): Promise<void> {
  for (const name of await readdir(root)) {
    if (LEFT_OUT.has(name)) continue;
    await cp(path.join(root, name), path.join(target, name), { recursive: true, verbatimSymlinks: true });
  }
  const installed = path.join(root, 'node_modules');
  const modules = path.join(target, 'node_modules');
  await mkdir(path.join(modules, '@kenri'), { recursive: true });
  for (const name of await readdir(installed))
    if (name !== '@kenri') await symlink(path.join(installed, name), path.join(modules, name));
  for (const name of await readdir(path.join(installed, '@kenri')))
    await symlink(await readlink(path.join(installed, '@kenri', name)), path.join(modules, '@kenri', name));
}

/** Takes a guard away and builds. @throws Error when the code it names has changed */
export async function remove(guard: Guard, root: string): Promise<() => Promise<void>> {
  const file = path.join(root, guard.file);
  const before = await readFile(file, 'utf8');
  const places = before.split(guard.find).length - 1;
  if (places !== 1)
    throw new Error(
      `${guard.name}: the code to remove stands ${places} times in ${guard.file}, not once: mend chaos/src/prove/guards.ts`,
    );
  await writeFile(
    file,
    before.replace(guard.find, () => guard.replace),
  );
  await build(root);
  return async () => {
    await writeFile(file, before);
    await build(root);
  };
}

export async function build(root: string): Promise<void> {
  await run(process.execPath, ['deploy/build/build.mjs'], { cwd: root });
}
