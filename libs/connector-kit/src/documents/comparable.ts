import { hash } from 'node:crypto';

interface BsonValue {
  readonly _bsontype: string;
  toHexString?(): string;
  valueOf(): unknown;
  toString(): string;
}

/** Stands in for large stored bytes whose content is not needed, only whether it changed: compares equal to the bytes themselves. */
export class CondensedBytes {
  constructor(
    readonly sha256: string,
    readonly size: number,
  ) {}
}

const LARGE = 1024;

/** Replaces large bytes anywhere in a document by their digest, so that many documents fit into memory. */
export function condensed<T>(value: T): T {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  const bytes = bytesOf(value);
  if (bytes) return (bytes.byteLength > LARGE ? new CondensedBytes(sha256(bytes), bytes.byteLength) : value) as T;
  if (isBson(value)) return value;
  if (Array.isArray(value)) return value.map(condensed) as T;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, condensed<unknown>(inner)])) as T;
}

const isBson = (value: unknown): value is BsonValue =>
  typeof value === 'object' && value !== null && typeof (value as { _bsontype?: unknown })._bsontype === 'string';

const sha256 = (bytes: Uint8Array | string): string => hash('sha256', bytes, 'hex');

/** Bytes of a stored binary value, or null where the value is none. */
export function bytesOf(value: unknown): Uint8Array | null {
  if (value instanceof Uint8Array) return value;
  if (isBson(value) && value._bsontype === 'Binary') {
    const binary = value as unknown as { buffer: Uint8Array; position: number };
    return binary.buffer.subarray(0, binary.position);
  }
  return null;
}

/**
 * A stored value as something `===` compares and JSON writes: dates as ISO strings, ids as hex, bytes as their SHA-256, numbers of any
 * BSON type as numbers. Objects and lists become canonical JSON.
 */
export function comparable(value: unknown): string | number | boolean | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid-date' : value.toISOString();
  if (value instanceof CondensedBytes) return value.sha256;
  const bytes = bytesOf(value);
  if (bytes) return sha256(bytes);
  if (isBson(value)) {
    if (['Double', 'Int32', 'Long'].includes(value._bsontype)) return Number(value.toString());
    return value.toHexString ? value.toHexString() : value.toString();
  }
  return canonicalJson(value);
}

const isScalar = (value: object): boolean =>
  isBson(value) || value instanceof Date || value instanceof CondensedBytes || bytesOf(value) !== null;

/** JSON with sorted keys (RFC 8785 in spirit; stored types first made comparable), so that equal content has one digest. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(comparable(value));
  // Grown as one text: every document is written out several times, and lists of its parts would be most of what that allocates.
  let text = '';
  if (Array.isArray(value)) {
    for (const inner of value) text += `${text === '' ? '' : ','}${canonicalJson(inner)}`;
    return `[${text}]`;
  }
  if (isScalar(value)) return JSON.stringify(comparable(value));
  const members = value as Record<string, unknown>;
  for (const name of Object.keys(members).sort()) {
    if (members[name] === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${canonicalJson(members[name])}`;
  }
  return `{${text}}`;
}

/** SHA-256 of the canonical JSON, lower-case hex. */
export const digestOf = (value: unknown): string => sha256(canonicalJson(value));

/** A stored value as a person reads it: a date at midnight UTC as the day alone; bytes as their size. */
export function readable(value: unknown): string {
  if (value instanceof Date && !Number.isNaN(value.getTime())) {
    const iso = value.toISOString();
    return iso.endsWith('T00:00:00.000Z') ? iso.slice(0, 10) : iso;
  }
  const size = value instanceof CondensedBytes ? value.size : bytesOf(value)?.byteLength;
  if (size !== undefined) return `(${size} bytes)`;
  if (Array.isArray(value)) return value.map(readable).join(', ');
  const plain = comparable(value);
  return plain === null ? '' : String(plain);
}
