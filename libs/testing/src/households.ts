import { PLACES } from './data/places.js';
import { hashOf, randomOf } from './random.js';

export type HouseholdRole = 'single' | 'husband' | 'wife' | 'father' | 'son' | 'daughter' | 'twin';

export interface Household {
  /** Index of its first member. */
  readonly id: number;
  readonly role: HouseholdRole;
  /** Indexes of all its members, this person's own included. */
  readonly members: readonly number[];
  readonly landline?: string;
}

/** People are laid out in blocks of this many indexes; households never cross a block, so any index is computed alone. */
export const BLOCK = 24;

const SINGLE: readonly HouseholdRole[] = ['single'];
const COUPLE: readonly HouseholdRole[] = ['husband', 'wife'];
const FATHER_AND_SON: readonly HouseholdRole[] = ['father', 'son'];
const FAMILY: readonly HouseholdRole[] = ['husband', 'wife', 'son', 'daughter'];
const TWINS: readonly HouseholdRole[] = ['twin', 'twin'];
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

/** Each adds up to BLOCK people and begins with a single person: the head of the block's office. */
const LAYOUTS: readonly (readonly (readonly HouseholdRole[])[])[] = [
  [...times(10, SINGLE), ...times(3, COUPLE), FATHER_AND_SON, FAMILY, TWINS],
  [...times(16, SINGLE), ...times(2, COUPLE), FAMILY],
  [...times(12, SINGLE), ...times(2, COUPLE), ...times(2, FATHER_AND_SON), FAMILY],
];

/** The household of person `index` and the part they have in it. */
export function householdOf(seed: string, index: number): Household {
  const block = Math.floor(index / BLOCK);
  const layout = LAYOUTS[hashOf(seed, 'layout', block) % LAYOUTS.length] ?? [];
  let first = block * BLOCK;
  for (const roles of layout) {
    const role = roles[index - first];
    if (role) {
      const landline = landlineOf(seed, first);
      return { id: first, role, members: roles.map((_, offset) => first + offset), ...(landline ? { landline } : {}) };
    }
    first += roles.length;
  }
  throw new RangeError(`Person ${index} lies outside its block: the layouts must add up to ${BLOCK}`);
}

/** In the area where the household lives: its address is drawn from the same sequence, the place first. */
function landlineOf(seed: string, id: number): string | undefined {
  const { areaCode } = randomOf(seed, 'address', id).pick(PLACES);
  const random = randomOf(seed, 'landline', id);
  return random.chance(0.55) ? landlineIn(areaCode, random.digits(8)) : undefined;
}

/** A ten-digit landline of an area: `03-6440-2500`, `0742-22-1234`. @param digits eight digits to draw from */
export function landlineIn(areaCode: string, digits: string): string {
  const local = `3${digits}`.slice(0, 10 - areaCode.length);
  return `${areaCode}-${local.slice(0, -4)}-${local.slice(-4)}`;
}
