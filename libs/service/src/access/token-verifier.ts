import { ROLES, type Role } from '@kenri/contracts';
import { createRemoteJWKSet, errors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import { Problem } from '../problems/problem.js';
import type { Staff } from './access.js';

/** Asymmetric only: with a symmetric algorithm or `none` a caller could sign for itself (RFC 8725 §3.1). */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'];
const REACH_TIMEOUT_MS = 3000;

export interface IssuerOptions {
  issuer: string;
  audience: string;
  /** `typ` of access tokens, or `any`. */
  tokenType: string;
}

const invalidToken = () =>
  new Problem(
    'invalid-token',
    { ja: 'もう一度サインインしてください。', en: 'Sign in again.' },
    { headers: { 'www-authenticate': 'Bearer error="invalid_token"' } },
  );
const unreachable = () =>
  new Problem(
    'unavailable',
    {
      ja: '認証サーバーに接続できません。しばらくしてから再送してください。',
      en: 'The identity provider cannot be reached. Send it again a little later.',
    },
    { headers: { 'retry-after': '5' } },
  );

/** Verifies staff access tokens (RFC 9068) by the keys that the configured issuer publishes (OpenID Connect Discovery 1.0 §4). */
export class TokenVerifier {
  private keys: Promise<JWTVerifyGetKey> | undefined;
  constructor(private readonly options: IssuerOptions) {}

  /** Throws a 401 problem for any token that is not valid here and now, a 503 problem when the issuer cannot be asked. */
  async verify(token: string): Promise<Staff> {
    const keys = await this.issuerKeys();
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer: this.options.issuer,
        audience: this.options.audience,
        algorithms: ALGORITHMS,
        requiredClaims: ['sub', 'exp'],
        clockTolerance: 5,
        ...(this.options.tokenType !== 'any' && { typ: this.options.tokenType }),
      });
      const claimed: unknown = payload['roles'];
      const roles = Array.isArray(claimed) ? ROLES.filter((role) => claimed.includes(role)) : [];
      const name = payload['name'];
      return { id: String(payload.sub), ...(typeof name === 'string' && { name }), roles: roles satisfies Role[] };
    } catch (error) {
      if (error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError)) throw unreachable();
      throw invalidToken();
    }
  }

  private issuerKeys(): Promise<JWTVerifyGetKey> {
    this.keys ??= this.discover().catch((error: unknown) => {
      this.keys = undefined;
      throw error;
    });
    return this.keys;
  }

  private async discover(): Promise<JWTVerifyGetKey> {
    const { issuer } = this.options;
    const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const answer = await fetch(address, { signal: AbortSignal.timeout(REACH_TIMEOUT_MS) }).catch(() => {
      throw unreachable();
    });
    if (!answer.ok) throw unreachable();
    const metadata = (await answer.json().catch(() => {
      throw unreachable();
    })) as { issuer?: unknown; jwks_uri?: unknown };
    if (metadata.issuer !== issuer || typeof metadata.jwks_uri !== 'string') {
      throw new Error(`KENRI_OIDC_ISSUER: ${address} names another issuer or no jwks_uri`);
    }
    return createRemoteJWKSet(new URL(metadata.jwks_uri), { timeoutDuration: REACH_TIMEOUT_MS });
  }
}
