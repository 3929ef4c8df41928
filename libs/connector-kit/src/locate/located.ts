import type { Match } from '@kenri/matching';
import type { Applicant } from '@kenri/matching';
import type { Document } from '../documents/paths.js';
import type { Row } from '../rows.js';

export interface LocateRequest {
  /** Names the request within the batch. */
  readonly id: string;
  readonly applicant: Applicant;
}

/** A row with its document as it stands in the store now (large bytes condensed). */
export interface LocatedRow extends Row {
  /** 0 for the row in which the person was recognised; how many references away otherwise. */
  readonly depth: number;
  readonly document: Document;
  /** Of somebody with very many rows only what references lead on from is kept of the document: read it again (`wholeRows`). */
  readonly reduced?: true;
}

/** A person found: the row they were recognised in (first), and every row that hangs on it. */
export interface LocatedMatch {
  readonly match: Match;
  readonly rows: readonly LocatedRow[];
}

/** Free text elsewhere that may speak of the person. */
export interface Mention {
  readonly collection: string;
  readonly id: unknown;
  readonly excerpt: string;
}

export interface Located {
  readonly matches: readonly LocatedMatch[];
  readonly mentions: readonly Mention[];
}

/** More is found than can be answered; the code goes into `dsr.answer.failed.v1`. Trying again does not help. */
export type LocateOutcome = { readonly located: Located } | { readonly failure: 'too-many-hits' | 'too-many-records' };
