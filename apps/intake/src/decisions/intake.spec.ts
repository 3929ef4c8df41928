import { KIND_NAMES, type Kind } from '@kenri/contracts';
import type { Decision } from '@kenri/messaging';
import { accept, republish } from './acceptance.js';
import type { Application, Form } from './application.js';
import { noteChanged, noteOpened } from './case-news.js';
import { recordFee, recordIdentityCheck, recordProxyCheck } from './checks.js';
import { factsOf, missingOf, toDo } from './completeness.js';
import { DAY_MS } from './days.js';
import { dispose, reject, treatAsNotApplied, withdraw } from './ending.js';
import { everySystem, FEE_KINDS, feeOf, systemsOf, type Policy } from './policy.js';
import { ChangedMeanwhile, Refusal } from './refusal.js';
import { statusOf } from './status.js';
import { amend, submit, type Submission } from './submission.js';

const POLICY: Policy = {
  fees: FEE_KINDS,
  feeDays: 30,
  systems: everySystem(['auto', 'flower']),
  sealCertificateMonths: 3,
  disposalDays: 90,
  republishSeconds: 30,
};
const NOW = new Date('2026-04-10T03:00:00Z');
const later = (milliseconds: number) => new Date(NOW.getTime() + milliseconds);
const FORM: Form = {
  identity: { fullName: '山田 太郎', birthDate: '1974-05-09', emails: ['t@example.jp'] },
  particulars: {},
};
const SUBJECT = { protected: '', aad: '', iv: '', ciphertext: '', tag: '', recipients: [] };

function given(kinds: Kind[], submission: Partial<Submission> = {}, form: Form = FORM): Application {
  const stated: Submission = {
    kinds,
    channel: 'post',
    language: 'ja',
    purposes: [],
    enclosed: ['identity-proof'],
    ...submission,
  };
  const sealed = { form: new Uint8Array(), facts: factsOf(form), tokens: ['t'] };
  const identifiers = { id: '01K00000000000000000000000', reference: 'K-2026-222222', secret: 'hash' };
  return submit(null, identifiers, stated, sealed, 'clerk', POLICY, NOW).state;
}
const check = (change: object = {}) => ({
  person: 'data-subject' as const,
  proof: 'driving-licence' as const,
  shows: ['name', 'address'],
  masked: [],
  checkedOn: '2026-04-10',
  expiresOn: '2030-01-01',
  result: 'confirmed' as const,
  ...change,
});
const confirmed = (application: Application) => recordIdentityCheck(application, check(), 'clerk', NOW).state;
const acceptedBy = (application: Application) =>
  accept(application, { revision: application.revision, subject: SUBJECT }, 'clerk', POLICY, NOW)!;
const accepted = (kinds: Kind[] = ['erasure']) => acceptedBy(confirmed(given(kinds))).state;
const codes = (application: Application) => missingOf(application).map(({ code }) => code);
const timersOf = (decision: Decision<Application>) => (decision.timers?.set ?? []).map(({ kind }) => kind);

describe('what is missing (R-06)', () => {
  const empty: Form = { identity: {}, particulars: {} };
  it.each(KIND_NAMES.map((kind) => [kind]))('is told for an empty form of kind %s', (kind) => {
    const missing = codes(given([kind], { enclosed: [] }, empty));
    const fansOut = kind !== 'complaint' && kind !== 'inquiry';
    const expected = fansOut ? ['contact', 'name', 'strong-identifier'] : ['statement', 'contact'];
    const claims = ['correction', 'addition', 'deletion-of-incorrect'].includes(kind) ? [`claims-${kind}`] : [];
    const fee = feeOf(POLICY, [kind]) > 0 ? ['fee'] : [];
    expect(missing).toEqual([...expected, ...claims, ...(fansOut ? ['identity-proof'] : []), ...fee]);
  });

  it('is in Japanese and English, once each', () => {
    for (const { text } of missingOf(given(['correction', 'disclosure'], { enclosed: [] }, empty))) {
      expect([text.ja.length > 5, text.en.length > 5]).toEqual([true, true]);
    }
  });

  it('counts blanks as nothing', () => {
    const blank: Form = { identity: { fullName: ' ', emails: ['\u3000'] }, particulars: {} };
    expect(codes(given(['erasure'], {}, blank))).toEqual(['contact', 'name', 'strong-identifier']);
  });

  it('wants what is right for a correction, and not for a deletion', () => {
    const claim = (kind: 'correction' | 'deletion-of-incorrect'): Form => ({
      ...FORM,
      particulars: { claims: [{ id: 'c1', kind, field: 'address', current: 'x' }] },
    });
    expect(codes(given(['correction'], {}, claim('correction')))).toEqual(['claims-correction']);
    expect(codes(given(['deletion-of-incorrect'], {}, claim('deletion-of-incorrect')))).toEqual([]);
  });

  it('names each kind that a proxy is not authorised for (R-04)', () => {
    const proxy = { relation: 'mandated' as const, kinds: ['disclosure' as const] };
    const missing = codes(
      given(['disclosure', 'erasure'], { proxy, enclosed: ['identity-proof', 'proxy-authority', 'fee-receipt'] }),
    );
    expect(missing).toEqual(['proxy-authority-erasure']);
  });
});

describe('the statutory clock (R-32)', () => {
  it('stands still while anything is missing, with the reason, and starts when the last of it arrives', () => {
    const before = given(['erasure'], { enclosed: [] });
    expect(before.pauses).toEqual([{ reason: 'awaiting-documents', from: NOW }]);
    const after = amend(before, 1, { enclosed: ['identity-proof'] }, 'clerk', POLICY, later(DAY_MS)).state;
    expect(after.pauses).toEqual([{ reason: 'awaiting-documents', from: NOW, until: later(DAY_MS) }]);
    expect(after.completeAt).toEqual(later(DAY_MS));
  });

  it('runs from the arrival of a form that lacks nothing, however late a clerk gets to it', () => {
    const application = given(['erasure'], { receivedOn: '2026-04-01' });
    expect(application.completeAt).toEqual(new Date('2026-03-31T15:00:00Z'));
    const checked = recordIdentityCheck(application, check(), 'clerk', later(5 * DAY_MS)).state;
    expect(checked.completeAt).toEqual(application.completeAt);
  });

  it('tells a wait for money from a wait for documents', () => {
    const before = given(['disclosure'], { enclosed: [] });
    const after = amend(before, 1, { enclosed: ['identity-proof'] }, 'clerk', POLICY, later(DAY_MS)).state;
    expect(after.pauses.map(({ reason, until }) => [reason, until !== undefined])).toEqual([
      ['awaiting-documents', true],
      ['awaiting-fee', false],
    ]);
  });
});

describe('the fee (R-05)', () => {
  it('is one per form, the highest of its kinds, and nothing for the others', () => {
    expect(feeOf(POLICY, ['disclosure', 'purpose-notification', 'erasure'])).toBe(5250);
    expect(feeOf(POLICY, ['erasure', 'correction', 'complaint'])).toBe(0);
  });

  it('is asked for as long as part of it is unpaid', () => {
    const application = given(['disclosure'], { enclosed: ['identity-proof', 'fee-receipt'] });
    expect([codes(application), toDo(application)]).toEqual([[], ['identity-check', 'fee-check']]);
    const part = recordFee(application, { amount: 5000, paidOn: '2026-04-09' }, 'clerk', POLICY, NOW);
    expect(missingOf(part.state)[0]?.text.en).toContain('¥250');
    expect(timersOf(part)).toEqual(['fee-unpaid']);
    const whole = recordFee(part.state, { amount: 250, paidOn: '2026-04-09' }, 'clerk', POLICY, NOW);
    expect([codes(whole.state), whole.timers]).toEqual([[], { cancel: ['fee'] }]);
    expect(() => recordFee(whole.state, { amount: 1, paidOn: '2026-04-09' }, 'clerk', POLICY, NOW)).toThrow(Refusal);
  });

  it('ends the application when it is not paid in time, and not when it is', () => {
    expect(treatAsNotApplied(given(['disclosure']), POLICY, NOW)?.state.state).toBe('not-applied');
    const paid = recordFee(given(['disclosure']), { amount: 5250, paidOn: '2026-04-09' }, 'clerk', POLICY, NOW).state;
    expect(treatAsNotApplied(paid, POLICY, NOW)).toBeUndefined();
    expect(treatAsNotApplied(accepted(), POLICY, NOW)).toBeUndefined();
  });
});

describe('a proof of identity (R-03)', () => {
  const at = (change: object) => () => recordIdentityCheck(given(['erasure']), check(change), 'clerk', NOW);

  it.each([
    ['has expired', { expiresOn: '2026-04-09' }],
    ['has no day of expiry where it bears one', { expiresOn: undefined }],
    ['shows no name', { shows: ['address', 'birth-date'] }],
    ['shows the name alone', { shows: ['name'] }],
    [
      'is a health-insurance card after 2025-12-01',
      { proof: 'health-insurance-card', masked: ['insurer-number', 'symbol-and-number'] },
    ],
    ['shows the insurer number', { proof: 'eligibility-certificate', masked: ['symbol-and-number'] }],
    ['was looked at in the future', { checkedOn: '2026-04-11' }],
  ])('is not confirmed when it %s', (_why, change) => {
    expect(at(change)).toThrow(Refusal);
  });

  it('was good as a health-insurance card until 2025-12-01', () => {
    const masked = ['insurer-number', 'symbol-and-number'];
    expect(at({ proof: 'health-insurance-card', masked, checkedOn: '2025-12-01' })).not.toThrow();
    expect(at({ proof: 'eligibility-certificate', masked, checkedOn: '2025-12-01' })).toThrow(Refusal);
  });

  it('that was returned for masking is asked for again', () => {
    const { state } = recordIdentityCheck(given(['erasure']), check({ result: 'returned-for-masking' }), 'clerk', NOW);
    expect([codes(state), state.enclosed]).toEqual([['identity-proof-unmasked'], []]);
  });

  it('of the proxy is needed as well', () => {
    const proxy = { relation: 'parent' as const, kinds: ['erasure' as const] };
    const application = confirmed(given(['erasure'], { proxy, enclosed: ['identity-proof', 'proxy-authority'] }));
    expect(toDo(application)).toEqual(['identity-check', 'proxy-check']);
    const both = recordIdentityCheck(application, check({ person: 'proxy' }), 'clerk', NOW).state;
    const evidence = { evidence: 'family-register' as const, issuedOn: '2020-01-01', result: 'confirmed' as const };
    expect(toDo(recordProxyCheck(both, evidence, 'clerk', POLICY, NOW).state)).toEqual([]);
  });

  it('is void once another person stands on the form', () => {
    const { state } = amend(confirmed(given(['erasure'])), 2, { personChanged: true }, 'clerk', POLICY, NOW);
    expect([codes(state), toDo(state)]).toEqual([[], ['identity-check']]);
  });
});

describe("a proxy's authority (R-04)", () => {
  const mandated = given(['erasure'], { proxy: { relation: 'mandated', kinds: ['erasure'] }, enclosed: [] });
  const evidence = 'letter-of-proxy-with-seal-certificate' as const;
  const recorded = (change: object) => () =>
    recordProxyCheck(
      mandated,
      { evidence, issuedOn: '2026-02-01', result: 'confirmed', ...change },
      'clerk',
      POLICY,
      NOW,
    );

  it('needs a certificate of at most three months, and proof of the relation claimed', () => {
    expect(recorded({})).not.toThrow();
    expect(recorded({ issuedOn: '2026-01-10' })).not.toThrow();
    expect(recorded({ issuedOn: '2026-01-09' })).toThrow(Refusal);
    expect(recorded({ evidence: 'family-register' })).toThrow(Refusal);
  });
});

describe('acceptance', () => {
  it('sends nothing before identity is confirmed (R-03)', () => {
    const application = given(['erasure']);
    expect(() => acceptedBy(application)).toThrow(/identity-check/);
  });

  it('is refused when the form was changed after the subject was sealed from it', () => {
    const application = confirmed(given(['erasure']));
    const seen = { revision: application.revision - 1, subject: SUBJECT };
    expect(() => accept(application, seen, 'clerk', POLICY, NOW)).toThrow(ChangedMeanwhile);
  });

  it('sends one message to the systems of the kinds, and repeating it changes nothing', () => {
    const decision = acceptedBy(confirmed(given(['erasure'])));
    expect(decision.send).toMatchObject([{ type: 'dsr.request.accepted.v1', systems: ['auto', 'flower'] }]);
    expect(timersOf(decision)).toEqual(['unopened']);
    expect(accept(decision.state, { revision: 1, subject: SUBJECT }, 'clerk', POLICY, NOW)).toBeUndefined();
  });

  it('asks only the systems configured for the kinds', () => {
    const policy = { ...POLICY, systems: { ...POLICY.systems, erasure: ['flower'], disclosure: ['auto'] } };
    expect(systemsOf(policy, ['erasure'])).toEqual(['flower']);
    expect(systemsOf(policy, ['erasure', 'disclosure', 'complaint'])).toEqual(['flower', 'auto']);
    expect(systemsOf(policy, ['complaint', 'inquiry'])).toEqual([]);
  });

  it('publishes again, later each time, with a withdrawal where there is one, until the case is open', () => {
    const wished = withdraw(accepted(), { role: 'applicant', account: 'applicant' }, POLICY, NOW)!.state;
    const first = republish(wished, POLICY, NOW)!;
    expect(first.send?.map(({ type }) => type)).toEqual(['dsr.request.accepted.v1', 'dsr.request.withdrawn.v1']);
    const second = republish(first.state, POLICY, NOW)!;
    expect([first, second].map(({ timers }) => timers?.set?.[0]?.at)).toEqual([later(60_000), later(120_000)]);
    const opened = noteOpened(second.state, {
      caseId: wished._id,
      reference: wished.reference,
      historyHead: '',
      openedAt: NOW.toISOString(),
      dueAt: NOW.toISOString(),
    })!;
    expect(opened.timers).toEqual({ cancel: ['republish'] });
    expect(republish(opened.state, POLICY, NOW)).toBeUndefined();
  });
});

describe('the end', () => {
  const clerk = { role: 'clerk', account: 'clerk' } as const;
  const told = (revision: number, state: 'deciding' | 'closed') => ({
    caseId: 'x',
    reference: 'x',
    historyHead: '',
    revision,
    state,
    dueAt: NOW.toISOString(),
    packageReady: false,
    changedAt: NOW.toISOString(),
  });

  it('by withdrawal sends nothing before acceptance, and one wish after it (R-08)', () => {
    const early = withdraw(given(['erasure']), clerk, POLICY, NOW)!;
    expect([early.state.state, early.send]).toEqual(['withdrawn', undefined]);
    const late = withdraw(accepted(), clerk, POLICY, NOW)!;
    expect([late.state.state, late.send?.length]).toEqual(['accepted', 1]);
    expect(withdraw(late.state, clerk, POLICY, NOW)).toBeUndefined();
    const closed = noteChanged(accepted(), told(1, 'closed'))!.state;
    expect(() => withdraw(closed, clerk, POLICY, NOW)).toThrow(Refusal);
  });

  it('as a duplicate names the other application', () => {
    const application = given(['erasure']);
    expect(() => reject(application, { ground: 'duplicate' }, 'clerk', POLICY, NOW)).toThrow(Refusal);
    expect(() =>
      reject(application, { ground: 'duplicate', duplicateOf: application._id }, 'clerk', POLICY, NOW),
    ).toThrow(Refusal);
    expect(() => reject(application, { ground: 'incomplete', duplicateOf: 'x' }, 'clerk', POLICY, NOW)).toThrow(
      Refusal,
    );
  });

  it('destroys what names the person when its time has come (R-52)', () => {
    const rejected = reject(given(['erasure']), { ground: 'incomplete' }, 'clerk', POLICY, NOW);
    expect(rejected.timers?.set).toEqual([{ id: 'disposal', kind: 'dispose', at: later(90 * DAY_MS) }]);
    const disposed = dispose(rejected.state, NOW)!.state;
    expect([disposed.form, disposed.secret, disposed.tokens]).toEqual([undefined, undefined, []]);
    expect(dispose(disposed, NOW)).toBeUndefined();
    expect(() => amend(disposed, disposed.revision, {}, 'clerk', POLICY, NOW)).toThrow(Refusal);
  });

  it('takes news in any order: an older revision changes nothing', () => {
    const known = noteChanged(accepted(), told(2, 'closed'))!.state;
    expect(noteChanged(known, told(1, 'deciding'))).toBeUndefined();
    expect(noteChanged(null, told(1, 'deciding'))).toBeUndefined();
    expect(statusOf(known)).toMatchObject({ state: 'closed', text: { en: 'The case is closed.' } });
  });
});
