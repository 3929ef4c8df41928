import { benchExport } from './bench-export.js';

it('one person’s records go from the store into a package, all of them, while memory is watched', async () => {
  const figures = await benchExport({
    megabytes: 2,
    records: 100,
    seed: 1,
    say: () => undefined,
    signal: AbortSignal.timeout(280_000),
  });
  // The persona’s own few records come on top.
  expect(figures.records).toBeGreaterThan(100);
  expect(figures.files).toBeGreaterThanOrEqual(80);
  expect(figures.packageMegabytes).toBeGreaterThan(2);
  expect(figures.memoryMb.connector.before).toBeGreaterThan(20);
  expect(figures.memoryMb.cases.most).toBeGreaterThanOrEqual(figures.memoryMb.cases.before);
}, 300_000);
