import { readOptions, WrongUsage } from './options.js';

describe('options of a chaos run', () => {
  test('stand where nothing is given', () => {
    expect(readOptions([], {})).toMatchObject({ cases: 200, faults: 30, seed: 1, atATime: 16 });
  });

  test.each([
    [['--cases', '0'], /--cases 0: must be a whole number from 1/],
    [['--faults', 'many'], /--faults many/],
    [['--seed', '1.5'], /--seed 1.5/],
    [['--only', 'kill,rain'], /--only rain: unknown; there are kill/],
    [['--color'], /--color/],
    [['extra'], /extra/],
  ])('%j is refused with the reason', (argv, reason) => {
    expect(() => readOptions(argv, {})).toThrow(WrongUsage);
    expect(() => readOptions(argv, {})).toThrow(reason);
  });

  test('servers of somebody else are not hurt', () => {
    expect(() => readOptions([], { MONGODB_URI: 'mongodb://db.example' })).toThrow(/unset MONGODB_URI/);
  });
});
