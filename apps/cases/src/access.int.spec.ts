import { ROLES, type Role } from '@kenri/contracts';
import { openApiDocument, routesWithRoles } from '@kenri/service';
import { match, newCaseId, Trial } from './trial.harness.js';

const ALL = [...ROLES];
const CASE = '/cases/:caseId';
const PART = `${CASE}/systems/:system`;
/** Who may call what, written down apart from the controllers: the two must agree. `public`: no token. */
const MATRIX: Record<string, readonly (Role | 'public')[]> = {
  'GET /cases': ALL,
  'GET /cases/events': ALL,
  'GET /refusal-grounds': ALL,
  [`GET ${CASE}`]: ALL,
  [`GET ${CASE}/history`]: ALL,
  [`GET ${CASE}/subject`]: ['case-worker', 'approver', 'medical-reviewer'],
  [`POST ${CASE}/cancel`]: ['case-worker', 'approver'],
  [`POST ${CASE}/close`]: ['case-worker', 'approver'],
  [`POST ${CASE}/answer`]: ['case-worker'],
  [`POST ${CASE}/pause`]: ['case-worker'],
  [`POST ${CASE}/resume`]: ['case-worker'],
  [`POST ${CASE}/extend`]: ['case-worker'],
  [`POST ${CASE}/package/propose-release`]: ['case-worker'],
  [`POST ${CASE}/package/release`]: ['approver'],
  [`POST ${CASE}/package/build`]: ['medical-reviewer'],
  [`POST ${CASE}/package/links`]: ['case-worker'],
  [`GET ${CASE}/package/password`]: ['clerk'],
  [`GET ${PART}/review`]: ['case-worker', 'approver', 'medical-reviewer'],
  [`GET ${PART}/decisions`]: ['case-worker', 'approver', 'medical-reviewer', 'auditor'],
  [`PUT ${PART}/decisions/:ref`]: ['case-worker', 'medical-reviewer'],
  [`PUT ${PART}/corrections/:claimId`]: ['case-worker', 'medical-reviewer'],
  [`PUT ${PART}/exclusions`]: ['case-worker', 'medical-reviewer'],
  [`GET ${PART}/plan`]: ['case-worker', 'approver', 'medical-reviewer', 'auditor'],
  [`POST ${PART}/plan`]: ['case-worker', 'medical-reviewer'],
  [`POST ${PART}/plan/approve`]: ['approver'],
  [`POST ${PART}/plan/reject`]: ['approver'],
  [`POST ${PART}/ask-again`]: ['case-worker', 'medical-reviewer'],
  [`POST ${PART}/resolve`]: ['case-worker', 'medical-reviewer'],
  [`POST ${PART}/restore`]: ['approver'],
  'GET /history-verification': ['auditor', 'sre'],
  'POST /suppressions/reconcile': ['sre'],
  'GET /packages/:token': ['public'],
  'GET /parked': ['sre'],
  'GET /parked/summary': ['sre'],
  'GET /parked/:group/:topic/:partition/:record': ['sre'],
  'POST /parked/replay': ['sre'],
  'POST /parked/discard': ['sre'],
  'GET /outbox': ['sre'],
  'GET /timers': ['sre'],
};
/** Long-lived or slow: who may call them is checked by declaration only. */
const NOT_CALLED = new Set(['GET /cases/events', 'POST /suppressions/reconcile', 'GET /packages/:token']);

describe('access', () => {
  let trial: Trial;
  const caseId = newCaseId();
  beforeAll(async () => {
    trial = await Trial.start();
    await trial.publish(
      await trial.accepted(caseId, ['erasure'], ['auto', 'medical']),
      await trial.located(caseId, 'auto', { matches: [match('m1', 'candidate')] }),
    );
    await trial.awaitPart(caseId, 'auto', 'deciding');
  });
  afterAll(() => trial.stop());

  it('every route declares exactly the roles that the table gives it', () => {
    const declared = routesWithRoles(trial.service.app)
      .filter(({ path }) => !path.startsWith('/health'))
      .map(({ method, path, access }) => [
        `${method} ${path}`,
        access.kind === 'roles' ? [...access.roles].sort() : [access.kind],
      ]);
    const wanted = Object.entries(MATRIX).map(([route, roles]) => [route, [...roles].sort()]);
    expect(Object.fromEntries(declared)).toEqual(Object.fromEntries(wanted));
  });

  it('every route refuses every other role, and nobody without a token gets in', async () => {
    const wrong: string[] = [];
    for (const [route, roles] of Object.entries(MATRIX)) {
      if (NOT_CALLED.has(route)) continue;
      const [method = '', path = ''] = route.split(' ');
      const address = path
        .replace(':caseId', newCaseId())
        .replace(':system', 'medical')
        .replace(':ref', 'm1')
        .replace(':claimId', 'c1')
        .replace(':group/:topic/:partition/:record', 'kenri-cases/dsr.answers.v1/0/0@0');
      const anonymous = await fetch(`${trial.service.url}${address}`, { method });
      if (anonymous.status !== 401) wrong.push(`${route} without a token: ${anonymous.status}`);
      for (const role of ALL) {
        const { status } = await trial.call(method, address, { as: [role] });
        const refused = status === 403 || status === 401;
        if (!roles.includes(role) && status !== 403) wrong.push(`${route} as ${role}: ${status}`);
        // Medical data is for the medical reviewer even where the route is open to others.
        if (roles.includes(role) && refused && role === 'medical-reviewer')
          wrong.push(`${route} as ${role}: ${status}`);
        if (status >= 500) wrong.push(`${route} as ${role}: ${status}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('what every role may see of a case names nobody', async () => {
    for (const address of [
      `/cases/${caseId}`,
      `/cases/${caseId}/history`,
      '/cases',
      `/cases/${caseId}/systems/auto/decisions`,
    ]) {
      const { text, status } = await trial.call('GET', address, { as: ['auditor'] });
      expect(status).toBe(200);
      for (const canary of ['山田', 'ヤマダ', 'taro', '6440', '1974']) expect(text).not.toContain(canary);
    }
  });

  it.each([
    ['an operator for a text', 'PUT', 'systems/auto/decisions/m1', { decision: { $gt: '' } }, 422],
    ['an unknown field', 'PUT', 'systems/auto/decisions/m1', { decision: 'confirmed', extra: 1 }, 422],
    ['a value that is none of the choices', 'PUT', 'systems/auto/decisions/m1', { decision: 'perhaps' }, 422],
    ['no body', 'PUT', 'systems/auto/decisions/m1', undefined, 422],
    ['a reason in words', 'POST', 'cancel', { reason: 'Mr. Yamada asked us to stop' }, 422],
    ['a match that is not there', 'PUT', 'systems/auto/decisions/m99', { decision: 'confirmed' }, 404],
    ['a system that is not there', 'PUT', 'systems/sixth/decisions/m1', { decision: 'confirmed' }, 404],
    [
      'a system that is a property of every object',
      'PUT',
      'systems/constructor/decisions/m1',
      { decision: 'confirmed' },
      404,
    ],
    [
      'an exclusion without a ground',
      'PUT',
      'systems/auto/exclusions',
      { exclusions: [{ record: 'r', operations: ['erase'] }] },
      422,
    ],
    [
      'a ground that cannot refuse the operation',
      'PUT',
      'systems/auto/exclusions',
      { exclusions: [{ record: 'r', operations: ['erase'], ground: 'harm-to-rights' }] },
      422,
    ],
  ] as const)('refuses %s', async (_, method, rest, body, status) => {
    const answer = await trial.call(method, `/cases/${caseId}/${rest}`, { body, ifMatch: '*' });
    expect(answer.status).toBe(status);
    expect(answer.body.type).toMatch(/^urn:kenri:problem:/);
  });

  it('a change without If-Match, a case id that is none, and a filter that is none are named', async () => {
    const unconditional = await trial.call('PUT', `/cases/${caseId}/systems/auto/decisions/m1`, {
      body: { decision: 'confirmed' },
    });
    expect(unconditional.status).toBe(428);
    expect((await trial.call('GET', '/cases/not-a-ulid')).status).toBe(422);
    expect((await trial.call('GET', '/cases?state=nowhere')).body).toMatchObject({ status: 422 });
    expect((await trial.call('GET', '/cases?cursor=zzz')).status).toBe(422);
  });

  it('the list is filtered and paged by cursor, each case once', async () => {
    const others = [newCaseId(), newCaseId()];
    for (const id of others) await trial.publish(await trial.accepted(id, ['disclosure'], ['flower']));
    for (const id of others) await trial.awaitPart(id, 'flower', 'awaiting');
    const first = await trial.call('GET', '/cases?limit=2');
    const second = await trial.call('GET', `/cases?limit=2&cursor=${first.body.nextCursor as string}`);
    const ids = [...(first.body.items as { caseId: string }[]), ...(second.body.items as { caseId: string }[])].map(
      (item) => item.caseId,
    );
    expect(new Set(ids)).toEqual(new Set([caseId, ...others]));
    expect(ids).toHaveLength(3);
    const deciding = await trial.call('GET', '/cases?system=auto&systemState=deciding&attention=awaiting-person');
    expect((deciding.body.items as { caseId: string }[]).map((item) => item.caseId)).toEqual([caseId]);
  });

  it('the OpenAPI document describes every route with the inputs it takes', () => {
    const document = openApiDocument(trial.service.app, 'cases', 'cases');
    const routes = Object.keys(MATRIX).map((route) => route.replaceAll(/:(\w+)/g, '{$1}'));
    for (const route of routes) {
      const [method = '', path = ''] = route.split(' ');
      expect(document.paths?.[path]).toHaveProperty(method.toLowerCase());
    }
    const schemas = document.components?.schemas ?? {};
    expect(Object.keys(schemas)).toEqual(
      expect.arrayContaining(['MatchDecisionInput', 'DeterminationInput', 'ExclusionsInput']),
    );
  });
});
