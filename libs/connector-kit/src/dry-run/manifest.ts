import { createHash } from 'node:crypto';
import { BSON } from 'mongodb';
import type { ReviewRecord } from '@kenri/contracts';
import { canonicalJson } from '../documents/comparable.js';
import type { Row } from '../rows.js';

/** One row as the dry run saw it. Decisions name it by `ref`; execution acts only if its digest still holds. */
export interface ManifestRow extends Row {
  /** Opaque, stable within the round. */
  readonly ref: string;
  /** 0: the row in which the person was recognised. */
  readonly depth: number;
  readonly digest: string;
  readonly action: ReviewRecord['erase']['action'];
  /** Rules that keep it, with the last day of each. */
  readonly holds: readonly { readonly rule: string; readonly until: string | null }[];
}

export interface ManifestMatch {
  readonly ref: string;
  readonly verdict: 'certain' | 'candidate';
  /** The root first. */
  readonly rows: readonly ManifestRow[];
}

/** What one round found and would do: inserted once per round; a plan names its digest and nothing else is executed. */
export interface Manifest {
  readonly caseId: string;
  readonly system: string;
  readonly round: number;
  readonly matches: readonly ManifestMatch[];
}

/**
 * SHA-256 over what was found and what would be done, without the records' own ids: it travels in the clear. Of the canonical JSON, piece
 * by piece, so that a manifest of any length needs no text of its own.
 */
export function manifestDigest({ caseId, system, round, matches }: Manifest): string {
  const hash = createHash('sha256');
  hash.update(`{"caseId":${JSON.stringify(caseId)},"matches":[`);
  matches.forEach(({ ref, verdict, rows }, n) => {
    hash.update(`${n === 0 ? '' : ','}{"ref":${JSON.stringify(ref)},"rows":[`);
    rows.forEach((row, at) => {
      const { action, collection, digest, holds } = row;
      hash.update(`${at === 0 ? '' : ','}${canonicalJson({ ref: row.ref, collection, digest, action, holds })}`);
    });
    hash.update(`],"verdict":${JSON.stringify(verdict)}}`);
  });
  hash.update(`],"round":${round},"system":${JSON.stringify(system)}}`);
  return hash.digest('hex');
}

/** Extended JSON, so that record ids keep their stored types; numbers come back as plain ones, which queries compare alike. */
export const toText = (value: unknown): string => BSON.EJSON.stringify(value, { relaxed: false });
export const fromText = <T>(text: string): T => BSON.EJSON.parse(text, { relaxed: true }) as T;
