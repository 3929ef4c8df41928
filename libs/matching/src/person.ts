/** One person as a business system or an application form spells them: raw strings, nothing normalised. */
export interface Person {
  /** Family and given name in one field; may carry a company in front and an honorific behind. */
  fullName?: string | undefined;
  familyName?: string | undefined;
  givenName?: string | undefined;
  /** Reading; any kana, any width. */
  fullKana?: string | undefined;
  familyKana?: string | undefined;
  givenKana?: string | undefined;
  /** Latin letters, Hepburn or Kunrei, either order. */
  romaji?: string | undefined;
  /** Western or Japanese era, see {@link normaliseBirthDate}. */
  birthDate?: string | undefined;
  emails?: string[] | undefined;
  phones?: string[] | undefined;
  postalCode?: string | undefined;
  address?: string | undefined;
  organisation?: string | undefined;
  /** Free string holding name, reading and telephone together; it is taken apart. */
  contact?: string | undefined;
  /** The system's own customer or member number: a strong identifier of R-12. */
  customerNumber?: string | undefined;
}

/** A name on its own, as in a list of former names. */
export type PersonName = Pick<
  Person,
  'fullName' | 'familyName' | 'givenName' | 'fullKana' | 'familyKana' | 'givenKana' | 'romaji'
>;

/** The applicant may bring former names and earlier contact data: any form agreeing agrees. */
export interface Applicant extends Person {
  formerNames?: PersonName[] | undefined;
  earlierAddresses?: string[] | undefined;
  /** Numbers the applicant has with the system that is being searched. */
  customerNumbers?: string[] | undefined;
}

export type Verdict = 'certain' | 'candidate' | 'different';

/** `name` is the name as written (kanji), `kana` its reading, `romaji` its Latin spelling. */
export type Field =
  | 'name'
  | 'kana'
  | 'romaji'
  | 'birthDate'
  | 'email'
  | 'phone'
  | 'address'
  | 'postalCode'
  | 'organisation'
  | 'customerNumber';

/** A sentence for the case worker; never holds a personal value. */
export interface Reason {
  readonly code: string;
  readonly ja: string;
  readonly en: string;
}

/** What a case worker needs to see why two records were put side by side. A field is in at most one of the first four lists. */
export interface Explanation {
  agrees: Field[];
  disagrees: Field[];
  /** No value on one side (for name, birth date, e-mail and telephone also: on both). */
  missing: Field[];
  /** Both sides have a value, but none that can be held against the other (kanji against kana alone). */
  notComparable: Field[];
  /** A value is there but cannot be read (lone surrogates, control characters, no such date): it counts as absent, is in
   * `missing` too, and is named here. */
  unreadable: Field[];
  reasons: Reason[];
}

export interface Match extends Explanation {
  verdict: Verdict;
  /** Fellegi–Sunter weight, log2 of the odds ratio; ranks candidates, never decides. */
  score: number;
}
