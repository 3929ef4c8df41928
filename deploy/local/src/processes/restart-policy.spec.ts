import { decideRestart } from './restart-policy.js';

describe('restarting a service that ended by itself', () => {
  test('each restart waits twice as long as the one before, up to half a minute', () => {
    const delays = [0, 1, 2, 5, 6, 20].map((attempts) => {
      const restart = decideRestart('ended with exit code 1', attempts, 100);
      return restart.again ? restart.afterMs : undefined;
    });
    expect(delays).toEqual([500, 1000, 2000, 16_000, 30_000, 30_000]);
  });

  test('one that had run steadily starts with a short wait again', () => {
    expect(decideRestart('ended by SIGKILL', 9, 60_000)).toEqual({ again: true, attempt: 1, afterMs: 500 });
  });

  test('one whose configuration cannot be used is not restarted', () => {
    expect(decideRestart('ended with exit code 78', 0, 100)).toEqual({ again: false });
  });
});
