import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SERVICES, SYSTEMS, systemsIn } from './services.js';

test('every connector of the checkout is a system of the stack, a folder without a package is none', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'kenri-systems-'));
  try {
    for (const app of ['cases', 'connector-b-two', 'connector-a']) {
      await mkdir(path.join(root, 'apps', app), { recursive: true });
      await writeFile(path.join(root, 'apps', app, 'package.json'), '{}');
    }
    await mkdir(path.join(root, 'apps', 'connector-left-over'));
    expect(systemsIn(root)).toEqual(['a', 'b-two']);
  } finally {
    await rm(root, { recursive: true });
  }
});

test('every system has a connector with a database and a port of its own', () => {
  expect(SYSTEMS.length).toBeGreaterThan(0);
  expect(SERVICES.flatMap(({ system }) => system ?? [])).toEqual(SYSTEMS);
  for (const key of ['name', 'portOffset', 'database'] as const)
    expect(new Set(SERVICES.map((service) => service[key])).size).toBe(SERVICES.length);
});
