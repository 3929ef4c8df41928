import { lagOf, largest } from './consumer-lag.js';

const ends = { partition: 0, low: '10', high: '30' };

it.each([
  ['read to the end', '30', { unread: 0, lost: 0, beyondEnd: false }],
  ['half-way', '20', { unread: 10, lost: 0, beyondEnd: false }],
  ['nothing read ever', '-1', { unread: 20, lost: 0, beyondEnd: false, committed: null }],
  ['no such commit', undefined, { unread: 20, lost: 0, beyondEnd: false, committed: null }],
  ['messages deleted before they were read', '4', { unread: 20, lost: 6, beyondEnd: false }],
  ['a topic made anew', '99', { unread: 20, lost: 0, beyondEnd: true }],
])('%s', (_case, offset, expected) => {
  expect(lagOf(ends, offset)).toMatchObject(expected);
});

it.each([0, 900, 5_000, 61_234, 3_600_000, 14 * 86_400_000])(
  'the age of a message of %d ms is found to a second or two per cent, in few questions',
  async (ms) => {
    let asked = 0;
    const found = await largest((span) => Promise.resolve((asked++, span <= ms)));
    expect(found).toBeLessThanOrEqual(ms);
    expect(ms - found).toBeLessThanOrEqual(Math.max(1000, ms * 0.02));
    expect(asked).toBeLessThan(40);
  },
);
