import { type Explanation, type Field, type Reason, type Verdict } from '../person.js';
import { type Prepared } from '../prepare.js';
import { type Script } from '../normalise/name.js';
import { strongIdentifiers } from './decision.js';
import { type Comparison, type PlaceEvidence } from './evidence.js';
import { type NameComparison } from './name-evidence.js';
import { type Relation } from './name-relation.js';
import { REASONS, type ReasonCode } from './reasons.js';

const NAME_FIELDS: readonly (readonly [Script, Field])[] = [
  ['kanji', 'name'],
  ['kana', 'kana'],
  ['latin', 'romaji'],
];

const FIELDS: readonly Field[] = [
  'name',
  'kana',
  'romaji',
  'birthDate',
  'email',
  'phone',
  'address',
  'postalCode',
  'organisation',
  'customerNumber',
];

/** What agrees, differs, is missing, cannot be compared or read, and sentences for the case worker. */
export function explain(verdict: Verdict, comparison: Comparison, applicant: Prepared, record: Prepared): Explanation {
  const { evidence, names, address, postalCode, organisation } = comparison;
  const match: Explanation = {
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
  if (applicant.addresses.length > 0 || record.addresses.length > 0) file(match, 'address', address);
  if (applicant.postalCode !== null || record.postalCode !== null) file(match, 'postalCode', postalCode);
  if (applicant.organisation !== null || record.organisation !== null) file(match, 'organisation', organisation);
  if (applicant.customerNumbers.length > 0 || record.customerNumbers.length > 0) {
    file(match, 'customerNumber', evidence.customerNumber);
  }
  fileUnreadable(match, applicant, record);
  match.reasons = giveReasons(match, verdict, comparison, applicant, record);
  return match;
}

function file(match: Explanation, field: Field, outcome: PlaceEvidence): void {
  if (outcome === 'agrees') match.agrees.push(field);
  else if (outcome === 'disagrees') match.disagrees.push(field);
  else if (outcome === 'missing') match.missing.push(field);
  else match.notComparable.push(field);
}

function outcomeOf(relation: Relation): PlaceEvidence {
  if (relation === 'same') return 'agrees';
  return relation === 'partial' ? 'not-comparable' : 'disagrees';
}

function explainNames(match: Explanation, names: NameComparison, applicant: Prepared, record: Prepared): void {
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

function fileUnreadable(match: Explanation, applicant: Prepared, record: Prepared): void {
  if (applicant.unreadable.size === 0 && record.unreadable.size === 0) return;
  for (const field of FIELDS) {
    if (!applicant.unreadable.has(field) && !record.unreadable.has(field)) continue;
    if (match.agrees.includes(field) || match.disagrees.includes(field)) continue;
    if (!match.missing.includes(field)) match.missing.push(field);
    match.notComparable = match.notComparable.filter((each) => each !== field);
    match.unreadable.push(field);
  }
}

function giveReasons(
  match: Explanation,
  verdict: Verdict,
  { names, evidence, address }: Comparison,
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
  if (verdict === 'candidate') {
    codes.push(evidence.name === 'agrees' && strongIdentifiers(evidence) >= 2 ? 'conflict-blocks' : 'too-few-strong');
  } else if (verdict === 'different') {
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
