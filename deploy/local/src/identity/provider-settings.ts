import {
  interactionPolicy,
  type AdapterConstructor,
  type ClientMetadata,
  type Configuration,
  type KoaContextWithOIDC,
} from 'oidc-provider';
import { ACCOUNTS, LOCAL_CLIENT_SECRET, accountById } from './accounts.js';
import { logoutPage, messagePage } from './login-page.js';
import type { ProviderKeys } from './signing-keys.js';

/** The `aud` of access tokens: what services expect in KENRI_OIDC_AUDIENCE. */
export const AUDIENCE = 'kenri';
/** RFC 8707 wants an absolute URI to name the protected resource. */
const RESOURCE = 'urn:kenri:api';
const HOUR = 60 * 60;

/** People sign in by browser: a public client, so PKCE takes the place of a secret (RFC 7636; loopback ports: RFC 8252 7.3). */
const CONSOLE: ClientMetadata = {
  client_id: 'kenri-console',
  client_name: 'Kenri console',
  application_type: 'native',
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  redirect_uris: ['http://127.0.0.1/callback', 'http://localhost/callback'],
  post_logout_redirect_uris: ['http://127.0.0.1/', 'http://localhost/'],
  id_token_signed_response_alg: 'ES256',
};

/** Programs (demo, tests) sign in as an account by client credentials (RFC 6749 4.4): one client per account, same id. */
const accountClients = (): ClientMetadata[] =>
  ACCOUNTS.map(({ id, name }) => ({
    client_id: id,
    client_name: name,
    client_secret: LOCAL_CLIENT_SECRET,
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    id_token_signed_response_alg: 'ES256',
  }));

const claimsOf = (id: string | undefined) => {
  const account = accountById(id);
  return account && { roles: account.roles, name: account.name };
};

/** Nobody asks for consent locally: whoever signs in grants the console what it asks for. */
async function grantEverything(ctx: KoaContextWithOIDC) {
  const { client, session, provider, params } = ctx.oidc;
  if (!client || !session?.accountId) return undefined;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  const scope = typeof params?.['scope'] === 'string' ? params['scope'] : 'openid';
  grant.addOIDCScope(scope);
  grant.addResourceScope(RESOURCE, scope);
  await grant.save();
  return grant;
}

/**
 * Sessions in memory: after a restart people sign in again. The provider's own adapter, named by its path because as an
 * unnamed default it warns at every start; the package has no types for it.
 */
async function memoryAdapter(): Promise<AdapterConstructor> {
  const path: string = 'oidc-provider/lib/adapters/memory_adapter.js';
  const { createMemoryAdapter } = (await import(path)) as { createMemoryAdapter: () => AdapterConstructor };
  return createMemoryAdapter();
}

export async function providerSettings(keys: ProviderKeys): Promise<Configuration> {
  const policy = interactionPolicy.base();
  // Asks every loopback client for consent again (RFC 8252 8.6), which would only be a second click here.
  policy.get('consent')?.checks.remove('native_client_prompt');
  return {
    adapter: await memoryAdapter(),
    clients: [CONSOLE, ...accountClients()],
    jwks: keys.jwks,
    cookies: { keys: keys.cookieKeys },
    pkce: { required: () => true },
    claims: { openid: ['sub'], profile: ['name', 'roles'] },
    scopes: ['openid', 'profile', 'offline_access'],
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    findAccount: (_ctx, id) => {
      const claims = claimsOf(id);
      return claims && { accountId: id, claims: () => ({ sub: id, ...claims }) };
    },
    loadExistingGrant: grantEverything,
    extraTokenClaims: (_ctx, token) =>
      claimsOf('accountId' in token && typeof token.accountId === 'string' ? token.accountId : token.clientId),
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => RESOURCE,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: 'openid profile offline_access',
          audience: AUDIENCE,
          accessTokenTTL: HOUR,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
      rpInitiatedLogout: {
        logoutSource: (ctx, form) => {
          ctx.body = logoutPage(form);
        },
        postLogoutSuccessSource: (ctx) => {
          ctx.body = messagePage('Signed out', 'You may close this page.');
        },
      },
    },
    interactions: { policy, url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    renderError: (ctx, out) => {
      ctx.type = 'html';
      ctx.body = messagePage('Sign-in failed', `${out.error}: ${out.error_description ?? 'no details'}`);
    },
    clientBasedCORS: (_ctx, origin) => /^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?$/.test(origin),
    ttl: {
      AccessToken: HOUR,
      ClientCredentials: HOUR,
      AuthorizationCode: 60,
      IdToken: HOUR,
      Interaction: HOUR,
      Grant: 14 * HOUR,
      Session: 14 * HOUR,
      RefreshToken: 14 * HOUR,
    },
  };
}
