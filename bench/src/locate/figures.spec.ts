import { locateSpans } from './locate-spans.js';
import { compared, quantile, quantilesOf, type StoreFigures } from './figures.js';
import { applicantsIn } from './people.js';

const store = (people: number, p99: number): StoreFigures => ({
  people,
  documents: people * 2,
  entries: people,
  fillSeconds: 1,
  sweepSeconds: 1,
  sweptPerSecond: people,
  requests: 100,
  rowsPerRequest: 2,
  comparedPerRequest: 3,
  locate: { p50: p99 / 2, p99 },
  answer: { p50: p99, p99: p99 * 2 },
  connectorMb: 100,
});

describe('figures of locating', () => {
  it('a quantile is the value that so many do not exceed, and there is none of nothing', () => {
    const values = Array.from({ length: 200 }, (_, n) => 200 - n);
    expect(quantilesOf(values)).toEqual({ p50: 100, p99: 198 });
    expect(quantile([7], 0.99)).toBe(7);
    expect(() => quantile([], 0.5)).toThrow(RangeError);
  });

  it('the largest store is compared with the smallest, in whichever order they came', () => {
    const { stores, locateP99Ratio, answerP99Ratio } = compared([store(1000, 30), store(10, 20)]);
    expect(stores.map(({ people }) => people)).toEqual([10, 1000]);
    expect([locateP99Ratio, answerP99Ratio]).toEqual([1.5, 1.5]);
  });

  it('one store alone is compared with nothing', () => {
    expect(() => compared([store(10, 20)])).toThrow('at least two');
  });

  it('only locating counts among the spans that come', () => {
    const spans = [
      {
        name: 'locate',
        startTimeUnixNano: '1700000000000000000',
        endTimeUnixNano: '1700000000012500000',
        attributes: [
          { key: 'kenri.records', value: { intValue: 2 } },
          { key: 'kenri.compared', value: { intValue: 5 } },
        ],
      },
      { name: 'mongodb.find', startTimeUnixNano: '1700000000000000000', endTimeUnixNano: '1700000000001000000' },
    ];
    expect(locateSpans(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }))).toEqual([
      { milliseconds: 12.5, compared: 5 },
    ]);
  });

  it('applicants of a seed are the same each time, and others in a larger store', () => {
    const some = (people: number) => {
      const applicants = applicantsIn('medical', { people, seed: 3 });
      return Array.from({ length: 20 }, () => applicants.next().value.fullName);
    };
    expect(some(5_000)).toEqual(some(5_000));
    expect(some(50_000)).not.toEqual(some(5_000));
  });
});
