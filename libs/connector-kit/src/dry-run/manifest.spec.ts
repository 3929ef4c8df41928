import { ObjectId } from 'mongodb';
import { digestOf } from '../documents/comparable.js';
import { heldLines, readHeldLines } from './manifest-text.js';
import { manifestDigest, type Manifest, type ManifestRow } from './manifest.js';

const row = (n: number, over: Partial<ManifestRow> = {}): ManifestRow => ({
  ref: `row-${n}`,
  collection: 'orders',
  id: ObjectId.createFromTime(n),
  roles: ['buyer'],
  elements: [],
  depth: 1,
  digest: 'd'.repeat(64),
  action: 'delete',
  holds: [],
  ...over,
});

const manifest: Manifest = {
  caseId: '01J0000000000000000000000A',
  system: 'trial',
  round: 2,
  matches: [
    {
      ref: 'm1',
      verdict: 'certain',
      rows: [row(1, { depth: 0 }), row(2), row(3, { holds: [{ rule: 'r', until: null }] })],
    },
    { ref: 'm2 "quoted"', verdict: 'candidate', rows: [row(4, { elements: [{ at: 'staff', key: 7 }], id: 'text' })] },
  ],
};

describe('a manifest', () => {
  it('has the digest of its canonical JSON, though it is never one text', () => {
    const { matches, ...rest } = manifest;
    const whole = {
      ...rest,
      matches: matches.map(({ ref, verdict, rows }) => ({
        ref,
        verdict,
        rows: rows.map(({ ref: own, collection, digest, action, holds }) => ({
          ref: own,
          collection,
          digest,
          action,
          holds,
        })),
      })),
    };
    expect(manifestDigest(manifest)).toBe(digestOf(whole));
    expect(manifestDigest({ ...manifest, matches: [] })).toBe(digestOf({ ...rest, matches: [] }));
  });

  it('comes back from its lines with what it was, ids in their stored types', async () => {
    const held = { subject: { identity: { fullName: '山田太郎' }, particulars: {} }, manifest };
    const lines = async function* () {
      for (const line of heldLines(held)) yield await Promise.resolve(line.trimEnd());
    };
    expect(await readHeldLines(lines())).toEqual(held);
  });

  it('without its head is refused', async () => {
    const lines = async function* () {
      yield await Promise.resolve('{"match":{"ref":"m","verdict":"certain"}}');
    };
    await expect(readHeldLines(lines())).rejects.toThrow('no head');
  });
});
