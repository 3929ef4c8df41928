import { exported, Given, ID, located, nothing, opened, POLICY, refusal, START, suppressed } from './case.harness.js';
import { attentionOf, deferredUntil } from './summary.js';
import { verifyChain } from './history.js';
import { timersOf } from './timers.js';

describe('disclosure and erasure together', () => {
  it('export, then the package, then the erasure in a round of its own', () => {
    const given = new Given().all(opened(['disclosure', 'erasure']), located());
    expect(given.part().plan?.operations).toEqual(['export']);
    expect(given.when(given.executed('auto', { done: exported }))).toEqual(
      expect.arrayContaining(['PartMoved', 'PackageOrdered']),
    );
    expect(given.part().state).toBe('awaiting-package');
    given.when({ type: 'record-package-built', artifact: exported.export.artifact });
    expect(given.part()).toMatchObject({ state: 'awaiting', round: 2 });
    given.when(located({ round: 2 }));
    given.approved();
    expect(given.part().plan?.operations).toEqual(['erase']);
    given.when(given.executed());
    expect(given.part().state).toBe('executed');
    expect(given.state!.closed).toBeNull();
    const release = (who: string) => () => given.when({ type: 'release-package', who });
    expect(refusal(release('staff:approver'))).toBe('conflict');
    given.when({ type: 'propose-release', who: 'staff:worker' });
    expect(refusal(release('staff:worker'))).toBe('same-person');
    release('staff:approver')();
    expect(given.state!.closed).toMatchObject({ outcome: 'carried-out' });
  });
  it('a package with medical records waits for a medical reviewer, and the case says so until it is built', () => {
    const attention = () =>
      attentionOf(given.state!, POLICY).filter(({ code }) => code === 'awaiting-medical-reviewer');
    const given = new Given().all(
      opened(['disclosure'], ['auto', 'medical']),
      located(),
      located({ system: 'medical' }),
    );
    given.when(given.executed('medical', { done: exported }));
    expect(attention()).toEqual([]);
    given.when(given.executed('auto', { done: exported }));
    expect(given.state!.package.state).toBe('ordered');
    expect(attention()).toEqual([{ code: 'awaiting-medical-reviewer', system: 'medical' }]);
    given.when({ type: 'record-package-built', artifact: exported.export.artifact });
    expect(attention()).toEqual([]);
  });
  it('a package without medical records waits for nobody', () => {
    const given = new Given().all(opened(['disclosure'], ['auto', 'medical']), located(), nothing('medical'));
    given.when(given.executed('auto', { done: exported }));
    expect(given.state!.package.state).toBe('ordered');
    expect(attentionOf(given.state!, POLICY).map(({ code }) => code)).not.toContain('awaiting-medical-reviewer');
  });
  it('erasing waits for no package where no system exported anything', () => {
    const given = new Given().all(opened(['disclosure', 'erasure'], ['auto', 'flower']), located(), nothing('flower'));
    given.when(given.executed('auto', { done: { export: { records: 0, files: 0, artifact: null } } }));
    expect(given.part()).toMatchObject({ state: 'awaiting', round: 2 });
  });
});

describe('what the law keeps', () => {
  const hold = (until: string | null) => ({
    rule: 'secondhand-ledger',
    law: { ja: '古物営業法', en: 'Secondhand Articles Dealer Act' },
    article: '16-18',
    until,
    records: 1,
  });
  /** Erased in round 1 but for what is held, and once more in round 2, since a record had changed meanwhile. */
  const keptInTheFirstRound = (): Given => {
    const given = new Given({ ...POLICY, undoDays: 0 }).all(opened(['erasure']), located()).approved();
    given.when(
      given.executed('auto', { planId: given.part().plan!.planId, deferred: [hold('2029-05-01')], changed: 1 }),
    );
    expect(given.part()).toMatchObject({ state: 'awaiting', round: 2, roundReason: 'records-changed' });
    return given.all(located({ round: 2 })).approved();
  };

  it('is still kept when a further round erases the rest: the case says deferred, and the group hears until when', () => {
    const given = keptInTheFirstRound();
    given.when(given.executed());
    expect(given.part().state).toBe('deferred');
    expect(deferredUntil(given.state!)).toBe('2029-05-01');
    expect(given.state!.closed).toMatchObject({ outcome: 'partly-carried-out' });
  });
  it('is kept until the last of all days', () => {
    const given = keptInTheFirstRound();
    given.when(given.executed('auto', { deferred: [hold('2028-01-01'), hold(null)] }));
    expect(deferredUntil(given.state!)).toBe('2029-05-01');
  });
  it('ends with the answer of the round that kept it, although a later round is the present one', () => {
    const given = keptInTheFirstRound();
    const [first] = given.part().results;
    given.when(given.executed());
    given.when(given.executed('auto', { round: 1, planId: first!.planId, stage: 'deferred', part: 1 }));
    expect(given.part().state).toBe('executed');
    expect(deferredUntil(given.state!)).toBeNull();
  });
  it('has that round looked at again where it had changed in the meantime', () => {
    const given = keptInTheFirstRound();
    const [first] = given.part().results;
    given.when(given.executed());
    const changed = { round: 1, planId: first!.planId, stage: 'deferred', part: 1, changed: 1 } as const;
    given.when(given.executed('auto', changed));
    expect(given.part()).toMatchObject({ state: 'awaiting', round: 3, roundReason: 'records-changed' });
  });
});

describe('withdrawal', () => {
  const withdrawn = {
    type: 'record-withdrawal-wish',
    data: { caseId: ID, withdrawnAt: '2026-04-02T00:00:00Z', by: 'applicant' },
  } as const;
  it('stops every part that was not sent, and closes as withdrawn', () => {
    const given = new Given().all(opened(['erasure'], ['auto', 'flower']), located());
    given.when(withdrawn);
    expect(given.states()).toEqual({ auto: 'cancelled', flower: 'cancelled' });
    expect(given.state!.closed).toMatchObject({ outcome: 'withdrawn' });
    expect(given.when(withdrawn)).toEqual([]);
  });
  it('sends a cancellation where a plan was sent, and the answer tells which came first', () => {
    const executing = () => new Given().all(opened(['cessation-of-use']), located(), withdrawn);
    const lost = executing();
    expect(lost.part()).toMatchObject({ state: 'executing', cancelling: true });
    lost.when(lost.executed('auto', { done: suppressed }));
    expect(lost.part().state).toBe('executed');
    expect(lost.state!.suppression).toMatchObject({ lifted: false });
    const won = executing();
    won.when({
      type: 'record-plan-refused',
      data: {
        caseId: ID,
        system: 'auto',
        round: 1,
        planId: won.part().plan!.planId,
        reason: 'cancelled',
        blockers: [],
        refusedAt: won.now,
      },
    });
    expect(won.part().state).toBe('cancelled');
    expect(won.state!.suppression).toMatchObject({ lifted: true, purposes: [] });
    expect(won.state!.closed).toMatchObject({ outcome: 'withdrawn' });
  });
  it('that came before the request cancels the case when it opens', () => {
    const given = new Given().all(withdrawn, opened(['erasure']));
    expect(given.states()).toEqual({ auto: 'cancelled' });
  });
});

describe('telling the group', () => {
  it('an erasure is announced when its undo window closes, not before', () => {
    const given = new Given().all(opened(['erasure']), located()).approved();
    expect(given.state!.suppression).toMatchObject({ revision: 1, lifted: false });
    given.when(given.executed());
    given.later(24 * 6).when({ type: 'fire-timer', id: 'announce', kind: 'announce' });
    expect(Object.values(given.state!.published).map(({ type }) => type)).toEqual([]);
    given.later(25);
    expect(given.when({ type: 'fire-timer', id: 'announce', kind: 'announce' })).toEqual(['ErasureAnnounced']);
  });
  it('a restoration within the window lifts the suppression and tells nobody of an erasure', () => {
    const given = new Given().all(opened(['erasure']), located()).approved();
    given.when(given.executed());
    given.later(24);
    expect(given.when({ type: 'restore', system: 'auto', who: 'staff:approver', reason: 'wrong-person' })).toEqual([
      'RestorationApproved',
      'SuppressionLifted',
    ]);
    const { planId } = given.part().results[0]!;
    given.when({
      type: 'record-restored',
      data: { caseId: ID, system: 'auto', round: 1, planId, restoredAt: given.now, records: 3, notRestored: 0 },
    });
    given.later(24 * 30).when({ type: 'fire-timer', id: 'announce', kind: 'announce' });
    expect(given.part().state).toBe('restored');
    expect(Object.keys(given.state!.published)).toEqual([]);
  });
  it('nothing can be restored when the window is over', () => {
    const given = new Given().all(opened(['erasure']), located()).approved();
    given.when(given.executed());
    given.later(24 * 8);
    expect(
      refusal(() => given.when({ type: 'restore', system: 'auto', who: 'staff:approver', reason: 'wrong-person' })),
    ).toBe('conflict');
  });
  it('the news of systems that erase in time go out as one', () => {
    const given = new Given({ ...POLICY, undoDays: 0 }).all(
      opened(['erasure'], ['auto', 'flower']),
      located(),
      located({ system: 'flower' }),
    );
    given.approved('auto').approved('flower');
    given.when(given.executed('auto'));
    expect(Object.keys(given.state!.published)).toEqual([]);
    given.when(given.executed('flower'));
    expect(Object.keys(given.state!.published)).toEqual([`${ID}:cases:erased:1`]);
  });
  it('data found after an erasure reopens the part and the case, and calls for a person', () => {
    const given = new Given({ ...POLICY, undoDays: 0 }).all(opened(['erasure']), located()).approved();
    given.when(given.executed());
    expect(given.state!.closed).not.toBeNull();
    given.when({
      type: 'record-verified',
      data: {
        caseId: ID,
        system: 'auto',
        round: 1,
        planId: 'p',
        sweep: 1,
        verifiedAt: given.now,
        freshness: { fresh: true, indexedUntil: null },
        found: 2,
      },
    });
    expect(given.part()).toMatchObject({ state: 'awaiting', round: 2, roundReason: 'found-after-erasure' });
    expect(given.state!.closed).toBeNull();
  });
  it('a missing receipt is chased, and escalates after three times', () => {
    const given = new Given({ ...POLICY, undoDays: 0 }).all(opened(['erasure']), located()).approved();
    given.when(given.executed());
    for (let times = 0; times < 3; times += 1) {
      given.later(24 * 3 + 1);
      expect(given.when({ type: 'fire-timer', id: 'receipts', kind: 'receipts' })).toEqual(['ReceiptsChased']);
    }
    expect(timersOf(given.state!, POLICY).some(({ kind }) => kind === 'receipts')).toBe(false);
  });
  it('a receipt for a suppression counts also where it overtakes the note that the suppression left', () => {
    const given = new Given().all(opened(['cessation-of-use']), located());
    const { set, revision } = given.state!.suppression!;
    expect(given.state!.published).toEqual({});
    const data = { caseId: ID, eventId: set, subscriber: 'ais', outcome: 'done' as const, recordedAt: START };
    expect(given.when({ type: 'record-receipt', data })).toEqual(['ReceiptRecorded']);
    given.when({ type: 'record-suppression-published', revision });
    expect(given.state!.published[set]).toMatchObject({ type: 'suppression', receipts: { ais: { outcome: 'done' } } });
    expect(given.when({ type: 'record-receipt', data })).toEqual([]);
  });
  it.each(['constructor', 'toString', '__proto__', 'nothing'])(
    'a receipt for %s, which was never published, changes nothing',
    (eventId) => {
      const given = new Given({ ...POLICY, undoDays: 0 }).all(opened(['erasure']), located());
      const data = { caseId: ID, eventId, subscriber: 'ais', outcome: 'done' as const, recordedAt: START };
      expect(given.when({ type: 'record-receipt', data })).toEqual([]);
    },
  );
});

describe('people without fan-out, deadlines, history', () => {
  it('a complaint has no systems and closes when it was answered', () => {
    const given = new Given().all(opened(['complaint'], ['auto']));
    expect(given.states()).toEqual({});
    expect(refusal(() => given.when({ type: 'close', who: 'staff:a' }))).toBe('conflict');
    given.when({ type: 'answer-question', who: 'staff:a', note: null });
    expect(given.state!.closed).toMatchObject({ outcome: 'answered' });
  });
  it('warnings come at 50, 80 and 100 %, each once, and not while the clock stands', () => {
    const given = new Given().all(opened(['erasure'])).later(24 * 7);
    expect(given.when({ type: 'fire-timer', id: 'deadline:50', kind: 'deadline' })).toEqual(['DeadlineWarned']);
    expect(given.when({ type: 'fire-timer', id: 'deadline:50', kind: 'deadline' })).toEqual([]);
    given.when({ type: 'pause-clock', who: 'staff:a', reason: 'documents-missing' });
    expect(timersOf(given.state!, POLICY).some(({ kind }) => kind === 'deadline')).toBe(false);
    given.later(48).when({ type: 'resume-clock', who: 'staff:a' });
    expect(given.state!.clock.dueAt).toBe('2026-04-17T00:00:00.000Z');
  });
  it('identity and case are disposed of when the time has come, and the history stays whole', () => {
    const given = new Given().all(opened(['erasure']), nothing()).later(24 * 91);
    expect(given.when({ type: 'fire-timer', id: 'disposal', kind: 'disposal' })).toEqual([
      'IdentityDestroyed',
      'CaseDisposed',
    ]);
    expect(given.state!.identity).toBeNull();
    expect(verifyChain(ID, given.state!.history, given.state!.historyHead)).toMatchObject({ intact: true });
    expect(timersOf(given.state!, POLICY)).toEqual([]);
  });
});
