import { createRequire } from 'node:module';

// kafkajs 2.2.4 copies all headers of a record once more for each of them: 5,000 headers, 40 KB, keep a process from everything else
// for seconds, and what the broker takes in one record for hours, so that the partition of such a record never moves on. Its decoder
// folds an array of headers with `reduce`; here that array folds itself, in one pass.

interface Header {
  key: string;
  value: Buffer | null;
}
type Values = Buffer | null | (Buffer | null)[];

class Headers extends Array<Header> {
  /** A repeated header becomes the list of its values, as kafkajs has it; a name that objects inherit is a name like any other. */
  folded(): Record<string, Values> {
    const values = new Map<string, Values>();
    for (const { key, value } of this) {
      const before = values.get(key);
      if (before === undefined) values.set(key, value);
      else if (Array.isArray(before)) before.push(value);
      else values.set(key, [before, value]);
    }
    return Object.fromEntries(values);
  }
  override reduce = (): never => this.folded() as never;
}

interface Decoder {
  readVarInt(): number;
  readVarIntArray(reader: (decoder: Decoder) => Header): Header[];
}

const { prototype } = createRequire(import.meta.url)('kafkajs/src/protocol/decoder') as { prototype: Decoder };
/** Read by kafkajs for headers alone. */
prototype.readVarIntArray = function readHeaders(reader) {
  const headers = new Headers();
  for (let left = this.readVarInt(); left > 0; left -= 1) headers.push(reader(this));
  return headers;
};
