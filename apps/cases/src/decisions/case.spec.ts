import { Given, ID, located, nothing, opened, POLICY, refusal, suppressed } from './case.harness.js';
import { caseOutcome, phaseOf } from './summary.js';
import { timersOf } from './timers.js';

describe('aggregation', () => {
  const kinds = ['cessation-of-use'] as const;
  const orders = [
    [0, 1, 2],
    [1, 0, 2],
    [1, 2, 0],
    [2, 1, 0],
  ];
  it.each(orders)('ends in the same state in the order %d, %d, %d, with every answer repeated', (...order) => {
    const messages = [opened([...kinds], ['auto', 'flower']), located(), nothing('flower')];
    const given = new Given();
    for (const index of order) given.all(messages[index]!, messages[index]!);
    expect(given.states()).toEqual({ auto: 'executing', flower: 'nothing-found' });
    expect(given.state?.openedAt).not.toBeNull();
  });
  it('a repeated answer changes nothing, not even the history', () => {
    const given = new Given().all(opened(['erasure']), located());
    const before = given.state;
    expect(given.when(located())).toEqual([]);
    expect(given.when(opened(['erasure']))).toEqual([]);
    expect(given.state).toBe(before);
  });
  it('an answer of an earlier round, or of one that was never asked, changes nothing', () => {
    const given = new Given().all(opened(['erasure']), located());
    given.when({ type: 'ask-again', system: 'auto', who: 'staff:worker' });
    expect(given.when(located({ round: 1 }))).toEqual([]);
    expect(given.when(located({ round: 5 }))).toEqual([]);
    expect(given.when(located({ round: 2 }))).toContain('RecordsLocated');
  });
  it('an answer of a system that is not asked does not count', () => {
    const given = new Given().all(nothing('sixth'), opened(['erasure'], ['auto']));
    expect(given.states()).toEqual({ auto: 'awaiting' });
    expect(given.when(nothing('sixth'))).toEqual([]);
  });
  it('a case is finished when every part has ended, never when some have', () => {
    const given = new Given().all(opened(['erasure'], ['auto', 'flower']), nothing('auto'));
    expect(caseOutcome(given.state!)).toBeUndefined();
    expect(phaseOf(given.state!)).toBe('collecting');
    given.when(nothing('flower'));
    expect(given.state!.closed).toMatchObject({ outcome: 'nothing-found' });
  });
  it('a system that is down holds up nobody: the others are carried out, and the case shows it', () => {
    const given = new Given().all(opened(['cessation-of-use'], ['auto', 'flower']), located());
    given.when(given.executed('auto', { done: suppressed }));
    expect(given.states()).toEqual({ auto: 'executed', flower: 'awaiting' });
  });
  it('"nothing found" on a stale index is no answer: a new round is asked later', () => {
    const given = new Given().all(
      opened(['erasure']),
      nothing('auto', { freshness: { fresh: false, indexedUntil: null } }),
    );
    expect(given.part()).toMatchObject({ state: 'awaiting', staleAnswers: 1, round: 1 });
    const timer = timersOf(given.state!, POLICY).find(({ kind }) => kind === 'reask')!;
    expect(given.when({ type: 'fire-timer', id: timer.id, kind: 'reask' })).toEqual([]);
    given.later(1);
    expect(given.when({ type: 'fire-timer', id: timer.id, kind: 'reask' })).toEqual(['SystemAskedAgain']);
    expect(given.part()).toMatchObject({ round: 2, roundReason: 'unanswered' });
    given.when(nothing('auto', { round: 2 }));
    expect(given.part().state).toBe('nothing-found');
  });
});

describe('deciding', () => {
  it('a candidate waits for a person, and cannot be passed over', () => {
    const given = new Given().all(opened(['erasure']), located({ matches: { certain: 1, candidate: 1 } }));
    expect(given.part().state).toBe('deciding');
    const propose = () => given.when({ type: 'propose-plan', system: 'auto', who: 'staff:a', ifMatch: '*' });
    expect(refusal(propose)).toBe('conflict');
    given.when({
      type: 'decide-match',
      system: 'auto',
      ref: 'm2',
      verdict: 'candidate',
      decision: 'confirmed',
      corrections: 0,
      who: 'staff:a',
      ifMatch: given.decisionsTag(),
    });
    expect(given.part().state).toBe('decided');
    given.when({ type: 'propose-plan', system: 'auto', who: 'staff:a', ifMatch: given.decisionsTag() });
    expect(given.part().plan).toMatchObject({ confirmed: ['m2'], rejected: [] });
  });
  it('rejecting everything ends the part as nothing found', () => {
    const given = new Given().all(opened(['erasure']), located({ matches: { certain: 0, candidate: 1 } }));
    given.when({
      type: 'decide-match',
      system: 'auto',
      ref: 'm1',
      verdict: 'candidate',
      decision: 'rejected',
      corrections: 0,
      who: 'staff:a',
      ifMatch: given.decisionsTag(),
    });
    expect(given.part().state).toBe('nothing-found');
    expect(given.state!.closed).toMatchObject({ outcome: 'nothing-found' });
  });
  it('a change made from an old version is refused; an answer of another system is no reason', () => {
    const given = new Given().all(
      opened(['erasure'], ['auto', 'flower']),
      located({ matches: { certain: 1, candidate: 1 } }),
    );
    const tag = given.decisionsTag();
    const decideIt = (decision: 'confirmed' | 'rejected') => () =>
      given.when({
        type: 'decide-match',
        system: 'auto',
        ref: 'm1',
        verdict: 'candidate',
        decision,
        corrections: 0,
        who: 'staff:a',
        ifMatch: tag,
      });
    given.when(nothing('flower'));
    expect(decideIt('confirmed')()).toContain('MatchDecided');
    expect(refusal(decideIt('rejected'))).toBe('changed-meanwhile');
  });
  it('a claimed correction waits for a determination; unfounded ones are not executed', () => {
    const given = new Given().all(opened(['correction']), located({ dryRun: { correct: { records: 1, fields: 2 } } }));
    expect(given.part().state).toBe('deciding');
    const determine = (record: string, finding: 'founded' | 'unfounded') =>
      given.when({
        type: 'determine-correction',
        system: 'auto',
        determination: {
          match: 'm1',
          verdict: 'certain',
          due: true,
          claimId: 'c1',
          record,
          path: 'tel',
          finding,
          sealed: 'x',
        },
        who: 'staff:a',
        ifMatch: given.decisionsTag(),
      });
    determine('r1', 'unfounded');
    expect(given.part().state).toBe('deciding');
    determine('r2', 'founded');
    expect(given.part().state).toBe('decided');
    given.approved();
    expect(given.part().plan?.corrections.map(({ record }) => record)).toEqual(['r2']);
    given.when(given.executed('auto', { done: { correct: { records: 1, fields: 1 } } }));
    expect(given.state!.closed).toMatchObject({ outcome: 'partly-carried-out' });
    expect(Object.keys(given.state!.published)).toEqual([`${ID}:auto:corrected:1:0`]);
  });
  it('determinations that were not needed, or of a match that is not the applicant, do not stand in for those that are', () => {
    const given = new Given().all(
      opened(['correction']),
      located({ matches: { certain: 2, candidate: 0 }, dryRun: { correct: { records: 2, fields: 2 } } }),
    );
    const determine = (match: string, record: string, due: boolean) =>
      given.when({
        type: 'determine-correction',
        system: 'auto',
        determination: {
          match,
          verdict: 'certain',
          due,
          claimId: 'c1',
          record,
          path: 'tel',
          finding: 'founded',
          sealed: 'x',
        },
        who: 'staff:a',
        ifMatch: given.decisionsTag(),
      });
    determine('m1', 'r1', true);
    determine('m1', 'r2', false);
    expect(given.part().state).toBe('deciding');
    const reject = {
      type: 'decide-match',
      system: 'auto',
      ref: 'm1',
      verdict: 'certain',
      decision: 'rejected',
      corrections: 1,
      who: 'staff:a',
    } as const;
    given.when({ ...reject, ifMatch: given.decisionsTag() });
    expect(given.part().state).toBe('deciding');
    determine('m2', 'r3', true);
    given.approved();
    expect(given.part().plan).toMatchObject({ rejected: ['m1'], corrections: [{ record: 'r3' }] });
  });
  it('a correction that is wholly unfounded ends as refused', () => {
    const given = new Given().all(opened(['correction']), located({ dryRun: { correct: { records: 1, fields: 1 } } }));
    given.when({
      type: 'determine-correction',
      system: 'auto',
      determination: {
        match: 'm1',
        verdict: 'certain',
        due: true,
        claimId: 'c1',
        record: 'r1',
        path: 'tel',
        finding: 'unfounded',
        sealed: 'x',
      },
      who: 'staff:a',
      ifMatch: given.decisionsTag(),
    });
    expect(given.part().state).toBe('refused');
    expect(given.state!.closed).toMatchObject({ outcome: 'refused' });
  });
});

describe('approval', () => {
  it('an erasure needs another person than any who decided or proposed', () => {
    const given = new Given().all(opened(['erasure']), located({ matches: { certain: 1, candidate: 1 } }));
    given.when({
      type: 'decide-match',
      system: 'auto',
      ref: 'm2',
      verdict: 'candidate',
      decision: 'rejected',
      corrections: 0,
      who: 'staff:a',
      ifMatch: given.decisionsTag(),
    });
    given.when({ type: 'propose-plan', system: 'auto', who: 'staff:b', ifMatch: given.decisionsTag() });
    const approve = (who: string) => () =>
      given.when({ type: 'approve-plan', system: 'auto', who, ifMatch: given.planTag() });
    expect(refusal(approve('staff:a'))).toBe('same-person');
    expect(refusal(approve('staff:b'))).toBe('same-person');
    expect(approve('staff:c')()).toEqual(['PlanApproved', 'SuppressionOrdered']);
  });
  it('an erasure is never carried out by the policy alone, whatever is configured', () => {
    const given = new Given({ ...POLICY, straightThrough: ['erasure', 'cessation-of-use'] }).all(
      opened(['erasure']),
      located(),
    );
    expect(given.part().state).toBe('decided');
  });
  it('a rejected plan goes back to the case worker', () => {
    const given = new Given().all(opened(['erasure']), located());
    given.when({ type: 'propose-plan', system: 'auto', who: 'staff:a', ifMatch: given.decisionsTag() });
    given.when({ type: 'reject-plan', system: 'auto', who: 'staff:c', reason: 'not-yet', ifMatch: given.planTag() });
    expect(given.part()).toMatchObject({ state: 'decided', plan: null });
  });
  it('exclusions need a ground that may refuse the operation', () => {
    const given = new Given().all(opened(['erasure']), located());
    const exclude = (ground: string) => () =>
      given.when({
        type: 'set-exclusions',
        system: 'auto',
        exclusions: [{ record: 'r1', paths: [], operations: ['erase'], ground }],
        who: 'staff:a',
        ifMatch: given.decisionsTag(),
      });
    expect(refusal(exclude('harm-to-rights'))).toBe('invalid');
    expect(exclude('legal-retention')()).toContain('ExclusionsSet');
  });
});

describe('execution', () => {
  it('what the law keeps leaves the part deferred, and the later erasure ends it', () => {
    const hold = {
      rule: 'antique',
      law: { ja: '古物営業法', en: 'Act' },
      article: '18',
      until: '2027-01-31',
      records: 1,
    };
    const given = new Given({ ...POLICY, undoDays: 0 }).all(opened(['erasure']), located()).approved();
    given.when(given.executed('auto', { deferred: [hold] }));
    expect(given.states()).toEqual({ auto: 'deferred' });
    expect(given.state!.closed).toMatchObject({ outcome: 'partly-carried-out' });
    given.later(24 * 300);
    given.when(given.executed('auto', { stage: 'deferred', part: 1 }));
    expect(given.states()).toEqual({ auto: 'executed' });
    expect(given.state!.closed).not.toBeNull();
  });
  it.each(['changed', 'appeared'] as const)(
    'records that %s since the plan go back to a person in a further round',
    (what) => {
      const given = new Given().all(opened(['cessation-of-use']), located());
      given.when(given.executed('auto', { done: suppressed, [what]: 1 }));
      expect(given.part()).toMatchObject({ state: 'awaiting', round: 2, roundReason: `records-${what}` });
      given.when(located({ round: 2 }));
      expect(given.part().state).toBe('decided');
    },
  );
  it('an open transaction blocks, and is looked at again by itself', () => {
    const blockers = [{ code: 'auction', label: { ja: '', en: '' }, operations: ['erase' as const], records: 1 }];
    const given = new Given().all(opened(['erasure']), located({ blockers }));
    expect(given.part().state).toBe('blocked');
    given.later(25);
    expect(given.when({ type: 'fire-timer', id: 'recheck:auto', kind: 'recheck' })).toEqual(['SystemAskedAgain']);
    given.when(located({ round: 2 }));
    expect(given.part().state).toBe('decided');
  });
  it('a connector that gives up needs a person; its late answer still counts', () => {
    const given = new Given().all(opened(['cessation-of-use']), located());
    const failed = (attempts: number, nextAttemptAt: string | null) =>
      given.when({
        type: 'record-failed',
        data: {
          caseId: ID,
          system: 'auto',
          round: 1,
          step: 'execute',
          reason: 'store-down',
          detail: '',
          attempts,
          failedAt: given.now,
          nextAttemptAt,
        },
      });
    expect(failed(1, given.now)).toEqual(['AttemptFailed']);
    const entries = given.state!.history.length;
    failed(2, given.now);
    expect(given.state!.history.length).toBe(entries);
    failed(3, null);
    expect(given.part().state).toBe('failed');
    given.when(given.executed('auto', { done: suppressed }));
    expect(given.part().state).toBe('executed');
  });
  it('a repeated execution changes nothing: its effects are counted once', () => {
    const given = new Given({ ...POLICY, undoDays: 0 }).all(opened(['erasure']), located()).approved();
    const answer = given.executed();
    given.when(answer);
    const before = given.state;
    expect(given.when(answer)).toEqual([]);
    expect(given.state).toBe(before);
    expect(given.part().results).toHaveLength(1);
  });
  it('a record that a person rejected is not made known to the group by what was found, only by what was done', () => {
    const given = new Given().all(
      opened(['erasure']),
      located({ matches: { certain: 2, candidate: 0 }, recordTokens: ['mine', 'not-mine'] }),
    );
    given.when({
      type: 'decide-match',
      system: 'auto',
      ref: 'm2',
      verdict: 'certain',
      decision: 'rejected',
      corrections: 0,
      who: 'staff:a',
      ifMatch: given.decisionsTag(),
    });
    given.approved();
    expect(given.state!.suppression?.recordTokens).toEqual([]);
    given.when(given.executed('auto', { recordTokens: ['mine'] }));
    expect(given.state!.suppression).toMatchObject({ recordTokens: ['mine'], revision: 2 });
  });
  it('of somebody with very many records the group is told of some in every system, and once', () => {
    const systems = ['auto', 'brand-item', 'flower', 'medical', 'motorcycle', 'sixth'];
    const given = new Given().all(opened(['cessation-of-use'], systems));
    for (const system of systems) {
      const recordTokens = Array.from({ length: 200 }, (_, n) => `${system}:${n}`);
      given.when(located({ system, recordTokens }));
    }
    const { recordTokens, revision } = given.state!.suppression!;
    const told = Map.groupBy(recordTokens, (token) => token.split(':')[0]!);
    expect([...told.keys()].sort()).toEqual(systems);
    expect([...told.values()].every(({ length }) => length >= 80)).toBe(true);
    expect({ within: recordTokens.length <= 500, revision }).toEqual({ within: true, revision: systems.length });
  });
  it('an execution that nobody planned is recorded as such', () => {
    const given = new Given().all(opened(['erasure']), located());
    given.events(given.executed('auto', { planId: 'unknown' }));
    expect(given.state!.history.find(({ what }) => what === 'PlanExecuted')).toMatchObject({
      detail: { planned: false },
    });
  });
  it('an expired plan is cancelled and looked at afresh', () => {
    const given = new Given().all(opened(['cessation-of-use']), located()).later(24 * 8);
    const types = given.when({ type: 'fire-timer', id: 'plan-expiry:auto', kind: 'plan-expiry' });
    expect(types).toEqual(expect.arrayContaining(['PlanExpired', 'SystemAskedAgain']));
    expect(given.when(given.executed('auto', { round: 1, planId: 'late' }))).toContain('PlanExecuted');
    expect(given.part()).toMatchObject({ round: 2, state: 'awaiting' });
  });
});
