import { randomUUID } from 'node:crypto';
import { Agent, request as httpRequest } from 'node:http';
import { ROLES } from '@kenri/contracts';
import type { Caller } from '../trial-platform.js';
import type { Operation } from './http-operations.js';
import type { BodyPlan, RequestPlan } from './http-plans.js';
import { usualBody, type Subject, type World } from './http-world.js';
import { badText, spoiled, type Json } from './spoiling.js';

/** A request as it goes onto the wire. */
export interface WireRequest {
  path: string;
  headers: Record<string, string>;
  body: Buffer | null;
  /** How much of the body is sent, and how its length is told. */
  sending: 'whole' | 'half' | 'chunked';
  /** The body as a reader of JSON sees it, where there is one. */
  json: { value: Json } | undefined;
}

export type Outcome =
  | { kind: 'answer'; status: number; contentType: string; etag: string | undefined; body: Buffer; ms: number }
  | { kind: 'closed'; ms: number; why: string }
  | { kind: 'silent'; ms: number };

/** Nothing that a person waits for may take longer, also while both cores are busy. */
export const ANSWER_WITHIN_MS = 20_000;
const TOKEN_AGE_MS = 200_000;

/** Sends planned requests as they are meant, wrong in every respect that HTTP lets through. */
export class Sender {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 4 });
  private readonly tokens = new Map<string, { since: number; token: Promise<string> }>();
  private lastKey: string = randomUUID();

  constructor(private readonly world: World) {}

  close(): void {
    this.agent.destroy();
  }

  async prepare(operation: Operation, plan: RequestPlan): Promise<WireRequest> {
    const subject = this.world.about(plan.about);
    const { bytes, json, sending } = this.bodyOf(operation, plan, subject);
    const headers: Record<string, string> = {};
    const authorization = await this.authorizationOf(operation, plan);
    if (authorization !== undefined) headers['authorization'] = authorization;
    if (plan.contentType !== null && bytes !== null) headers['content-type'] = plan.contentType;
    if (plan.ifMatch !== null) {
      headers['if-match'] =
        plan.ifMatch === 'current' ? await this.world.tagOf(operation.service, operation.path, subject) : plan.ifMatch;
    }
    if (plan.idempotencyKey !== null) headers['idempotency-key'] = this.keyOf(plan.idempotencyKey);
    if (plan.secret !== null) headers['kenri-secret'] = plan.secret === 'known' ? subject.secret : plan.secret.text;
    if (plan.language !== null) headers['accept-language'] = plan.language;
    return { path: pathOf(operation, plan, subject), headers, body: bytes, sending, json };
  }

  private keyOf(wanted: NonNullable<RequestPlan['idempotencyKey']>): string {
    if (typeof wanted === 'object') return wanted.text;
    if (wanted === 'fresh') this.lastKey = randomUUID();
    return this.lastKey;
  }

  private bodyOf(
    operation: Operation,
    plan: RequestPlan,
    subject: Subject,
  ): { bytes: Buffer | null; json: WireRequest['json']; sending: WireRequest['sending'] } {
    const body: BodyPlan = plan.body;
    const examples = operation.body?.examples ?? [];
    const usual = (): Json =>
      usualBody(`${operation.method} ${operation.path}`, subject, this.world.parkedAt(operation.service, plan.about)) ??
      examples[plan.about % Math.max(1, examples.length)] ?? { reason: 'fuzz' };
    const asJson = (value: Json) => {
      const text = JSON.stringify(value);
      return { bytes: Buffer.from(text, 'utf8'), json: { value }, sending: 'whole' as const };
    };
    switch (body.is) {
      case 'none':
        return { bytes: null, json: undefined, sending: 'whole' };
      case 'usual':
        return asJson(body.spoilt.reduce(spoiled, usual()));
      case 'allowed':
        return asJson(body.spoilt.reduce(spoiled, body.value));
      case 'bad-text':
        return { bytes: badText(usual(), body.fault), json: undefined, sending: 'whole' };
      case 'oversized': {
        const bytes = Buffer.from(JSON.stringify({ reason: 'x'.repeat(body.bytes) }));
        return { bytes, json: undefined, sending: body.length === 'chunked' ? 'chunked' : 'whole' };
      }
      case 'truncated':
        return { bytes: Buffer.from(JSON.stringify(usual())), json: undefined, sending: 'half' };
    }
  }

  private async authorizationOf({ access }: Operation, { caller, about }: RequestPlan): Promise<string | undefined> {
    if (caller === 'nobody') return undefined;
    if (caller === 'garbage') return about % 2 === 0 ? 'Bearer garbage.garbage.garbage' : 'Basic eDp5';
    const permitted = access.roles.length > 0 ? access.roles : ROLES;
    const roles =
      caller === 'permitted'
        ? [permitted[about % permitted.length]!]
        : caller === 'no-roles'
          ? []
          : caller === 'two-roles'
            ? [...permitted.slice(0, 1), 'approver']
            : [caller];
    return `Bearer ${await this.tokenOf({ sub: `fuzz-${roles.join('-') || 'nobody'}`, roles: [...roles] })}`;
  }

  private tokenOf(who: Exclude<Caller, string>): Promise<string> {
    const known = this.tokens.get(who.sub);
    if (known && Date.now() - known.since < TOKEN_AGE_MS) return known.token;
    const token = this.world.platform.tokenOf(who);
    this.tokens.set(who.sub, { token, since: Date.now() });
    return token;
  }

  send(operation: Operation, { path, headers, body, sending }: WireRequest): Promise<Outcome> {
    const { hostname, port } = new URL(String(this.world.platform.stack.addresses[operation.service]));
    const since = performance.now();
    const ms = () => Math.round(performance.now() - since);
    return new Promise((resolve) => {
      const sent = httpRequest({
        hostname,
        port,
        method: operation.method,
        path,
        // A connection that is to be broken off is nobody else's.
        ...(sending === 'whole' ? { agent: this.agent } : { agent: false }),
        headers: {
          ...headers,
          ...(body !== null && sending !== 'chunked' && { 'content-length': String(body.length) }),
        },
      });
      const timer = setTimeout(() => {
        resolve({ kind: 'silent', ms: ms() });
        sent.destroy();
      }, ANSWER_WITHIN_MS);
      const settle = (outcome: Outcome) => {
        clearTimeout(timer);
        resolve(outcome);
      };
      sent.on('error', (error) =>
        settle({ kind: 'closed', ms: ms(), why: (error as NodeJS.ErrnoException).code ?? error.name }),
      );
      sent.on('response', (response) => {
        const contentType = response.headers['content-type'] ?? '';
        const answer = (bytes: Buffer): Outcome => ({
          kind: 'answer',
          status: response.statusCode ?? 0,
          contentType,
          etag: response.headers.etag,
          body: bytes,
          ms: ms(),
        });
        // A stream of events has no end.
        if (contentType.startsWith('text/event-stream')) {
          settle(answer(Buffer.alloc(0)));
          sent.destroy();
          return;
        }
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => settle(answer(Buffer.concat(parts))));
        response.on('error', () => settle({ kind: 'closed', ms: ms(), why: 'in the middle of the answer' }));
      });
      if (body === null) sent.end();
      else if (sending === 'half') {
        sent.write(body.subarray(0, body.length >> 1), () => sent.socket?.end());
      } else sent.end(body);
    });
  }
}

function pathOf(operation: Operation, plan: RequestPlan, subject: Subject): string {
  const known: Record<string, string> = {
    id: subject.id,
    caseId: subject.id,
    reference: subject.reference,
    system: subject.system,
    ref: subject.ref,
    claimId: 'c1',
    token: subject.token,
  };
  const path = operation.path.replaceAll(/\{([^}]+)\}/g, (_whole, name: string) => {
    const value = plan.path[name] ?? 'known';
    if (value === 'known') return encodeURIComponent(known[name] ?? 'x');
    return 'raw' in value ? value.raw : encodeURIComponent(value.text);
  });
  const query = plan.query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
  return query === '' ? path : `${path}?${query}`;
}
