import { randomUUID } from 'node:crypto';
import type { RequestAccepted, Subject } from '@kenri/contracts';
import type { Received } from '@kenri/messaging';
import { CANARY, disclosure, erasure, identityCheck, today } from './trial/forms.js';
import { Installation, SYSTEMS } from './trial/installation.js';

let installation: Installation;
beforeAll(async () => {
  installation = await Installation.start();
});
afterAll(() => installation?.stop());

const call: Installation['call'] = (...parameters) => installation.call(...parameters);
const clerk = 'clerk' as const;

async function submitted(body: object): Promise<{ id: string; reference: string; secret: string }> {
  const { status, body: answer } = await call('POST', '/applications', { as: clerk, body });
  expect(status).toBe(201);
  return answer;
}
async function accepted(body: object = erasure()) {
  const application = await submitted(body);
  await call('POST', `/applications/${application.id}/identity-check`, { as: clerk, body: identityCheck() });
  const { status } = await call('POST', `/applications/${application.id}/accept`, { as: clerk });
  expect(status).toBe(200);
  return application;
}
const requestsOf = async (id: string) =>
  (await installation.messages('dsr.requests.v1')).filter((message) => message.caseId === id);
const published = (id: string, count = 1) =>
  installation.eventually(
    `${count} message(s) of ${id}`,
    () => requestsOf(id),
    (messages) => messages.length >= count,
  );
const status = (reference: string, secret: string) =>
  call('GET', `/status/${reference}`, { headers: { 'kenri-secret': secret } });

describe('an application', () => {
  it('goes out, once accepted, as one message that only cases and the systems named can open', async () => {
    const { id, reference } = await submitted(disclosure());
    const early = await call('POST', `/applications/${id}/accept`, { as: clerk });
    expect(early).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('identity-check, fee-check') as string },
    });
    expect(await requestsOf(id)).toEqual([]);

    await call('POST', `/applications/${id}/identity-check`, { as: clerk, body: identityCheck() });
    const fee = { amount: 5250, paidOn: today() };
    expect((await call('POST', `/applications/${id}/fee`, { as: clerk, body: fee })).body).toMatchObject({ toDo: [] });
    const first = await call('POST', `/applications/${id}/accept`, { as: clerk });
    const again = await call('POST', `/applications/${id}/accept`, { as: clerk });
    expect([first.status, again.status, again.body.state]).toEqual([200, 200, 'accepted']);

    const [message, ...more] = (await published(id)) as Received<'dsr.request.accepted.v1'>[];
    expect(more).toEqual([]);
    expect(message).toMatchObject({ id: `${id}:intake:accepted:1`, systems: SYSTEMS, key: id });
    const data: RequestAccepted = message!.data;
    expect(data).toMatchObject({
      reference,
      kinds: ['disclosure'],
      channel: 'post',
      systems: SYSTEMS,
      scope: { exportScopes: ['data'], purposes: [] },
      acceptedBy: 'clerk',
    });
    const binding = { id: message!.id, type: 'dsr.request.accepted.v1' };
    for (const service of ['cases', 'connector-auto', 'connector-medical']) {
      const vault = await installation.vaultOf(service);
      const subject = await vault.open<Subject>(data.subject, binding);
      expect(subject).toEqual({ identity: CANARY, particulars: {} });
    }
    const stranger = await installation.vaultOf('connector-stranger');
    await expect(stranger.open(data.subject, binding)).rejects.toThrow();
    const other = { ...binding, id: binding.id.replace(id, '01'.repeat(13)) };
    await expect((await installation.vaultOf('cases')).open(data.subject, other)).rejects.toThrow();
  });

  it('asks no system when it is a complaint, and needs no proof of identity', async () => {
    const { id } = await submitted({
      kinds: ['complaint'],
      channel: 'telephone',
      identity: { fullName: '佐藤 一郎', phones: ['090-1234-5678'] },
      particulars: { statement: '案内メールが止まらない。' },
    });
    expect((await call('POST', `/applications/${id}/accept`, { as: clerk })).status).toBe(200);
    const [message] = (await published(id)) as Received<'dsr.request.accepted.v1'>[];
    expect([message!.systems, message!.data.systems]).toEqual([[], []]);
  });

  it('is created once, however often the same request is sent', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const [first, second] = [
      await call('POST', '/applications', { as: clerk, headers, body: erasure() }),
      await call('POST', '/applications', { as: clerk, headers, body: erasure() }),
    ];
    expect(second.body).toEqual(first.body);
    const other = await call('POST', '/applications', { as: clerk, headers, body: disclosure() });
    expect(other).toMatchObject({ status: 422, body: { type: 'urn:kenri:problem:key-reused' } });
  });

  it('may be corrected by a clerk who saw its present version, and by nobody else', async () => {
    const { id } = await submitted(erasure());
    const shown = await call('GET', `/applications/${id}`, { as: clerk });
    const etag = String(shown.headers.get('etag'));
    const identity = { ...CANARY, fullKana: 'カナリヤ サエズリコ' };
    const amend = (headers: Record<string, string>) =>
      call('PATCH', `/applications/${id}`, { as: clerk, headers, body: { identity } });
    expect((await amend({})).status).toBe(428);
    const amended = await amend({ 'if-match': etag });
    expect(amended.status).toBe(200);
    expect((await amend({ 'if-match': etag })).status).toBe(412);
    expect((await amend({ 'if-match': `W/${String(amended.headers.get('etag'))}` })).status).toBe(412);
    const form = await call('GET', `/applications/${id}/form`, { as: 'case-worker' });
    expect(form.body.identity).toEqual(identity);
  });

  it('must be proved again when the person on it is changed after the proof', async () => {
    const { id } = await submitted(erasure());
    await call('POST', `/applications/${id}/identity-check`, { as: clerk, body: identityCheck() });
    const body = { identity: { ...CANARY, fullName: '別人 某' } };
    const amended = await call('PATCH', `/applications/${id}`, { as: clerk, headers: { 'if-match': '*' }, body });
    expect(amended.body).toMatchObject({ toDo: ['identity-check'], missing: [] });
    expect((await call('POST', `/applications/${id}/accept`, { as: clerk })).status).toBe(409);
  });

  it('offers possible duplicates and merges none', async () => {
    const person = { ...CANARY, emails: ['twice@example.jp'], phones: ['080-1111-2222'], fullKana: 'フタタビ ハナコ' };
    const first = await submitted(erasure(person));
    await submitted(disclosure(person));
    const family = await submitted(erasure({ fullName: '別 人', emails: ['twice@example.jp'] }));
    const again = await submitted(erasure({ ...person, phones: ['+81 80 1111 2222'], emails: ['TWICE@example.jp'] }));
    const { body } = await call('GET', `/applications/${again.id}`, { as: clerk });
    expect(body.possibleDuplicates).toEqual([
      { id: family.id, reference: family.reference, kinds: ['erasure'], agreement: 'possible' },
      { id: first.id, reference: first.reference, kinds: ['erasure'], agreement: 'strong' },
    ]);
    const reject = { ground: 'duplicate', duplicateOf: first.id };
    const rejected = await call('POST', `/applications/${again.id}/reject`, { as: clerk, body: reject });
    expect(rejected.body).toMatchObject({ state: 'rejected', rejectionGround: 'duplicate' });
  });

  it('is listed without personal data, a page at a time', async () => {
    const seen = new Set<string>();
    let cursor = '';
    do {
      const { status: code, body } = await call('GET', `/applications?limit=3${cursor}`, { as: 'auditor' });
      expect(code).toBe(200);
      expect(JSON.stringify(body)).not.toMatch(/金糸雀|カナリ|canary/i);
      for (const { id } of body.items as { id: string }[]) seen.add(id);
      cursor = body.nextCursor ? `&cursor=${String(body.nextCursor)}` : '';
    } while (cursor);
    expect(seen.size).toBe(await installation.database.collection('applications').countDocuments());
  });
});

describe('the applicant', () => {
  it('follows the own application by reference and secret alone', async () => {
    const answer = await call('POST', '/applications', { body: { kinds: ['erasure'], identity: CANARY } });
    expect(answer.status).toBe(201);
    const { reference, secret, missing } = answer.body as {
      reference: string;
      secret: string;
      missing: { code: string }[];
    };
    expect(reference).toMatch(/^K-\d{4}-[2-9A-Z]{6}$/);
    expect(missing.map(({ code }) => code)).toEqual(['identity-proof']);
    expect((await status(reference, secret)).body).toMatchObject({
      state: 'incomplete',
      clock: { state: 'paused', reason: 'awaiting-documents' },
    });
    expect((await status(reference.toLowerCase(), secret.toLowerCase().replaceAll('-', ' '))).status).toBe(200);
  });

  it('gets the same answer for a wrong secret as for an unknown reference, and soon none', async () => {
    const { reference } = await submitted(erasure());
    const wrong = await status(reference, 'WRONG');
    const unknown = await status('K-2026-222222', 'WRONG');
    const { instance: _wrong, ...shown } = wrong.body as { instance: string };
    const { instance: _unknown, ...other } = unknown.body as { instance: string };
    expect([wrong.status, shown]).toEqual([unknown.status, other]);
    expect(wrong.status).toBe(401);
    for (const asked of [reference, 'K-2026-222222']) {
      const answers = [];
      for (let attempt = 0; attempt < 10; attempt += 1) answers.push((await status(asked, `WRONG${attempt}`)).status);
      expect(answers.at(-1)).toBe(429);
    }
  });

  it('sees what cases tells, and nothing older than what is known', async () => {
    const { id, reference, secret } = await accepted();
    const dueAt = new Date(Date.now() + 14 * 86_400_000).toISOString();
    const told = { caseId: id, reference, historyHead: 'a'.repeat(64), dueAt };
    const changed = (revision: number, state: 'deciding' | 'closed') => ({
      id: `${id}:cases:changed:1:${revision}`,
      type: 'dsr.case.changed.v1' as const,
      caseId: id,
      data: { ...told, revision, state, packageReady: false, changedAt: dueAt },
    });
    await installation.publish(changed(2, 'closed'), changed(1, 'deciding'), {
      id: `${id}:cases:opened:1`,
      type: 'dsr.case.opened.v1',
      caseId: id,
      data: { ...told, openedAt: new Date().toISOString() },
    });
    const seen = await installation.eventually(
      'the case is opened',
      () => call('GET', `/applications/${id}`, { as: clerk }),
      ({ body }) => body.case?.openedAt !== undefined,
    );
    expect(seen.body.case?.state).toBe('closed');
    expect((await status(reference, secret)).body).toMatchObject({ state: 'closed', dueAt });
  });

  it('may withdraw: before acceptance it is over, afterwards cases is told', async () => {
    const early = await submitted(erasure());
    const withdrawal = { headers: { 'kenri-secret': early.secret } };
    expect((await call('POST', `/status/${early.reference}/withdraw`, withdrawal)).body.state).toBe('withdrawn');
    expect((await call('POST', `/applications/${early.id}/accept`, { as: clerk })).status).toBe(409);
    expect(await requestsOf(early.id)).toEqual([]);

    const late = await accepted();
    const wish = { headers: { 'kenri-secret': late.secret } };
    const answer = await call('POST', `/status/${late.reference}/withdraw`, wish);
    expect(answer.body).toMatchObject({ state: 'accepted', withdrawalWishedAt: expect.any(String) as string });
    await call('POST', `/status/${late.reference}/withdraw`, wish);
    const messages = await published(late.id, 2);
    expect(messages.map(({ type }) => type)).toEqual(['dsr.request.accepted.v1', 'dsr.request.withdrawn.v1']);
    expect(messages[1]!.data).toMatchObject({ by: 'applicant' });
  });
});

describe('by itself', () => {
  it('publishes a request again, under the same id, until its case is open', async () => {
    const { id, reference } = await accepted();
    await published(id);
    installation.clock.forward(31_000);
    const messages = await published(id, 2);
    expect(new Set(messages.map((message) => message.id)).size).toBe(1);
    expect(messages[1]!.data).toEqual(messages[0]!.data);
    await installation.publish({
      id: `${id}:cases:opened:1`,
      type: 'dsr.case.opened.v1',
      caseId: id,
      data: {
        caseId: id,
        reference,
        historyHead: 'a'.repeat(64),
        openedAt: new Date().toISOString(),
        dueAt: new Date().toISOString(),
      },
    });
    const applications = installation.database.collection<{
      _id: string;
      message?: unknown;
      timers: { id: string }[];
    }>('applications');
    const opened = await installation.eventually(
      'nothing is left to publish',
      () => applications.findOne({ _id: id }),
      (stored) => stored?.message === undefined,
    );
    expect(opened?.timers).toEqual([]);
  });

  it('treats an application whose fee is not paid in time as not applied', async () => {
    const { id } = await submitted({ ...disclosure(), enclosed: ['identity-proof'] });
    const before = await call('GET', `/applications/${id}`, { as: clerk });
    expect(before.body).toMatchObject({
      missing: [{ code: 'fee' }],
      clock: { state: 'paused', reason: 'awaiting-fee' },
    });
    installation.clock.forward(30 * 86_400_000 + 1000);
    const { body } = await installation.eventually(
      'it is treated as not applied',
      () => call('GET', `/applications/${id}`, { as: clerk }),
      (seen) => seen.body.state !== 'received',
    );
    expect(body).toMatchObject({ state: 'not-applied', clock: { state: 'stopped' } });
  });

  it('forgets the person when the case is disposed of: no form, no secret, no tokens, no key', async () => {
    const { id, reference, secret } = await accepted();
    await installation.publish({
      id: `${id}:cases:disposed:1`,
      type: 'dsr.case.disposed.v1',
      caseId: id,
      data: { caseId: id, disposedAt: new Date().toISOString(), historyHead: 'a'.repeat(64) },
    });
    const applications = installation.database.collection<{ _id: string; disposedAt?: Date }>('applications');
    const stored = await installation.eventually(
      'the application is disposed of',
      () => applications.findOne({ _id: id }),
      (found) => found?.disposedAt !== undefined,
    );
    for (const gone of ['form', 'secret', 'message']) expect(stored).not.toHaveProperty(gone);
    expect(stored).toMatchObject({ tokens: [], reference });
    expect((await call('GET', `/applications/${id}/form`, { as: clerk })).status).toBe(404);
    expect((await status(reference, secret)).status).toBe(401);
    const keys = installation.databaseNamed('keys').collection('datakeys');
    expect(await keys.findOne({ owner: id, purpose: 'identity' })).not.toHaveProperty('wrapped');
  });
});
