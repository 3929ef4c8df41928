import { readText } from './text.js';

// Dashes met for the long-vowel mark; the kanji 一 only between kana.
const LONG_MARK =
  /(?<=[\u3041-\u3096\u30a1-\u30fa\u30fc])[-\u2010-\u2015\u2043\u2212\u2500\u2501\u02d7\ufe58~\u301c\u30a0\u4e00]/g;
const KANA_ONLY =
  /^[\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\s・･.\-\u2010-\u2015\u2212\u2500\u2501\u02d7~\u301c\u30a0\u4e00']+$/;

const COLUMNS: readonly (readonly [string, string])[] = [
  ['ア', 'アカサタナハマヤラワガザダバパ'],
  ['イ', 'イキシチニヒミリギジヂビピヰ'],
  ['ウ', 'ウクスツヌフムユルグズヅブプヴ'],
  ['エ', 'エケセテネヘメレゲゼデベペヱ'],
  ['オ', 'オコソトノホモヨロヲゴゾドボポ'],
];
const vowelOf = new Map(COLUMNS.flatMap(([vowel, column]) => [...column].map((kana) => [kana, vowel] as const)));

const SMALL = 'ァィゥェォッャュョヮヵヶ';
const LARGE = 'アイウエオツヤユヨワカケ';
const ALTERNATIVE = new Map([
  ['ヂ', 'ジ'],
  ['ヅ', 'ズ'],
  ['ヲ', 'オ'],
  ['ヰ', 'イ'],
  ['ヱ', 'エ'],
  ['ヴ', 'ブ'],
  ...[...SMALL].map((small, index) => [small, LARGE[index]!] as const),
]);

/** True for text of kana alone (long-vowel marks, dashes for them, spaces and middle dots included). */
export function isKana(text: string): boolean {
  return KANA_ONLY.test(text) && /[\u3041-\u3096\u30a1-\u30fa]/.test(text);
}

/** Hiragana to katakana, iteration marks written out (ヽヾゝゞ), dashes between kana as ー. Takes normalised text. */
export function toKatakana(text: string): string {
  let out = '';
  for (const character of text) {
    const code = character.charCodeAt(0);
    if (code >= 0x3041 && code <= 0x3096) out += String.fromCharCode(code + 0x60);
    else if ('ヽゝヾゞ'.includes(character) && /[\u30a1-\u30fa]$/.test(out)) {
      const repeated = out.at(-1)!;
      out += character === 'ヾ' || character === 'ゞ' ? (repeated + '\u3099').normalize('NFC').slice(0, 1) : repeated;
    } else out += character;
  }
  return out.replace(LONG_MARK, 'ー');
}

/**
 * The reading in full-width katakana, NFKC, without spaces or middle dots: the form of the match token `kana-birth`
 * (contracts, "Match tokens"). Null when the text is not kana, cannot be read, or is a placeholder.
 */
export function normaliseKana(raw: unknown): string | null {
  const read = readText(raw);
  if (read.kind !== 'text' || !isKana(read.text)) return null;
  return compactKatakana(read.text);
}

/** As {@link normaliseKana}, for text known to be kana. */
export function compactKatakana(text: string): string {
  return toKatakana(text.replace(/[\s・･.']/g, ''));
}

/**
 * A reading as it is compared: katakana where spellings of one sound are one. Small kana as large (systems without small
 * kana: シヨウイチ), long vowels written out (ー by the vowel before it; オウ and オオ, エイ and エエ alike), ヂヅヲヰヱヴ
 * by their sound. Idempotent. Source: JIS X 4051 sorting rules for the long-vowel mark; 現代仮名遣い (1986) 2-1, 2-5.
 */
export function foldReading(katakana: string): string {
  let out = '';
  let vowel: string | undefined;
  for (const character of katakana) {
    if (character === ' ') {
      out += character;
      continue;
    }
    let kana = ALTERNATIVE.get(character) ?? character;
    if (kana === 'ー') kana = vowel ?? '';
    else if (kana === 'ウ' && vowel === 'オ') kana = 'オ';
    else if (kana === 'イ' && vowel === 'エ') kana = 'エ';
    out += kana;
    // A vowel is lengthened once: サトウ・ウメ is サトオウメ, not サトオオメ.
    vowel = kana === vowel ? undefined : vowelOf.get(kana);
  }
  return out;
}

/** The reading without voicing marks: old systems and half-width input lose them. For slips and blocking only. */
export function withoutVoicing(reading: string): string {
  return reading.normalize('NFD').replace(/[\u3099\u309a]/g, '');
}
