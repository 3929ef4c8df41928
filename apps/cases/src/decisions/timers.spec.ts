import { Given, located, opened, POLICY } from './case.harness.js';
import { reaskDelay } from './policy.js';
import { timersOf, type DueTimer } from './timers.js';

const timersIn = (given: Given): Record<string, DueTimer> =>
  Object.fromEntries(timersOf(given.state!, POLICY).map((timer) => [timer.id, timer]));

describe('timers', () => {
  it('follow from the state alone: a silent system is asked again, an answered one no more', () => {
    const given = new Given().all(opened(['erasure'], ['auto', 'flower']));
    expect(Object.keys(timersIn(given))).toEqual(expect.arrayContaining(['reask:auto', 'reask:flower', 'deadline:50']));
    given.when(located());
    expect(Object.keys(timersIn(given))).not.toContain('reask:auto');
    expect(Object.keys(timersIn(given))).toContain('reask:flower');
  });
  it('a shell that only early answers have made waits for nobody', () => {
    expect(timersIn(new Given().all(located()))).toEqual({});
  });
  it('asking again waits longer each time, up to a bound', () => {
    const waits = [0, 1, 2, 30].map((times) => reaskDelay({ reaskSeconds: 60 }, times));
    expect(waits).toEqual([60_000, 120_000, 240_000, 3_600_000]);
    const given = new Given().all(opened(['erasure'])).later(0.1);
    expect(given.when({ type: 'fire-timer', id: 'reask:auto', kind: 'reask' })).toEqual(['AnswerAskedFor']);
    expect(given.when({ type: 'fire-timer', id: 'reask:auto', kind: 'reask' })).toEqual([]);
    const wait = timersIn(given)['reask:auto']!.at.getTime() - Date.parse(given.now);
    expect(wait).toBe(120_000);
  });
  it('each revision of a suppression has a timer of its own, so that a newer one does not end with an older', () => {
    const given = new Given().all(opened(['erasure']), located()).approved();
    expect(Object.keys(timersIn(given))).toContain('suppression:1');
    given.when({ type: 'cancel', who: 'staff:a', reason: 'applicant-asked' });
    const { planId } = given.part().plan!;
    const refused = {
      caseId: given.state!._id,
      system: 'auto',
      round: 1,
      planId,
      reason: 'cancelled',
      blockers: [],
      refusedAt: given.now,
    } as const;
    given.when({ type: 'record-plan-refused', data: { ...refused, blockers: [] } });
    given.when({ type: 'record-suppression-published', revision: 1 });
    expect(Object.keys(timersIn(given)).filter((id) => id.startsWith('suppression'))).toEqual(['suppression:2']);
    given.when({ type: 'record-suppression-published', revision: 2 });
    expect(Object.keys(timersIn(given)).filter((id) => id.startsWith('suppression'))).toEqual([]);
  });
  it('the identity is not destroyed before the group was told what needs its tokens', () => {
    const given = new Given({ ...POLICY, undoDays: 0, disposalDays: 0 }).all(opened(['cessation-of-use']), located());
    given.when(given.executed('auto', { done: { suppress: { records: 1, publishedOnly: [] } } }));
    expect(given.state!.closed).not.toBeNull();
    expect(Object.keys(timersIn(given))).not.toContain('disposal');
    given.when({ type: 'record-suppression-published', revision: 1 });
    expect(Object.keys(timersIn(given))).toContain('disposal');
  });
  it('a timer that fires early, twice or for no reason changes nothing', () => {
    const given = new Given().all(opened(['erasure']));
    expect(given.when({ type: 'fire-timer', id: 'reask:auto', kind: 'reask' })).toEqual([]);
    expect(given.when({ type: 'fire-timer', id: 'disposal', kind: 'disposal' })).toEqual([]);
    expect(given.when({ type: 'fire-timer', id: 'recheck:flower', kind: 'recheck' })).toEqual([]);
  });
  it('a case that was blocked for a year, with the longest answers of five systems, stays under 256 KB', () => {
    const long = (n: number) => Array.from({ length: n }, (_, i) => i);
    const label = { ja: 'あ'.repeat(60), en: 'a'.repeat(60) };
    const answer = {
      blockers: long(100).map((i) => ({ code: `blocker-${i}`, label, operations: ['erase' as const], records: 1 })),
      holds: long(100).map((i) => ({ rule: `rule-${i}`, law: label, article: '18', until: '2027-01-31', records: 1 })),
      endings: long(100).map((i) => ({ code: `ending-${i}`, label, records: 1 })),
      recordTokens: long(200).map((i) => `m1.k1.record.${String(i).padStart(43, 'x')}`),
    };
    const systems = long(5).map((i) => `system-${i}`);
    const given = new Given().all(opened(['erasure'], systems));
    for (let hour = 0; hour <= 365 * 24; hour += 24) {
      for (const { id, kind } of timersOf(given.state!, POLICY)) given.when({ type: 'fire-timer', id, kind });
      for (const system of systems) given.when(located({ system, round: given.part(system).round, ...answer }));
      given.later(24);
    }
    expect(given.part('system-0').round).toBeGreaterThan(15);
    expect(Buffer.byteLength(JSON.stringify(given.state))).toBeLessThan(256 * 1024);
  });
});
