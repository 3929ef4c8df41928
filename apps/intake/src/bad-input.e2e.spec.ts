import { ROLES, type Role } from '@kenri/contracts';
import { openApiDocument, routesWithRoles, type RouteAccess } from '@kenri/service';
import { CANARY, disclosure, erasure, identityCheck, today } from './trial/forms.js';
import { Installation } from './trial/installation.js';

let installation: Installation;
beforeAll(async () => {
  installation = await Installation.start();
});
afterAll(() => installation?.stop());
const call: Installation['call'] = (...parameters) => installation.call(...parameters);
const clerk = 'clerk' as const;
const stored = () => installation.database.collection('applications').countDocuments();

describe('bad input', () => {
  const person = { fullName: 'x', emails: ['x@example.jp'] };
  const deep = (levels: number): unknown => (levels === 0 ? 'x' : { a: deep(levels - 1) });
  const bad: [what: string, body: unknown, status: number, pointer: string | undefined][] = [
    ['nothing', {}, 422, '/kinds'],
    ['no kinds', { ...erasure(), kinds: [] }, 422, '/kinds'],
    ['an unknown kind', { ...erasure(), kinds: ['everything'] }, 422, '/kinds'],
    ['a kind twice', { ...erasure(), kinds: ['erasure', 'erasure'] }, 422, '/kinds'],
    ['an operator for a kind', { ...erasure(), kinds: [{ $gt: '' }] }, 422, '/kinds'],
    ['an operator for a name', erasure({ fullName: { $gt: '' } }), 422, '/identity/fullName'],
    ['an operator in a list', erasure({ emails: [{ $ne: 1 }] }), 422, '/identity/emails'],
    ['an operator as a field', erasure({ $where: '1' }), 422, '/identity/$where'],
    ['an unknown field', { ...erasure(), state: 'accepted' }, 422, '/state'],
    ['null', erasure({ fullName: null }), 422, '/identity/fullName'],
    ['a name too long', erasure({ fullName: 'あ'.repeat(501) }), 422, '/identity/fullName'],
    ['too many mailboxes', erasure({ emails: Array(21).fill('x@example.jp') }), 422, '/identity/emails'],
    ['a list for an object', { ...erasure(), identity: [] }, 422, '/identity'],
    [
      'an unknown system',
      erasure({ customerNumbers: [{ system: 'ships', number: '1' }] }),
      422,
      '/identity/customerNumbers/0/system',
    ],
    [
      'a claim on an unknown kind of field',
      { ...erasure(), particulars: { claims: [{ kind: 'correction', field: 'mood' }] } },
      422,
      '/particulars/claims/0/field',
    ],
    [
      'two claims of one id',
      {
        ...erasure(),
        particulars: {
          claims: [
            { id: 'a', kind: 'correction', field: 'email' },
            { id: 'a', kind: 'correction', field: 'phone' },
          ],
        },
      },
      422,
      '/particulars/claims/1/id',
    ],
    ['a day that is none', { ...erasure(), receivedOn: '2026-02-30' }, 422, '/receivedOn'],
    ['a day to come', { ...erasure(), receivedOn: '2999-01-01' }, 422, '/receivedOn'],
    [
      'a postmark after the arrival',
      { ...erasure(), receivedOn: '2026-01-05', postmarkedOn: '2026-01-06' },
      422,
      '/postmarkedOn',
    ],
    ['an erasure by telephone', { ...erasure(), channel: 'telephone' }, 422, '/kinds'],
    ['an erasure through a dealer', { ...erasure(), channel: 'dealer' }, 422, '/kinds'],
    ['no channel from a clerk', { kinds: ['erasure'], identity: person }, 422, '/channel'],
    [
      'a lone surrogate',
      '{"kinds":["erasure"],"channel":"post","identity":{"fullName":"\\ud83d"}}',
      400,
      '/identity/fullName',
    ],
    ['a NUL', '{"kinds":["erasure"],"channel":"post","identity":{"fullName":"a\\u0000b"}}', 400, '/identity/fullName'],
    ['__proto__', '{"kinds":["erasure"],"channel":"post","identity":{"__proto__":{"fullName":"x"}}}', 400, undefined],
    ['deep nesting', { ...erasure(), identity: deep(100) }, 400, undefined],
    [
      'more than a message can carry',
      {
        ...erasure(),
        particulars: {
          statement: 'あ'.repeat(5000),
          claims: Array.from({ length: 20 }, () => ({
            kind: 'correction',
            field: 'address',
            claimed: 'あ'.repeat(500),
          })),
        },
      },
      422,
      '/particulars',
    ],
    ['a body beyond the limit', { ...erasure(), particulars: { statement: 'a'.repeat(300_000) } }, 413, undefined],
    ['malformed JSON', '{"kinds":', 400, undefined],
  ];
  it.each(bad)('refuses %s, names it, and keeps nothing', async (_what, body, status, pointer) => {
    const before = await stored();
    const answer = await call('POST', '/applications', { as: clerk, body });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    if (pointer) expect((answer.body.errors as { pointer: string }[]).map((error) => error.pointer)).toContain(pointer);
    expect(await stored()).toBe(before);
  });

  it('refuses from the public what only staff may say', async () => {
    for (const [field, value] of Object.entries({
      channel: 'post',
      receivedOn: today(),
      postmarkedOn: today(),
      enclosed: [],
    })) {
      const answer = await call('POST', '/applications', {
        body: { kinds: ['erasure'], identity: person, [field]: value },
      });
      expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([422, `/${field}`]);
    }
  });

  it('refuses an unfit proof, naming why', async () => {
    const { body } = await call('POST', '/applications', { as: clerk, body: erasure() });
    const check = (change: object) =>
      call('POST', `/applications/${String(body.id)}/identity-check`, {
        as: clerk,
        body: { ...identityCheck(), ...change },
      });
    for (const [change, pointer] of [
      [{ expiresOn: '2020-01-01' }, '/expiresOn'],
      [{ expiresOn: undefined }, '/expiresOn'],
      [{ shows: ['name'] }, '/shows'],
      [{ checkedOn: '2999-01-01' }, '/checkedOn'],
      [{ proof: 'passport' }, '/masked'],
      [{ proof: 'my-number-card-front', masked: [] }, '/masked'],
      [{ proof: 'health-insurance-card', masked: ['insurer-number', 'symbol-and-number'] }, '/proof'],
      [{ proof: 'library-card' }, '/proof'],
      [{ person: 'proxy' }, '/person'],
    ] as [object, string][]) {
      const answer = await check(change);
      expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([422, pointer]);
    }
    const returned = await check({ proof: 'passport', result: 'returned-for-masking' });
    expect(returned.body).toMatchObject({ missing: [{ code: 'identity-proof-unmasked' }] });
  });

  it('answers ids and references that cannot be as what does not exist, never as an error of its own', async () => {
    const unknown = '0'.repeat(26);
    expect((await call('GET', `/applications/${unknown}`, { as: clerk })).status).toBe(404);
    expect((await call('POST', `/applications/${unknown}/accept`, { as: clerk })).status).toBe(404);
    expect((await call('GET', '/applications/%00', { as: clerk })).status).toBe(400);
    expect((await call('GET', '/applications/[$ne]', { as: clerk })).status).toBe(422);
    expect((await call('GET', '/applications?state[$ne]=x', { as: clerk })).status).toBe(422);
    expect((await call('GET', '/status/%24gt', { headers: { 'kenri-secret': 'x' } })).status).toBe(401);
  });
});

describe('access', () => {
  const READERS: readonly Role[] = ['clerk', 'case-worker', 'auditor'];
  const CLERK: readonly Role[] = ['clerk'];
  /** Who is let through, written down once more by hand: a new route must be added here. */
  const ALLOWED: Readonly<Record<string, 'everyone' | 'applicant' | { nobody?: true; roles: readonly Role[] }>> = {
    'GET /health/live': 'everyone',
    'GET /health/ready': 'everyone',
    'GET /parked': { roles: ['sre'] },
    'GET /parked/summary': { roles: ['sre'] },
    'GET /parked/:group/:topic/:partition/:record': { roles: ['sre'] },
    'POST /parked/replay': { roles: ['sre'] },
    'POST /parked/discard': { roles: ['sre'] },
    'GET /outbox': { roles: ['sre'] },
    'GET /timers': { roles: ['sre'] },
    'POST /applications': { nobody: true, roles: CLERK },
    'GET /applications': { roles: READERS },
    'GET /applications/:id': { roles: READERS },
    'GET /applications/:id/form': { roles: ['clerk', 'case-worker'] },
    'PATCH /applications/:id': { roles: CLERK },
    'POST /applications/:id/identity-check': { roles: CLERK },
    'POST /applications/:id/proxy-check': { roles: CLERK },
    'POST /applications/:id/fee': { roles: CLERK },
    'POST /applications/:id/accept': { roles: CLERK },
    'POST /applications/:id/reject': { roles: CLERK },
    'POST /applications/:id/withdraw': { roles: CLERK },
    'GET /status/:reference': 'applicant',
    'POST /status/:reference/withdraw': 'applicant',
  };
  const address = ({ path }: RouteAccess) => path.replace(':id', '0'.repeat(26)).replace(':reference', 'K-2026-222223');
  const expectedOf = (route: string, role: Role | undefined): string => {
    const allowed = ALLOWED[route];
    if (allowed === 'everyone') return 'let through';
    // An applicant's route wants a secret, whoever asks.
    if (allowed === undefined || allowed === 'applicant') return '401';
    if (role === undefined) return allowed.nobody ? 'let through' : '401';
    return allowed.roles.includes(role) ? 'let through' : '403';
  };

  it('is as written down, for every endpoint and every role', async () => {
    const routes = routesWithRoles(installation.service.app);
    const named = routes.map((route) => `${route.method} ${route.path}`);
    expect(named.toSorted()).toEqual(Object.keys(ALLOWED).toSorted());
    const found: string[] = [];
    const expected: string[] = [];
    for (const [index, route] of routes.entries()) {
      for (const role of [undefined, ...ROLES]) {
        const { status } = await call(route.method, address(route), role ? { as: role } : {});
        const label = `${named[index]} as ${role ?? 'nobody'}`;
        expected.push(`${label}: ${expectedOf(named[index]!, role)}`);
        found.push(`${label}: ${status === 401 || status === 403 ? status : 'let through'}`);
      }
    }
    expect(found).toEqual(expected);
  });
});

describe('privacy', () => {
  it('leaves nothing of the person in the clear in any database or topic', async () => {
    const { id } = (await call('POST', '/applications', { as: clerk, body: disclosure() })).body as { id: string };
    await call('POST', `/applications/${id}/identity-check`, { as: clerk, body: identityCheck() });
    await call('POST', `/applications/${id}/fee`, { as: clerk, body: { amount: 5250, paidOn: today() } });
    expect((await call('POST', `/applications/${id}/accept`, { as: clerk })).status).toBe(200);
    const [message] = await installation.eventually(
      'the request is published',
      () => installation.messages('dsr.requests.v1'),
      (messages) => messages.length > 0,
    );
    const seen: string[] = [JSON.stringify(message)];
    for (const database of [installation.database, installation.databaseNamed('keys')]) {
      for (const { name } of await database.listCollections().toArray()) {
        for (const document of await database.collection(name).find().toArray()) seen.push(readable(document));
      }
    }
    const everything = seen.join('\n');
    expect(everything).toContain(id);
    const canaries = [CANARY]
      .flatMap((person) => JSON.stringify(person).match(/"[^"]+"/g) ?? [])
      .map((text) => text.slice(1, -1));
    const own = canaries.filter((text) => /[^a-z]/.test(text) && !Object.keys(CANARY).includes(text));
    expect(own.length).toBeGreaterThan(8);
    for (const canary of own) {
      expect(everything).not.toContain(canary);
      expect(everything).not.toContain(Buffer.from(canary).toString('base64url').slice(0, -2));
    }
  });
});

/** A document with its binary values as text, so that what they hold in the clear would be found. */
const readable = (document: object): string =>
  JSON.stringify(document, (_key, value: unknown) => {
    const { buffer } = (value ?? {}) as { buffer?: Uint8Array };
    return buffer instanceof Uint8Array ? Buffer.from(buffer).toString('utf8') : value;
  });

describe('the OpenAPI document', () => {
  it('has no empty schema and an example for every application body', async () => {
    const document = openApiDocument(installation.service.app, 'x', 'y');
    for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) {
      expect([name, Object.keys((schema as { properties?: object }).properties ?? {}).length]).not.toEqual([name, 0]);
    }
    const operations = Object.values(document.paths).flatMap(
      (item) => Object.values(item as object) as { requestBody?: object; 'x-kenri-access'?: string }[],
    );
    for (const operation of operations) expect(operation['x-kenri-access']).toBeDefined();
    const post = document.paths['/applications']?.post?.requestBody as {
      content: Record<string, { examples: Record<string, { value: object }> }>;
    };
    for (const { value } of Object.values(post.content['application/json']!.examples)) {
      const answer = await call(
        'POST',
        '/applications',
        'channel' in value ? { as: clerk, body: value } : { body: value },
      );
      expect([answer.status, answer.body.errors]).toEqual([201, undefined]);
    }
  });
});
