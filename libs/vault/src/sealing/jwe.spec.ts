import { createSecretKey, randomBytes } from 'node:crypto';
import { generalDecrypt, GeneralEncrypt, type GeneralJWE } from 'jose';
import type { Sealed } from '@kenri/contracts';
import { SealRefused } from '../vault-error.js';
import { bindingAad, decryptJwe, encryptJwe, type Binding, type Wrapping } from './jwe.js';

const binding: Binding = {
  id: '01ARZ3NDEKTSV4RRFFQ69G5FAV:auto:located:1',
  type: 'dsr.records.located.v1',
  system: 'auto',
};
const plaintext = Buffer.from(JSON.stringify({ name: '山田 太郎', phone: '+81364402500' }));
const wrapping = (name: string): Wrapping => ({
  kid: `${name}#t`,
  ek: 'a.b.c.d.e',
  key: createSecretKey(randomBytes(32)),
});

describe('the sealed form', () => {
  const cases = wrapping('cases');
  const auto = wrapping('connector-auto');
  const sealed = encryptJwe(plaintext, binding, [cases, auto]);

  it.each([cases, auto])('opens with jose for $kid, given its epoch key', async ({ key }) => {
    const opened = await generalDecrypt(sealed as unknown as GeneralJWE, key);
    expect(Buffer.from(opened.plaintext)).toEqual(plaintext);
    const aad = JSON.parse(Buffer.from(opened.additionalAuthenticatedData!).toString()) as unknown;
    expect(Buffer.from(opened.additionalAuthenticatedData!).toString()).toBe(JSON.stringify(binding));
    expect(aad).toEqual(binding);
  });

  it('is opened where jose made it', async () => {
    const made = new GeneralEncrypt(plaintext)
      .setProtectedHeader({ enc: 'A256GCM' })
      .setAdditionalAuthenticatedData(Buffer.from(bindingAad(binding), 'base64url'));
    for (const { key, kid, ek } of [cases, auto]) {
      made.addRecipient(key).setUnprotectedHeader({ alg: 'A256KW', kid, ek });
    }
    const theirs = (await made.encrypt()) as unknown as Sealed;
    expect(theirs.aad).toBe(sealed.aad);
    expect(decryptJwe(theirs, theirs.recipients[1]!, auto.key)).toEqual(plaintext);
  });

  it('has a fresh content key and iv each time', () => {
    const again = encryptJwe(plaintext, binding, [cases, auto]);
    for (const part of ['iv', 'ciphertext', 'tag'] as const) expect(again[part]).not.toBe(sealed[part]);
    expect(again.recipients[0]!.encrypted_key).not.toBe(sealed.recipients[0]!.encrypted_key);
  });

  it('does not open with the epoch key of another recipient', () => {
    expect(() => decryptJwe(sealed, sealed.recipients[0]!, auto.key)).toThrow(SealRefused);
  });

  const flipped = (text: string, at: number, bit: number): string => {
    const bytes = Buffer.from(text, 'base64url');
    bytes[at]! ^= 1 << bit;
    return bytes.toString('base64url');
  };
  const refusal = (altered: Sealed): unknown => {
    try {
      return decryptJwe(altered, altered.recipients[0]!, cases.key);
    } catch (error) {
      return error;
    }
  };

  it.each(['protected', 'aad', 'iv', 'ciphertext', 'tag'] as const)(
    'is refused with any byte of %s altered',
    (part) => {
      const length = Buffer.from(sealed[part], 'base64url').length;
      for (let at = 0; at < length; at += 1) {
        const error = refusal({ ...sealed, [part]: flipped(sealed[part], at, at % 8) });
        expect(error).toBeInstanceOf(SealRefused);
        expect((error as SealRefused).message).not.toContain('山田');
      }
    },
  );

  it('is refused with any byte of a wrapped key altered', () => {
    const [recipient, other] = sealed.recipients;
    for (let at = 0; at < 40; at += 1) {
      const altered = { ...recipient!, encrypted_key: flipped(recipient!.encrypted_key, at, at % 8) };
      expect(refusal({ ...sealed, recipients: [altered, other!] })).toBeInstanceOf(SealRefused);
    }
  });

  it.each(['iv', 'ciphertext', 'tag'] as const)('is refused cut short in %s', (part) => {
    expect(refusal({ ...sealed, [part]: sealed[part].slice(0, -4) })).toBeInstanceOf(SealRefused);
    expect(refusal({ ...sealed, [part]: '' })).toBeInstanceOf(SealRefused);
  });

  it.each(['iv', 'ciphertext', 'tag'] as const)(
    'has one spelling only: a foreign character in %s is refused',
    (part) => {
      expect(refusal({ ...sealed, [part]: `${sealed[part]}=` })).toMatchObject({ code: 'malformed' });
      expect(refusal({ ...sealed, [part]: `${sealed[part].slice(0, 2)}!${sealed[part].slice(2)}` })).toMatchObject({
        code: 'malformed',
      });
    },
  );

  it.each([
    ['compression', { enc: 'A256GCM', zip: 'DEF' }],
    ['a critical extension', { enc: 'A256GCM', crit: ['b64'], b64: false }],
    ['another algorithm', { enc: 'A128GCM' }],
    ['no object', null],
  ])('is refused with %s in the protected header', (_what, header) => {
    const protectedHeader = Buffer.from(JSON.stringify(header)).toString('base64url');
    expect(refusal({ ...sealed, protected: protectedHeader })).toMatchObject({ code: 'malformed' });
  });

  it('needs an id and a type to belong to', () => {
    expect(() => bindingAad({ id: '', type: 't' })).toThrow(TypeError);
    expect(bindingAad({ id: 'a', type: 'b' })).not.toBe(bindingAad({ id: 'a', type: 'b', system: 'auto' }));
  });
});
