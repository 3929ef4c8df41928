import { foldLookAlikes } from '../normalise/characters.js';
import { withoutVoicing } from '../normalise/kana.js';
import { type NameForm } from '../normalise/name.js';
import { contractYoon, readingToRomaji, withoutLength } from '../normalise/romaji.js';
import { withinOneEdit } from './edit-distance.js';

/**
 * How two names in one script stand to each other.
 * - `same`: the full names agree; forms of one character, kana spellings of one sound, romaji notations and order count as one
 * - `look-alike`: equal but for characters written for one another (斉/斎), or for a vowel length in romaji
 * - `swapped`: family and given name exchanged
 * - `slip`: one character off
 * - `family-changed`: the given name agrees, the family name does not
 * - `partial`: one side has only a part (family name, initial), and it fits
 * - `different`: none of these; `other-given`: different, but the family name agrees
 */
export type Relation =
  'same' | 'look-alike' | 'swapped' | 'slip' | 'family-changed' | 'partial' | 'other-given' | 'different';

// 健一 and 健二, 太郎 and 次郎: characters that tell brothers and sisters apart are never a slip of the pen.
const SIBLING_MARK = /[一二三四五六七八九十次大小太長末男女子]/;

/** The relation of two forms in the same script. Symmetric. */
export function relate(a: NameForm, b: NameForm): Relation {
  if (a.script === 'latin') return relateLatin(a, b);
  if (a.joined === b.joined) return a.full || b.full ? 'same' : 'partial';
  const alike = a.script === 'kanji' ? foldLookAlikes : withoutVoicing;
  if (a.family !== '' && b.family !== '') return relateSplit(a, b, alike);
  if (a.family !== '') return relateUnsplit(a, b, alike);
  if (b.family !== '') return relateUnsplit(b, a, alike);
  return relateJoined(a, b, alike);
}

function relateSplit(a: NameForm, b: NameForm, alike: (text: string) => string): Relation {
  if (a.family === b.given && a.given === b.family) return 'swapped';
  const sameFamily = a.family === b.family;
  const sameGiven = a.given === b.given;
  if (!sameFamily && !sameGiven) {
    if (alike(a.joined) === alike(b.joined)) return alikeKind(a);
    return isSlip(a, b, a.joined, b.joined) ? 'slip' : 'different';
  }
  if (sameFamily) {
    if (alike(a.given) === alike(b.given)) return alikeKind(a);
    return isSlip(a, b, a.given, b.given) ? 'slip' : 'other-given';
  }
  if (alike(a.family) === alike(b.family)) return alikeKind(a);
  return isSlip(a, b, a.family, b.family) ? 'slip' : 'family-changed';
}

/** Lost voicing marks are a slip, look-alike characters are their own kind. */
function alikeKind(form: NameForm): Relation {
  return form.script === 'kanji' ? 'look-alike' : 'slip';
}

function relateUnsplit(split: NameForm, whole: NameForm, alike: (text: string) => string): Relation {
  if (whole.joined === split.family || whole.joined === split.given) return 'partial';
  if (whole.joined === split.given + split.family) return 'swapped';
  if (alike(split.joined) === alike(whole.joined)) return alikeKind(split);
  if (whole.joined.startsWith(split.family)) {
    const given = whole.joined.slice(split.family.length);
    return isSlip(split, whole, split.given, given) ? 'slip' : 'other-given';
  }
  if (whole.full && whole.joined.endsWith(split.given)) {
    const family = whole.joined.slice(0, -split.given.length);
    if (isSlip(split, whole, split.family, family)) return 'slip';
    if (split.given.length > 1 || family.length >= 2) return 'family-changed';
  }
  return isSlip(split, whole, split.joined, whole.joined) ? 'slip' : 'different';
}

function relateJoined(a: NameForm, b: NameForm, alike: (text: string) => string): Relation {
  if (alike(a.joined) === alike(b.joined)) return alikeKind(a);
  if (isSlip(a, b, a.joined, b.joined)) return 'slip';
  const [short, long] = a.joined.length <= b.joined.length ? [a.joined, b.joined] : [b.joined, a.joined];
  if (short.length >= 2 && long.startsWith(short)) return 'partial';
  let tail = 0;
  while (tail < short.length && short.at(-1 - tail) === long.at(-1 - tail)) tail += 1;
  const least = a.script === 'kanji' ? 2 : 3;
  if (tail >= least && tail < short.length && long.length - tail <= (a.script === 'kanji' ? 3 : 6))
    return 'family-changed';
  return 'different';
}

function isSlip(a: NameForm, b: NameForm, partA: string, partB: string): boolean {
  if (!withinOneEdit(partA, partB)) return false;
  const shortest = Math.min(a.joined.length, b.joined.length);
  if (a.script === 'kana') return shortest >= 5 && Math.min(partA.length, partB.length) >= 2;
  if (shortest < 3) return false;
  return !differing(partA, partB).some((character) => SIBLING_MARK.test(character));
}

/** The characters by which two texts one edit apart differ. */
function differing(a: string, b: string): string[] {
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  return [...a.slice(start, a.length - end), ...b.slice(start, b.length - end)];
}

const shortU = (word: string) => word.replace(/uu+/g, 'u');

function relateLatin(a: NameForm, b: NameForm): Relation {
  if (sameWords(a.words, b.words)) return a.words.length > 1 ? 'same' : 'partial';
  if (a.words.length > 1 !== b.words.length > 1) {
    const [split, whole] = a.words.length > 1 ? [a, b] : [b, a];
    if (split.joined === whole.joined || split.given + split.family === whole.joined) return 'same';
    if (split.words.includes(whole.joined)) return 'partial';
  }
  if (sameWords(a.words.map(shortU), b.words.map(shortU))) return 'look-alike';
  const shared = a.words.filter((word) => b.words.includes(word));
  const [restA, restB] = [a, b].map((form) => form.words.filter((word) => !shared.includes(word))) as [
    string[],
    string[],
  ];
  if (shared.length >= 2) return restA.length === 0 || restB.length === 0 ? 'look-alike' : 'different';
  if (shared.length === 1 && restA.length === 1 && restB.length === 1) {
    const [wordA, wordB] = [restA[0]!, restB[0]!];
    if ((wordA.length === 1 || wordB.length === 1) && wordA[0] === wordB[0]) return 'partial';
    if (withinOneEdit(wordA, wordB) && Math.min(wordA.length, wordB.length) >= 4) return 'slip';
    // Family names come first or last; a word shared in the same place says the rest, in another place nothing.
    if (a.words.indexOf(shared[0]!) === b.words.indexOf(shared[0]!))
      return a.words[0] === shared[0] ? 'other-given' : 'family-changed';
    return 'different';
  }
  return withinOneEdit(a.joined, b.joined) && Math.min(a.joined.length, b.joined.length) >= 6 ? 'slip' : 'different';
}

function sameWords(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  if (a.length === 2) return (a[0] === b[0] && a[1] === b[1]) || (a[0] === b[1] && a[1] === b[0]);
  return [...a].sort().join(' ') === [...b].sort().join(' ');
}

/** What a reading in kana and a name in Latin letters say of each other; romaji loses vowel length, so never `same`. */
export function relateReadingToLatin(kana: NameForm, latin: NameForm): 'reading-fits' | 'part-fits' | 'different' {
  const spell = (reading: string) => readingToRomaji(reading).map(withoutLength);
  const words = latin.words.map((word) => withoutLength(contractYoon(word)));
  const letters = [words.join(''), [...words].reverse().join('')];
  const joined = spell(kana.joined);
  if (joined.some((spelling) => letters.includes(spelling))) return 'reading-fits';
  if (kana.family !== '') {
    const [family, given] = [spell(kana.family), spell(kana.given)];
    if (words.length === 1) return family.includes(words[0]!) || given.includes(words[0]!) ? 'part-fits' : 'different';
    if (words.length === 2) {
      const [first, second] = words as [string, string];
      if (fits(family, given, first, second) || fits(family, given, second, first)) return 'reading-fits';
      if (given.includes(first) || given.includes(second)) return 'part-fits';
      const other = family.includes(first) ? second : family.includes(second) ? first : null;
      if (other !== null) {
        const near = given.some(
          (spelling) => withinOneEdit(other, spelling) || (other.length === 1 && spelling.startsWith(other)),
        );
        return near ? 'part-fits' : 'different';
      }
    }
  }
  return joined.some((spelling) => letters.some((each) => withinOneEdit(spelling, each))) ? 'part-fits' : 'different';
}

function fits(family: readonly string[], given: readonly string[], first: string, second: string): boolean {
  return family.includes(first) && given.includes(second);
}
