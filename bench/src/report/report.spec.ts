import { median, percentile, rounded } from './figures.js';
import { ratioLines } from './print.js';
import { GOALS, ratiosOf, verdictOf, type Measured, type Ratios } from './summary.js';
import { shown, table } from './table.js';

describe('figures', () => {
  test('a percentile is the value that so many of the values do not exceed', () => {
    const hundred = Array.from({ length: 100 }, (_, n) => 100 - n);
    expect(percentile(hundred, 0.5)).toBe(50);
    expect(percentile(hundred, 0.99)).toBe(99);
    expect(percentile(hundred, 1)).toBe(100);
    expect(percentile([7], 0.01)).toBe(7);
    expect(percentile([1, 2, 3], 0.99)).toBe(3);
  });

  test('the median of an even number of values is the mean of the two in the middle', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([1, 2, 3, 10])).toBe(2.5);
  });

  test('of nothing there is no percentile and no median', () => {
    expect(() => percentile([], 0.5)).toThrow(RangeError);
    expect(() => median([])).toThrow(RangeError);
  });

  test('figures are rounded to significant digits, not to decimals', () => {
    expect(rounded(0.000123456)).toBe(0.0001235);
    expect(rounded(123_456)).toBe(123_500);
  });
});

const build = (casesPerSecond: number, cpuMsPerCase: number) => ({ casesPerSecond, cpuMsPerCase }) as never;
const trip = (p99: number) => ({ p50: 1, p99, count: 10 });

describe('ratios', () => {
  test('are ours by what was measured beside it; parts that were not run are absent', () => {
    expect(ratiosOf({ throughput: { ours: build(30, 90), floor: build(50, 30), naive: build(10, 300) } })).toEqual({
      floorThroughput: 0.6,
      naiveThroughput: 3,
      cpuPerCaseToFloor: 3,
      cpuPerCaseToNaive: 0.3,
    });
    expect(ratiosOf({})).toEqual({});
  });

  test('latency is held against the round trip under the same load, not the idle one', () => {
    const measured: Measured = {
      latency: {
        casesPerSecond: 5,
        acceptedToLastAnswer: trip(200),
        stages: [],
        alone: { acceptedToLastAnswer: trip(50), stages: [] },
        roundTripUnderLoad: trip(25),
        roundTripIdle: trip(5),
      },
    };
    expect(ratiosOf(measured)).toEqual({ latencyP99ToRoundTrip: 8 });
  });

  test('each goal has two steps, and the side on which it is better', () => {
    for (const [name, { better, least, aim }] of Object.entries(GOALS) as [
      keyof Ratios,
      (typeof GOALS)[keyof Ratios],
    ][]) {
      const step = better === 'more' ? -0.01 : 0.01;
      expect(verdictOf(name, aim)).toBe('aim');
      expect(verdictOf(name, aim + step)).toBe('enough');
      expect(verdictOf(name, least)).toBe('enough');
      expect(verdictOf(name, least + step)).toBe('short');
    }
  });
});

describe('the table', () => {
  test('names stand to the left, figures to the right, and nothing trails', () => {
    expect(
      table(
        ['what', 'ours'],
        [
          ['cases per second', '12.3'],
          ['利用停止', '1'],
        ],
      ),
    ).toEqual([
      'what              ours',
      '────────────────  ────',
      'cases per second  12.3',
      '利用停止                 1',
    ]);
  });

  test('figures are shown with three digits, large ones whole', () => {
    expect([0.1234, 12.345, 123.45, 123_456].map(shown)).toEqual(['0.12', '12.3', '123', '123,456']);
  });

  test('only measured ratios are shown, with their goals', () => {
    const lines = ratioLines({ floorThroughput: 0.61 });
    expect(lines).toHaveLength(3);
    expect(lines[2]).toMatch(/throughput to the floor\s+0\.61×\s+≥ 0\.5×\s+≥ 0\.7×\s+enough/);
  });
});
