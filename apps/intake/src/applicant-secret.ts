import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { normaliseSecret } from './decisions/reference.js';

/** RFC 7914 §2; 16 MB and some 50 ms each. The secret has 116 bits by itself. */
const COST = { N: 16_384, r: 8, p: 1 } as const;
const LENGTH = 32;
const STORED = /^scrypt\$([A-Za-z0-9_-]{22})\$([A-Za-z0-9_-]{43})$/;

const derive = (secret: string, salt: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(normaliseSecret(secret), salt, LENGTH, COST, (error, key) => (error ? reject(error) : resolve(key)));
  });

export async function hashSecret(secret: string): Promise<string> {
  const salt = randomBytes(16);
  return `scrypt$${salt.toString('base64url')}$${(await derive(secret, salt)).toString('base64url')}`;
}

const NOBODY = `scrypt$${'A'.repeat(22)}$${'A'.repeat(43)}`;

/** Takes the same time whether there is such an application or not. */
export async function verifySecret(typed: string, stored: string | undefined): Promise<boolean> {
  const [, salt, hash] = STORED.exec(stored ?? NOBODY) ?? STORED.exec(NOBODY)!;
  const derived = await derive(typed.slice(0, 100), Buffer.from(salt!, 'base64url'));
  return timingSafeEqual(derived, Buffer.from(hash!, 'base64url')) && stored !== undefined;
}
