import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KeyFileRefused } from '../vault-error.js';
import { rejection, VaultHarness } from '../vault.harness.js';
import { FileKeyDirectory, type FileKeyDirectoryOptions } from './file-key-directory.js';
import type { KeyFile, TokenKeyFile } from './key-file.js';
import { addTokenKey, rotateKeys, useTokenKey } from './rotation.js';

const where = { id: 'a', type: 'b' };

describe('key files', () => {
  let harness: VaultHarness;
  let options: (service: string) => FileKeyDirectoryOptions;
  const keyFile = async (service: string): Promise<KeyFile> =>
    JSON.parse(await readFile(join(harness.keysDir, `${service}.json`), 'utf8')) as KeyFile;

  beforeEach(async () => {
    harness = await VaultHarness.start();
    const { keysDir, publicKeysDir, clock } = harness;
    options = (service) => ({ service, keysDir, publicKeysDir, clock, waitMs: 300 });
  });
  afterEach(() => harness.stop());

  it('are made at the first start, for their owner only, and kept', async () => {
    await FileKeyDirectory.open(options('cases'));
    const made = await keyFile('cases');
    expect((await stat(join(harness.keysDir, 'cases.json'))).mode & 0o777).toBe(0o600);
    expect((await stat(harness.keysDir)).mode & 0o777).toBe(0o700);
    expect(made.encryption.map(({ name }) => name)).toEqual(['cases', 'cases/medical']);
    expect(made.signing).toHaveLength(1);
    await FileKeyDirectory.open(options('cases'));
    expect(await keyFile('cases')).toEqual(made);
  });

  it('are one and the same for ten processes starting together', async () => {
    const directories = await Promise.all(Array.from({ length: 10 }, () => FileKeyDirectory.open(options('intake'))));
    const made = await keyFile('intake');
    expect(new Set(directories.map(({ masterKeyId }) => masterKeyId))).toEqual(new Set([made.master[0]!.id]));
    expect(new Set(directories.map((one) => one.tokenKeys().keys[0]!.key.export().toString('hex'))).size).toBe(1);
    expect((await directories[0]!.recipientKey('intake')).kid).toBe(made.encryption[0]!.kid);
  });

  it('publish nothing private', async () => {
    await FileKeyDirectory.open(options('cases'));
    const { encryption, signing } = await keyFile('cases');
    const published = ['cases.jwk', 'cases.medical.jwk', 'cases.signers.jwks'];
    for (const file of published) {
      const text = await readFile(join(harness.publicKeysDir, file), 'utf8');
      expect(text).not.toContain('"d"');
      for (const { jwk } of [...encryption, ...signing]) expect(text).not.toContain(jwk.d);
    }
  });

  it.each([0o644, 0o660, 0o604])('are refused with mode %o, saying how to mend it', async (mode) => {
    await FileKeyDirectory.open(options('intake'));
    await chmod(join(harness.keysDir, 'intake.json'), mode);
    const error = await rejection(FileKeyDirectory.open(options('intake')));
    expect(error).toBeInstanceOf(KeyFileRefused);
    expect(error.message).toContain('chmod 600');
  });

  it.each<[string, string]>([
    ['no JSON', '{"version":1,"d":"SECRET'],
    ['another service', JSON.stringify({ version: 1, service: 'cases' })],
    ['nothing', '{}'],
    ['null', 'null'],
    [
      'an empty list of keys',
      JSON.stringify({ version: 1, service: 'intake', encryption: [], signing: [], master: [], blocking: [] }),
    ],
  ])('are refused, never overwritten, when they hold %s', async (_what, text) => {
    await mkdir(harness.keysDir, { recursive: true });
    const path = join(harness.keysDir, 'intake.json');
    await writeFile(path, text, { mode: 0o600 });
    const error = await rejection(FileKeyDirectory.open(options('intake')));
    expect(error).toBeInstanceOf(KeyFileRefused);
    expect(error.message).toContain(path);
    expect(error.message).not.toContain('SECRET');
    expect(await readFile(path, 'utf8')).toBe(text);
  });

  it('need both directories named', async () => {
    await expect(FileKeyDirectory.open({ ...options('intake'), keysDir: '' })).rejects.toThrow('KENRI_KEYS_DIR');
    await expect(FileKeyDirectory.open({ ...options('intake'), publicKeysDir: '' })).rejects.toThrow(
      'KENRI_PUBLIC_KEYS_DIR',
    );
  });

  it('rotate encryption without losing what was sealed, also in a process that is already running', async () => {
    const running = await harness.open('cases');
    const sender = await harness.open('intake');
    const before = await sender.seal(1, { ...where, recipients: ['cases', 'cases/medical'] });
    await rotateKeys(options('cases'), 'encryption');
    const after = await (await harness.open('intake')).seal(2, { ...where, recipients: ['cases', 'cases/medical'] });
    expect(after.recipients.map(({ header }) => header.kid)).not.toEqual(
      before.recipients.map(({ header }) => header.kid),
    );
    const restarted = await harness.open('cases');
    for (const vault of [running, restarted]) {
      for (const as of ['cases', 'cases/medical']) {
        expect(await vault.open(before, { ...where, as })).toBe(1);
        expect(await vault.open(after, { ...where, as })).toBe(2);
      }
    }
    // The running sender follows with its next epoch.
    harness.clock.advance(3_600_000);
    const followed = await sender.seal(3, { ...where, recipients: ['cases'] });
    expect(followed.recipients[0]!.header.kid).toBe(after.recipients[0]!.header.kid);
  });

  it('open what they could not before, once a missing key is put back, without a restart', async () => {
    const cases = await harness.open('cases');
    const sealed = await (await harness.open('intake')).seal(1, { ...where, recipients: ['cases'] });
    const path = join(harness.keysDir, 'cases.json');
    const whole = await readFile(path, 'utf8');
    await rotateKeys(options('cases'), 'encryption');
    const without = await keyFile('cases');
    without.encryption = without.encryption.slice(2);
    await writeFile(path, JSON.stringify(without));
    const restarted = await harness.open('cases');
    expect(await rejection(restarted.open(sealed, where))).toMatchObject({ code: 'key-unknown' });
    await writeFile(path, whole);
    expect(await restarted.open(sealed, where)).toBe(1);
    expect(await cases.open(sealed, where)).toBe(1);
  });

  it('rotate signing: old and new signatures verify, also with a verifier that is already running', async () => {
    const old = await harness.open('cases');
    const running = await harness.open('connector-auto');
    const before = await old.signer.sign({ plan: 1 });
    expect(await running.verifier.verify(before, 'cases')).toEqual({ plan: 1 });
    await rotateKeys(options('cases'), 'signing');
    const after = await (await harness.open('cases')).signer.sign({ plan: 2 });
    expect(after.split('.')[0]).not.toBe(before.split('.')[0]);
    expect(await running.verifier.verify(after, 'cases')).toEqual({ plan: 2 });
    expect(await (await harness.open('connector-auto')).verifier.verify(before, 'cases')).toEqual({ plan: 1 });
  });

  it('rotate the master key: old data opens, and after wrapping anew without the old key', async () => {
    const running = await harness.open('cases');
    const first = await running.stored.seal('identity', 'case-1', 'one');
    await rotateKeys(options('cases'), 'master');
    const restarted = await harness.open('cases');
    const second = await restarted.stored.seal('identity', 'case-2', 'two');
    expect(await running.stored.open('identity', 'case-2', second)).toBe('two');
    await restarted.stored.destroy('identity', 'case-3');
    expect(await restarted.stored.rewrap()).toBe(1);
    expect(await restarted.stored.rewrap()).toBe(0);
    const keys = await keyFile('cases');
    keys.master.shift();
    await writeFile(join(harness.keysDir, 'cases.json'), JSON.stringify(keys));
    const without = await harness.open('cases');
    expect(await without.stored.open('identity', 'case-1', first)).toBe('one');
    expect(await without.stored.isDestroyed('identity', 'case-3')).toBe(true);
  });

  it('rotate the blocking secret: new keys differ, old ones still serve while the index is built anew', async () => {
    const before = await harness.open('connector-auto');
    const key = before.blockingKey('+81364402500', 1);
    expect(key).toMatch(/^[A-Za-z0-9_-]{16}$/);
    await rotateKeys(options('connector-auto'), 'blocking');
    const after = await harness.open('connector-auto');
    expect(after.blockingKey('+81364402500', 1)).not.toBe(key);
    expect(after.blocking.secretIds).toHaveLength(2);
    expect(after.blockingKey('+81364402500', 1, after.blocking.secretIds[1])).toBe(key);
  });

  it('give each service its own blocking keys, and each index version its own', async () => {
    const auto = await harness.open('connector-auto');
    const flower = await harness.open('connector-flower');
    const keys = [
      auto.blockingKey('x', 1),
      auto.blockingKey('x', 2),
      flower.blockingKey('x', 1),
      auto.blockingKey('y', 1),
    ];
    expect(new Set(keys).size).toBe(4);
  });

  it('rotate token keys additively: added, then used, the old one still computed', async () => {
    const before = await harness.open('cases');
    const token = before.tokens.token('phone', '+81364402500');
    expect(await addTokenKey(harness.keysDir)).toBe('k2');
    const added = await harness.open('cases');
    expect(added.tokens.token('phone', '+81364402500')).toBe(token);
    expect(added.tokens.tokensUnderEveryKey('phone', '+81364402500')).toHaveLength(2);
    await useTokenKey(harness.keysDir, 'k2');
    const used = await harness.open('cases');
    const [first, second] = used.tokens.tokensUnderEveryKey('phone', '+81364402500');
    expect(first).toMatch(/^m1\.k2\./);
    expect(used.tokens.token('phone', '+81364402500')).toBe(first);
    expect(second).toBe(token);
    await expect(addTokenKey(harness.publicKeysDir)).rejects.toThrow('start a service first');
    await expect(useTokenKey(harness.keysDir, 'k9')).rejects.toThrow('There is no token key k9');
  });

  it('are the same tokens in every service', async () => {
    const cases = await harness.open('cases');
    const auto = await harness.open('connector-auto');
    expect(auto.tokens.token('record', 'auto:1')).toBe(cases.tokens.token('record', 'auto:1'));
  });

  it('refuse token keys without a usable current one', async () => {
    await mkdir(harness.keysDir, { recursive: true });
    const wrong: TokenKeyFile = { version: 1, current: 'k2', keys: { k1: Buffer.alloc(32).toString('base64url') } };
    await writeFile(join(harness.keysDir, 'tokens.json'), JSON.stringify(wrong), { mode: 0o600 });
    await expect(FileKeyDirectory.open(options('intake'))).rejects.toThrow('"current" must name one of "keys"');
  });

  it('lose no key to two rotations at once, and refuse the rotation of a service that never started', async () => {
    await FileKeyDirectory.open(options('intake'));
    const both = await Promise.allSettled([
      rotateKeys(options('intake'), 'master'),
      rotateKeys(options('intake'), 'master'),
    ]);
    const done = both.filter(({ status }) => status === 'fulfilled').length;
    expect((await keyFile('intake')).master).toHaveLength(1 + done);
    expect(done).toBeGreaterThan(0);
    await expect(rotateKeys(options('intakke'), 'master')).rejects.toThrow("check the service's name");
  });
});
