import { sameAddress } from '../normalise/address.js';
import { type Prepared } from '../prepare.js';
import { type BirthEvidence, type Evidence, type ListEvidence } from './decision.js';
import { withinOneEdit } from './edit-distance.js';
import { compareNames, type NameComparison } from './name-evidence.js';

export type PlaceEvidence = 'agrees' | 'disagrees' | 'missing' | 'not-comparable';

/** Everything two people's fields say of each other, before anything is decided. */
export interface Comparison {
  readonly evidence: Evidence;
  readonly names: NameComparison;
  readonly address: PlaceEvidence;
  readonly postalCode: ListEvidence;
  readonly organisation: ListEvidence;
}

/** Holds each field of one person against the other's. Symmetric. */
export function gatherEvidence(a: Prepared, b: Prepared): Comparison {
  const names = compareNames(a.names, b.names);
  const phone = comparePhones(a, b);
  const address = compareAddresses(a, b);
  const postalCode = equality(a.postalCode, b.postalCode);
  const organisation = equality(a.organisation, b.organisation);
  const evidence: Evidence = {
    name: names.evidence,
    birthDate: compareBirthDates(a.birthDate, b.birthDate),
    email: compareEmails(a, b),
    phone: phone.evidence,
    phoneIsSwitchboard: phone.isSwitchboard,
    customerNumber: shareOne(a.customerNumbers, b.customerNumbers),
    place: address === 'agrees' || (postalCode === 'agrees' && address !== 'disagrees') || organisation === 'agrees',
  };
  return { evidence, names, address, postalCode, organisation };
}

function compareBirthDates(a: string | null, b: string | null): BirthEvidence {
  if (a === null || b === null) return 'missing';
  if (a === b) return 'agrees';
  return isDateSlip(a, b) ? 'slip' : 'disagrees';
}

/**
 * A slip: one digit wrong or two neighbours exchanged in the eight digits, month and day exchanged, a year apart on the same
 * day (era years are miscounted), or an era taken for the next at the same year number (S49 as H49: 63 years; T10 as S10:
 * 14 years; H as R: 30 years).
 */
function isDateSlip(a: string, b: string): boolean {
  const [yearA, monthA, dayA] = a.split('-') as [string, string, string];
  const [yearB, monthB, dayB] = b.split('-') as [string, string, string];
  if (yearA === yearB && monthA === dayB && dayA === monthB) return true;
  if (monthA === monthB && dayA === dayB && [1, 14, 30, 63].includes(Math.abs(Number(yearA) - Number(yearB))))
    return true;
  const [digitsA, digitsB] = [yearA + monthA + dayA, yearB + monthB + dayB];
  return withinOneEdit(digitsA, digitsB);
}

function compareEmails(a: Prepared, b: Prepared): ListEvidence {
  if (a.emails.length === 0 || b.emails.length === 0) return 'missing';
  return a.emails.some((x) => b.emails.some((y) => x.mailbox === y.mailbox)) ? 'agrees' : 'disagrees';
}

function comparePhones(a: Prepared, b: Prepared): { evidence: ListEvidence; isSwitchboard: boolean } {
  if (a.phones.length === 0 || b.phones.length === 0) return { evidence: 'missing', isSwitchboard: false };
  let shared = false;
  for (const x of a.phones) {
    for (const y of b.phones) {
      if (x.number !== y.number) continue;
      if (x.extension === y.extension) return { evidence: 'agrees', isSwitchboard: false };
      shared = true;
    }
  }
  return { evidence: shared ? 'agrees' : 'disagrees', isSwitchboard: shared };
}

function shareOne(a: readonly string[], b: readonly string[]): ListEvidence {
  if (a.length === 0 || b.length === 0) return 'missing';
  return a.some((each) => b.includes(each)) ? 'agrees' : 'disagrees';
}

function equality(a: string | null, b: string | null): ListEvidence {
  if (a === null || b === null) return 'missing';
  return a === b ? 'agrees' : 'disagrees';
}

function compareAddresses(a: Prepared, b: Prepared): PlaceEvidence {
  if (a.addresses.length === 0 || b.addresses.length === 0) return 'missing';
  let compared = false;
  for (const x of a.addresses) {
    for (const y of b.addresses) {
      const same = sameAddress(x, y);
      if (same) return 'agrees';
      compared ||= same === false;
    }
  }
  return compared ? 'disagrees' : 'not-comparable';
}
