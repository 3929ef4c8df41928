import { type Field, type Match, type Reason } from '../person.js';
import { type Prepared } from '../prepare.js';
import { sameAddress } from '../normalise/address.js';
import { type Script } from '../normalise/name.js';
import { decide, type Evidence, type BirthEvidence, type ListEvidence, strongIdentifiers } from './decision.js';
import { withinOneEdit } from './edit-distance.js';
import { compareNames, type NameComparison } from './name-evidence.js';
import { type Relation } from './name-relation.js';
import { REASONS, type ReasonCode } from './reasons.js';
import { WEIGHTS } from './weights.js';

const NAME_FIELDS: readonly (readonly [Script, Field])[] = [
  ['kanji', 'name'],
  ['kana', 'kana'],
  ['latin', 'romaji'],
];
type PlaceEvidence = 'agrees' | 'disagrees' | 'missing' | 'not-comparable';

/**
 * Decides whether a record is the applicant's, with an explanation and a ranking score. Symmetric but for the wording;
 * pure; never throws for any {@link Prepared}.
 */
export function compare(applicant: Prepared, record: Prepared): Match {
  const names = compareNames(applicant.names, record.names);
  const phone = comparePhones(applicant, record);
  const address = compareAddresses(applicant, record);
  const postalCode = equality(applicant.postalCode, record.postalCode);
  const organisation = equality(applicant.organisation, record.organisation);
  const evidence: Evidence = {
    name: names.evidence,
    birthDate: compareBirthDates(applicant.birthDate, record.birthDate),
    email: compareEmails(applicant, record),
    phone: phone.evidence,
    phoneIsSwitchboard: phone.isSwitchboard,
    customerNumber: shareOne(applicant.customerNumbers, record.customerNumbers),
    place: address === 'agrees' || (postalCode === 'agrees' && address !== 'disagrees') || organisation === 'agrees',
  };
  const verdict = decide(evidence);
  const match: Match = {
    verdict,
    score: weigh(evidence, address),
    agrees: [],
    disagrees: [],
    missing: [],
    notComparable: [],
    unreadable: [],
    reasons: [],
  };
  explainNames(match, names, applicant, record);
  file(match, 'birthDate', evidence.birthDate === 'slip' ? 'disagrees' : evidence.birthDate);
  file(match, 'email', evidence.email);
  file(match, 'phone', evidence.phone);
  fileIfGiven(match, 'address', address, applicant.addresses.length > 0 || record.addresses.length > 0);
  fileIfGiven(match, 'postalCode', postalCode, applicant.postalCode !== null || record.postalCode !== null);
  fileIfGiven(match, 'organisation', organisation, applicant.organisation !== null || record.organisation !== null);
  fileIfGiven(
    match,
    'customerNumber',
    evidence.customerNumber,
    applicant.customerNumbers.length > 0 || record.customerNumbers.length > 0,
  );
  fileUnreadable(match, applicant, record);
  match.reasons = giveReasons(match, names, evidence, address, applicant, record);
  return match;
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

function weigh(evidence: Evidence, address: PlaceEvidence): number {
  const score =
    (WEIGHTS[`name:${evidence.name}`] ?? 0) +
    (WEIGHTS[`birthDate:${evidence.birthDate}`] ?? 0) +
    (WEIGHTS[`email:${evidence.email}`] ?? 0) +
    (WEIGHTS[`phone:${evidence.phone}`] ?? 0) +
    (WEIGHTS[`customerNumber:${evidence.customerNumber}`] ?? 0) +
    (WEIGHTS[`address:${address}`] ?? 0);
  return Math.round(score * 100) / 100;
}

function file(match: Match, field: Field, outcome: PlaceEvidence): void {
  if (outcome === 'agrees') match.agrees.push(field);
  else if (outcome === 'disagrees') match.disagrees.push(field);
  else if (outcome === 'missing') match.missing.push(field);
  else match.notComparable.push(field);
}

function fileIfGiven(match: Match, field: Field, outcome: PlaceEvidence, given: boolean): void {
  if (given) file(match, field, outcome);
}

function outcomeOf(relation: Relation): PlaceEvidence {
  if (relation === 'same') return 'agrees';
  return relation === 'partial' ? 'not-comparable' : 'disagrees';
}

function explainNames(match: Match, names: NameComparison, applicant: Prepared, record: Prepared): void {
  const named = applicant.names.length > 0 && record.names.length > 0;
  const comparable = names.kanji !== null || names.kana !== null || names.latin !== null;
  for (const [script, field] of NAME_FIELDS) {
    const relation = names[script];
    const [onA, onB] = [applicant.names, record.names].map((sets) => sets.some((set) => set[script] !== undefined));
    if (relation !== null) file(match, field, outcomeOf(relation));
    else if (onA || onB)
      file(
        match,
        field,
        named && !comparable && names.evidence !== 'missing' ? acrossScripts(names, script) : 'missing',
      );
    else if (script === 'kanji' && !named) file(match, field, 'missing');
  }
}

/** Kana and romaji alone can be held against each other as readings; a plain difference is one. */
function acrossScripts(names: NameComparison, script: Script): PlaceEvidence {
  return names.evidence === 'different' && script !== 'kanji' ? 'disagrees' : 'not-comparable';
}

function fileUnreadable(match: Match, applicant: Prepared, record: Prepared): void {
  if (applicant.unreadable.size === 0 && record.unreadable.size === 0) return;
  for (const field of new Set([...applicant.unreadable, ...record.unreadable])) {
    if (match.agrees.includes(field) || match.disagrees.includes(field)) continue;
    if (!match.missing.includes(field)) match.missing.push(field);
    match.notComparable = match.notComparable.filter((each) => each !== field);
    match.unreadable.push(field);
  }
}

function giveReasons(
  match: Match,
  names: NameComparison,
  evidence: Evidence,
  address: PlaceEvidence,
  applicant: Prepared,
  record: Prepared,
): Reason[] {
  const codes: ReasonCode[] = [`name-${evidence.name}`];
  if (names.byFormerName && evidence.name === 'agrees') codes.push('name-former');
  if (names.sameFamily && evidence.name === 'different') codes.push('name-same-family');
  if (evidence.birthDate !== 'missing') codes.push(`birth-${evidence.birthDate}`);
  if (evidence.email !== 'missing') codes.push(`email-${evidence.email}`);
  else if (applicant.roleMailbox || record.roleMailbox) codes.push('email-role');
  if (evidence.phone !== 'missing') codes.push(`phone-${evidence.phone}`);
  if (evidence.phoneIsSwitchboard) codes.push('phone-switchboard');
  if (evidence.customerNumber !== 'missing') codes.push(`customer-number-${evidence.customerNumber}`);
  if (evidence.place) codes.push('place-agrees');
  else if (address === 'disagrees') codes.push('address-disagrees');
  if (match.unreadable.length > 0) codes.push('unreadable');
  const linked = match.agrees.length > 0;
  if (match.verdict === 'candidate') {
    codes.push(evidence.name === 'agrees' && strongIdentifiers(evidence) >= 2 ? 'conflict-blocks' : 'too-few-strong');
  } else if (match.verdict === 'different') {
    if (
      evidence.name === 'different' &&
      (evidence.phone === 'agrees' || evidence.email === 'agrees' || evidence.place)
    ) {
      codes.push('shared-contact');
    }
    codes.push(linked || match.disagrees.length > 0 ? 'plainly-another' : 'nothing-links');
  }
  return codes.map((code) => REASONS[code]);
}
