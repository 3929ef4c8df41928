import { normaliseEmail, normalisePhone, type Applicant } from '@kenri/matching';

/**
 * Possible mentions of a person in free text (systems.md, Free text), found through the side index: pieces of a text that could be
 * somebody's full name, e-mail address or telephone are hashed with the index key; the applicant's full names are looked up among
 * them. Never acted on by itself, so a generous net is right; a family name alone is too common to be one.
 */

/** About five hundred characters of kanji; addresses and telephones come first. */
const MAX_TERMS_PER_TEXT = 2_000;
const MAX_CHARACTERS = 20_000;
const SHORTEST = 3;
const LONGEST = 6;
const HAN = /[\p{Script=Han}々ヶ]/u;
const NAME_LETTER = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}々ヶー]/u;

/** Width and spacing made equal: names are written with and without a space. */
export const normaliseText = (text: string): string => text.normalize('NFKC').replace(/[\s\u3000・]+/gu, '');

/** Terms under which a text is found. Bounded: of a very long text only its first part is indexed. */
export function mentionTerms(text: string): string[] {
  const terms = new Set<string>();
  const part = text.slice(0, MAX_CHARACTERS).normalize('NFKC');
  // Bounded repetitions (RFC 5321, 4.5.3.1): a long text without an address in it is read once, not once from each of its letters.
  for (const [email] of part.matchAll(/(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/gu))
    add(normaliseEmail(email));
  for (const [digits] of part.matchAll(/\+?\d[\d()\s‐‑–—ー-]{8,16}\d/gu)) normalisePhone(digits).forEach(add);
  const letters = [...normaliseText(part)];
  for (let start = 0; start < letters.length && terms.size < MAX_TERMS_PER_TEXT; start++) {
    if (HAN.test(letters[start]!)) addRuns(start, SHORTEST, LONGEST);
    else if (/\p{Script=Katakana}/u.test(letters[start]!) && !/\p{Script=Katakana}/u.test(letters[start - 1] ?? ''))
      addRuns(start, 4, 12);
  }
  return [...terms];

  function addRuns(start: number, shortest: number, longest: number): void {
    for (let length = 1; length <= longest && start + length <= letters.length; length++) {
      if (!NAME_LETTER.test(letters[start + length - 1]!)) return;
      if (length >= shortest) terms.add(letters.slice(start, start + length).join(''));
    }
  }
  function add(term: string | null): void {
    if (term && terms.size < MAX_TERMS_PER_TEXT) terms.add(term);
  }
}

/** Terms that a mention of this person would contain. */
export function termsOf(applicant: Applicant): string[] {
  const joined = (family?: string, given?: string) => (family && given ? family + given : undefined);
  const names = [applicant, ...(applicant.formerNames ?? [])].flatMap((name) => [
    name.fullName,
    joined(name.familyName, name.givenName),
    name.fullKana,
    joined(name.familyKana, name.givenKana),
  ]);
  const terms = names
    .filter((name): name is string => !!name)
    .map(normaliseText)
    .filter((name) => [...name].length >= SHORTEST);
  for (const email of applicant.emails ?? []) terms.push(normaliseEmail(email) ?? '');
  for (const phone of applicant.phones ?? []) terms.push(...normalisePhone(phone));
  return [...new Set(terms)].filter((term) => term !== '');
}
