import { KIND_NAMES, type RecordsLocated } from '@kenri/contracts';
import {
  dueAt,
  exportScopesOf,
  mayApprove,
  needsAnswer,
  needsFourEyes,
  operationsOf,
  outcomeOf,
  refusalGround,
  REFUSAL_GROUNDS,
  scopeOf,
  straightThrough,
  STRAIGHT_THROUGH_ELIGIBLE,
  suppressedPurposes,
  warningTimes,
} from './index.js';

const answer: Pick<RecordsLocated, 'matches' | 'blockers' | 'freshness' | 'dryRun'> = {
  matches: { certain: 1, candidate: 0 },
  blockers: [],
  freshness: { fresh: true, indexedUntil: '2026-04-01T00:00:00Z' },
  dryRun: {},
};

describe('operations of kinds', () => {
  it('come in the order export, correct, suppress, erase, each once', () => {
    expect(operationsOf(['erasure', 'cessation-of-use', 'correction', 'addition', 'disclosure'])).toEqual([
      'export',
      'correct',
      'suppress',
      'erase',
    ]);
  });
  it('are none for complaints and inquiries, which need an answer in words', () => {
    expect(operationsOf(['complaint', 'inquiry'])).toEqual([]);
    expect(needsAnswer(['complaint'])).toBe(true);
    expect(needsAnswer(['disclosure'])).toBe(false);
  });
  it('an export contains exactly what the kinds ask for', () => {
    expect(exportScopesOf(['disclosure', 'purpose-notification'])).toEqual(['data', 'purposes']);
    expect(exportScopesOf(['erasure'])).toEqual([]);
  });
});

describe('suppressed purposes', () => {
  it('an erasure forbids all use of data collected before the request only', () => {
    expect(suppressedPurposes(['erasure'], scopeOf(['erasure']), '2026-04-01T00:00:00Z')).toEqual([
      { purpose: 'all-use', applies: 'collected-before', collectedBefore: '2026-04-01T00:00:00Z' },
    ]);
  });
  it('a stop of third-party provision is ongoing and covers sharing and ads where nothing else was named', () => {
    const kinds = ['cessation-of-third-party-provision'] as const;
    expect(suppressedPurposes(kinds, scopeOf(kinds), '2026-04-01T00:00:00Z')).toEqual([
      { purpose: 'third-party-provision', applies: 'ongoing' },
      { purpose: 'joint-use', applies: 'ongoing' },
      { purpose: 'ads', applies: 'ongoing' },
    ]);
  });
  it('named purposes replace the usual ones', () => {
    const kinds = ['cessation-of-use'] as const;
    const scope = scopeOf(kinds, { purposes: ['marketing'] });
    expect(suppressedPurposes(kinds, scope, '2026-04-01T00:00:00Z')).toEqual([
      { purpose: 'marketing', applies: 'ongoing' },
    ]);
  });
  it('a disclosure suppresses nothing', () => {
    expect(suppressedPurposes(['disclosure'], scopeOf(['disclosure']), '2026-04-01T00:00:00Z')).toEqual([]);
  });
});

describe('due dates', () => {
  const receivedAt = '2026-04-01T00:00:00.000Z';
  it('are 14 days after the complete application by default, and the shortest of several kinds', () => {
    expect(dueAt({ kinds: ['disclosure'], receivedAt }, new Date(receivedAt)).toISOString()).toBe(
      '2026-04-15T00:00:00.000Z',
    );
    const days = { ...Object.fromEntries(KIND_NAMES.map((k) => [k, 14])), erasure: 7 } as Parameters<typeof dueAt>[2];
    expect(dueAt({ kinds: ['disclosure', 'erasure'], receivedAt }, new Date(receivedAt), days).toISOString()).toBe(
      '2026-04-08T00:00:00.000Z',
    );
  });
  it('move by what was paused, also while a pause still runs, and by an extension', () => {
    const pauses = [
      { from: '2026-04-02T00:00:00Z', until: '2026-04-04T00:00:00Z' },
      { from: '2026-04-05T00:00:00Z', until: null },
    ];
    const due = dueAt(
      { kinds: ['disclosure'], receivedAt, pauses, extendedByDays: 7 },
      new Date('2026-04-06T00:00:00Z'),
    );
    expect(due.toISOString()).toBe('2026-04-25T00:00:00.000Z');
  });
  it('warnings fall at half, four fifths and the end of the period', () => {
    const times = warningTimes(receivedAt, new Date('2026-04-11T00:00:00Z')).map(({ at }) => at.toISOString());
    expect(times).toEqual(['2026-04-06T00:00:00.000Z', '2026-04-09T00:00:00.000Z', '2026-04-11T00:00:00.000Z']);
  });
});

describe('straight-through', () => {
  const part = {
    kinds: ['disclosure'] as const,
    operations: ['export'] as const,
    configured: STRAIGHT_THROUGH_ELIGIBLE,
    answer,
    furtherRound: false,
  };
  it('runs a configured kind without irreversible step whose matches are all certain', () => {
    expect(straightThrough(part)).toEqual({ ok: true });
  });
  it.each([
    ['a kind not configured', { configured: [] }, 'kind-not-configured'],
    ['a candidate', { answer: { ...answer, matches: { certain: 1, candidate: 1 } } }, 'candidates'],
    ['a stale index', { answer: { ...answer, freshness: { fresh: false, indexedUntil: null } } }, 'stale-index'],
    [
      'a blocker of the operation',
      {
        answer: {
          ...answer,
          blockers: [{ code: 'x', label: { ja: '', en: '' }, operations: ['export' as const], records: 1 }],
        },
      },
      'blocker',
    ],
    ['a determination', { operations: ['correct' as const] }, 'determination'],
    ['an erasure', { operations: ['erase' as const] }, 'irreversible'],
    ['a further round', { furtherRound: true }, 'further-round'],
  ])('needs a person for %s', (_, change, reason) => {
    const verdict = straightThrough({ ...part, ...change });
    expect(verdict.ok ? [] : verdict.reasons).toContain(reason);
  });
  it('a blocker of another operation does not matter', () => {
    const blockers = [{ code: 'x', label: { ja: '', en: '' }, operations: ['erase' as const], records: 1 }];
    expect(straightThrough({ ...part, answer: { ...answer, blockers } })).toEqual({ ok: true });
  });
  it('erasure and correction can never be configured as eligible', () => {
    expect(STRAIGHT_THROUGH_ELIGIBLE).not.toContain('erasure');
    expect(STRAIGHT_THROUGH_ELIGIBLE).not.toContain('correction');
  });
});

describe('four eyes', () => {
  it('are needed for a plan that erases, and for no other', () => {
    expect(needsFourEyes(['export', 'suppress'])).toBe(false);
    expect(needsFourEyes(['suppress', 'erase'])).toBe(true);
  });
  it('refuse whoever proposed or decided', () => {
    expect(mayApprove('b', ['a', 'b'])).toEqual({ ok: false, reason: 'same-person' });
    expect(mayApprove('c', ['a', 'b'])).toEqual({ ok: true });
  });
});

describe('refusal grounds', () => {
  it('each states its text in Japanese and English and its article', () => {
    for (const ground of REFUSAL_GROUNDS) {
      expect(ground.text.ja.length).toBeGreaterThan(5);
      expect(ground.text.en.length).toBeGreaterThan(5);
      expect(ground.article).not.toBe('');
    }
  });
  it('serve only the operations they are made for', () => {
    expect(refusalGround('harm-to-rights', ['export'])?.article).toBe('33(2)(i)');
    expect(refusalGround('harm-to-rights', ['erase'])).toBeUndefined();
    expect(refusalGround('no-such', ['export'])).toBeUndefined();
  });
});

describe('the outcome of a case', () => {
  it.each([
    [['carried-out', 'nothing-found'], 'carried-out'],
    [['nothing-found', 'nothing-found'], 'nothing-found'],
    [['refused', 'nothing-found'], 'refused'],
    [['carried-out', 'refused'], 'partly-carried-out'],
    [['partly-carried-out'], 'partly-carried-out'],
    [['cancelled', 'nothing-found'], 'withdrawn'],
    [['cancelled', 'carried-out'], 'partly-carried-out'],
    [[], 'answered'],
  ] as const)('of %j is %s', (endings, outcome) => {
    expect(outcomeOf(endings)).toBe(outcome);
  });
});
