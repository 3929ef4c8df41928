import type { NameForm } from './data/reading.js';
import type { Address, Office, PersonFacts, SystemName } from './facts.js';
import type { Household } from './households.js';

/** One person of the sample population, with what is fixed of their records. */
export interface SamplePerson extends PersonFacts {
  readonly seed: string;
  readonly index: number;
  /** Those who live with this person share family name, address and landline. */
  readonly household: Household;
  /** Where this person works, if at a company the businesses deal with: telephone and address are shared by its staff. */
  readonly office?: Office;
  readonly formerFamilyName?: NameForm;
  readonly earlierAddress?: Address;
  readonly earlierMobile?: string;
  readonly systems: readonly SystemName[];
  /** Fixed contents for a demo persona; absent: the system's sample data chooses by the person's own random sequence. */
  readonly holdings?: Holdings;
}

/**
 * What one system holds about a person, in words of its business and without its schema. Sample data turns it into documents; for
 * demo personas it is fixed, for everybody else it is drawn. Years count back from the day the store is filled.
 */
export interface Holding {
  /** Facts this system has on record where they differ from the person's present ones. */
  readonly recorded?: Partial<PersonFacts>;
  /** The person's root record is under a legal hold (pending litigation). */
  readonly legalHold?: boolean;
}

/** A company the person is staff of, with colleagues beside them in the same record. */
export interface Employment {
  readonly office: Office;
  readonly colleagues: readonly SamplePerson[];
}

export interface Vehicle {
  readonly state: 'draft' | 'scheduled' | 'live' | 'unsold' | 'unsettled' | 'settled';
  readonly yearsAgo: number;
  readonly images: number;
  /** Whose name is on the inspection certificate. Absent: not inspected. */
  readonly inspectedFor?: 'self' | 'family' | 'finance-company';
}
export interface AutoHolding extends Holding {
  readonly consignor?: boolean;
  readonly employment?: Employment;
  readonly vehicles?: readonly Vehicle[];
  /** Cars bought from the person outright, years ago: a ledger entry without an auction. */
  readonly purchases?: readonly number[];
  readonly assurances?: readonly {
    readonly state: 'running' | 'ended';
    readonly yearsAgo: number;
    readonly financed: boolean;
  }[];
  readonly mail?: boolean;
  /** Texts of notes; `{}` stands for the person's name. */
  readonly notes?: readonly string[];
  /** Provisions to third parties, years ago. */
  readonly provisions?: readonly number[];
}

export interface MotorcycleHolding extends Holding {
  readonly seller?: boolean;
  readonly employment?: Employment;
  readonly bikes?: readonly {
    readonly state: 'stock' | 'live' | 'unsettled' | 'settled';
    readonly yearsAgo: number;
    readonly photo: boolean;
  }[];
  readonly bids?: readonly ('leading' | 'outbid')[];
  /** `byNameAndTel`: taken by telephone, with nothing but a name and this number. */
  readonly pickups?: readonly { readonly state: 'scheduled' | 'collected'; readonly byNameAndTel?: string }[];
  readonly inquiries?: readonly string[];
  readonly push?: boolean;
}

export interface FlowerHolding extends Holding {
  readonly grower?: boolean;
  readonly buyer?: boolean;
  readonly employment?: Employment;
  /** Shipments by the grower, years ago. */
  readonly shipments?: readonly number[];
  readonly deliveryAddresses?: number;
  readonly orders?: readonly {
    readonly yearsAgo: number;
    readonly invoice: 'unpaid' | 'paid';
    readonly gift: boolean;
  }[];
}

export interface BrandItemHolding extends Holding {
  readonly consignor?: boolean;
  readonly items?: readonly {
    readonly state: 'in-custody' | 'live' | 'sold' | 'returned';
    readonly yearsAgo: number;
    readonly photos: number;
    /** Jewels or precious metal above ¥2M in cash: identity verified under the criminal-proceeds act. */
    readonly verified?: boolean;
    readonly payout?: 'pending' | 'paid';
  }[];
  readonly visits?: number;
  readonly newsletter?: boolean;
  readonly provisions?: readonly number[];
}

export interface MedicalHolding extends Holding {
  readonly director?: boolean;
  readonly employment?: Employment;
  readonly qualifications?: number;
  /** `romaji`: the row came from an import with romaji only. */
  readonly script?: 'kanji' | 'romaji';
  readonly equipment?: readonly {
    readonly state: 'listed' | 'in-transit' | 'delivered';
    readonly yearsAgo: number;
    /** Specially designated maintenance-managed device: 15 years instead of 3. */
    readonly specified: boolean;
  }[];
  readonly reports?: number;
  readonly residual?: number;
}

/** By system. The app of a further system adds its own: `declare module '@kenri/testing' { interface Holdings { … } }`. */
export interface Holdings {
  readonly auto?: AutoHolding;
  readonly motorcycle?: MotorcycleHolding;
  readonly flower?: FlowerHolding;
  readonly 'brand-item'?: BrandItemHolding;
  readonly medical?: MedicalHolding;
}
/** Every system has its holding; checked by the compiler. */
export type HoldingOf<System extends SystemName> = NonNullable<Holdings[System]>;
