import { partsOf } from '../throughput.js';
import { inParallel } from './pool.js';
import { ulid } from './ulid.js';

test('a made case id has the form of a ULID and sorts by time', () => {
  expect(ulid()).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
  expect(ulid(1000) < ulid(2000)).toBe(true);
  expect(ulid(0).slice(0, 10)).toBe('0000000000');
});

test('cases are spread over rounds without losing one', () => {
  expect(partsOf(10, 3)).toEqual([3, 3, 4]);
  expect(partsOf(2, 2)).toEqual([1, 1]);
});

describe('work in parallel', () => {
  test('never has more under way than allowed, and does everything', async () => {
    let underWay = 0;
    let most = 0;
    const done: number[] = [];
    await inParallel([1, 2, 3, 4, 5], 2, async (item) => {
      most = Math.max(most, (underWay += 1));
      await Promise.resolve();
      underWay -= 1;
      done.push(item);
    });
    expect(most).toBe(2);
    expect(done.sort()).toEqual([1, 2, 3, 4, 5]);
  });

  test('begins nothing more after a failure, which it passes on', async () => {
    const begun: number[] = [];
    const failing = inParallel([1, 2, 3, 4], 1, async (item) => {
      begun.push(item);
      if (item === 2) throw new Error('no');
      return Promise.resolve();
    });
    await expect(failing).rejects.toThrow('no');
    expect(begun).toEqual([1, 2]);
  });
});
