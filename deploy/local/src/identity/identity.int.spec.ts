import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { ACCOUNTS, AUDIENCE, signIn, startIdentityProvider, type IdentityProvider } from './index.js';

let dataDir: string;
let provider: IdentityProvider;
beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'kenri-identity-'));
  provider = await startIdentityProvider({ port: 0, dataDir });
});
afterAll(async () => {
  await provider.stop();
  await rm(dataDir, { recursive: true });
});

const verify = async (token: string) => {
  const discovery = (await (await fetch(`${provider.issuer}/.well-known/openid-configuration`)).json()) as {
    jwks_uri: string;
  };
  return jwtVerify(token, createRemoteJWKSet(new URL(discovery.jwks_uri)), {
    issuer: provider.issuer,
    audience: AUDIENCE,
  });
};

/** A browser as far as the sign-in needs one: cookies, and redirects followed by hand. */
function browser() {
  const cookies = new Map<string, string>();
  return async (url: string, init: RequestInit = {}) => {
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: { ...init.headers, cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    return response;
  };
}
const located = (response: Response) => new URL(response.headers.get('location') ?? '', provider.issuer).href;
const CALLBACK = 'http://127.0.0.1:5173/callback';

describe('the local OpenID provider', () => {
  test.each(ACCOUNTS.map((one) => one.id))(
    '%s signs in without a browser and gets a token with its own roles',
    async (id) => {
      const { payload, protectedHeader } = await verify(await signIn(provider.issuer, id));
      expect(protectedHeader.alg).toBe('ES256');
      expect(payload.sub).toBe(id);
      expect(payload['roles']).toEqual(ACCOUNTS.find((one) => one.id === id)?.roles);
    },
  );

  test('a person signs in by authorisation code with PKCE and gets the same kind of token', async () => {
    const verifier = randomBytes(32).toString('base64url');
    const visit = browser();
    const query = new URLSearchParams({
      client_id: 'kenri-console',
      response_type: 'code',
      scope: 'openid profile',
      redirect_uri: CALLBACK,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      state: 'here',
    });
    const login = located(await visit(`${provider.issuer}/auth?${query.toString()}`));
    const page = await (await visit(login)).text();
    expect(page).toContain('Local development');
    expect(page).not.toMatch(/https?:\/\//);
    const chosen = await visit(login, {
      method: 'POST',
      body: 'account=approver',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    const back = new URL(located(await visit(located(chosen))));
    expect(back.href).toMatch(/^http:\/\/127\.0\.0\.1:5173\/callback\?/);
    const exchange = (codeVerifier: string) =>
      fetch(`${provider.issuer}/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          client_id: 'kenri-console',
          code: back.searchParams.get('code') ?? '',
          redirect_uri: CALLBACK,
          code_verifier: codeVerifier,
        }),
      });
    const tokens = (await (await exchange(verifier)).json()) as { access_token: string; id_token: string };
    const { payload } = await verify(tokens.access_token);
    expect(payload).toMatchObject({ sub: 'approver', roles: ['approver'] });
    expect(decodeJwt(tokens.id_token).sub).toBe('approver');
  });

  test('a browser sign-in without PKCE is refused', async () => {
    const query = new URLSearchParams({
      client_id: 'kenri-console',
      response_type: 'code',
      scope: 'openid',
      redirect_uri: CALLBACK,
    });
    const back = new URL(located(await browser()(`${provider.issuer}/auth?${query.toString()}`)));
    expect(back.searchParams.get('error')).toBe('invalid_request');
  });

  test('an unknown account is refused by name, listing the ready ones', async () => {
    await expect(signIn(provider.issuer, 'nobody' as 'clerk')).rejects.toThrow(
      /cannot sign in as nobody.*case-worker-2/,
    );
  });

  test('a token issued before a restart is still verified after it', async () => {
    const token = await signIn(provider.issuer, 'clerk');
    const { port } = new URL(provider.issuer);
    await provider.stop();
    provider = await startIdentityProvider({ port: Number(port), dataDir });
    expect((await verify(token)).payload.sub).toBe('clerk');
  });
});
