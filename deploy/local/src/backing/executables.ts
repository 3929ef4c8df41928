import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The full path of a program on the PATH, or `undefined`. */
export async function whereIs(program: string, env: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  for (const folder of (env['PATH'] ?? '').split(path.delimiter).filter(Boolean)) {
    const file = path.join(folder, program);
    const found = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return file;
  }
  return undefined;
}

/** What a program prints within a time limit, or `undefined` when it is absent, fails or is too slow. */
export async function answerOf(program: string, args: string[], timeoutMs = 5000): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await run(program, args, { timeout: timeoutMs });
    return `${stdout}${stderr}`.trim();
  } catch {
    // Absent, failing and hanging all mean the same here: this machine does not offer it.
    return undefined;
  }
}

/** The major version of the Java on the PATH, e.g. 17, or `undefined`. On a machine under load a JVM takes many seconds to say. */
export async function javaMajor(): Promise<number | undefined> {
  const [, first, second] =
    /version "(\d+)(?:\.(\d+))?/.exec((await answerOf('java', ['-version'], 30_000)) ?? '') ?? [];
  if (first === undefined) return undefined;
  return first === '1' ? Number(second) : Number(first);
}
