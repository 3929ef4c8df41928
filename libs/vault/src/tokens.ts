import { createHmac, type KeyObject } from 'node:crypto';
import type { KeyDirectory } from './keys/key-directory.js';

/** Kinds of match token and the shape of their normalised values (contracts.md, Match tokens). */
const SHAPES = {
  email: { pattern: /^[^\sA-Z@]+@[^\sA-Z@]+$/u, is: 'NFKC, trimmed, lower-cased, with an ASCII domain' },
  phone: { pattern: /^\+[1-9][0-9]{4,14}$/, is: 'E.164' },
  'kana-birth': {
    pattern: /^[\u30a1-\u30f6\u30fc]+\|[0-9]{4}-[0-9]{2}-[0-9]{2}$/u,
    is: 'full-width katakana without spaces, "|", YYYY-MM-DD',
  },
  record: { pattern: /^[a-z][a-z0-9-]{1,39}:.+$/su, is: '<system>:<record id>' },
} as const;
export type TokenKind = keyof typeof SHAPES;

/** Match tokens: a person known by keyed hashes that a subscriber computes from its own records (R-41). */
export class MatchTokens {
  constructor(private readonly directory: KeyDirectory) {}

  /** Key id that `token` uses. */
  get currentKeyId(): string {
    return this.directory.tokenKeys().current;
  }

  /**
   * `m1.<key id>.<kind>.<HMAC-SHA-256>` of a value that is already normalised (`tokenValues` of @kenri/matching).
   * @throws TypeError, without the value, where it is not normalised: such a token would silently match nobody
   */
  token(kind: TokenKind, value: string): string {
    const { current, keys } = this.directory.tokenKeys();
    return matchToken(
      keys.find(({ id }) => id === current)!,
      kind,
      value,
    );
  }

  /** Under every live key, the current one first: what a reader compares with. */
  tokensUnderEveryKey(kind: TokenKind, value: string): string[] {
    const { current, keys } = this.directory.tokenKeys();
    return [...keys]
      .sort((a, b) => Number(b.id === current) - Number(a.id === current))
      .map((key) => matchToken(key, kind, value));
  }
}

/** One token under one key; pure. */
export function matchToken({ id, key }: { id: string; key: KeyObject }, kind: TokenKind, value: string): string {
  const shape = SHAPES[kind];
  if (!shape) throw new TypeError(`A match token is of kind ${Object.keys(SHAPES).join(', ')}.`);
  if (typeof value !== 'string' || !shape.pattern.test(value)) {
    throw new TypeError(`The value of a match token of kind ${kind} must be normalised: ${shape.is}.`);
  }
  return `m1.${id}.${kind}.${createHmac('sha256', key).update(`${kind}:${value}`, 'utf8').digest('base64url')}`;
}
