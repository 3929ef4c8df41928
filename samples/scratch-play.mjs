import { readFileSync } from 'node:fs';
import { readApplications } from './dist/application-file.js';
import { KenriClient } from './dist/kenri-client.js';
import { play } from './dist/player.js';
const s = JSON.parse(readFileSync('/tmp/e2e-scratch/stack.json'));
const client = new KenriClient({ intake: s.addresses.intake, cases: s.addresses.cases, issuer: s.issuer });
const all = await readApplications('samples/applications');
for (const name of process.argv.slice(2)) {
  const t = Date.now();
  const r = await play(
    all.find((a) => a.file.startsWith(name)),
    { client, say: (t) => console.log(t), withinMs: 60000, signal: new AbortController().signal },
  );
  console.log(name, (Date.now() - t) / 1000, r.result.caseId, r.result.outcome);
}
