import fc from 'fast-check';
import { Frames } from './frames.js';

const message = (body: Uint8Array): Buffer => {
  const bytes = Buffer.alloc(4 + body.length);
  bytes.writeInt32BE(body.length, 0);
  bytes.set(body, 4);
  return bytes;
};

it('messages come out whole and in order, however the bytes arrive', () => {
  const bodies = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 });
  fc.assert(
    fc.property(bodies, fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 40 }), (sent, cuts) => {
      const whole = sent.map(message);
      const frames = new Frames((head) => 4 + head.readInt32BE(0));
      let rest = Buffer.concat(whole);
      const got: Buffer[] = [];
      for (let turn = 0; rest.length > 0; turn += 1) {
        const size = cuts[turn % cuts.length] ?? 1;
        got.push(...frames.push(rest.subarray(0, size)));
        rest = rest.subarray(size);
      }
      expect(got).toEqual(whole);
    }),
  );
});

it('bytes of another protocol are refused', () => {
  expect(() => new Frames((head) => head.readInt32LE(0)).push(Buffer.from([1, 0, 0, 0]))).toThrow('not this protocol');
});
