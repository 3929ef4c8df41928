import { foldLookAlikes } from './normalise/characters.js';
import { withoutVoicing } from './normalise/kana.js';
import { type NameForm } from './normalise/name.js';
import { contractYoon, readingToRomaji, withoutLength } from './normalise/romaji.js';
import { type NameSet, type Prepared } from './prepare.js';

/** Raised whenever {@link blockingValues} gives other values for the same person: a store then needs indexing anew. */
export const BLOCKING_VERSION = 2;

/**
 * Values by which a record is found: two people that may be the same share at least one. Each is a whole identifier or a
 * pair of robust parts; a name alone is never one (it would select thousands and, hashed, could be guessed). The caller
 * keys and hashes them. Prefixes: `e` mailbox, `p` last eight digits of a telephone, `c` customer number, `nb` full name
 * with the year or the day of birth, `na` full name with a place, `bh` and `bt` birth date with the head or the tail of
 * the name, `bn` birth date of a record without a name, `b` birth date alone.
 *
 * A birth date alone selects a person in 24,000: forty of a million. So a query that can do without (each of its names is
 * there in kanji and in kana, in two parts) asks for a date together with the beginning or the end of a name, one of
 * which every name keeps that may be the person's: a slip of the pen is in one place, a marriage changes the family name
 * only, and a name that lacks a part has the other. Other queries ask for the date.
 */
export function blockingValues(person: Prepared, role: 'record' | 'query'): string[] {
  const values = new Set<string>();
  for (const { mailbox } of person.emails) values.add(`e:${mailbox}`);
  // The subscriber number survives a missing country or area code.
  for (const { number } of person.phones) values.add(`p:${number.slice(-8)}`);
  for (const number of person.customerNumbers) values.add(`c:${number}`);
  const full = fullNames(person.names);
  if (person.birthDate !== null) {
    const [year, month, day] = person.birthDate.split('-') as [string, string, string];
    for (const name of full) {
      values.add(`nb:${name}:${year}`);
      values.add(`nb:${name}:${month}${day}`);
    }
    for (const value of withBirthDate(person.names, role)) values.add(`${value}:${person.birthDate}`);
  }
  for (const name of full) {
    for (const place of places(person)) values.add(`na:${name}:${place}`);
  }
  return [...values];
}

function places(person: Prepared): string[] {
  const found = person.addresses.map((address) => address.town.slice(-3) + (address.numbers[0] ?? ''));
  if (person.postalCode !== null) found.push(person.postalCode);
  return found;
}

/** The full name in its most forgiving spelling per script; kana and romaji meet in Hepburn letters without lengths. */
function fullNames(names: readonly NameSet[]): Set<string> {
  const full = new Set<string>();
  for (const { kanji, kana, latin } of names) {
    if (kanji) full.add(foldLookAlikes(kanji.joined));
    if (kana) for (const spelling of spellings(kana.joined)) full.add(spelling);
    if (latin) for (const spelling of bothOrders(latin)) full.add(spelling);
  }
  return full;
}

const spellings = (kana: string) => readingToRomaji(kana).map(withoutLength);

/** Kana is family name first; romaji comes in either order. */
function bothOrders({ words }: NameForm): string[] {
  const letters = words.map((word) => withoutLength(contractYoon(word)));
  return [letters.join(''), [...letters].reverse().join('')];
}

/** What goes before a birth date. */
function withBirthDate(names: readonly NameSet[], role: 'record' | 'query'): string[] {
  if (role === 'record') return ['b', ...(names.length === 0 ? ['bn'] : names.flatMap(endsOfRecord))];
  if (names.length === 0 || !names.every(isWhole)) return ['b'];
  return ['bn', ...names.flatMap(endsAskedFor)];
}

const isWhole = ({ kanji, kana }: NameSet) => Boolean(kanji?.family && kana?.family);

/** Of one script: a name that may be the person's is not different in any script that both have. */
function endsOfRecord({ kanji, kana, latin }: NameSet): string[] {
  const names = kanji
    ? [foldLookAlikes(kanji.joined)]
    : kana
      ? [withoutVoicing(kana.joined)]
      : latin
        ? bothOrders(latin)
        : [];
  return names.flatMap((name) => [head(name), tail(name)]);
}

/** Of every script, since it is not known which one the record has; the given name's head, too, for names in the other order. */
function endsAskedFor({ kanji, kana, latin }: NameSet): string[] {
  const [families, givens] = (['family', 'given'] as const).map((part) => [
    foldLookAlikes(kanji![part]),
    withoutVoicing(kana![part]),
    ...spellings(kana![part]),
  ]) as [string[], string[]];
  return [
    ...families.map(head),
    ...givens.flatMap((given) => [head(given), tail(given)]),
    ...(latin ? bothOrders(latin).flatMap((name) => [head(name), tail(name)]) : []),
  ];
}

/** Two Latin letters tell about as much as one kana, and less than one kanji. */
const head = (name: string) => `bh:${/^[a-z]?./u.exec(name)?.[0] ?? ''}`;
const tail = (name: string) => `bt:${/.[a-z]$|.$/u.exec(name)?.[0] ?? ''}`;
