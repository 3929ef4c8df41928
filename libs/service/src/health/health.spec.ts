import { Problem } from '../problems/problem.js';
import { Health, HealthController, STUCK_AFTER_MS } from './health.controller.js';

const at = (milliseconds: number) => new Date(Date.UTC(2026, 0, 1) + milliseconds);

describe('liveness', () => {
  let now = at(0);
  const given = (lastFetchAt: Date | undefined, active = true) => {
    now = at(0);
    const health = new Health({ now: () => now });
    health.watch({ lastFetchAt: () => lastFetchAt, joined: () => true, active: () => active });
    return new HealthController(health, undefined as never);
  };

  it('tells the age of the last fetch', () => {
    const controller = given(at(0));
    now = at(1500);
    expect(controller.live()).toEqual({ status: 'ok', lastFetchAgeMs: 1500 });
  });

  it('fails when the consumer has not fetched for a minute, or never did', () => {
    for (const lastFetchAt of [at(0), undefined]) {
      const controller = given(lastFetchAt);
      now = at(STUCK_AFTER_MS + 1);
      expect(() => controller.live()).toThrow(Problem);
    }
  });

  it('does not mind a service that consumes nothing', () => {
    const controller = given(undefined, false);
    now = at(STUCK_AFTER_MS + 1);
    expect(controller.live()).toEqual({ status: 'ok' });
  });
});
