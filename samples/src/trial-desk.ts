import { persona } from '@kenri/testing';
import type { CaseAnswer, PartAnswer } from './case-answer.js';
import { type Accepted, type Caller, eventually, type Reply, type TrialPlatform } from './trial-platform.js';

/** Somebody who may do both and still needs another person. */
const BOTH: Caller = { sub: 'both', roles: ['case-worker', 'approver'] };

interface Problem {
  status: number;
  title: string;
  detail: string;
  code?: string;
  errors?: { pointer: string }[];
}

/** What people at the office and applicants may not do, over HTTP on a running installation. */
export function describeDesk(platformOf: () => TrialPlatform, caseOf: (file: string) => string): void {
  let platform: TrialPlatform;
  beforeAll(() => {
    platform = platformOf();
  });
  const show = async (id: string) => (await platform.ask<CaseAnswer>('auditor', 'GET', `cases/cases/${id}`)).body;
  const partIn = (id: string, system: string, state: string) =>
    eventually<PartAnswer>(`${system} is ${state}`, async () => {
      const part = (await show(id)).systems?.[system];
      return part?.state === state ? part : undefined;
    });
  const matchesOf = async (who: Caller, id: string, system: string) => {
    const { body } = await platform.ask<string>(who, 'GET', `cases/cases/${id}/systems/${system}/review`);
    return body
      .split('\n')
      .filter((line) => line.includes('"match"'))
      .map((line) => (JSON.parse(line) as { match: { ref: string; verdict: string } }).match);
  };
  const refused = ({ status, body }: Reply<Problem>) => ({ status, code: body.code, said: body.detail });

  describe('four eyes', () => {
    it('whoever decided or proposed an erasure cannot approve it, whatever their roles; another can', async () => {
      const { id } = await platform.accept(persona('twin-midori').identity, ['erasure']);
      const at = `cases/cases/${id}/systems/brand-item` as const;
      const { decisions } = await partIn(id, 'brand-item', 'deciding');
      const candidate = (await matchesOf(BOTH, id, 'brand-item')).find(({ verdict }) => verdict === 'candidate');
      const decided = await platform.ask(BOTH, 'PUT', `${at}/decisions/${candidate?.ref}`, {
        body: { decision: 'rejected' },
        ifMatch: decisions.etag,
      });
      expect(decided.status).toBe(200);
      const proposed = await platform.ask('case-worker', 'POST', `${at}/plan`, { ifMatch: String(decided.etag) });
      expect(proposed.status).toBeLessThan(300);
      const ifMatch = String(proposed.etag);
      const same = await platform.ask<Problem>(BOTH, 'POST', `${at}/plan/approve`, { ifMatch });
      expect(refused(same)).toEqual({
        status: 403,
        code: 'same-person',
        said: expect.stringContaining('別の二人') as string,
      });
      const worker = await platform.ask<Problem>('case-worker', 'POST', `${at}/plan/approve`, { ifMatch });
      expect(worker.status).toBe(403);
      expect((await show(id)).systems['brand-item']?.state).toBe('approving');
      expect((await platform.ask('approver', 'POST', `${at}/plan/approve`, { ifMatch })).status).toBe(200);
      await partIn(id, 'brand-item', 'executed');
    }, 90_000);

    it('a package is not released by the person who proposed it; another can', async () => {
      const { id } = await platform.accept(persona('yui').identity, ['disclosure']);
      const built = await eventually('the package is built', async () => {
        const state = await show(id);
        return state.package?.state === 'built' ? state : undefined;
      });
      expect(built.systems['brand-item']?.state).toBe('executed');
      const at = `cases/cases/${id}/package` as const;
      expect((await platform.ask(BOTH, 'POST', `${at}/propose-release`)).status).toBe(200);
      const same = await platform.ask<Problem>(BOTH, 'POST', `${at}/release`);
      expect(refused(same)).toMatchObject({ status: 403, code: 'same-person' });
      expect((await show(id)).package.state).not.toBe('released');
      expect((await platform.ask('approver', 'POST', `${at}/release`)).status).toBe(200);
      expect((await show(id)).package.state).toBe('released');
    }, 90_000);
  });

  describe('versions', () => {
    it('a decision on what has changed meanwhile is refused, and the decision made before stands', async () => {
      const { id } = await platform.accept(persona('ichiro').identity, ['erasure']);
      const { decisions } = await partIn(id, 'motorcycle', 'deciding');
      const candidate = (await matchesOf('case-worker', id, 'motorcycle')).find(
        ({ verdict }) => verdict === 'candidate',
      );
      const where = `cases/cases/${id}/systems/motorcycle/decisions/${candidate?.ref}` as const;
      const decide = (who: Caller, decision: string, ifMatch?: string) =>
        platform.ask<Problem>(who, 'PUT', where, { body: { decision }, ...(ifMatch !== undefined && { ifMatch }) });
      expect((await decide('case-worker', 'rejected', decisions.etag)).status).toBe(200);
      const stale = await decide('case-worker-2', 'confirmed', decisions.etag);
      expect(stale.status).toBe(412);
      expect(stale.etag).not.toBeNull();
      expect((await decide('case-worker-2', 'confirmed')).status).toBe(428);
      const { matches } = (await show(id)).systems['motorcycle']!.decisions;
      expect(matches).toEqual([expect.objectContaining({ ref: candidate?.ref, decision: 'rejected' })]);
      const cancelled = await platform.ask('case-worker', 'POST', `cases/cases/${id}/cancel`, {
        body: { reason: 'trial-over' },
      });
      expect(cancelled.status).toBe(200);
    }, 90_000);
  });

  describe('roles', () => {
    it.each<[Caller | null, 'GET' | 'POST' | 'PUT', string, number]>([
      ['clerk', 'GET', 'systems/auto/review', 403],
      ['auditor', 'GET', 'subject', 403],
      ['clerk', 'POST', 'cancel', 403],
      ['case-worker', 'GET', 'package/password', 403],
      ['sre', 'POST', 'package/release', 403],
      [{ sub: 'nobody', roles: [] }, 'GET', 'history', 403],
      [null, 'GET', 'history', 401],
    ])('%j may not %s %s', async (who, method, rest, status) => {
      const where = `cases/cases/${caseOf('07-father-and-son.json')}/${rest}` as const;
      const body = method === 'POST' ? { reason: 'none' } : undefined;
      const reply = await platform.ask<Problem>(who, method, where, { ...(body && { body }) });
      expect(reply.status).toBe(status);
      if (status === 403) expect(reply.body.detail).not.toBe('');
    });

    it('what a medical system found is for the medical reviewer only, the rest not for them', async () => {
      const at = `cases/cases/${caseOf('01-disclosure-five-systems.json')}/systems` as const;
      const statusOf = async (who: Caller, system: string) =>
        (await platform.ask<unknown>(who, 'GET', `${at}/${system}/review`)).status;
      for (const who of ['case-worker', 'approver', BOTH] as const) expect(await statusOf(who, 'medical')).toBe(403);
      expect(await statusOf('medical-reviewer', 'medical')).toBe(200);
      expect(await statusOf('medical-reviewer', 'auto')).toBe(403);
      expect(await statusOf('case-worker', 'auto')).toBe(200);
    });
  });

  describe('the applicant', () => {
    it('follows the case by reference and secret; a wrong secret and an unknown reference are answered alike', async () => {
      const own = await platform.accept(persona('shiori').identity, ['erasure']);
      const status = (reference: string, secret: string) =>
        platform.ask<Record<string, unknown>>(null, 'GET', `intake/status/${reference}`, { secret });
      const seen = await eventually('the applicant sees the end', async () => {
        const reply = await status(own.reference, own.secret);
        return JSON.stringify(reply.body).includes('nothing-found') ? reply : undefined;
      });
      expect(seen.status).toBe(200);
      const other = (text: string) => text.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
      const wrong = await status(own.reference, other(own.secret));
      const unknown = await status('K-2026-ZZZZZZ', own.secret);
      expect([404, 401, 403]).toContain(wrong.status);
      expect({ ...unknown, body: { ...unknown.body, instance: '' } }).toEqual({
        ...wrong,
        body: { ...wrong.body, instance: '' },
      });
    }, 60_000);

    it('accepted twice has one case', async () => {
      const own: Accepted = await platform.accept(persona('shiori').identity, ['cessation-of-use']);
      await eventually('the case is open', async () => ((await show(own.id)).caseId ? true : undefined));
      const entries = (await platform.ask<{ entries: unknown[] }>('auditor', 'GET', `cases/cases/${own.id}/history`))
        .body;
      const again = await platform.ask('clerk', 'POST', `intake/applications/${own.id}/accept`);
      expect([200, 409]).toContain(again.status);
      const listed = await platform.ask<{ items: unknown[] }>(
        'auditor',
        'GET',
        `cases/cases?reference=${own.reference}`,
      );
      expect(listed.body.items).toHaveLength(1);
      expect(entries.entries.length).toBeGreaterThan(0);
    }, 60_000);
  });
}
