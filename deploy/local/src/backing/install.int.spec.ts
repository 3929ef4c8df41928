import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BackingContext } from './candidates.js';
import { install, isInstalled, type Installation } from './install.js';

let cacheDir: string;
let context: BackingContext;
const lines: string[] = [];
beforeEach(async () => {
  cacheDir = await mkdtemp(path.join(tmpdir(), 'kenri-install-'));
  lines.length = 0;
  const line = (text: string) => void lines.push(text);
  context = { purpose: 'test', dataDir: cacheDir, cacheDir, env: process.env, log: { line, progress: line } };
});
afterEach(() => rm(cacheDir, { recursive: true }));

const thing = (script: string): Installation => ({
  folder: 'thing-1.0',
  proof: 'done',
  what: 'thing 1.0',
  command: (target) => ({ command: 'sh', args: ['-c', `cd "$0" && ${script}`, target] }),
  progress: () => (line) => line,
});

describe('what is fetched once per machine', () => {
  test('two starts at once build it once', async () => {
    const wanted = thing(`echo built >> "${cacheDir}/count"; echo yes > done`);
    const [first, second] = await Promise.all([install(wanted, context), install(wanted, context)]);
    expect(first).toBe(second);
    expect(await readFile(path.join(cacheDir, 'count'), 'utf8')).toBe('built\n');
    expect(await isInstalled(cacheDir, wanted)).toBe(true);
  });

  test('a failed build leaves nothing that looks whole, and says how it ended', async () => {
    const wanted = thing('echo yes > done; echo no space left; exit 3');
    await expect(install(wanted, context)).rejects.toThrow(/thing 1.0 ended with exit code 3[^]*no space left/);
    expect(await readdir(cacheDir)).toEqual(['thing-1.0.log']);
    expect(await install(thing('echo yes > done'), context)).toBe(path.join(cacheDir, 'thing-1.0'));
  });

  test('a build that is told to stop ends and leaves nothing', async () => {
    const abort = new AbortController();
    const wanted = thing('echo yes > done; echo started; exec sleep 600');
    const stoppable = { ...context, signal: abort.signal };
    stoppable.log = {
      line: () => undefined,
      progress: (text) => {
        if (text.includes('started')) abort.abort(new Error('stopped'));
      },
    };
    await expect(install(wanted, stoppable)).rejects.toThrow();
    expect(await isInstalled(cacheDir, wanted)).toBe(false);
  });
});
