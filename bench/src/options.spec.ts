import { parseBenchOptions, PARTS } from './options.js';

describe('options of the bench', () => {
  test('everything is measured at default sizes where nothing is said', () => {
    expect(parseBenchOptions([])).toMatchObject({
      people: 2000,
      cases: 900,
      rounds: 3,
      only: PARTS,
      json: 'out/bench.json',
      seed: 1,
      profile: false,
      help: false,
    });
  });

  test('parts are taken in the order in which they run', () => {
    expect(parseBenchOptions(['--only', 'locate,throughput']).only).toEqual(['throughput', 'locate']);
  });

  test('fewer cases than rounds need fewer rounds', () => {
    expect(parseBenchOptions(['--cases', '2']).rounds).toBe(2);
    expect(() => parseBenchOptions(['--cases', '2', '--rounds', '3'])).toThrow(/--rounds 3.*only 2 cases/);
  });

  test.each([
    [['--people', '0'], /--people 0 cannot be used: give a whole number from 1 to 1000000/],
    [['--cases', 'many'], /--cases many cannot be used/],
    [['--cases', '-1'], /--cases/],
    [['--cases', '1.5'], /--cases 1.5 cannot be used/],
    [['--seed', '99999999999'], /--seed 99999999999 cannot be used/],
    [['--locate-people', '10000'], /--locate-people 10000 cannot be used: give a whole number from 10001/],
    [['--only', 'throughput,speed'], /knows no part speed: there are throughput, latency/],
    [['--only', ''], /names no part/],
    [['--json', ''], /--json names no file/],
    [['--fast'], /--fast/],
    [['more'], /more/],
  ])('%j is refused with the reason', (args, reason) => {
    expect(() => parseBenchOptions(args)).toThrow(reason);
  });
});
