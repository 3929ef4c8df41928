import { append, canonicalJson, headOf, verifyChain, type HistoryEntry } from './history.js';

const ID = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const chain = (): HistoryEntry[] =>
  ['A', 'B', 'C'].reduce<HistoryEntry[]>(
    (history, what) =>
      append(ID, history, { at: '2026-04-01T00:00:00Z', who: 'staff:a', what, why: null, detail: { n: 1 } }),
    [],
  );

describe('the history chain', () => {
  it('verifies as it was written', () => {
    const history = chain();
    expect(verifyChain(ID, history, headOf(ID, history))).toEqual({ intact: true, entries: 3 });
    expect(verifyChain(ID, [], headOf(ID, []))).toEqual({ intact: true, entries: 0 });
  });
  it.each([
    [
      'an altered entry',
      (h: HistoryEntry[]) => h.map((e, i) => (i === 1 ? { ...e, who: 'staff:b' } : e)),
      2,
      'entry-altered',
    ],
    [
      'an altered detail',
      (h: HistoryEntry[]) => h.map((e, i) => (i === 0 ? { ...e, detail: { n: 2 } } : e)),
      1,
      'entry-altered',
    ],
    ['a removed entry', (h: HistoryEntry[]) => [h[0]!, h[2]!], 2, 'entry-out-of-order'],
    ['a cut tail', (h: HistoryEntry[]) => h.slice(0, 2), 2, 'head-differs'],
    [
      'a rewritten entry with a fitting digest',
      (h: HistoryEntry[]) => [append(ID, [], { ...h[0]!, what: 'Z' })[0]!, h[1]!, h[2]!],
      2,
      'link-broken',
    ],
  ])('notices %s', (_, tamper, at, fault) => {
    const history = chain();
    expect(verifyChain(ID, tamper(history), headOf(ID, history))).toEqual({ intact: false, at, fault });
  });
  it('belongs to its case', () => {
    const history = chain();
    expect(verifyChain('01ARZ3NDEKTSV4RRFFQ69G5FAW', history, headOf(ID, history))).toMatchObject({
      intact: false,
      at: 1,
    });
  });
  it('is digested over canonical JSON: the order of members does not matter, undefined ones are absent', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'é' }], a: undefined, A: true })).toBe(
      '{"A":true,"b":[1,{"c":"é","d":null}]}',
    );
  });
});
