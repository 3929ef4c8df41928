import { Type, type Static, type TEnum } from 'typebox';

/** Kinds of request, with the article of the Act on the Protection of Personal Information they rest on. */
export const KINDS = {
  disclosure: { article: '33', ja: '開示', en: 'Disclosure' },
  'disclosure-of-provision-records': {
    article: '33(5)',
    ja: '第三者提供記録の開示',
    en: 'Disclosure of provision records',
  },
  'purpose-notification': { article: '32(2)', ja: '利用目的の通知', en: 'Notification of purposes of use' },
  correction: { article: '34', ja: '訂正', en: 'Correction' },
  addition: { article: '34', ja: '追加', en: 'Addition' },
  'deletion-of-incorrect': { article: '34', ja: '内容が事実でない情報の削除', en: 'Deletion of incorrect data' },
  'cessation-of-use': { article: '35', ja: '利用停止', en: 'Cessation of use' },
  erasure: { article: '35', ja: '消去', en: 'Erasure' },
  'cessation-of-third-party-provision': {
    article: '35(3)',
    ja: '第三者提供の停止',
    en: 'Cessation of third-party provision',
  },
  complaint: { article: '40', ja: '苦情', en: 'Complaint' },
  inquiry: { article: '', ja: '問合せ', en: 'Inquiry' },
} as const;
export type Kind = keyof typeof KINDS;
export const KIND_NAMES = Object.keys(KINDS) as [Kind, ...Kind[]];

type Values<T extends readonly string[]> = { -readonly [I in keyof T]: T[I] };
/** An enumeration whose static type is the union of the values (TypeBox alone widens a spread tuple to any string or number). */
const oneOf = <const T extends readonly string[]>(values: T) => Type.Enum([...values]) as unknown as TEnum<Values<T>>;

export const KindSchema = Type.Enum(KIND_NAMES);
/** What a connector does to records. Within a case always in this order (architecture.md, Exactly-once effect 4). */
export const OPERATIONS = ['export', 'correct', 'suppress', 'erase'] as const;
export const OperationSchema = oneOf(OPERATIONS);
export type Operation = (typeof OPERATIONS)[number];

/** Which operation carries out which kind; complaints and inquiries have no fan-out. */
export const OPERATION_OF_KIND: Readonly<Record<Kind, Operation | null>> = {
  disclosure: 'export',
  'disclosure-of-provision-records': 'export',
  'purpose-notification': 'export',
  correction: 'correct',
  addition: 'correct',
  'deletion-of-incorrect': 'correct',
  'cessation-of-use': 'suppress',
  'cessation-of-third-party-provision': 'suppress',
  erasure: 'erase',
  complaint: null,
  inquiry: null,
};

/** What an export contains: the data itself, to whom it was given (33(5)), or only what it is used for (32(2)). */
export const EXPORT_SCOPES = ['data', 'provision-records', 'purposes'] as const;
export const ExportScopeSchema = oneOf(EXPORT_SCOPES);
export type ExportScope = (typeof EXPORT_SCOPES)[number];
export const EXPORT_SCOPE_OF_KIND: Partial<Record<Kind, ExportScope>> = {
  disclosure: 'data',
  'disclosure-of-provision-records': 'provision-records',
  'purpose-notification': 'purposes',
};

/** What a suppression forbids. `all-use` includes the others. */
export const PURPOSES = ['all-use', 'marketing', 'third-party-provision', 'joint-use', 'ads'] as const;
export const PurposeSchema = oneOf(PURPOSES);
export type Purpose = (typeof PURPOSES)[number];

export const CHANNELS = ['post', 'telephone', 'web', 'dealer', 'api'] as const;
export const ChannelSchema = oneOf(CHANNELS);
export type Channel = (typeof CHANNELS)[number];

export const LANGUAGES = ['ja', 'en'] as const;
export const LanguageSchema = oneOf(LANGUAGES);
export type Language = (typeof LANGUAGES)[number];

/** Staff roles, as they stand in the `roles` claim of an access token. */
export const ROLES = ['clerk', 'case-worker', 'approver', 'medical-reviewer', 'auditor', 'sre'] as const;
export type Role = (typeof ROLES)[number];

/** A system id (`auto`, `brand-item`, …). Configuration, not an enumeration: a sixth system needs no new release of this package. */
export const SystemSchema = Type.String({
  pattern: '^[a-z][a-z0-9-]{1,39}$',
  // Systems name members of objects, and every object has this one: it would be found where no system is.
  not: { const: 'constructor' },
});
export const CaseIdSchema = Type.String({ pattern: '^[0-9A-HJKMNP-TV-Z]{26}$', description: 'ULID of the case' });
/** RFC 3339, in the form that every language reads alike: no leap second, and no year that leads out of the calendar when days are added. */
export const TimeSchema = Type.String({
  format: 'date-time',
  pattern: '^(19|2\\d)\\d{2}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:[0-5]\\d(\\.\\d{1,9})?(Z|[+-]\\d{2}:\\d{2})$',
  description: 'RFC 3339 with an offset, years 1900 to 2999, no leap second',
});
export const DigestSchema = Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256, lower-case hex' });

/** What kind of identifying or descriptive value a field holds: what a correction claims, and what matching reads. */
export const FIELD_KINDS = [
  'full-name',
  'family-name',
  'given-name',
  'full-kana',
  'family-kana',
  'given-kana',
  'romaji',
  'birth-date',
  'email',
  'phone',
  'postal-code',
  'address',
  'organisation',
  'customer-number',
  'occupation',
  'contact',
] as const;
export const FieldKindSchema = oneOf(FIELD_KINDS);
export type FieldKind = (typeof FIELD_KINDS)[number];

export const BilingualSchema = Type.Object({ ja: Type.String(), en: Type.String() });
export type Bilingual = Static<typeof BilingualSchema>;
