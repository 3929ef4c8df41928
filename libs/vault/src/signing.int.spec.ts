import { CompactSign, compactVerify, generateKeyPair, importJWK } from 'jose';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeyFile } from './keys/key-file.js';
import { SignatureRefused } from './vault-error.js';
import { rejection, VaultHarness } from './vault.harness.js';
import type { Vault } from './vault.js';

const plan = { planId: 'plan-0001', caseId: '01ARZ3NDEKTSV4RRFFQ69G5FAV', operations: ['erase'] };

describe('signatures', () => {
  let harness: VaultHarness;
  let cases: Vault;
  let auto: Vault;
  let file: KeyFile;

  beforeAll(async () => {
    harness = await VaultHarness.start();
    cases = await harness.open('cases');
    auto = await harness.open('connector-auto');
    file = JSON.parse(await readFile(join(harness.keysDir, 'cases.json'), 'utf8')) as KeyFile;
  });
  afterAll(() => harness.stop());

  const kid = (): string => file.signing[0]!.kid;
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

  it('of cases hold for any service, and for jose', async () => {
    const jws = await cases.signer.sign(plan);
    expect(await auto.verifier.verify(jws, 'cases')).toEqual(plan);
    const published = JSON.parse(await readFile(join(harness.publicKeysDir, 'cases.signers.jwks'), 'utf8')) as {
      keys: Record<string, string>[];
    };
    const { protectedHeader } = await compactVerify(jws, await importJWK(published.keys[0]!, 'EdDSA'));
    expect(protectedHeader).toEqual({ alg: 'EdDSA', kid: kid() });
  });

  it('made by jose with the same key hold too', async () => {
    const key = await importJWK(file.signing[0]!.jwk, 'EdDSA');
    const signed = new CompactSign(Buffer.from(JSON.stringify(plan)));
    const jws = await signed.setProtectedHeader({ alg: 'EdDSA', kid: kid() }).sign(key);
    expect(await auto.verifier.verify(jws, 'cases')).toEqual(plan);
  });

  it('are made by cases only', async () => {
    await expect(auto.signer.sign(plan)).rejects.toThrow('only cases signs');
    expect((await rejection(auto.verifier.verify(await cases.signer.sign(plan), 'intake'))).name).toBe(
      'SignatureRefused',
    );
  });

  it.each([0, 1, 2])('are refused with any byte of part %i altered', async (part) => {
    const parts = (await cases.signer.sign(plan)).split('.');
    const length = Buffer.from(parts[part]!, 'base64url').length;
    for (let at = 0; at < length; at += 1) {
      const bytes = Buffer.from(parts[part]!, 'base64url');
      bytes[at]! ^= 1 << (at % 8);
      const error = await rejection(
        auto.verifier.verify(parts.with(part, bytes.toString('base64url')).join('.'), 'cases'),
      );
      expect(error).toBeInstanceOf(SignatureRefused);
      expect(error.message).not.toContain('plan-0001');
    }
  });

  it.each<[string, () => Promise<string>]>([
    ['no signature at all (alg none)', async () => `${encode({ alg: 'none', kid: kid() })}.${encode(plan)}.`],
    [
      'a key of someone else under the right kid',
      async () => {
        const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
        return new CompactSign(Buffer.from('{}')).setProtectedHeader({ alg: 'EdDSA', kid: kid() }).sign(privateKey);
      },
    ],
    [
      'the public key used as a shared secret (HS256)',
      async () => {
        const secret = Buffer.from(file.signing[0]!.jwk.x!, 'base64url');
        return new CompactSign(Buffer.from('{}')).setProtectedHeader({ alg: 'HS256', kid: kid() }).sign(secret);
      },
    ],
    [
      'a key carried in its own header',
      async () => {
        const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
        const jwk = { kty: 'OKP', crv: 'Ed25519', x: 'AA' };
        return new CompactSign(Buffer.from('{}'))
          .setProtectedHeader({ alg: 'EdDSA', kid: kid(), jwk })
          .sign(privateKey);
      },
    ],
    [
      'a kid that was never published',
      async () => `${encode({ alg: 'EdDSA', kid: `cases#${'x'.repeat(43)}` })}.${encode(plan)}.AA`,
    ],
    ['no kid', async () => `${encode({ alg: 'EdDSA' })}.${encode(plan)}.AA`],
    [
      'a header parameter that is not understood, though signed with the right key',
      async () => {
        const key = await importJWK(file.signing[0]!.jwk, 'EdDSA');
        const signed = new CompactSign(Buffer.from(JSON.stringify(plan)));
        return signed.setProtectedHeader({ alg: 'EdDSA', kid: kid(), typ: 'other' }).sign(key);
      },
    ],
    ['no header', async () => `.${encode(plan)}.AA`],
    ['an empty text', async () => ''],
    ['null', async () => null as unknown as string],
  ])('are refused with %s', async (_what, make) => {
    expect(await rejection(auto.verifier.verify(await make(), 'cases'))).toBeInstanceOf(SignatureRefused);
  });
});
