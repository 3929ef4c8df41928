import type { Bilingual, FieldKind, Operation, Purpose } from '@kenri/contracts';

/**
 * A connector's whole knowledge of its business store, as data (architecture.md, The data map). Checked by `checkMap` against the
 * store's schemas at start-up and in CI: a schema path that the map does not mention is an error.
 */
export interface DataMap {
  readonly system: string;
  readonly label: Bilingual;
  /** Company id in the register: who is the controller of this store. */
  readonly controller: string;
  /** For whom a review is sealed: `cases`, or `cases/medical` where only the medical reviewer may read. */
  readonly reviewers: 'cases' | 'cases/medical';
  /** Month (1–12) in which the controller's business year ends; default 12. Used by `fiscal-year-filing`. */
  readonly fiscalYearEndsIn?: number;
  readonly collections: Readonly<Record<string, CollectionMap>>;
}

/**
 * - `mapped`: holds people's data that requests act on.
 * - `screening`: anti-social-forces screening; never opened, located, exported or counted by any path.
 * - `processor`: held for another company; never acted on, its existence may be named so that the applicant is pointed to the controller.
 * - `impersonal`: no personal data; needs a reason so that nobody hides a collection here.
 */
export type CollectionMap =
  | MappedCollection
  | { readonly use: 'screening' | 'processor' | 'impersonal'; readonly label: Bilingual; readonly reason: Bilingual };

export interface MappedCollection {
  readonly use: 'mapped';
  readonly label: Bilingual;
  /** People recognised in this collection's documents: these are what locating finds. */
  readonly people?: readonly PersonMap[];
  /** Ways in which a row hangs on a located person's row: followed from it, transitively. */
  readonly reached?: readonly Reach[];
  /**
   * Every path of the schema (dots for nesting, `[]` after an array: `contacts[].tel`; an array of plain values may be written with or
   * without a trailing `[]`). `_id` and `__v` need no mention, at any level. A field below the `at` array of a person belongs to that role by itself.
   */
  readonly fields: Readonly<Record<string, FieldMap>>;
  /** Purposes for which this collection's data is used (disclosed under 32(2)). */
  readonly purposes: readonly Bilingual[];
  /** What an erasure does to a row, where no hold keeps it. */
  readonly erase: EraseRule;
  /** Which law keeps what for how long. Several may apply: the longest wins, `keeps` unite. */
  readonly retention?: readonly RetentionRule[];
  /** A legal hold on the row itself (litigation, an order): no end known until it is lifted. */
  readonly legalHold?: { readonly when: readonly Condition[]; readonly law: Bilingual; readonly article: string };
  /** Open transactions. */
  readonly blockers?: readonly BlockerRule[];
  /** Services that end when the row is erased. */
  readonly endings?: readonly {
    readonly code: string;
    readonly label: Bilingual;
    readonly when: readonly Condition[];
  }[];
  /** Where the store has a place for the person's wish. A purpose without a rule in any row of the match is "published only". */
  readonly suppress?: readonly { readonly purpose: Purpose; readonly set: Readonly<Record<string, unknown>> }[];
  /** How a row is restricted before erasing and while the law keeps it; absent: the store cannot. */
  readonly restrict?: { readonly set: Readonly<Record<string, unknown>> };
  /** Free-text paths in which people other than the row's own may be mentioned; offered as possible mentions only. */
  readonly mentions?: readonly string[];
  /** Where the row holds the bytes of a file, or a reference to them. */
  readonly file?: { readonly bytes: string; readonly name: string; readonly contentType: string };
  /** Only exported under this scope: records of provision to third parties (33(5)). */
  readonly provisionRecord?: true;
}

/** How to read a person out of a document. Paths are relative to `at`; a leading `/` means from the document's root. */
export interface PersonMap {
  /** Name of the role, referred to by `Reach.from`, `FieldMap.of` and rules: e.g. `contact`, `consignor`. */
  readonly role: string;
  /** '' when the document is the person; `contacts` when each element of that array is one. */
  readonly at: string;
  /** Within an array element: the path that identifies the element (unique in its array). Required where `at` is not ''. */
  readonly elementKey?: string;
  readonly identify: Readonly<Partial<Record<Identifier, string | readonly string[]>>>;
}
export type Identifier =
  | 'fullName'
  | 'familyName'
  | 'givenName'
  | 'fullKana'
  | 'familyKana'
  | 'givenKana'
  | 'romaji'
  | 'birthDate'
  | 'emails'
  | 'phones'
  | 'postalCode'
  | 'address'
  | 'organisation'
  | 'customerNumber'
  | 'contact';

/** This collection's rows that belong to a person found elsewhere: every `on` pair must be equal. */
export interface Reach {
  /** Role the person has in this row: fields with `of` set to another role are not theirs. */
  readonly as: string;
  /** Collection and role of the row it hangs on. */
  readonly from: { readonly collection: string; readonly role: string };
  /** this collection's path → path in the row it hangs on; `@.` means relative to the person's array element. */
  readonly on: Readonly<Record<string, string>>;
  /** Only rows for which this holds. */
  readonly when?: readonly Condition[];
}

export interface FieldMap {
  readonly label: Bilingual;
  readonly category:
    | 'identity'
    | 'contact'
    | 'financial'
    | 'image'
    | 'special-care'
    | 'transaction'
    | 'free-text'
    | 'reference'
    | 'technical';
  /** What it identifies or describes; a correction claims by kind. */
  readonly kind?: FieldKind;
  /** Role(s) whose data this is. Absent: of whoever the row belongs to. `other`: of somebody else, never exported, never touched. */
  readonly of?: string | readonly string[];
  /** False: not part of an export (technical keys, other people's). Default: category other than `technical`. */
  readonly exported?: false;
  readonly correctable?: true;
  /** What `remove-fields` does: unset it, set a value, or leave it (transaction facts that name nobody). Default: `unset` for identity, contact, image, special-care, free-text, financial; `keep` otherwise. */
  readonly onErase?: 'unset' | 'keep' | { readonly set: unknown };
  /** Part of the digest that notices a change between plan and execution. Default true; false for counters such as lastLogin. */
  readonly watched?: false;
}

/**
 * - `delete`: the document goes.
 * - `remove-person`: the array element of the person goes, the document stays (a company's contact).
 * - `remove-fields`: personal fields of the person's role are removed, the rest stays (a deal that is also somebody else's).
 */
export type EraseRule = { readonly action: 'delete' | 'remove-person' | 'remove-fields' };

export interface RetentionRule {
  readonly rule: string;
  readonly law: Bilingual;
  readonly article: string;
  readonly years: number;
  /** Path of the date it runs from. */
  readonly from: string;
  /** `date`: from that date; `fiscal-year-filing`: from the filing date (two months after the end) of the business year the date lies in, which ends on 31 December unless the map's `fiscalYearEndsIn` says otherwise. */
  readonly counted: 'date' | 'fiscal-year-filing';
  readonly when?: readonly Condition[];
  /** Personal paths the law asks to keep; all other personal data of the row goes at once. */
  readonly keeps: readonly string[];
}

export interface BlockerRule {
  readonly code: string;
  readonly label: Bilingual;
  readonly when: readonly Condition[];
  readonly operations: readonly Operation[];
}

/**
 * All must hold. Paths are absolute; `@.` in front means: relative to the person's own array element, where the row has one
 * (also in `set` of suppress and restrict, and in a retention rule's `from`). `present`: exists, and is neither null nor ''.
 * `now` compares a date with the clock. Paths may cross arrays (any element). */
export interface Condition {
  readonly path: string;
  readonly is: 'equal' | 'not-equal' | 'in' | 'not-in' | 'present' | 'absent' | 'before-now' | 'after-now' | 'at-least';
  readonly value?: unknown;
}
