// Transpiles every workspace's src/ to dist/ with SWC (types are checked separately by `npm run check`).
// A file whose output is newer than its source is left alone, so a second build takes a fraction of a second.
import { transformFile } from '@swc/core';
import { copyFile, glob, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const { workspaces } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
const swcrc = path.join(root, '.swcrc');
const modifiedAt = (file) =>
  stat(file).then(
    (found) => found.mtimeMs,
    (error) => {
      if (error.code === 'ENOENT') return 0;
      throw error;
    },
  );
const newestSetting = Math.max(await modifiedAt(swcrc), await modifiedAt(import.meta.filename));

async function buildFile(pkg, source) {
  const relative = path.relative(path.join(pkg, 'src'), source);
  const isTypeScript = relative.endsWith('.ts');
  const target = path.join(pkg, 'dist', isTypeScript ? relative.replace(/\.ts$/, '.js') : relative);
  if ((await modifiedAt(target)) >= Math.max(await modifiedAt(source), newestSetting)) return { target, built: false };
  await mkdir(path.dirname(target), { recursive: true });
  if (!isTypeScript) {
    await copyFile(source, target);
    return { target, built: true };
  }
  const { code, map } = await transformFile(source, { configFile: swcrc, sourceFileName: source });
  await writeFile(`${target}.map`, map ?? '');
  await writeFile(target, `${code}\n//# sourceMappingURL=${path.basename(target)}.map\n`);
  return { target, built: true };
}

/** What only tests need, by its place below `src/`: it is run from source and never leaves for production. */
const TEST_ONLY = /\.(spec|harness)\.ts$|(^|\/)(trial|testing)\/|^contract(\/|-suite\.ts$)/;

const started = performance.now();
let built = 0;
for (const pattern of workspaces) {
  for await (const pkg of glob(pattern, { cwd: root })) {
    const packageDir = path.join(root, pkg);
    if (!(await modifiedAt(path.join(packageDir, 'package.json')))) continue;
    const sources = [];
    for await (const file of glob('src/**/*', { cwd: packageDir, withFileTypes: true })) {
      const source = path.join(file.parentPath, file.name);
      const place = path.relative(path.join(packageDir, 'src'), source).replaceAll(path.sep, '/');
      if (file.isFile() && !TEST_ONLY.test(place)) sources.push(source);
    }
    const results = await Promise.all(sources.map((source) => buildFile(packageDir, source)));
    built += results.filter((result) => result.built).length;
    const wanted = new Set(results.map((result) => result.target));
    for await (const file of glob('dist/**/*', { cwd: packageDir, withFileTypes: true })) {
      const full = path.join(file.parentPath, file.name);
      if (file.isFile() && !wanted.has(full.replace(/\.map$/, ''))) await rm(full);
    }
  }
}
if (built > 0) console.log(`built ${built} file(s) in ${((performance.now() - started) / 1000).toFixed(1)} s`);
