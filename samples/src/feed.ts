import { logTo } from '@kenri/local';
import path from 'node:path';
import { readApplications } from './application-file.js';
import { KenriClient } from './kenri-client.js';
import { playAll } from './play-all.js';

/** What `npm start` feeds at its first start, so that there is something to see: few applications, on the running services. */
const FED = [
  '03-cessation-of-use',
  '06-namesake-at-work',
  '08-antique-ledger',
  '10-running-auction',
  '12-car-images-dealer',
];

const log = logTo(process.stdout);
const needed = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: npm start sets it`);
  return value;
};

const client = new KenriClient({
  intake: needed('KENRI_INTAKE_URL'),
  cases: needed('KENRI_CASES_URL'),
  issuer: needed('KENRI_OIDC_ISSUER'),
});
const all = await readApplications(path.resolve(import.meta.dirname, '../applications'));
const chosen = all
  .filter(({ file }) => FED.some((name) => file.startsWith(name)))
  .map(({ file, content: { after: _after, outage: _outage, expected: _expected, ...content } }) => ({ file, content }));
const outcomes = await playAll(
  chosen,
  ({ file }) => ({
    client,
    say: (text) =>
      log.line(
        `${file
          .replace(/\.json$/, '')
          .slice(0, 24)
          .padEnd(24)} │ ${text}`,
      ),
    withinMs: 120_000,
    signal: new AbortController().signal,
  }),
  2,
  async () => undefined,
);
const failed = outcomes.filter(({ differences }) => differences.length > 0);
for (const { file, differences } of failed) log.line(`${file}: ${differences.join('; ')}`);
if (failed.length > 0) process.exitCode = 1;
