import type { Sealed } from '@kenri/contracts';
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compactDecrypt, generalDecrypt, importJWK, type GeneralJWE } from 'jose';
import type { KeyFile } from '../keys/key-file.js';
import { KeyFileRefused, SealRefused } from '../vault-error.js';
import { rejection, VaultHarness } from '../vault.harness.js';
import type { Vault } from '../vault.js';
import { EPOCH_MESSAGES, EPOCH_MS } from './epoch-keys.js';

const where = { id: '01ARZ3NDEKTSV4RRFFQ69G5FAV:intake:accepted:1', type: 'dsr.request.accepted.v1' };
const subject = { name: '山田 太郎', phones: ['+81364402500'] };

describe('sealing', () => {
  let harness: VaultHarness;
  let intake: Vault;
  let cases: Vault;
  let auto: Vault;
  let flower: Vault;

  beforeAll(async () => {
    harness = await VaultHarness.start();
    intake = await harness.open('intake');
    cases = await harness.open('cases');
    auto = await harness.open('connector-auto');
    flower = await harness.open('connector-flower');
  });
  afterAll(() => harness.stop());

  const ekOf = (sealed: Sealed, name: string): string =>
    sealed.recipients.find(({ header }) => header.kid.startsWith(`${name}#`))!.header.ek;

  it('opens for each recipient and nobody else', async () => {
    const sealed = await intake.seal(subject, { ...where, recipients: ['cases', 'connector-auto', 'cases'] });
    expect(sealed.recipients).toHaveLength(2);
    expect(await cases.open(sealed, where)).toEqual(subject);
    expect(await auto.open(sealed, where)).toEqual(subject);
    expect(await rejection(flower.open(sealed, where))).toMatchObject({ name: 'SealRefused', code: 'not-a-recipient' });
    // The sender itself, too, once it has sealed.
    expect(await rejection(intake.open(sealed, where))).toMatchObject({ code: 'not-a-recipient' });
  });

  it('opens with jose alone: the epoch key by the private key, the content by the epoch key', async () => {
    const sealed = await intake.seal(subject, { ...where, recipients: ['connector-auto'] });
    const file = JSON.parse(await readFile(join(harness.keysDir, 'connector-auto.json'), 'utf8')) as KeyFile;
    const key = await importJWK(file.encryption[0]!.jwk, 'ECDH-ES+A256KW');
    const epoch = await compactDecrypt(ekOf(sealed, 'connector-auto'), key);
    expect(epoch.protectedHeader).toMatchObject({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM' });
    const opened = await generalDecrypt(sealed as unknown as GeneralJWE, epoch.plaintext);
    expect(JSON.parse(Buffer.from(opened.plaintext).toString())).toEqual(subject);
  });

  it.each([
    ['another id', { ...where, id: where.id.replace('FAV', 'FAW') }],
    ['another type', { ...where, type: 'dsr.plan.approved.v1' }],
    ['a system that was not named', { ...where, system: 'auto' }],
  ])('refuses what was moved to %s, without content', async (_what, elsewhere) => {
    const sealed = await intake.seal(subject, { ...where, recipients: ['cases'] });
    const error = await rejection(cases.open(sealed, elsewhere));
    expect(error).toMatchObject({ code: 'moved' });
    expect(error.message).not.toContain('山田');
    // Nor does claiming the other place in the clear help.
    const other = await intake.seal(subject, { ...elsewhere, recipients: ['cases'] });
    expect(await rejection(cases.open({ ...sealed, aad: other.aad }, elsewhere))).toMatchObject({ code: 'tampered' });
  });

  it('keeps cases and its medical reviewer apart, whatever key id the header claims', async () => {
    const sealed = await auto.seal(subject, { ...where, recipients: ['cases/medical'] });
    expect(await cases.open(sealed, { ...where, as: 'cases/medical' })).toEqual(subject);
    expect(await rejection(cases.open(sealed, where))).toMatchObject({ code: 'not-a-recipient' });
    const [recipient] = sealed.recipients;
    const plain = await auto.seal(subject, { ...where, recipients: ['cases'] });
    const kid = plain.recipients[0]!.header.kid;
    const relabelled = { ...sealed, recipients: [{ ...recipient!, header: { ...recipient!.header, kid } }] };
    expect(await rejection(cases.open(relabelled, where))).toMatchObject({ code: 'tampered' });
  });

  it('refuses to open as a name that is not its own', async () => {
    const sealed = await intake.seal(subject, { ...where, recipients: ['cases'] });
    await expect(auto.open(sealed, { ...where, as: 'cases' })).rejects.toThrow('cannot open as cases');
  });

  it('uses an epoch key again, and a fresh one after an hour or when the clock went back', async () => {
    const sender = await harness.open('intake');
    const once = async (): Promise<string> =>
      ekOf(await sender.seal(subject, { ...where, recipients: ['cases'] }), 'cases');
    const first = await once();
    expect(await once()).toBe(first);
    harness.clock.advance(EPOCH_MS - 1);
    expect(await once()).toBe(first);
    harness.clock.advance(1);
    const second = await once();
    expect(second).not.toBe(first);
    harness.clock.advance(-1);
    expect(await once()).not.toBe(second);
  });

  it('uses an epoch key for no more than 10,000 messages, also when they come together', async () => {
    const sender = await harness.open('intake');
    const counts = new Map<string, number>();
    const options = { ...where, recipients: ['cases'] };
    for (let batch = 0; batch < 5; batch += 1) {
      const sealed = await Promise.all(Array.from({ length: 2500 }, () => sender.seal(1, options)));
      for (const one of sealed) counts.set(ekOf(one, 'cases'), (counts.get(ekOf(one, 'cases')) ?? 0) + 1);
    }
    expect([...counts.values()].sort((a, b) => b - a)).toEqual([EPOCH_MESSAGES, 12_500 - EPOCH_MESSAGES]);
  });

  it.each([0, 1, 2, 3, 4])('refuses an epoch key altered in part %i', async (part) => {
    const sealed = await intake.seal(subject, { ...where, recipients: ['cases'] });
    const [recipient] = sealed.recipients;
    const parts = recipient!.header.ek.split('.');
    const bytes = Buffer.from(parts[part]!, 'base64url');
    bytes[bytes.length >> 1]! ^= 1;
    const ek = parts.with(part, bytes.toString('base64url')).join('.');
    const altered = { ...sealed, recipients: [{ ...recipient!, header: { ...recipient!.header, ek } }] };
    const error = await rejection(cases.open(altered, where));
    expect(error).toBeInstanceOf(SealRefused);
    // And the untouched one still opens: nothing wrong was cached.
    expect(await cases.open(sealed, where)).toEqual(subject);
  });

  it.each([
    ['null', null],
    ['no recipients', { recipients: [] }],
    ['recipients without header', { recipients: [{}] }],
    ['an epoch key that is no JWE', 'ek'],
    ['an unknown key id', 'kid'],
  ])('refuses %s with a typed error', async (_what, change) => {
    const sealed = await intake.seal(subject, { ...where, recipients: ['cases'] });
    const header = { ...sealed.recipients[0]!.header };
    if (change === 'ek') header.ek = 'garbage';
    if (change === 'kid') header.kid = `cases#${'x'.repeat(43)}`;
    const altered =
      typeof change === 'string' ? { ...sealed, recipients: [{ ...sealed.recipients[0]!, header }] } : change;
    expect(await rejection(cases.open(altered as Sealed, where))).toBeInstanceOf(SealRefused);
  });

  it('waits for a recipient that is just starting, and says so', async () => {
    const waits: string[] = [];
    const sender = await harness.open('intake', { waitMs: 20_000, onWaiting: (message) => waits.push(message) });
    const sealing = sender.seal(subject, { ...where, recipients: ['connector-medical'] });
    const medical = await harness.open('connector-medical');
    expect(await medical.open(await sealing, where)).toEqual(subject);
    expect(waits).toEqual([expect.stringContaining('connector-medical')]);
  });

  it('gives up on a recipient that never published, naming the file and the setting', async () => {
    const error = await rejection(intake.seal(subject, { ...where, recipients: ['connector-ghost'] }));
    expect(error.name).toBe('PublicKeyMissing');
    expect(error.message).toMatch(/KENRI_PUBLIC_KEYS_DIR.*connector-ghost\.jwk/);
  });

  it.each(['../cases', 'Cases', 'cases/../../x', ''])(
    'refuses the recipient name %j before touching the disk',
    async (name) => {
      await expect(intake.seal(subject, { ...where, recipients: [name] })).rejects.toThrow(TypeError);
    },
  );

  it('refuses a published key of someone else', async () => {
    await copyFile(join(harness.publicKeysDir, 'cases.jwk'), join(harness.publicKeysDir, 'connector-forged.jwk'));
    const error = await rejection(intake.seal(subject, { ...where, recipients: ['connector-forged'] }));
    expect(error).toBeInstanceOf(KeyFileRefused);
  });

  it('is cheap: six recipients (printed, no gate)', async () => {
    await harness.open('connector-motorcycle');
    await harness.open('connector-brand-item');
    const connectors = ['auto', 'motorcycle', 'flower', 'brand-item', 'medical'].map((system) => `connector-${system}`);
    await harness.open('connector-medical');
    const options = { ...where, recipients: ['cases', ...connectors] };
    const value = { ...subject, note: 'x'.repeat(1500) };
    const sealed: Sealed[] = [];
    await intake.seal(value, options);
    const measure = async (run: () => Promise<unknown>): Promise<number> => {
      const before = process.cpuUsage();
      for (let round = 0; round < 1000; round += 1) await run();
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1_000_000;
    };
    const sealMs = await measure(async () => sealed.push(await intake.seal(value, options)));
    await auto.open(sealed[0]!, where);
    let at = 0;
    const openMs = await measure(async () => auto.open(sealed[at++]!, where));
    process.stderr.write(
      `sealing for six: ${sealMs.toFixed(3)} ms CPU, ${JSON.stringify(sealed[0]).length} bytes; opening: ${openMs.toFixed(3)} ms CPU\n`,
    );
    expect(await cases.open(sealed[999]!, where)).toEqual(value);
  });
});
