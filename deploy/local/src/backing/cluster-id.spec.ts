import { clusterId } from './cluster-id.js';

describe('a cluster id', () => {
  test('that begins with - is drawn again: kafka-storage would take it for an option', () => {
    const drawn = [Buffer.alloc(16, 0xf8), Buffer.alloc(16, 0xfb), Buffer.alloc(16, 7)];
    expect(drawn[0]!.toString('base64url')).toMatch(/^-/);
    expect(drawn[1]!.toString('base64url')).toMatch(/^-/);
    expect(clusterId(() => drawn.shift()!)).toBe('BwcHBwcHBwcHBwcHBwcHBw');
  });

  test('is 22 characters of base64url, another each time', () => {
    const ids = new Set(Array.from({ length: 1000 }, () => clusterId()));
    expect(ids.size).toBe(1000);
    for (const id of ids) expect(id).toMatch(/^\w[\w-]{21}$/);
  });
});
