import type { NameForm } from './data/reading.js';

/** The five business systems of the demo group (systems.md), whose people and personas are laid out here. Others bring theirs along (README.md). */
export const SYSTEMS = ['auto', 'motorcycle', 'flower', 'brand-item', 'medical'] as const;
export type SystemName = (typeof SYSTEMS)[number];

export interface Address {
  /** `107-0061`. */
  readonly postalCode: string;
  readonly prefecture: string;
  readonly city: string;
  /** Town, block and house number: `北青山2丁目5番8号`. */
  readonly street: string;
  readonly building?: string;
}

/** What a register may know of a person; a system that was not told of a move or marriage knows an older state. */
export interface PersonFacts {
  readonly familyName: NameForm;
  readonly givenName: NameForm;
  /** `YYYY-MM-DD`. */
  readonly birthDate: string;
  readonly sex: 'male' | 'female';
  /** With hyphens: `090-1234-5678`. */
  readonly mobile?: string;
  readonly landline?: string;
  readonly email?: string;
  readonly address: Address;
  readonly occupation: string;
}

export const OFFICE_KINDS = ['car-dealer', 'bike-shop', 'florist', 'clinic', 'brand-shop', 'other'] as const;
export type OfficeKind = (typeof OFFICE_KINDS)[number];

/** A company: everybody who works there shares its telephone, address and role mailbox. */
export interface Office {
  /** Number of its block of people. */
  readonly id: number;
  readonly kind: OfficeKind;
  readonly name: string;
  readonly tel: string;
  readonly email: string;
  readonly address: Address;
  /** Occupation of its staff. */
  readonly occupation: string;
  /** Index of the person who heads it: always a member of the office's system. */
  readonly head: number;
}
