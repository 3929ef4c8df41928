import { MOST_BYTES } from './case.store.js';
import { Given, located, opened, refusal } from './decisions/case.harness.js';

it('five systems take five hundred decisions each, and a case of them has room for all that follows', () => {
  const systems = ['auto', 'brand-item', 'flower', 'medical', 'motorcycle'];
  const given = new Given().all(opened(['cessation-of-use'], systems));
  const recordTokens = Array.from({ length: 200 }, (_, n) => `m1.key-2026.record.${n}`.padEnd(70, 'x'));
  const decide = (system: string, n: number, decision: 'confirmed' | 'rejected' = 'confirmed') =>
    given.when({
      type: 'decide-match',
      system,
      ref: `${n}`.padEnd(43, 'x'),
      verdict: 'candidate',
      decision,
      corrections: 0,
      who: 'staff:an-account-with-a-long-name',
      ifMatch: given.decisionsTag(system),
    });
  for (const system of systems) {
    given.when(located({ system, matches: { certain: 1, candidate: 600 }, recordTokens }));
    for (let n = 0; n < 500; n += 1) decide(system, n);
    expect(refusal(() => decide(system, 500))).toBe('conflict');
    expect(decide(system, 7, 'rejected')).toEqual(['MatchDecided']);
  }
  expect(Buffer.byteLength(JSON.stringify(given.state))).toBeLessThan(MOST_BYTES / 4);
});

it('decisions of more words than a case can hold are refused, and exclusions of whole records instead are taken', () => {
  const given = new Given().all(opened(['erasure']), located({ matches: { certain: 0, candidate: 1 } }));
  const exclude = (paths: string[]) => () =>
    given.when({
      type: 'set-exclusions',
      system: 'auto',
      who: 'staff:a',
      ifMatch: given.decisionsTag(),
      exclusions: Array.from({ length: 200 }, (_, n) => ({
        record: `r${n}`,
        paths,
        operations: ['erase' as const],
        ground: 'open-transaction',
      })),
    });
  expect(refusal(exclude(Array.from({ length: 100 }, (_, n) => `${'p'.repeat(190)}${n}`)))).toBe('conflict');
  expect(exclude([])()).toEqual(['ExclusionsSet']);
});
