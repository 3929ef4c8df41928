import { benchLocate } from './bench-locate.js';

it('locating is measured in a small and a larger store by real messages, and everybody asked for is found', async () => {
  const said: string[] = [];
  const figures = await benchLocate({
    people: [200, 400],
    seed: 7,
    requests: 10,
    say: (text) => said.push(text),
    signal: AbortSignal.timeout(240_000),
  });
  expect(figures.stores.map(({ people, requests }) => [people, requests])).toEqual([
    [200, 10],
    [400, 10],
  ]);
  for (const { documents, entries, rowsPerRequest, comparedPerRequest, locate, answer } of figures.stores) {
    expect(documents).toBeGreaterThan(400);
    expect(entries).toBeGreaterThan(200);
    expect(rowsPerRequest).toBeGreaterThan(0.9);
    // Rows reached by reference are not compared.
    expect(comparedPerRequest).toBeGreaterThan(0.9);
    expect(locate.p99).toBeGreaterThanOrEqual(locate.p50);
    // What happens inside the connector is a part of what is waited for.
    expect(answer.p50).toBeGreaterThan(locate.p50);
  }
  expect(figures.locateP99Ratio).toBeGreaterThan(0);
}, 300_000);
