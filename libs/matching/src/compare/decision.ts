import { type Verdict } from '../person.js';
import { type NameEvidence } from './name-evidence.js';

export type BirthEvidence = 'agrees' | 'slip' | 'disagrees' | 'missing';
export type ListEvidence = 'agrees' | 'disagrees' | 'missing';

/** Everything the decision looks at. Address, postal code and organisation can only keep a pair in view. */
export interface Evidence {
  readonly name: NameEvidence;
  readonly birthDate: BirthEvidence;
  readonly email: ListEvidence;
  readonly phone: ListEvidence;
  /** The telephones that agree are a switchboard with different or unknown extensions: no strong identifier. */
  readonly phoneIsSwitchboard: boolean;
  readonly customerNumber: ListEvidence;
  /** One house, one postal code with no address against it, or one organisation. */
  readonly place: boolean;
}

/** How many strong identifiers of R-12 agree: name with birth date, e-mail, telephone, customer number. */
export function strongIdentifiers(evidence: Evidence): number {
  return (
    Number(evidence.name === 'agrees' && evidence.birthDate === 'agrees') +
    Number(evidence.email === 'agrees') +
    Number(evidence.phone === 'agrees' && !evidence.phoneIsSwitchboard) +
    Number(evidence.customerNumber === 'agrees')
  );
}

/**
 * R-12 to the letter. Certain: the full names agree in a script both sides have, two strong identifiers agree, and none of
 * name, birth date, e-mail, telephone disagrees (a slip disagrees). Otherwise the table of `decideOpen`.
 */
export function decide(evidence: Evidence): Verdict {
  const disagrees =
    evidence.birthDate === 'disagrees' ||
    evidence.birthDate === 'slip' ||
    evidence.email === 'disagrees' ||
    evidence.phone === 'disagrees';
  if (evidence.name === 'agrees' && !disagrees && strongIdentifiers(evidence) >= 2) return 'certain';
  return decideOpen(evidence) ? 'candidate' : 'different';
}

/** What may be the person (true) and what is plainly someone else (false). The README holds this as a table. */
function decideOpen({ name, birthDate, email, phone, customerNumber, place }: Evidence): boolean {
  const contacts = Number(email === 'agrees') + Number(phone === 'agrees') + Number(customerNumber === 'agrees');
  const against = Number(email === 'disagrees') + Number(phone === 'disagrees');
  const supported = contacts > 0;
  const unopposed = against === 0;
  switch (name) {
    case 'agrees':
    case 'reading-fits':
      if (birthDate === 'agrees' || birthDate === 'slip') return true;
      if (birthDate === 'disagrees') return supported;
      return supported || place || against < 2;
    case 'look-alike':
    case 'reading-differs':
    case 'swapped':
      if (birthDate === 'agrees') return true;
      if (birthDate === 'slip') return supported || unopposed;
      if (birthDate === 'disagrees') return contacts >= 2 || customerNumber === 'agrees';
      return supported || place || unopposed;
    case 'reading-same':
      if (birthDate === 'agrees') return true;
      if (birthDate === 'slip') return supported;
      if (birthDate === 'disagrees') return customerNumber === 'agrees';
      return supported || place;
    case 'slip':
      if (birthDate === 'agrees') return supported || place || against < 2;
      if (birthDate === 'slip') return supported;
      if (birthDate === 'disagrees') return customerNumber === 'agrees';
      return supported || (place && unopposed);
    case 'family-changed':
      if (birthDate === 'agrees') return supported || place || against < 2;
      if (birthDate === 'slip') return supported;
      if (birthDate === 'disagrees') return false;
      return supported;
    case 'partial':
      if (birthDate === 'agrees') return supported || place || against < 2;
      if (birthDate === 'slip') return supported;
      if (birthDate === 'disagrees') return customerNumber === 'agrees';
      return supported || (place && unopposed);
    case 'not-comparable':
      if (birthDate === 'agrees') return supported || place || unopposed;
      if (birthDate === 'slip') return supported;
      if (birthDate === 'disagrees') return contacts >= 2 || customerNumber === 'agrees';
      return supported || (place && unopposed);
    case 'missing':
      if (birthDate === 'agrees') return supported || place;
      if (birthDate === 'slip') return supported;
      if (birthDate === 'disagrees') return customerNumber === 'agrees';
      return supported;
    case 'different':
      return false;
  }
}
