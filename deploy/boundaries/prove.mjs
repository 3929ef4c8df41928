// Proves each boundary rule by breaking it: writes one offending probe per rule, runs dependency-cruiser once over the tree, and
// fails when a rule did not notice its probe, when a rule has no probe, or when the tree without probes is not clean.
import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import config from '../../.dependency-cruiser.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const probe = (file, ...imports) => ({
  file,
  text:
    imports.map((from, n) => `import * as probe${n} from '${from}';\nvoid probe${n};\n`).join('') +
    'export const probe = 1;\n',
});
const PROBES = {
  'no-circle': [
    probe('libs/rights/src/probe-a.ts', './probe-b.js'),
    probe('libs/rights/src/probe-b.ts', './probe-a.js'),
  ],
  'nothing-unresolved': [probe('libs/contracts/src/probe-unresolved.ts', './no-such-file.js')],
  'library-by-its-door': [probe('libs/messaging/src/probe-door.ts', '../../contracts/src/topics.js')],
  'library-knows-no-app': [
    probe('libs/service/src/probe-app.ts', '../../../apps/intake/src/probe-target.js'),
    probe('apps/intake/src/probe-target.ts'),
  ],
  'app-knows-no-app': [probe('apps/cases/src/probe-app.ts', '../../intake/src/probe-target.js')],
  'kafkajs-only-in-messaging': [probe('apps/intake/src/probe-kafka.ts', 'kafkajs')],
  'mongoose-in-stores-only': [probe('apps/intake/src/probe-mongoose.ts', 'mongoose')],
  'decisions-are-pure': [probe('apps/cases/src/decisions/probe-pure.ts', 'node:fs')],
  'matching-stands-alone': [probe('libs/matching/src/probe-alone.ts', '@kenri/contracts')],
  'contracts-stand-alone': [probe('libs/contracts/src/probe-alone.ts', '@kenri/matching')],
  'connector-is-a-map': [probe('apps/connector-auto/src/probe-map.ts', '@kenri/messaging')],
  'no-test-code-in-product': [probe('apps/intake/src/probe-testing.ts', '@kenri/testing')],
};

async function violatedRules() {
  const args = [
    '--config',
    '.dependency-cruiser.mjs',
    '--output-type',
    'json',
    'apps',
    'libs',
    'samples',
    'deploy',
    'bench',
  ];
  const { stdout } = await promisify(execFile)(path.join(root, 'node_modules/.bin/depcruise'), args, {
    cwd: root,
    maxBuffer: 256 * 1024 * 1024,
  });
  return JSON.parse(stdout).summary.violations.map(({ rule, from }) => ({ rule: rule.name, from }));
}

const before = await violatedRules();
if (before.length > 0) throw new Error(`the tree breaks its own rules: ${JSON.stringify(before.slice(0, 5))}`);

const all = Object.values(PROBES).flat();
const removeProbes = () => Promise.all(all.map(({ file }) => rm(path.join(root, file), { force: true })));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void removeProbes().then(() => process.exit(1)));
let noticed;
try {
  for (const { file, text } of all) {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), text);
  }
  noticed = await violatedRules();
} finally {
  await removeProbes();
}
let failed = 0;
for (const { name } of config.forbidden) {
  const files = new Set((PROBES[name] ?? []).map(({ file }) => file));
  const caught = noticed.some(({ rule, from }) => rule === name && files.has(from));
  console.log(`${caught ? 'noticed' : 'MISSED '}  ${name}`);
  if (!caught) failed += 1;
}
if (failed > 0) {
  console.error(`${failed} rule(s) did not notice being broken`);
  process.exit(1);
}
