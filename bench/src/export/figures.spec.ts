import { heldOver, type Sample } from './figures.js';

const sample = (at: number, connector: number, cases: number): Sample => ({ at, connector, cases });
const moments = { asked: 1000, located: 2000, exported: 4000, packaged: 9000 };

describe('memory over an export', () => {
  it('is what a process grew over the last look before, at its highest until the package is built', () => {
    const samples = [
      sample(200, 300, 90),
      sample(900, 100, 80),
      sample(1500, 130, 81),
      sample(3000, 150, 82),
      sample(8000, 120, 111),
      sample(9500, 999, 999),
    ];
    const { memoryMb, phases } = heldOver(samples, moments);
    expect(memoryMb).toEqual({
      connector: { before: 100, most: 150, grown: 50 },
      cases: { before: 80, most: 111, grown: 31 },
    });
    expect(phases).toEqual({
      locating: { seconds: 1, connectorMb: 130, casesMb: 81 },
      exporting: { seconds: 2, connectorMb: 150, casesMb: 82 },
      packaging: { seconds: 5, connectorMb: 120, casesMb: 111 },
    });
  });

  it('is not told where nobody looked before', () => {
    expect(() => heldOver([sample(1500, 1, 1)], moments)).toThrow('not looked at before');
  });
});
