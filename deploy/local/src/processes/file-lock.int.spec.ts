import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { livingHolder, tryLock } from './file-lock.js';
import { processIdentity } from './process-identity.js';

let dir: string;
let file: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'kenri-lock-'));
  file = path.join(dir, 'a.lock');
});
afterEach(() => rm(dir, { recursive: true }));

describe('a lock that outlives no process', () => {
  test('of many takers at once exactly one gets it, and the others learn who', async () => {
    const attempts = await Promise.all(Array.from({ length: 20 }, () => tryLock(file, 'testing')));
    expect(attempts.filter((one) => one.taken)).toHaveLength(1);
    for (const one of attempts)
      if (!one.taken) expect(one.holder).toMatchObject({ pid: process.pid, doing: 'testing' });
    expect(await readdir(dir)).toEqual(['a.lock']);
  });

  test('a released lock can be taken again', async () => {
    const first = await tryLock(file, 'testing');
    if (first.taken) await first.release();
    expect(await livingHolder(file)).toBeUndefined();
    expect((await tryLock(file, 'testing')).taken).toBe(true);
  });

  test('the lock of a dead process is taken over by exactly one of many takers', async () => {
    await writeFile(file, JSON.stringify({ pid: 999_999_999, identity: 'gone', doing: 'nothing' }));
    const attempts = await Promise.all(Array.from({ length: 20 }, () => tryLock(file, 'testing')));
    expect(attempts.filter((one) => one.taken)).toHaveLength(1);
    expect(await readdir(dir)).toEqual(['a.lock']);
  });

  test('a taker that died while taking over does not keep the lock from others', async () => {
    const dead = JSON.stringify({ pid: 999_999_999, identity: 'gone', doing: 'nothing' });
    await writeFile(file, dead);
    await writeFile(`${file}.takeover`, dead);
    const attempts = await Promise.all(Array.from({ length: 20 }, () => tryLock(file, 'testing')));
    expect(attempts.filter((one) => one.taken)).toHaveLength(1);
  });

  test('a process that was given the number of the dead holder does not keep the lock', async () => {
    await writeFile(file, JSON.stringify({ pid: process.pid, identity: 'an earlier process', doing: 'nothing' }));
    expect((await tryLock(file, 'testing')).taken).toBe(true);
  });

  test('a running process has an identity that stays, a missing one has none', async () => {
    expect(await processIdentity(process.pid)).toBe(await processIdentity(process.pid));
    expect(await processIdentity(999_999_999)).toBeUndefined();
  });
});
