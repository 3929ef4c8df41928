import { foldVariantCharacters } from './characters.js';
import { kanjiToArabic } from './numerals.js';
import { readText } from './text.js';

export interface NormalisedAddress {
  readonly prefecture: string | null;
  /** Municipality and town without 大字, 字 and spaces. */
  readonly town: string;
  /** Chome, block and house number, e.g. [1, 2, 3]. */
  readonly numbers: readonly number[];
  /** Building and room, as far as given. */
  readonly building: string | null;
}
export type ReadAddress =
  | { readonly kind: 'address'; readonly address: NormalisedAddress }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable' };

const PREFECTURE = /^(北海道|東京都|(?:京都|大阪)府|.{2,3}?県)/;
const NUMERAL = '[〇一二三四五六七八九十百]';
const BLOCK_KANJI = new RegExp(
  `${NUMERAL}+(?=丁目|番地?|号|条)|(?<=[\\d-]|番地?の?|号の?)${NUMERAL}+(?=[-の番号]|$)`,
  'g',
);
// A town's own number (三条, 八丁堀) stays where no block follows; "1丁目2番地3号", "1-2-3", "1の2".
const BLOCK =
  /(?:(\d+)(?:丁目|条)\s?)?(\d+)?(?:番地?の?|号|-|の|\s)*(\d+)?(?:番地?の?|号|-|の)*(\d+)?(?:号室|号|室|番地?)?/;

/** Reads a raw Japanese address. */
export function readAddress(raw: unknown): ReadAddress {
  const read = readText(raw);
  if (read.kind !== 'text') return read;
  let text = read.text;
  if (/^[〒\d]/.test(text)) text = text.replace(/^〒?\s*\d{3}-?\d{4}\s*/, '');
  if (/[\u2010-\u2015\u2212\u2500\u02d7ー一の]/.test(text)) {
    text = text
      .replace(/[\u2010-\u2015\u2212\u2500\u02d7]/g, '-')
      .replace(/(?<=\d)[ー一の](?=\d)/g, '-')
      .replace(/(?<=[\d-])ー/g, '-');
  }
  text = foldVariantCharacters(text);
  const prefecture = PREFECTURE.exec(text)?.[1] ?? null;
  if (prefecture) text = text.slice(prefecture.length);
  if (/[〇一二三四五六七八九十百]/.test(text)) text = text.replace(BLOCK_KANJI, kanjiToArabic);
  if (text.includes('字')) text = text.replace(/大字|字/g, '');
  const at = text.search(/\d/);
  const townText = at < 0 ? text : text.slice(0, at);
  const town = townText
    .replace(/[ヶケヵカがガケ]/g, 'ケ')
    .replace(/[ノ之の]/g, 'ノ')
    .replace(/\s/g, '');
  if (town === '') return { kind: 'unreadable' };
  const block = at < 0 ? null : BLOCK.exec(text.slice(at));
  const numbers = (block ?? []).slice(1).flatMap((each) => (each === undefined ? [] : [Number(each)]));
  const rest = at < 0 || !block ? '' : text.slice(at + block[0].length);
  const building = rest.replace(/[\s-]/g, '').toLowerCase();
  return {
    kind: 'address',
    address: { prefecture, town, numbers, building: building === '' ? null : building },
  };
}

/**
 * An address as one line: prefecture when given, town without 大字/字, numbers joined by hyphens, building. 千代田区霞が関一丁目
 * 2番地3号 → 千代田区霞ケ関1-2-3. Null when nothing can be read. Addresses only rank (R-12).
 */
export function normaliseAddress(raw: unknown): string | null {
  const read = readAddress(raw);
  if (read.kind !== 'address') return null;
  const { prefecture, town, numbers, building } = read.address;
  return `${prefecture ?? ''}${town}${numbers.join('-')}${building === null ? '' : ` ${building}`}`;
}

/** True: one house; false: two; null: not enough given. A prefecture or building left out on one side does not part them. */
export function sameAddress(a: NormalisedAddress, b: NormalisedAddress): boolean | null {
  if (a.prefecture !== null && b.prefecture !== null && a.prefecture !== b.prefecture) return false;
  const [short, long] = a.town.length <= b.town.length ? [a, b] : [b, a];
  // 郡 or a city may be left out with the prefecture, so the shorter town must be the end of the longer.
  if (!long.town.endsWith(short.town)) return false;
  if (short.town.length < 3 && short.town !== long.town) return null;
  if (a.numbers.length === 0 || b.numbers.length === 0) return null;
  const shared = Math.min(a.numbers.length, b.numbers.length, 3);
  for (let index = 0; index < shared; index += 1) if (a.numbers[index] !== b.numbers[index]) return false;
  return a.numbers.length === b.numbers.length || shared >= 2 ? true : null;
}

/** A postal code as seven digits; null for placeholders (000-0000) and anything else. Source: Japan Post, 7-digit codes (1998). */
export function normalisePostalCode(raw: unknown): string | null {
  const read = readText(typeof raw === 'number' ? String(raw).padStart(7, '0') : raw);
  if (read.kind !== 'text') return null;
  const digits = read.text.replace(/[^\d]/g, '');
  if (digits.length !== 7 || /^(\d)\1{6}$/.test(digits) || digits === '1234567') return null;
  return digits;
}
