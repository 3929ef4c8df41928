import { createRequire } from 'node:module';
import './record-headers.js';

const require = createRequire(import.meta.url);
const load = <T>(path: string) => require(`kafkajs/src/protocol/${path}`) as T;
type Held = Record<string, Buffer | Buffer[]>;
const encode =
  load<(record: { key: string; value: string; headers: object }) => { buffer: Buffer }>('recordBatch/record/v0');
const decode = load<(decoder: object, batch: object) => { headers: Held }>('recordBatch/record/v0/decoder');
const Decoder = load<new (bytes: Buffer) => { readVarInt(): number }>('decoder');

function roundTrip(headers: object): Held {
  const decoder = new Decoder(encode({ key: 'k', value: 'v', headers }).buffer);
  decoder.readVarInt();
  return decode(decoder, { firstOffset: '0', firstTimestamp: '0', magicByte: 2 }).headers;
}
const texts = (headers: Held) =>
  Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.map(String) : String(value)]);

describe('headers of a record', () => {
  it('come as they were sent: repeated ones as a list, inherited names as any other', () => {
    const sent = { ce_id: 'x', twice: ['a', 'b', 'c'], empty: '', constructor: 'y', ['__proto__']: 'z' };
    expect(texts(roundTrip(sent))).toEqual(Object.entries(sent));
    expect(roundTrip({})).toEqual({});
  });

  it('by the ten thousand are read in one pass', () => {
    const many = Object.fromEntries(Array.from({ length: 50_000 }, (_none, index) => [`h${index}`, 'x']));
    expect(Object.keys(roundTrip(many))).toHaveLength(50_000);
  });
});
