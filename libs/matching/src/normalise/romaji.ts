// Syllables of Hepburn, Kunrei (Cabinet order 1 of 1954) and common mixtures, each as Hepburn spells it. The first
// alternative passes Hepburn through untouched, so that the "hu" in "chu" is not taken for a Kunrei syllable.
const SYLLABLE = /[sc]h[aiueo]|ts[aiueo]|sy[auo]|ty[auo]|[zjd]y[auo]|cy[auo]|dzu|si|ti|tu|zi|di|du|hu|m(?=[bpm])|wo/g;

function hepburn(syllable: string): string {
  switch (syllable) {
    case 'si':
      return 'shi';
    case 'ti':
      return 'chi';
    case 'tu':
      return 'tsu';
    case 'zi':
    case 'di':
      return 'ji';
    case 'du':
    case 'dzu':
      return 'zu';
    case 'hu':
      return 'fu';
    case 'wo':
      return 'o';
    case 'm':
      return 'n';
  }
  const last = syllable.at(-1)!;
  if (syllable.startsWith('sy')) return 'sh' + last;
  if (syllable.startsWith('ty') || syllable.startsWith('cy')) return 'ch' + last;
  if (/^[zjd]y/.test(syllable)) return 'j' + last;
  return syllable;
}

/** Latin letters with spaces, hyphens, dots and diacritics, at least two letters. */
export function isLatin(text: string): boolean {
  return /^[\p{Script=Latin}\p{M}\s.,'’`\-–‐・&]+$/u.test(text) && /\p{Script=Latin}{2}/u.test(text);
}

/**
 * One romaji word as it is compared: lower-case Hepburn letters. Kunrei and Hepburn fall together (si/shi, tu/tsu,
 * sya/sha), so do n/m before labials, apostrophes, capitals; a long o in any spelling (ō, ô, ou, oo, oh, o) is o, since
 * passports drop it and no two given names differ by it alone. A long u stays long (ū, uu): Yuki and Yūki are two names.
 * Idempotent; words of other languages pass through the same letters on both sides.
 */
export function foldRomaji(word: string): string {
  let letters = word.toLowerCase();
  if (!/^[a-z]*$/.test(letters)) {
    letters = letters
      .normalize('NFD')
      .replace(/([aiueo])[\u0302\u0304]/g, '$1$1')
      .replace(/[^a-z]/g, '');
  }
  letters = letters
    .replace(SYLLABLE, hepburn)
    .replace(/tch/g, 'cch')
    .replace(/oh(?![aiueoy])/g, 'o')
    .replace(/o[ou]+/g, 'o');
  return letters;
}

/** The same without any vowel length: for the comparison of a reading with romaji, where it is lost. */
export function withoutLength(folded: string): string {
  return folded.replace(/([aiueo])\1+/g, '$1').replace(/ei/g, 'e');
}

const ROWS: readonly (readonly [string, string])[] = [
  ['', 'アイウエオ'],
  ['k', 'カキクケコ'],
  ['g', 'ガギグゲゴ'],
  ['s', 'サシスセソ'],
  ['z', 'ザジズゼゾ'],
  ['t', 'タチツテト'],
  ['d', 'ダヂヅデド'],
  ['n', 'ナニヌネノ'],
  ['h', 'ハヒフヘホ'],
  ['b', 'バビブベボ'],
  ['p', 'パピプペポ'],
  ['m', 'マミムメモ'],
  ['r', 'ラリルレロ'],
];
const letterOf = new Map<string, string>(
  ROWS.flatMap(([consonant, row]) =>
    [...row].map((kana, index) => [kana, (consonant + 'aiueo'[index]!).replace(SYLLABLE, hepburn)] as const),
  ),
);
for (const [kana, letters] of Object.entries({
  ヤ: 'ya',
  ユ: 'yu',
  ヨ: 'yo',
  ワ: 'wa',
  ン: 'n',
  ヴ: 'bu',
  ヲ: 'o',
  ヰ: 'i',
  ヱ: 'e',
})) {
  letterOf.set(kana, letters);
}

/**
 * A folded reading (small kana as large) in Hepburn letters, comparable with {@link contractYoon} of a folded romaji word
 * after {@link withoutLength}. ショウ and シヨウ are both "sho". A large ツ before a consonant may be a small one (ハツトリ,
 * セツコ), so there are up to two spellings, the one with "tsu" first.
 */
export function readingToRomaji(reading: string): readonly string[] {
  let out = '';
  for (const kana of reading) out += letterOf.get(kana) ?? '';
  const spelled = foldRomaji(contractYoon(out));
  const geminate = out.replace(/(?<=.)tsu(?=[kstcp])/g, '');
  return geminate === out ? [spelled] : [spelled, foldRomaji(contractYoon(geminate))];
}

/** iya, iyu, iyo contracted as small kana would be, so that kana without small letters and romaji meet. */
export function contractYoon(letters: string): string {
  return letters
    .replace(/(sh|ch|j)iy([auo])/g, '$1$2')
    .replace(/([kgnhbpmr])iy([auo])/g, '$1y$2')
    .replace(/([kstcp])\1/g, '$1')
    .replace(/cch/g, 'ch');
}
