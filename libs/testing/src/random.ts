/** Reproducible random choices: the same key gives the same sequence in every process. Not for secrets. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Whole number in [from, to]. */
  between(from: number, to: number): number;
  /** True with probability `share`. */
  chance(share: number): boolean;
  pick<T>(values: readonly T[]): T;
  /** `count` decimal digits. */
  digits(count: number): string;
}

/** 32-bit FNV-1a over the parts, finished by murmur3's mixer so that neighbouring indexes give unrelated values. */
export function hashOf(...parts: readonly (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const part of parts) {
    const text = String(part);
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    hash = Math.imul(hash ^ 0x1f, 0x01000193);
  }
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A sequence (mulberry32) that depends on nothing but its key. */
export function randomOf(...key: readonly (string | number)[]): Random {
  let state = hashOf(...key);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const between = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    between,
    chance: (share) => next() < share,
    pick: (values) => {
      const value = values[Math.floor(next() * values.length)];
      if (value === undefined) throw new RangeError('Nothing to pick from');
      return value;
    },
    digits: (count) => Array.from({ length: count }, () => between(0, 9)).join(''),
  };
}

/** 24 hexadecimal digits that depend on the key only: the text of an ObjectId, the same in every run and process. */
export function hexId(...key: readonly (string | number)[]): string {
  return [0, 1, 2]
    .map((part) =>
      hashOf(part, ...key)
        .toString(16)
        .padStart(8, '0'),
    )
    .join('');
}
