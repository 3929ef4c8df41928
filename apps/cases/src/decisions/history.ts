import { createHash } from 'node:crypto';

type Canonical = string | number | boolean | null | readonly Canonical[] | { readonly [name: string]: Canonical };

/** One step of a case's handling. Codes, counts and account ids only: never personal data of the data subject. */
export interface HistoryEntry {
  n: number;
  at: string;
  /** `staff:<account>`, `system:<id>`, `applicant`, `policy` or `timer`. */
  who: string;
  what: string;
  why: string | null;
  detail: { readonly [name: string]: Canonical };
  /** Digest of the entry before; that of the case id for the first. */
  previous: string;
  /** SHA-256, lower-case hex, over the canonical JSON of all the other members. */
  digest: string;
}

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** JSON Canonicalization Scheme (RFC 8785) for the values that occur here: strings, safe integers, booleans, null, arrays, objects. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  let text = '';
  if (Array.isArray(value)) {
    for (const inner of value) text += `${text === '' ? '' : ','}${canonicalJson(inner)}`;
    return `[${text}]`;
  }
  const members = value as Record<string, unknown>;
  for (const name of Object.keys(members).sort()) {
    if (members[name] === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${canonicalJson(members[name])}`;
  }
  return `{${text}}`;
}

/** What the first entry of a case's chain follows on: binds the chain to its case. */
export const genesis = (caseId: string): string => sha256(`kenri case ${caseId}`);

export const headOf = (caseId: string, history: readonly HistoryEntry[]): string =>
  history.at(-1)?.digest ?? genesis(caseId);

const digestOf = (entry: Omit<HistoryEntry, 'digest'>): string => sha256(canonicalJson(entry));

/** The chain with one more entry. */
export function append(
  caseId: string,
  history: readonly HistoryEntry[],
  entry: Pick<HistoryEntry, 'at' | 'who' | 'what' | 'why' | 'detail'>,
): HistoryEntry[] {
  const unsealed = {
    n: history.length + 1,
    at: entry.at,
    who: entry.who,
    what: entry.what,
    why: entry.why,
    detail: entry.detail,
    previous: headOf(caseId, history),
  };
  return [...history, { ...unsealed, digest: digestOf(unsealed) }];
}

export type ChainVerdict = { intact: true; entries: number } | { intact: false; at: number; fault: ChainFault };
export const CHAIN_FAULTS = ['entry-altered', 'entry-out-of-order', 'link-broken', 'head-differs'] as const;
export type ChainFault = (typeof CHAIN_FAULTS)[number];

/**
 * Checks a whole chain against the head that the case holds. A cut tail shows as `head-differs`; heads also left the
 * database with every message on `dsr.cases.v1`.
 */
export function verifyChain(caseId: string, history: readonly HistoryEntry[], head: string): ChainVerdict {
  let previous = genesis(caseId);
  for (const [index, { digest, ...entry }] of history.entries()) {
    const at = index + 1;
    if (entry.n !== at) return { intact: false, at, fault: 'entry-out-of-order' };
    if (entry.previous !== previous) return { intact: false, at, fault: 'link-broken' };
    if (digestOf(entry) !== digest) return { intact: false, at, fault: 'entry-altered' };
    previous = digest;
  }
  return previous === head
    ? { intact: true, entries: history.length }
    : { intact: false, at: history.length, fault: 'head-differs' };
}
