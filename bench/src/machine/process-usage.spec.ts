import { secondsOf, statOf } from './process-usage.js';

describe('what a process used', () => {
  test('is read behind the command name, which may hold spaces and parentheses', () => {
    const line =
      '42 (node (a) b) S 1 77 77 0 -1 4194304 100 0 0 0 250 150 30 20 20 0 11 0 100 1000000 512 18446744073709551615 1 1';
    expect(statOf(line, 4096)).toEqual({ group: 77, cpuSeconds: 4.5, residentBytes: 512 * 4096 });
  });

  test.each([
    ['00:01', 1],
    ['12:34', 754],
    ['01:02:03', 3723],
    ['2-00:00:01', 172_801],
    ['0:01.50', 1.5],
  ])('the time %s of ps is %d seconds', (time, seconds) => {
    expect(secondsOf(time)).toBe(seconds);
  });
});
