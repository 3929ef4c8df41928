import { isBroken } from '../checker/check.js';
import { runChaos } from './chaos.js';

/** A slice of what `npm run chaos` does at length: fifteen classes of fault over a hundred cases, the same each time. */
it('a hundred cases under fifteen faults: every invariant holds', async () => {
  const faultLines: string[] = [];
  const report = await runChaos({
    cases: 100,
    faults: 15,
    seed: 7,
    people: 90,
    atATime: 16,
    signal: new AbortController().signal,
    say: (text) => faultLines.push(text),
    progress: () => undefined,
  });
  const broken = report.verdicts.filter(isBroken);
  // The lines tell what had struck when.
  expect({ broken, ...(broken.length > 0 && { faultLines }) }).toEqual({ broken: [] });
  expect(report.faults).toHaveLength(15);
  expect(report.cases).toBe(100);
  const counted = new Map(report.verdicts.map(({ invariant, checked }) => [invariant, checked]));
  for (const invariant of [
    'every effect is applied once',
    'records of other people are byte for byte as they were',
    'no held record is erased',
    'what the business changed meanwhile is not overwritten',
    'what was erased is gone',
    'disclosure packages open and hold what their manifests say',
  ])
    expect(counted.get(invariant)).toBeGreaterThan(0);
}, 900_000);
