import { KIND_NAMES, OPERATION_OF_KIND, type Kind } from '@kenri/contracts';

/** What counsel and the privacy office may change without code. */
export interface Policy {
  /** Fee in yen incl. tax per kind; kinds not named are free. */
  fees: Partial<Record<Kind, number>>;
  /** Days in which a fee must be paid before the form is treated as not applied. */
  feeDays: number;
  /** Systems asked per kind (`ce_systems`). */
  systems: Readonly<Record<Kind, readonly string[]>>;
  /** Months for which a certificate of seal impression is good. */
  sealCertificateMonths: number;
  /** Days after which a form that never became a case is destroyed. */
  disposalDays: number;
  /** How long a published request may go unanswered before it is published again, in seconds. */
  republishSeconds: number;
}

/** One fee per form, however many kinds it carries: the highest. */
export const feeOf = (policy: Policy, kinds: readonly Kind[]): number =>
  Math.max(0, ...kinds.map((kind) => policy.fees[kind] ?? 0));

/** Systems that any of the kinds concerns, in their configured order; none for complaints and inquiries. */
export const systemsOf = (policy: Policy, kinds: readonly Kind[]): string[] => [
  ...new Set(kinds.flatMap((kind) => (OPERATION_OF_KIND[kind] === null ? [] : policy.systems[kind]))),
];

/** ¥5,250 incl. tax. */
export const FEE_KINDS: Partial<Record<Kind, number>> = {
  disclosure: 5250,
  'disclosure-of-provision-records': 5250,
  'purpose-notification': 5250,
};

/** Every kind that fans out asks every system, unless configured otherwise. */
export const everySystem = (systems: readonly string[]): Record<Kind, readonly string[]> =>
  Object.fromEntries(KIND_NAMES.map((kind) => [kind, OPERATION_OF_KIND[kind] === null ? [] : systems])) as Record<
    Kind,
    readonly string[]
  >;
