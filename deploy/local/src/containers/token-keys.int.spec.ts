import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { shareTokenKeys } from './token-keys.js';

let keysOf: string;
const fileOf = (service: string) => path.join(keysOf, service, 'tokens.json');

beforeEach(async () => {
  keysOf = await mkdtemp(path.join(tmpdir(), 'kenri-keys-of-'));
  for (const service of ['cases', 'connector-auto', 'intake']) await mkdir(path.join(keysOf, service));
});
afterEach(() => rm(keysOf, { recursive: true }));

test('services that keep their keys apart get the same match token keys, readable by them alone', async () => {
  expect(await shareTokenKeys(keysOf)).toEqual(['cases', 'connector-auto', 'intake']);
  const contents = await Promise.all(['cases', 'connector-auto', 'intake'].map((one) => readFile(fileOf(one), 'utf8')));
  expect(new Set(contents).size).toBe(1);
  expect(JSON.parse(contents[0] ?? '')).toMatchObject({ version: 1, current: 'k1' });
  expect((await stat(fileOf('cases'))).mode & 0o777).toBe(0o600);
});

test('keys that are there stay, and a service that came later is given them', async () => {
  await shareTokenKeys(keysOf);
  const before = await readFile(fileOf('cases'), 'utf8');
  await mkdir(path.join(keysOf, 'connector-new'));
  expect(await shareTokenKeys(keysOf)).toEqual(['connector-new']);
  expect(await readFile(fileOf('connector-new'), 'utf8')).toBe(before);
});

test('different match token keys of two services are refused, and nothing is overwritten', async () => {
  await writeFile(fileOf('cases'), 'one');
  await writeFile(fileOf('intake'), 'another');
  await expect(shareTokenKeys(keysOf)).rejects.toThrow(/different match token keys/);
  expect(await readFile(fileOf('intake'), 'utf8')).toBe('another');
  await expect(stat(fileOf('connector-auto'))).rejects.toThrow(/ENOENT/);
});
