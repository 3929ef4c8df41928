import { FAULT_NAMES } from './kinds.js';
import { planFaults } from './plan.js';

describe('the plan of faults', () => {
  test('is the same for the same seed, and another for another', () => {
    const plan = (seed: number) => planFaults({ seed, cases: 500, faults: 60 });
    expect(plan(7)).toEqual(plan(7));
    expect(plan(8)).not.toEqual(plan(7));
  });

  test('holds every class of fault once there are faults enough', () => {
    const named = new Set(planFaults({ seed: 1, cases: 2000, faults: FAULT_NAMES.length }).map(({ fault }) => fault));
    expect([...named].sort()).toEqual([...FAULT_NAMES].sort());
  });

  test('follows the progress of the cases, and ends before they do', () => {
    const moments = planFaults({ seed: 3, cases: 1000, faults: 100 }).map(({ after }) => after);
    expect(moments).toEqual([...moments].sort((a, b) => a - b));
    expect(Math.max(...moments)).toBeLessThan(950);
  });

  test('keeps to the classes that were named', () => {
    const named = new Set(
      planFaults({ seed: 2, cases: 100, faults: 20, only: ['kill', 'late'] }).map(({ fault }) => fault),
    );
    expect([...named].sort()).toEqual(['kill', 'late']);
  });
});
