import type { Channel, Identity, Kind, Language, Particulars, Purpose, RequestAccepted } from '@kenri/contracts';
import type { StoredBytes } from '@kenri/vault';

export const STATES = ['received', 'accepted', 'rejected', 'withdrawn', 'not-applied'] as const;
export type ApplicationState = (typeof STATES)[number];

/** Documents that come with a form. */
export const ENCLOSURES = ['identity-proof', 'proxy-authority', 'fee-receipt'] as const;
export type Enclosure = (typeof ENCLOSURES)[number];

/** someone mandated by a letter of proxy, or a statutory representative. */
export const PROXY_RELATIONS = ['mandated', 'parent', 'guardian'] as const;
export type ProxyRelation = (typeof PROXY_RELATIONS)[number];

/** What the form says of a person; only ever stored sealed. */
export interface Form {
  identity: Identity;
  particulars: Particulars;
  proxy?: { name: string; contact?: string };
}

/** What of the form may be known without opening it: which parts are filled in. */
export interface FormFacts {
  name: boolean;
  /** Any way of answering: address, e-mail or telephone. */
  contact: boolean;
  /** Something beside the name by which a match can be certain. */
  strongIdentifier: boolean;
  statement: boolean;
  /** Kinds of the claims that say what is wrong and, but for deletions, what is right. */
  claims: Kind[];
}

export interface IdentityCheck {
  person: 'data-subject' | 'proxy';
  proof: string;
  shows: string[];
  masked: string[];
  checkedOn: string;
  expiresOn?: string;
  result: 'confirmed' | 'returned-for-masking' | 'refused';
  /** The form described another person then. */
  voided?: true;
  by: string;
  at: Date;
}

export interface ProxyCheck {
  evidence: string;
  issuedOn: string;
  result: 'confirmed' | 'refused';
  by: string;
  at: Date;
}

export interface FeeReceipt {
  amount: number;
  paidOn: string;
  by: string;
  at: Date;
}

/** The statutory clock stands still from `from`, because of `reason`. */
export interface Pause {
  reason: 'awaiting-documents' | 'awaiting-fee';
  from: Date;
  until?: Date;
}

/** What `cases` has told of the case. */
export interface CaseNews {
  openedAt?: Date;
  dueAt: Date;
  revision: number;
  state: string;
  outcome?: string;
  deferredUntil?: string;
  packageReady: boolean;
  changedAt: Date;
}

export interface Step {
  at: Date;
  /** Staff account, `applicant`, or `kenri` for what a timer or a message did. */
  by: string;
  step: string;
}

/** One application form. Nothing in it names the person but what is sealed; the tokens are keyed hashes. */
export interface Application {
  _id: string;
  reference: string;
  state: ApplicationState;
  /** Counts changes by people: the ETag. */
  revision: number;
  kinds: Kind[];
  channel: Channel;
  language: Language;
  /** Purposes that the person wants stopped; empty: the kind's own. */
  purposes: Purpose[];
  /** When the form arrived. */
  receivedAt: Date;
  postmarkedOn?: string;
  createdAt: Date;
  createdBy: string;
  enclosed: Enclosure[];
  facts: FormFacts;
  proxy?: { relation: ProxyRelation; kinds: Kind[] };
  /** A `Form`, sealed under purpose identity; gone after disposal. */
  form?: StoredBytes;
  /** Match tokens, to find possible duplicates. */
  tokens: string[];
  /** The applicant's secret, as a KDF hash. */
  secret?: string;
  fee: { amount: number; receipts: FeeReceipt[] };
  identityChecks: IdentityCheck[];
  proxyCheck?: ProxyCheck;
  pauses: Pause[];
  /** When nothing was missing any more: the statutory clock starts here. */
  completeAt?: Date;
  accepted?: { at: Date; by: string; systems: string[]; publications: number };
  /** The accepted message, kept until the case is open, so that it can be published again. */
  message?: RequestAccepted;
  rejected?: { at: Date; by: string; ground: string; duplicateOf?: string };
  withdrawal?: { at: Date; by: 'applicant' | 'clerk' };
  case?: CaseNews;
  disposedAt?: Date;
  steps: Step[];
}

export const addStep = (application: Application, at: Date, by: string, step: string): Step[] => [
  ...application.steps,
  { at, by, step },
];
