import { Type, type Static } from 'typebox';
import {
  BilingualSchema,
  CaseIdSchema,
  DigestSchema,
  FieldKindSchema,
  OperationSchema,
  PurposeSchema,
  SystemSchema,
} from './vocabulary.js';

const value = Type.Object({
  path: Type.String(),
  label: BilingualSchema,
  kind: Type.Union([FieldKindSchema, Type.Null()]),
  value: Type.String(),
});

/** One row of a manifest as a case worker sees it. */
export const ReviewRecordSchema = Type.Object({
  /** Opaque, stable within the round; decisions name it. */
  ref: Type.String(),
  collection: Type.String(),
  label: BilingualSchema,
  /** True for the row in which the person was recognised; false for rows reached from it. */
  root: Type.Boolean(),
  export: Type.Object({ fields: Type.Integer(), files: Type.Integer() }),
  erase: Type.Object({
    action: Type.Enum(['delete', 'remove-person', 'remove-fields', 'hold', 'none']),
    holds: Type.Array(
      Type.Object({
        rule: Type.String(),
        law: BilingualSchema,
        article: Type.String(),
        until: Type.Union([Type.String(), Type.Null()]),
        keeps: Type.Array(BilingualSchema),
      }),
    ),
  }),
  suppress: Type.Array(Type.Object({ purpose: PurposeSchema, how: Type.Enum(['applied', 'published-only']) })),
  /** Claimed corrections that concern this row, current value beside claimed one. */
  corrections: Type.Array(
    Type.Object({
      claimId: Type.String(),
      path: Type.String(),
      label: BilingualSchema,
      current: Type.Union([Type.String(), Type.Null()]),
      claimed: Type.Union([Type.String(), Type.Null()]),
      correctable: Type.Boolean(),
    }),
  ),
  blockers: Type.Array(
    Type.Object({ code: Type.String(), label: BilingualSchema, operations: Type.Array(OperationSchema) }),
  ),
  endings: Type.Array(Type.Object({ code: Type.String(), label: BilingualSchema })),
});
export type ReviewRecord = Static<typeof ReviewRecordSchema>;

/** A person found, with why it is believed to be the applicant, beside the identifying values the system holds. */
export const ReviewMatchSchema = Type.Object({
  ref: Type.String(),
  verdict: Type.Enum(['certain', 'candidate']),
  score: Type.Number(),
  agrees: Type.Array(Type.String()),
  disagrees: Type.Array(Type.String()),
  missing: Type.Array(Type.String()),
  reasons: Type.Array(Type.Object({ code: Type.String(), ja: Type.String(), en: Type.String() })),
  subject: Type.Array(value),
  records: Type.Array(ReviewRecordSchema),
});
export type ReviewMatch = Static<typeof ReviewMatchSchema>;

/** The content of the artifact in `dsr.records.located.v1`.review: NDJSON, first a header line, then a line per match or mention. */
export const ReviewHeaderSchema = Type.Object({
  caseId: CaseIdSchema,
  system: SystemSchema,
  round: Type.Integer(),
  manifestDigest: DigestSchema,
});
export type ReviewHeader = Static<typeof ReviewHeaderSchema>;
export interface PossibleMention {
  ref: string;
  collection: string;
  label: { ja: string; en: string };
  excerpt: string;
}
export type ReviewLine = { header: ReviewHeader } | { match: ReviewMatch } | { mention: PossibleMention };

/**
 * The content of the export artifact in `dsr.plan.executed.v1`: NDJSON lines in this order: header, then records; the bytes of a
 * file follow its record as `chunk` lines (base64, at most 256 KiB each), so that one stream carries any amount.
 */
export type ExportLine =
  | {
      header: {
        caseId: string;
        system: string;
        round: number;
        planId: string;
        label: { ja: string; en: string };
        exportedAt: string;
        scopes: string[];
      };
    }
  | {
      record: {
        ref: string;
        collection: string;
        label: { ja: string; en: string };
        fields: { path: string; label: { ja: string; en: string }; value: string }[];
        /** Purposes of use of the collection's data (32(2)). */
        purposes: { ja: string; en: string }[];
        /** What is not shown, and why (33(2)). Path and label null: the record as a whole. */
        withheld: { path: string | null; label: { ja: string; en: string } | null; ground: string }[];
      };
    }
  | { file: { record: string; name: string; contentType: string; size: number; sha256: string } }
  | { chunk: string };
