import { foldLookAlikes } from './normalise/characters.js';
import { contractYoon, readingToRomaji, withoutLength } from './normalise/romaji.js';
import { type NameSet, type Prepared } from './prepare.js';

/** Raised whenever {@link blockingValues} gives other values for the same person: a store then needs indexing anew. */
export const BLOCKING_VERSION = 1;

/**
 * Values by which a record is found: two people that may be the same share at least one. Each is a whole identifier or a
 * pair of robust parts; a name alone is never one (it would select thousands and, hashed, could be guessed). The caller
 * keys and hashes them. Prefixes: `e` mailbox, `p` last eight digits of a telephone, `c` customer number, `b` birth date,
 * `nb` full name with the year or the day of birth, `na` full name with a place.
 *
 * Both roles give the same values today, since slips are covered by several partial values; the role is asked for so that
 * queries can widen without a new index.
 */
export function blockingValues(person: Prepared, _role: 'record' | 'query'): string[] {
  const values = new Set<string>();
  for (const { mailbox } of person.emails) values.add(`e:${mailbox}`);
  // The subscriber number survives a missing country or area code.
  for (const { number } of person.phones) values.add(`p:${number.slice(-8)}`);
  for (const number of person.customerNumbers) values.add(`c:${number}`);
  const names = nameParts(person.names);
  if (person.birthDate !== null) {
    values.add(`b:${person.birthDate}`);
    const [year, month, day] = person.birthDate.split('-') as [string, string, string];
    for (const full of names.full) {
      values.add(`nb:${full}:${year}`);
      values.add(`nb:${full}:${month}${day}`);
    }
  }
  for (const full of names.full) {
    for (const place of places(person)) values.add(`na:${full}:${place}`);
  }
  return [...values];
}

function places(person: Prepared): string[] {
  const found = person.addresses.map((address) => address.town.slice(-3) + (address.numbers[0] ?? ''));
  if (person.postalCode !== null) found.push(person.postalCode);
  return found;
}

/** The full name in its most forgiving spelling per script; kana and romaji meet in Hepburn letters without lengths. */
function nameParts(names: readonly NameSet[]): { full: Set<string> } {
  const full = new Set<string>();
  for (const { kanji, kana, latin } of names) {
    if (kanji) full.add(foldLookAlikes(kanji.joined));
    if (kana) for (const spelling of readingToRomaji(kana.joined)) full.add(withoutLength(spelling));
    if (latin) {
      // Kana is family name first; romaji comes in either order.
      const words = latin.words.map((word) => withoutLength(contractYoon(word)));
      full.add(words.join(''));
      full.add([...words].reverse().join(''));
    }
  }
  return { full };
}
