import type { Installation, SignIn } from './installation.js';
import { UsageFault } from './usage-fault.js';

/** Why a service could not be asked, in words for an operator. */
export class NotAnswered extends Error {
  override readonly name = 'NotAnswered';
  constructor(
    /** `down`: nothing answered; `refused`: it answered that it will not, or cannot now; `unknown`: there is no such thing. */
    readonly kind: 'down' | 'refused' | 'unknown',
    message: string,
  ) {
    super(message);
  }
}

const WITHIN_MS = 15_000;
/** A replay runs the message's whole handler. */
const CHANGE_WITHIN_MS = 60_000;
/** A token is used no longer than this part of its life. */
const USED_PART = 0.8;

const NETWORK: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'its host is not known',
  EAI_AGAIN: 'its host cannot be resolved just now',
  ECONNRESET: 'it closed the connection',
  EHOSTUNREACH: 'its host cannot be reached',
  ETIMEDOUT: 'its host does not answer',
};

/** Speaks HTTP to the services, signed in where it is needed. */
export class Operator {
  private token: Promise<{ value: string; until: number }> | undefined;
  constructor(readonly installation: Installation) {}

  /** @throws NotAnswered */
  get<T>(service: string, path: string, { anonymous = false } = {}): Promise<T> {
    return this.call<T>(service, 'GET', path, undefined, anonymous);
  }

  /** @throws NotAnswered */
  post<T>(service: string, path: string, body: object = {}): Promise<T> {
    return this.call<T>(service, 'POST', path, body, false);
  }

  private async call<T>(
    service: string,
    method: string,
    path: string,
    body: object | undefined,
    anonymous: boolean,
  ): Promise<T> {
    const base = this.installation.services.get(service);
    if (base === undefined) throw new UsageFault(`there is no service ${service}`);
    const authorization = anonymous ? undefined : `Bearer ${await this.signedIn()}`;
    const within = method === 'GET' ? WITHIN_MS : CHANGE_WITHIN_MS;
    const answer = await reach(base, `${base}${path}`, within, {
      method,
      headers: {
        accept: 'application/json',
        'accept-language': 'en',
        ...(authorization && { authorization }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (answer.status < 300) return (answer.text === '' ? undefined : parsed(answer.text, base)) as T;
    throw refusal(answer, method, path);
  }

  private async signedIn(): Promise<string> {
    const { signIn } = this.installation;
    if (!signIn) {
      throw new UsageFault(
        'no way to sign in: set KENRI_OIDC_ISSUER, KENRI_OIDC_CLIENT_ID and KENRI_OIDC_CLIENT_SECRET (a client with the role sre), or KENRI_TOKEN',
      );
    }
    if (signIn.by === 'token') return signIn.token;
    this.token ??= fetchToken(signIn);
    const { value, until } = await this.token;
    if (Date.now() < until) return value;
    this.token = fetchToken(signIn);
    return (await this.token).value;
  }
}

async function fetchToken(signIn: SignIn & { by: 'client' }): Promise<{ value: string; until: number }> {
  const { issuer, clientId, clientSecret, scope } = signIn;
  const what = `the OpenID provider at ${issuer}`;
  const discovery = await reach(what, `${issuer}/.well-known/openid-configuration`, WITHIN_MS, {});
  const endpoint = (parsed(discovery.text, what) as { token_endpoint?: unknown } | null)?.token_endpoint;
  if (discovery.status !== 200 || typeof endpoint !== 'string')
    throw new NotAnswered('refused', `cannot sign in: ${what} names no token endpoint (KENRI_OIDC_ISSUER)`);
  // RFC 6749 §2.3.1: both parts are form-encoded before they are joined.
  const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64');
  const answer = await reach(what, endpoint, WITHIN_MS, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...(scope && { scope }) }).toString(),
  });
  const granted = parsed(answer.text, what) as { access_token?: unknown; expires_in?: unknown; error?: unknown } | null;
  if (answer.status !== 200 || typeof granted?.access_token !== 'string') {
    const why = typeof granted?.error === 'string' ? granted.error : `HTTP ${answer.status}`;
    throw new NotAnswered('refused', `cannot sign in as ${clientId}: ${what} answers ${why}`);
  }
  const seconds = typeof granted.expires_in === 'number' ? granted.expires_in : 60;
  return { value: granted.access_token, until: Date.now() + seconds * 1000 * USED_PART };
}

interface Reached {
  status: number;
  text: string;
}

async function reach(what: string, url: string, withinMs: number, request: RequestInit): Promise<Reached> {
  try {
    const answer = await fetch(url, { ...request, signal: AbortSignal.timeout(withinMs) });
    return { status: answer.status, text: await answer.text() };
  } catch (error) {
    throw new NotAnswered('down', `${what} does not answer: ${whyOf(error, withinMs)}`);
  }
}

function whyOf(error: unknown, withinMs: number): string {
  const { name, cause } = error as { name?: string; cause?: { code?: string; errors?: { code?: string }[] } };
  if (name === 'TimeoutError') return `nothing came within ${withinMs / 1000} s`;
  const code = cause?.code ?? cause?.errors?.[0]?.code ?? 'no connection';
  return NETWORK[code] ?? code;
}

function parsed(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new NotAnswered('refused', `${what} answers something that is no JSON: is it a service of Kenri?`);
  }
}

interface ProblemDetails {
  detail?: string;
  errors?: { pointer: string; detail: string }[];
}

function refusal({ status, text }: Reached, method: string, path: string): NotAnswered {
  let problem: ProblemDetails = {};
  try {
    problem = JSON.parse(text) as ProblemDetails;
  } catch {
    // Of a proxy in between, perhaps: its status says enough.
  }
  const faults = (problem.errors ?? []).map(({ pointer, detail }) => `${pointer} ${detail}`).join('; ');
  const detail = [problem.detail, faults].filter(Boolean).join(' ');
  switch (status) {
    case 401:
      return new NotAnswered('refused', `the sign-in is refused (401): ${detail || 'is the token out of date?'}`);
    case 403:
      return new NotAnswered('refused', `not allowed (403): ${detail || 'the role sre is needed'}`);
    case 404:
      return new NotAnswered('unknown', `${method} ${path} is not there (404)`);
    default:
      return new NotAnswered('refused', `${method} ${path}: HTTP ${status}${detail ? `: ${detail}` : ''}`);
  }
}
