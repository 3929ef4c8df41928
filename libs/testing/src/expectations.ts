import type { PersonaKey } from './personas.js';
import type { SystemName } from './facts.js';

/**
 * What a system's dry run yields for a persona's application, on a store filled as `fill` fills it. Counts are of the certain matches
 * unless named otherwise; nothing else in the store may join them, however many people it holds.
 */
export interface PersonaExpectation {
  /** Persons found with certainty: person-bearing rows in which the applicant is recognised. */
  readonly matches: number;
  /** Person-bearing rows a case worker has to look at. All of these belong to somebody else and ought to be rejected. */
  readonly candidates?: number;
  /** Rows of the certain matches, those reached by reference included. */
  readonly records: number;
  /** Files among them that a disclosure contains. */
  readonly files?: number;
  /** Rows that only a disclosure of provision records shows: the others (`records` less these) are disclosed as data. */
  readonly provisionRecords?: number;
  /** Rows with a place for the wish, per purpose; a purpose that is not listed is published only. */
  readonly suppress: Readonly<
    Partial<Record<'marketing' | 'third-party-provision' | 'joint-use' | 'ads' | 'all-use', number>>
  >;
  /** What an erasure does to how many rows. Rows that hold nothing of the person are not counted. */
  readonly erase: Readonly<Partial<Record<'delete' | 'removePerson' | 'removeFields' | 'hold', number>>>;
  /** Rows kept per rule; one row may be kept by several. */
  readonly holds?: Readonly<Record<string, number>>;
  readonly blockers?: readonly string[];
  /** Possible mentions in other people's free text. */
  readonly mentions?: number;
}

/** Systems that are not listed answer "nothing found". */
export const PERSONA_EXPECTATIONS: Readonly<
  Record<PersonaKey, Readonly<Partial<Record<SystemName, PersonaExpectation>>>>
> = {
  taro: {
    auto: {
      matches: 3,
      records: 13,
      files: 3,
      provisionRecords: 1,
      suppress: { marketing: 2, 'third-party-provision': 4, 'joint-use': 1, 'all-use': 5, ads: 1 },
      erase: { delete: 9, removeFields: 4 },
      mentions: 1,
    },
    motorcycle: {
      matches: 3,
      records: 7,
      files: 1,
      suppress: { marketing: 2, 'joint-use': 1, 'all-use': 2 },
      erase: { delete: 5, removeFields: 2 },
    },
    flower: {
      matches: 1,
      records: 6,
      files: 1,
      suppress: { marketing: 1, 'all-use': 1 },
      erase: { delete: 2, removeFields: 4 },
    },
    'brand-item': {
      matches: 3,
      records: 13,
      files: 3,
      provisionRecords: 1,
      suppress: { marketing: 2, 'third-party-provision': 4, 'joint-use': 1, 'all-use': 5, ads: 1 },
      erase: { delete: 11, removeFields: 2 },
    },
    medical: {
      matches: 2,
      records: 5,
      files: 1,
      suppress: { marketing: 2, 'all-use': 2 },
      erase: { delete: 2, removeFields: 3 },
    },
  },
  'ogawa-father': {
    auto: {
      matches: 1,
      records: 4,
      files: 1,
      suppress: { marketing: 1, 'third-party-provision': 2, 'joint-use': 1, 'all-use': 2 },
      erase: { delete: 2, removeFields: 2 },
    },
    flower: {
      matches: 1,
      records: 2,
      suppress: { marketing: 1, 'third-party-provision': 1, 'all-use': 1 },
      erase: { delete: 1, removeFields: 1 },
    },
  },
  'ogawa-son': {
    auto: {
      matches: 2,
      records: 5,
      files: 1,
      suppress: { marketing: 2, 'third-party-provision': 2, 'joint-use': 1, 'all-use': 3, ads: 1 },
      erase: { delete: 3, removeFields: 1 },
    },
    flower: {
      matches: 1,
      records: 2,
      suppress: { marketing: 1, 'third-party-provision': 1, 'all-use': 1 },
      erase: { delete: 1, removeFields: 1 },
    },
  },
  ichiro: {
    motorcycle: {
      matches: 1,
      candidates: 1,
      records: 2,
      files: 1,
      suppress: { marketing: 1, 'joint-use': 1, 'all-use': 1 },
      erase: { delete: 1, removeFields: 1 },
    },
  },
  'ichiro-namesake': { motorcycle: { matches: 0, candidates: 1, records: 0, suppress: {}, erase: {} } },
  yumiko: {
    auto: {
      matches: 2,
      records: 3,
      suppress: { marketing: 2, 'third-party-provision': 1, 'joint-use': 1, 'all-use': 2, ads: 1 },
      erase: { delete: 2, hold: 1 },
      holds: { 'antiques-ledger': 1 },
    },
  },
  makoto: {
    auto: {
      matches: 2,
      records: 4,
      files: 1,
      suppress: { marketing: 2, 'third-party-provision': 2, 'joint-use': 1, 'all-use': 3, ads: 1 },
      erase: { delete: 2, removeFields: 1, hold: 1 },
      holds: { 'legal-hold': 1 },
    },
  },
  shota: {
    auto: {
      matches: 1,
      records: 6,
      files: 2,
      suppress: { marketing: 1, 'third-party-provision': 3, 'joint-use': 1, 'all-use': 3 },
      erase: { delete: 4, removeFields: 2 },
      blockers: ['auction-running'],
    },
    motorcycle: {
      matches: 1,
      records: 2,
      files: 1,
      suppress: { marketing: 1, 'joint-use': 1, 'all-use': 1 },
      erase: { delete: 1, removeFields: 1 },
      blockers: ['auction-running'],
    },
  },
  yoko: {
    auto: {
      matches: 1,
      records: 1,
      suppress: { marketing: 1, 'third-party-provision': 1, 'joint-use': 1, 'all-use': 1 },
      erase: { delete: 1 },
    },
    flower: { matches: 1, records: 1, suppress: { marketing: 1, 'all-use': 1 }, erase: { delete: 1 } },
    'brand-item': {
      matches: 2,
      records: 2,
      suppress: { marketing: 2, 'third-party-provision': 1, 'joint-use': 1, 'all-use': 2, ads: 1 },
      erase: { delete: 2 },
    },
  },
  misaki: {
    auto: {
      matches: 1,
      records: 14,
      files: 5,
      provisionRecords: 2,
      suppress: { marketing: 1, 'third-party-provision': 6, 'joint-use': 1, 'all-use': 6 },
      erase: { delete: 6, removeFields: 3, hold: 4 },
      holds: { 'antiques-deal': 1, 'tax-voucher': 1, 'antiques-ledger': 1, 'provision-record': 2 },
    },
  },
  sakura: {
    flower: {
      matches: 1,
      records: 14,
      files: 3,
      suppress: { marketing: 1, 'all-use': 1 },
      erase: { delete: 3, removeFields: 9, hold: 2 },
      holds: { 'tax-voucher': 1, 'accounting-books': 1 },
    },
  },
  takahashi: {
    medical: {
      matches: 3,
      records: 9,
      files: 1,
      suppress: { marketing: 3, 'all-use': 3 },
      erase: { delete: 2, removeFields: 6, hold: 1 },
      holds: { 'device-sale-specified-maintenance': 1 },
    },
  },
  sachiko: {
    'brand-item': {
      matches: 4,
      records: 17,
      files: 6,
      provisionRecords: 1,
      suppress: { marketing: 2, 'third-party-provision': 6, 'joint-use': 1, 'all-use': 7, ads: 1 },
      erase: { delete: 11, removeFields: 2, hold: 4 },
      holds: { 'tax-voucher': 1, 'criminal-proceeds-verification': 1, 'antiques-ledger': 1, 'provision-record': 1 },
    },
  },
  yui: {
    'brand-item': { matches: 1, records: 1, suppress: { marketing: 1, ads: 1, 'all-use': 1 }, erase: { delete: 1 } },
  },
  shiori: {},
  emi: {
    auto: {
      matches: 2,
      records: 2,
      suppress: { marketing: 2, 'third-party-provision': 1, 'joint-use': 1, 'all-use': 2, ads: 1 },
      erase: { delete: 2 },
    },
    'brand-item': {
      matches: 2,
      records: 2,
      suppress: { marketing: 1, 'third-party-provision': 1, 'joint-use': 1, 'all-use': 1 },
      erase: { delete: 2 },
    },
  },
  ishii: {
    auto: {
      matches: 1,
      records: 1,
      suppress: { marketing: 1, 'joint-use': 1, 'all-use': 1 },
      erase: { removePerson: 1 },
    },
  },
  'twin-aoi': {
    'brand-item': {
      matches: 2,
      records: 5,
      files: 1,
      suppress: { marketing: 2, 'third-party-provision': 2, 'joint-use': 1, 'all-use': 3, ads: 1 },
      erase: { delete: 4, removeFields: 1 },
    },
  },
  'twin-midori': {
    'brand-item': {
      matches: 1,
      candidates: 1,
      records: 4,
      files: 1,
      suppress: { marketing: 1, 'third-party-provision': 2, 'joint-use': 1, 'all-use': 2 },
      erase: { delete: 3, removeFields: 1 },
    },
  },
  kenji: {
    auto: {
      matches: 2,
      records: 2,
      suppress: { marketing: 1, 'third-party-provision': 1, 'joint-use': 1, 'all-use': 1 },
      erase: { delete: 1, hold: 1 },
      holds: { 'tax-voucher': 1, 'criminal-proceeds-record': 1 },
      blockers: ['assurance-running'],
    },
    flower: {
      matches: 1,
      records: 4,
      files: 1,
      suppress: { marketing: 1, 'all-use': 1 },
      erase: { delete: 1, removeFields: 1, hold: 2 },
      holds: { 'tax-voucher': 1, 'accounting-books': 1 },
      blockers: ['invoice-unpaid'],
    },
    'brand-item': {
      matches: 1,
      records: 8,
      files: 1,
      suppress: { marketing: 1, 'third-party-provision': 2, 'joint-use': 1, 'all-use': 2 },
      erase: { delete: 4, removeFields: 2, hold: 2 },
      holds: { 'tax-voucher': 1, 'antiques-ledger': 1 },
      blockers: ['item-in-custody', 'payout-pending'],
    },
    medical: {
      matches: 1,
      records: 2,
      suppress: { marketing: 1, 'all-use': 1 },
      erase: { removeFields: 2 },
      blockers: ['device-in-transit'],
    },
  },
};
