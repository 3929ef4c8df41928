import { FAMILY_NAMES } from './data/family-names.js';
import { COMPANY_PATTERNS, PLACES } from './data/places.js';
import { BLOCK, landlineIn } from './households.js';
import { OFFICE_KINDS, type Office, type OfficeKind, type SystemName } from './facts.js';
import { hashOf, randomOf } from './random.js';

/** In which system the staff of such a company is registered because of their work. */
export const SYSTEM_OF_OFFICE: Readonly<Partial<Record<OfficeKind, SystemName>>> = {
  'car-dealer': 'auto',
  'bike-shop': 'motorcycle',
  florist: 'flower',
  clinic: 'medical',
  'brand-shop': 'brand-item',
};
const OCCUPATION: Readonly<Record<OfficeKind, string>> = {
  'car-dealer': '自動車販売業',
  'bike-shop': '二輪車販売業',
  florist: '生花店経営',
  clinic: '医療従事者',
  'brand-shop': '古物商',
  other: '会社員',
};

/** The company of block `block`: kinds take turns, so that every sixth block has one of each. */
export function officeOf(seed: string, block: number): Office {
  const random = randomOf(seed, 'office', block);
  const kind = OFFICE_KINDS[block % OFFICE_KINDS.length] ?? 'other';
  const place = random.pick(PLACES);
  const name = random.pick(COMPANY_PATTERNS[kind] ?? ['株式会社{}']).replaceAll('{}', random.pick(FAMILY_NAMES).kanji);
  return {
    id: block,
    kind,
    name,
    tel: landlineIn(place.areaCode, random.digits(8)),
    email: `info@office${block.toString(36)}.example.co.jp`,
    address: {
      postalCode: `${place.postalPrefix}-${String(hashOf(place.city, place.town) % 90).padStart(4, '0')}`,
      prefecture: place.prefecture,
      city: place.city,
      street: `${place.town}${random.between(1, 5)}丁目${random.between(1, 20)}番${random.between(1, 15)}号`,
    },
    occupation: OCCUPATION[kind],
    head: block * BLOCK,
  };
}

/** Whether person `index` works at their block's office: the head always, of the other adults of working age about every fourth. */
export function isOfficeStaff(seed: string, index: number, birthDate: string): boolean {
  if (index % BLOCK === 0) return true;
  const age = 2026 - Number(birthDate.slice(0, 4));
  return age >= 23 && age <= 66 && hashOf(seed, 'staff', index) % 4 === 0;
}

/** Indexes of the office's people, the head first. Who of them really works there: `personAt(seed, index).office`. */
export function officeIndexes(office: { id: number }): readonly number[] {
  return Array.from({ length: BLOCK }, (_, offset) => office.id * BLOCK + offset);
}

/** The office of `kind` nearest below person `index`: a business partner that every population of that size contains. */
export function partnerOffice(seed: string, kind: OfficeKind, index: number): Office {
  const block = Math.floor(index / BLOCK);
  const turn = OFFICE_KINDS.length;
  return officeOf(seed, Math.max(0, block - (block % turn)) + OFFICE_KINDS.indexOf(kind));
}
