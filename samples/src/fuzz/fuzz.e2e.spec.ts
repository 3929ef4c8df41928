import { TrialPlatform } from '../trial-platform.js';
import { fuzz } from './fuzz.js';
import { reportOf } from './report.js';

/** A slice of what `npm run fuzz` does at length: every operation and every topic, the same requests and messages each time. */
it('bad requests and bad messages: nothing crashes, hangs, is half-written or lost, and nothing personal is told', async () => {
  const platform = await TrialPlatform.start(100, {
    settings: { KENRI_PUBLIC_PER_MINUTE: '100000', LOG_LEVEL: 'info' },
  });
  try {
    const silent = { line: () => undefined, progress: () => undefined };
    const options = {
      limit: { runs: 3 },
      seed: 7,
      areas: ['http', 'messages'],
      services: undefined,
      operation: undefined,
    } as const;
    const result = await fuzz(platform, options, silent);
    const { findings } = result;
    expect({ findings, ...(findings.length > 0 && { report: reportOf(result) }) }).toEqual({ findings: [] });
    expect(Object.keys(result.http).length).toBeGreaterThan(50);
    expect(Object.keys(result.messages).length).toBeGreaterThan(10);
    expect(result.realRequests).toBeGreaterThan(0);
  } finally {
    await platform.stop();
  }
}, 300_000);
