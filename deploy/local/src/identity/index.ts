import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Provider } from 'oidc-provider';
import { anyFreePort } from '../processes/free-port.js';
import { ACCOUNTS, LOCAL_CLIENT_SECRET, accountById, type AccountId } from './accounts.js';
import { loginPage, messagePage } from './login-page.js';
import { providerSettings } from './provider-settings.js';
import { loadProviderKeys } from './signing-keys.js';

export { ACCOUNTS, type AccountId, type LocalAccount } from './accounts.js';
export { AUDIENCE } from './provider-settings.js';

export interface IdentityProvider {
  /** The OpenID issuer, e.g. `http://127.0.0.1:4000`. */
  issuer: string;
  stop: () => Promise<void>;
}

const INTERACTION = /^\/interaction\/([\w-]{1,100})$/;
const MAX_FORM_BYTES = 1024;

export interface IdentityProviderOptions {
  /** Where to listen; 0 for any free one. */
  port: number;
  /** Absolute folder in which its keys are kept. */
  dataDir: string;
  /** Default 127.0.0.1; a container listens on all its addresses, and publishes the port to its machine alone. */
  host?: string;
  /** By which name services and browsers reach it. Default: as it listens. */
  issuer?: string;
}

/**
 * Starts the local OpenID provider (`oidc-provider`, certified) with a ready account per role. For development, demo and
 * tests only: it asks for no password.
 */
export async function startIdentityProvider(options: IdentityProviderOptions): Promise<IdentityProvider> {
  const port = options.port === 0 ? await anyFreePort() : options.port;
  const host = options.host ?? '127.0.0.1';
  const issuer = options.issuer ?? `http://${host}:${port}`;
  const provider = new Provider(issuer, await providerSettings(await loadProviderKeys(options.dataDir)));
  const handleProtocol = provider.callback();
  const server = createServer((request, response) => {
    const [, uid] = INTERACTION.exec(new URL(request.url ?? '/', issuer).pathname) ?? [];
    const handled =
      uid === undefined ? handleProtocol(request, response) : signInByBrowser(provider, uid, request, response);
    handled.catch(() =>
      answer(
        response,
        400,
        messagePage('Sign-in failed', 'This sign-in has expired. Start again from the page you came from.'),
      ),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    issuer,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function signInByBrowser(
  provider: Provider,
  uid: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'POST') return answer(response, 200, loginPage(uid));
  const account = accountById(new URLSearchParams(await readForm(request)).get('account') ?? undefined);
  if (!account) return answer(response, 400, messagePage('Sign-in failed', 'There is no such account.'));
  await provider.interactionFinished(request, response, { login: { accountId: account.id } });
}

async function readForm(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_FORM_BYTES) throw new Error('form too large');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function answer(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; form-action *; frame-ancestors 'none'",
  });
  response.end(html);
}

/**
 * Signs in as a ready account of the local provider, without a browser (client credentials).
 * @returns an access token (JWT, ES256, `aud` kenri, `sub` the account id, `roles`), valid for an hour
 * @throws Error naming the account and what the provider answered
 */
export async function signIn(issuer: string, account: AccountId): Promise<string> {
  const response = await fetch(new URL('/token', issuer), {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${account}:${LOCAL_CLIENT_SECRET}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'grant_type=client_credentials',
    signal: AbortSignal.timeout(10_000),
  });
  const body = (await response.json()) as { access_token?: string; error_description?: string };
  if (!response.ok || !body.access_token) {
    const known = ACCOUNTS.map((one) => one.id).join(', ');
    throw new Error(
      `cannot sign in as ${account}: ${body.error_description ?? response.status} (ready accounts: ${known})`,
    );
  }
  return body.access_token;
}
