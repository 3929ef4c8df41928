import { compactVerify, importJWK } from 'jose';
import { decodeJson, encodeJson, toBase64url } from './encoding.js';
import { nameOfKid, type KeyDirectory, type PublicKey } from './keys/key-directory.js';
import { SignatureRefused } from './vault-error.js';

/** Signs what others act on: plans and restorations of `cases`. */
export class Signer {
  constructor(private readonly directory: KeyDirectory) {}

  /**
   * A compact JWS (RFC 7515 §7.1), EdDSA with Ed25519 (RFC 8037), over the value's JSON. The kid is `<service>#<thumbprint>`.
   * @throws TypeError where this service has no signing key
   */
  async sign(payload: unknown): Promise<string> {
    const key = this.directory.signingKey();
    if (!key) throw new TypeError(`${this.directory.service} has no signing key: only cases signs.`);
    const header = toBase64url(encodeJson({ alg: 'EdDSA', kid: key.kid }));
    const input = `${header}.${toBase64url(encodeJson(payload))}`;
    return `${input}.${toBase64url(await key.sign(Buffer.from(input, 'ascii')))}`;
  }
}

/** Checks signatures against a service's published keys. */
export class Verifier {
  readonly #keys = new Map<string, readonly PublicKey[]>();

  constructor(private readonly directory: KeyDirectory) {}

  /**
   * The signed value, only if `signer` signed exactly these bytes: algorithm EdDSA, a kid that is one of the signer's live keys,
   * no other header parameter.
   * @throws SignatureRefused, without content
   */
  async verify<T = unknown>(jws: string, signer: string): Promise<T> {
    const { alg, kid, names } = readHeader(jws);
    if (alg !== 'EdDSA' || typeof kid !== 'string' || names !== 'alg,kid') {
      throw new SignatureRefused('malformed', 'A signature has the header "alg": "EdDSA" and "kid", and nothing else.');
    }
    if (nameOfKid(kid) !== signer) throw new SignatureRefused('not-a-recipient', `This was not signed by ${signer}.`);
    const key = await this.#keyOf(signer, kid);
    let payload: Uint8Array;
    try {
      ({ payload } = await compactVerify(jws, await importJWK(key.jwk, 'EdDSA'), { algorithms: ['EdDSA'] }));
    } catch {
      throw new SignatureRefused('tampered', `The signature of ${signer} does not hold.`);
    }
    return decodeJson(Buffer.from(payload), 'The signed object') as T;
  }

  /** Published keys are read again only when a kid is not among those known: after a rotation. */
  async #keyOf(signer: string, kid: string): Promise<PublicKey> {
    const find = (): PublicKey | undefined => this.#keys.get(signer)?.find((key) => key.kid === kid);
    if (!find()) this.#keys.set(signer, await this.directory.verificationKeys(signer));
    const key = find();
    if (!key) throw new SignatureRefused('key-unknown', `${signer} has published no such signing key.`);
    return key;
  }
}

function readHeader(jws: string): { alg?: unknown; kid?: unknown; names: string } {
  try {
    const header: unknown = JSON.parse(Buffer.from(jws.slice(0, jws.indexOf('.')), 'base64url').toString('utf8'));
    if (typeof header === 'object' && header !== null) {
      return { ...header, names: Object.keys(header).sort().join() };
    }
  } catch {
    // Below: not a header, whatever the reason; the parser's message would quote it.
  }
  return { names: '' };
}
