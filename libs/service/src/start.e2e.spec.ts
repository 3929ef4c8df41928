import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { Body, Controller, Get, Module, Post, Query } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { getConnectionToken } from '@nestjs/mongoose';
import { generateKeyPair } from 'jose';
import type { Binary } from 'mongodb';
import type { Connection } from 'mongoose';
import { Applicant, ApplicantSecret, CurrentStaff, Public, PublicOrRoles, Roles, type Staff } from './access/access.js';
import { routesWithRoles } from './access/routes.js';
import { ObjectField, ObjectListField, TextField, TextListField, IntegerField } from './input/fields.js';
import { Idempotent, ResourceId } from './http/idempotency.js';
import { PageQuery } from './input/paging.js';
import type { Service } from './start.js';
import { TrialSurroundings } from './trial/environment.js';
import type { TrialIssuer } from './trial/issuer.js';

class Inner {
  @TextField({ max: 5 })
  word: string;
}
class Thing {
  @TextField({ max: 20, description: 'a name' })
  name: string;
  @IntegerField({ min: 0, max: 10, optional: true })
  count?: number;
  @TextListField({ maxItems: 2, optional: true })
  tags?: string[];
  @ObjectField(() => Inner, { optional: true })
  inner?: Inner;
  @ObjectListField(() => Inner, { optional: true, maxItems: 3 })
  inners?: Inner[];
}

const made: string[] = [];
let letGo: (() => void) | undefined;

@Controller('things')
class ThingController {
  @Post()
  @Roles('clerk', 'case-worker')
  @ApiOkResponse({ type: Thing })
  make(@Body() thing: Thing, @CurrentStaff() staff: Staff): object {
    return { thing, by: staff.id, roles: staff.roles };
  }
  @Get()
  @Public()
  list(@Query() query: PageQuery): object {
    return { limit: query.limit };
  }
  @Get('broken')
  @Public()
  broken(): never {
    throw new Error('secret inside: taro@example.jp');
  }
  @Post('open')
  @PublicOrRoles('clerk')
  open(@CurrentStaff() staff?: Staff): object {
    return { by: staff?.id ?? 'anonymous' };
  }
  @Post('once')
  @Roles('clerk')
  @Idempotent()
  async once(@Body() thing: Thing, @ResourceId() id: string): Promise<object> {
    made.push(id);
    if (thing.name === 'slow') await new Promise<void>((resolve) => (letGo = resolve));
    if (thing.name === 'fails' && made.filter((other) => other === id).length === 1) throw new Error('first time');
    return { id, secret: 'shown-only-once' };
  }
  @Get('mine')
  @Applicant()
  mine(@ApplicantSecret() secret: string): object {
    return { length: secret.length };
  }
}
@Module({ controllers: [ThingController] })
class ThingModule {}

@Controller('silent')
class SilentController {
  @Get()
  nobodyMay(): string {
    return 'never';
  }
}
@Module({ controllers: [SilentController] })
class SilentModule {}

let issuer: TrialIssuer;
let surroundings: TrialSurroundings;
let service: Service<Record<never, never>>;

beforeAll(async () => {
  surroundings = await TrialSurroundings.start();
  issuer = surroundings.issuer;
  service = await surroundings.service(ThingModule);
});
afterAll(() => surroundings?.stop(service));

async function until(happened: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 5000; !happened(); await new Promise(setImmediate)) {
    if (Date.now() > deadline) throw new Error('it did not happen within 5 s');
  }
}
interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown> & { errors?: { pointer: string; detail: string }[] };
}
async function call(path: string, init: RequestInit & { roles?: string[] } = {}): Promise<Answer> {
  const headers = new Headers(init.headers);
  if (init.roles) headers.set('authorization', `Bearer ${await issuer.token(init.roles)}`);
  const response = await fetch(service.url + path, { ...init, headers });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Answer['body'] };
}
const post = (body: unknown, headers: Record<string, string> = {}, roles = ['clerk']) =>
  call('/things', {
    method: 'POST',
    roles,
    headers: { 'content-type': 'application/json', 'accept-language': 'en', ...headers },
    body: typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
  });

describe('input', () => {
  it('lets a right body through', async () => {
    const { status, body } = await post({ name: 'x', count: 3, inner: { word: 'a' }, inners: [{ word: 'b' }] });
    expect([status, body['by'], body['roles']]).toEqual([201, 'staff-1', ['clerk']]);
  });

  const deep = (levels: number) => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels);
  const bad: [what: string, body: unknown, status: number, pointer: string | undefined][] = [
    ['a missing field', {}, 422, '/name'],
    ['an operator for text', { name: { $gt: '' } }, 422, '/name'],
    ['an operator inside a list', { name: 'x', tags: [{ $ne: null }] }, 422, '/tags'],
    ['an operator as a field', { name: 'x', $where: '1' }, 422, '/$where'],
    ['null for what is optional', { name: 'x', count: null }, 422, '/count'],
    ['a number for text', { name: 5 }, 422, '/name'],
    ['text for a number', { name: 'x', count: '5' }, 422, '/count'],
    ['a fraction', { name: 'x', count: 1.5 }, 422, '/count'],
    ['a number out of range', { name: 'x', count: 11 }, 422, '/count'],
    ['text that is too long', { name: 'x'.repeat(21) }, 422, '/name'],
    ['a list that is too long', { name: 'x', tags: ['a', 'b', 'c'] }, 422, '/tags'],
    ['an unknown field', { name: 'x', extra: 1 }, 422, '/extra'],
    ['an unknown nested field', { name: 'x', inner: { word: 'a', extra: 1 } }, 422, '/inner/extra'],
    ['a fault in an entry', { name: 'x', inners: [{ word: 'a' }, { word: 'toolong' }] }, 422, '/inners/1/word'],
    ['a list for an object', { name: 'x', inner: [] }, 422, '/inner'],
    ['text for an object', { name: 'x', inner: 'y' }, 422, '/inner'],
    ['text for a list', { name: 'x', tags: 'y' }, 422, '/tags'],
    ['an object for a list of objects', { name: 'x', inners: { word: 'a' } }, 422, '/inners'],
    ['a lone surrogate', '{"name":"\\ud800"}', 400, '/name'],
    ['a lone surrogate in a field name', '{"name":"x","\\udc00":1}', 400, '/\ufffd'],
    ['a control character', '{"name":"\\u0000"}', 400, '/name'],
    ['__proto__', '{"name":"x","__proto__":{"a":1}}', 400, undefined],
    ['constructor.prototype', '{"name":"x","constructor":{"prototype":{}}}', 400, undefined],
    ['malformed JSON', '{"name":', 400, undefined],
    ['a list as body', [], 400, undefined],
    ['text as body', '"x"', 400, undefined],
    ['null as body', 'null', 400, undefined],
    ['an empty body', '', 422, '/name'],
    ['bytes that are not UTF-8', new Uint8Array([0x7b, 0xff, 0x7d]), 400, undefined],
    ['nesting without end', deep(50_00), 400, undefined],
    ['a body over the limit', { name: 'x'.repeat(300_000) }, 413, undefined],
  ];
  it.each(bad)('refuses %s, naming it', async (_what, body, status, pointer) => {
    const answer = await post(body);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(answer.body).toMatchObject({ status, type: expect.stringMatching(/^urn:kenri:problem:/) as string });
    expect(answer.body['instance']).toMatch(/^urn:kenri:trace:.{8,}/);
    if (pointer) expect(answer.body.errors?.map((error) => error.pointer)).toContain(pointer);
  });

  it.each([
    [
      'an address that is no percent-encoding',
      'GET /things/%zz?secret=x HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
      400,
    ],
    [
      'a part of an address that is too long',
      `GET /things/${'x'.repeat(5000)} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`,
      404,
    ],
    ['bytes that are no request', 'secret\r\n\r\n', 400],
    ['headers beyond the limit', `GET /things HTTP/1.1\r\nhost: x\r\nsecret: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ])('refuses %s as a problem that does not quote it', async (_what, bytes, status) => {
    const answer = await new Promise<string>((resolve, reject) => {
      const { hostname, port } = new URL(service.url);
      let received = '';
      const socket = connect(Number(port), hostname, () => socket.write(bytes));
      socket
        .setTimeout(10_000, () => socket.destroy(new Error('no answer')))
        .on('data', (data) => (received += data.toString()))
        .on('error', reject)
        .on('close', () => resolve(received));
    });
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head.toLowerCase()).toContain('content-type: application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ status, type: expect.stringMatching(/^urn:kenri:problem:/) as string });
    expect(body).not.toMatch(/secret|zz/);
  });

  it('refuses a content type that is not JSON with 415', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      expect((await post('name=x', { 'content-type': type })).status).toBe(415);
    }
  });

  it('refuses unknown, repeated and out-of-range query parameters, naming them', async () => {
    for (const [query, pointer] of [
      ['?limit=0', '?limit'],
      ['?limit=x', '?limit'],
      ['?limit=1&limit=2', '?limit'],
      ['?nothing=1', '?nothing'],
      ['?limit[$gt]=1', '?limit[$gt]'],
      ['?cursor=%24', '?cursor'],
    ]) {
      const { status, body } = await call(`/things${query}`);
      expect([status, body.errors?.[0]?.pointer]).toEqual([422, pointer]);
    }
    expect((await call('/things?limit=7')).body).toEqual({ limit: 7 });
  });

  it('speaks Japanese unless English is preferred', async () => {
    expect((await post({}, { 'accept-language': 'ja' })).body['title']).toBe('入力に誤りがあります');
    expect((await post({}, { 'accept-language': 'fr' })).body['title']).toBe('入力に誤りがあります');
    expect((await post({}, { 'accept-language': 'en-GB,ja;q=0.5' })).body['title']).toBe('The input is not valid');
  });

  it('answers what does not exist, and a malformed address, as a problem', async () => {
    expect(await call('/nothing')).toMatchObject({ status: 404, body: { type: 'urn:kenri:problem:not-found' } });
    expect((await call('/things/%E0%A4%A')).status).toBe(400);
    expect((await call('/things', { method: 'DELETE' })).status).toBe(404);
  });

  it('tells nothing of an unforeseen error', async () => {
    const { status, body } = await call('/things/broken');
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain('taro');
  });
});

describe('staff', () => {
  const make = (authorization?: string) =>
    call('/things', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
      body: '{"name":"x"}',
    });

  it('needs a valid token of the configured issuer and audience', async () => {
    expect((await make()).status).toBe(401);
    expect((await make('Basic eDp5')).status).toBe(401);
    expect((await make('Bearer rubbish')).status).toBe(401);
    const { privateKey } = await generateKeyPair('ES256');
    for (const fault of [
      { audience: 'other' },
      { issuer: 'http://127.0.0.1:1' },
      { expiresIn: '-1m' },
      { typ: 'JWT' },
      { key: privateKey },
    ]) {
      expect((await make(`Bearer ${await issuer.token(['clerk'], fault)}`)).status).toBe(401);
    }
    const unsigned = [
      { alg: 'none', typ: 'at+jwt' },
      { sub: 'x', iss: issuer.issuer, aud: 'kenri', exp: 9e9, roles: ['clerk'] },
    ]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    expect((await make(`Bearer ${unsigned}.`)).status).toBe(401);
    expect((await make(`Bearer ${await issuer.token(['clerk'])}`)).status).toBe(201);
  });

  it('lets only the roles of the route through', async () => {
    for (const [roles, status] of [
      [['clerk'], 201],
      [['auditor', 'case-worker'], 201],
      [['auditor'], 403],
      [['admin'], 403],
      [[], 403],
    ] as [string[], number][]) {
      expect((await post({ name: 'x' }, {}, roles)).status).toBe(status);
    }
  });

  it('on a route open to the public, refuses a wrong token rather than ignoring it', async () => {
    expect((await call('/things/open', { method: 'POST' })).body).toEqual({ by: 'anonymous' });
    expect((await call('/things/open', { method: 'POST', roles: ['clerk'] })).body).toEqual({ by: 'staff-1' });
    expect((await call('/things/open', { method: 'POST', roles: ['sre'] })).status).toBe(403);
    expect((await call('/things/open', { method: 'POST', headers: { authorization: 'Bearer x' } })).status).toBe(401);
  });

  it("demands the applicant's secret where the applicant is meant", async () => {
    expect((await call('/things/mine')).status).toBe(401);
    expect((await call('/things/mine', { headers: { 'kenri-secret': 'abc' } })).body).toEqual({ length: 3 });
  });

  it('refuses to start with a route that does not say who may call it', async () => {
    await expect(surroundings.service(SilentModule)).rejects.toThrow(/GET \/silent \(SilentController\.nobodyMay\)/);
  });

  it('lists every route with its roles', () => {
    expect(routesWithRoles(service.app).map((route) => `${route.method} ${route.path} ${route.roles.length}`)).toEqual(
      expect.arrayContaining(['POST /things 2', 'GET /things 6', 'GET /health/live 6']),
    );
  });
});

describe('Idempotency-Key', () => {
  const once = (key: string | undefined, body: object = { name: 'x' }) =>
    call('/things/once', {
      method: 'POST',
      roles: ['clerk'],
      headers: { 'content-type': 'application/json', ...(key && { 'idempotency-key': key }) },
      body: JSON.stringify(body),
    });
  const newKey = () => randomBytes(12).toString('hex');

  it('is demanded, in a usable form', async () => {
    for (const key of [undefined, 'short', 'with blank in it']) {
      const { status, body } = await once(key);
      expect([status, body.errors?.[0]?.pointer]).toEqual([400, 'header:Idempotency-Key']);
    }
  });

  it('gives a repetition the first answer again and runs nothing', async () => {
    const key = newKey();
    const first = await once(key);
    const before = made.length;
    const again = await once(key);
    expect([again.status, again.body]).toEqual([201, first.body]);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(made).toHaveLength(before);
  });

  it('refuses another body under the same key', async () => {
    const key = newKey();
    await once(key);
    expect(await once(key, { name: 'y' })).toMatchObject({
      status: 422,
      body: { type: 'urn:kenri:problem:key-reused', errors: [{ pointer: 'header:Idempotency-Key' }] },
    });
  });

  it('refuses a repetition while the first still runs', async () => {
    const key = newKey();
    const first = once(key, { name: 'slow' });
    await until(() => letGo !== undefined);
    expect((await once(key, { name: 'slow' })).status).toBe(409);
    letGo!();
    expect((await first).status).toBe(201);
  });

  it('lets a failed request be repeated, under the same resource id', async () => {
    const key = newKey();
    expect((await once(key, { name: 'fails' })).status).toBe(500);
    expect((await once(key, { name: 'fails' })).status).toBe(201);
    expect(made.at(-1)).toBe(made.at(-2));
  });

  it('keeps no answer and no key in the clear', async () => {
    const key = newKey();
    await once(key);
    const connection = service.app.get<Connection>(getConnectionToken());
    const entries = await connection.collection('idempotency').find().toArray();
    expect(entries.length).toBeGreaterThan(0);
    const stored = entries.map(
      (entry) =>
        JSON.stringify(entry) + Buffer.from((entry['answer'] as Binary | undefined)?.value() ?? []).toString('latin1'),
    );
    expect(stored.join()).not.toContain('shown-only-once');
    expect(stored.join()).not.toContain(key);
  });
});

describe('pages', () => {
  it('serves OpenAPI 3.1 whose schemas are not empty', async () => {
    const { body } = await call('/openapi.json');
    expect(body['openapi']).toBe('3.1.0');
    const { schemas } = body['components'] as { schemas: Record<string, { properties?: object }> };
    expect(Object.keys(schemas)).toEqual(expect.arrayContaining(['Thing', 'Inner', 'Problem']));
    for (const schema of Object.values(schemas)) expect(Object.keys(schema.properties ?? {})).not.toHaveLength(0);
    expect(schemas['Thing']).toMatchObject({ required: ['name'], properties: { count: { maximum: 10 } } });
    expect((schemas['OutboxShown']?.properties as Record<string, object>)['oldestAt']).toEqual({
      description: expect.any(String) as string,
      oneOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }],
    });
  });

  it('serves a documentation page that loads nothing from elsewhere', async () => {
    const page = await fetch(`${service.url}/docs`);
    const html = await page.text();
    expect(page.status).toBe(200);
    const sources = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source!);
    expect(sources.length).toBeGreaterThan(2);
    for (const source of sources) {
      const address = new URL(source, `${service.url}/docs`);
      expect(address.origin).toBe(service.url);
      expect((await fetch(address)).status).toBe(200);
    }
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
  });

  it('answers health, and sends security headers everywhere', async () => {
    const live = await call('/health/live');
    expect(live).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(live.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await call('/health/ready')).status).toBe(200);
    expect((await call('/nothing')).headers.get('x-content-type-options')).toBe('nosniff');
  });
});
