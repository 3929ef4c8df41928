import { BSON } from 'mongodb';
import type { ReviewRecord } from '@kenri/contracts';
import { digestOf } from '../documents/comparable.js';
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

/** SHA-256 over what was found and what would be done, without the records' own ids: it travels in the clear. */
export const manifestDigest = (manifest: Manifest): string =>
  digestOf({
    caseId: manifest.caseId,
    system: manifest.system,
    round: manifest.round,
    matches: manifest.matches.map(({ ref, verdict, rows }) => ({
      ref,
      verdict,
      rows: rows.map((row) => ({
        ref: row.ref,
        collection: row.collection,
        digest: row.digest,
        action: row.action,
        holds: row.holds,
      })),
    })),
  });

/** Extended JSON, so that record ids keep their stored types; numbers come back as plain ones, which queries compare alike. */
export const toText = (value: unknown): string => BSON.EJSON.stringify(value, { relaxed: false });
export const fromText = <T>(text: string): T => BSON.EJSON.parse(text, { relaxed: true }) as T;
