import { randomUUID } from 'node:crypto';
import { signIn, type AccountId } from '@kenri/local';

/** Where the services answer. */
export interface Addresses {
  intake: string;
  cases: string;
  issuer: string;
}

/** An answer other than success, as problem details (RFC 9457). */
export class ProblemAnswer extends Error {
  override readonly name = 'ProblemAnswer';
  constructor(
    readonly status: number,
    readonly problem: { title?: string; detail?: string; errors?: { pointer: string; detail: string }[] },
    what: string,
  ) {
    const fields = (problem.errors ?? []).map(({ pointer, detail }) => `${pointer} ${detail}`).join('; ');
    super(`${what}: ${status} ${problem.title ?? ''} ${problem.detail ?? ''} ${fields}`.trim());
  }
}

export interface Answer<T> {
  body: T;
  etag: string | null;
}

interface Call {
  body?: unknown;
  ifMatch?: string | null;
  secret?: string;
  /** Of a POST that is sent again because its answer was lost. Default: a new one for each. */
  idempotencyKey?: string;
}

/** Codes of a connection that the server had closed, for being idle, just when it was used again. */
const CLOSED_MEANWHILE = new Set(['ECONNRESET', 'UND_ERR_SOCKET']);

/** `fetch`, once more where the connection was closed meanwhile: for what may be repeated, such as a POST under an idempotency key. */
export async function fetchRepeatable(url: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, request);
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as { code?: string };
    if (code === undefined || !CLOSED_MEANWHILE.has(code)) throw error;
    return fetch(url, request);
  }
}

const TOKEN_AGE_MS = 30 * 60_000;
const CALL_TIMEOUT_MS = 60_000;

/** The people of the demo at their desks: plain HTTP with a bearer token per account, nothing of Kenri's own code. */
export class KenriClient {
  private readonly tokens = new Map<AccountId, { token: Promise<string>; since: number }>();

  constructor(readonly addresses: Addresses) {}

  private tokenOf(account: AccountId): Promise<string> {
    const known = this.tokens.get(account);
    if (known && Date.now() - known.since < TOKEN_AGE_MS) return known.token;
    const token = signIn(this.addresses.issuer, account);
    this.tokens.set(account, { token, since: Date.now() });
    // One that failed is not kept: the next call signs in again.
    token.catch(() => this.tokens.delete(account));
    return token;
  }

  /** A call as a member of staff, or as the public where no account is named. @throws ProblemAnswer */
  async call<T>(
    account: AccountId | null,
    method: 'GET' | 'POST' | 'PUT',
    url: string,
    call: Call = {},
  ): Promise<Answer<T>> {
    const response = await this.send(account, method, url, call);
    const text = await response.text();
    return { body: (text === '' ? undefined : JSON.parse(text)) as T, etag: response.headers.get('etag') };
  }

  /** Lines of an NDJSON answer. */
  async lines<T>(account: AccountId, url: string): Promise<T[]> {
    const response = await this.send(account, 'GET', url, {});
    return (await response.text())
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as T);
  }

  async bytes(url: string): Promise<Buffer> {
    return Buffer.from(await (await this.send(null, 'GET', url, {})).arrayBuffer());
  }

  private async send(
    account: AccountId | null,
    method: string,
    url: string,
    { body, ifMatch, secret, idempotencyKey = randomUUID() }: Call,
  ): Promise<Response> {
    const response = await fetchRepeatable(url, {
      method,
      headers: {
        ...(account !== null && { authorization: `Bearer ${await this.tokenOf(account)}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(ifMatch !== null && ifMatch !== undefined && { 'if-match': ifMatch }),
        ...(secret !== undefined && { 'kenri-secret': secret }),
        ...(method === 'POST' && { 'idempotency-key': idempotencyKey }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    });
    if (response.ok) return response;
    const text = await response.text();
    let problem: ProblemAnswer['problem'];
    try {
      problem = JSON.parse(text) as ProblemAnswer['problem'];
    } catch {
      problem = { title: 'an answer that is no problem document' };
    }
    throw new ProblemAnswer(response.status, problem, `${method} ${new URL(url).pathname}`);
  }
}
