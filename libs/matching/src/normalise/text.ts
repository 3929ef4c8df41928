import { radicalIdeographs } from '../data/radical-ideographs.js';

/** The outcome of reading one raw field: text, nothing there, or something that no-one could read. */
export type ReadText =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'absent' } | { readonly kind: 'unreadable' };

const ABSENT: ReadText = { kind: 'absent' };
const UNREADABLE: ReadText = { kind: 'unreadable' };

/** Longest raw field that is read; a longer one is no name, date or address. */
export const MAX_FIELD_LENGTH = 1000;

const PLAIN_ASCII = /^[\x20-\x7e]*$/;
// Kana and unified ideographs that NFKC leaves as they are: most fields.
const ALREADY_NORMAL = /^[\x20-\x7e\u3041-\u3096\u30a1-\u30fa\u30fb-\u30fe\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff]*$/;
const VOICING_MARK = /[\u309b\u309c\uff9e\uff9f]/;
// Controls, direction overrides and isolates, the replacement character, the geta mark that stands for a character
// that could not be typeset, and private use (a system's own gaiji: another system shows another character there).
const NOT_TEXT =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffd\u3013\ue000-\uf8ff\u{f0000}-\u{10ffff}]/u;
// Marks without meaning in a name: soft hyphen, zero-width characters, direction marks, variation selectors
// (they choose a glyph of the same character: Unicode Standard 23.4), voicing marks that found no kana to join.
/* eslint-disable no-misleading-character-class -- these are looked for one by one, as combining characters */
const IGNORABLE =
  /[\u00ad\u034f\u061c\u180e\u200b-\u200f\u2060-\u2064\ufeff\ufe00-\ufe0f\u3099\u309a\u{e0100}-\u{e01ef}]/gu;
const RARE = /[\u00ad\u034f\u061c\u180e\u200b-\u200f\u2060-\u2064\ufeff\ufe00-\ufe0f\u2e80-\u2eff\u3099\u309a\udb40]/;
/* eslint-enable no-misleading-character-class */
const RADICAL = /[\u2e80-\u2eff]/g;
const WHITE_SPACE = /\s+/g;

/**
 * Unicode NFKC (UAX #15) with care for what it breaks: spacing voicing marks (U+309B, U+309C) become combining ones
 * first, since NFKC would put a space between kana and mark; CJK radicals without a compatibility decomposition become
 * the ideographs they stand for (EquivalentUnifiedIdeograph.txt); variation selectors and zero-width characters go.
 * White space is folded to single spaces and trimmed.
 */
export function normaliseText(text: string): string {
  if (PLAIN_ASCII.test(text) || ALREADY_NORMAL.test(text)) return text.includes('  ') ? foldSpaces(text) : text.trim();
  let marked = text;
  if (VOICING_MARK.test(text)) {
    marked = text.replace(/[ \u3000]*[\u309b\uff9e]/g, '\u3099').replace(/[ \u3000]*[\u309c\uff9f]/g, '\u309a');
  }
  let out = marked.normalize('NFKC');
  if (RARE.test(out)) {
    out = out
      .replace(IGNORABLE, '')
      .replace(RADICAL, (radical) => radicalIdeographs.get(radical) ?? radical)
      .normalize('NFKC');
  }
  return foldSpaces(out);
}

function foldSpaces(text: string): string {
  return /\s\s|[^\S ]/.test(text) ? text.replace(WHITE_SPACE, ' ').trim() : text.trim();
}

/** Reads a raw field of whatever type. Never throws; a value that is no text is `unreadable`, an empty one `absent`. */
export function readText(raw: unknown): ReadText {
  if (raw === undefined || raw === null || raw === '') return ABSENT;
  if (typeof raw !== 'string' || raw.length > MAX_FIELD_LENGTH) return UNREADABLE;
  if (!PLAIN_ASCII.test(raw)) {
    if (!ALREADY_NORMAL.test(raw) && (!raw.isWellFormed() || NOT_TEXT.test(raw))) return UNREADABLE;
  }
  const text = normaliseText(raw);
  return text === '' || isPlaceholder(text) ? ABSENT : { kind: 'text', text };
}

const PLACEHOLDER =
  /^(?:[-‐-―−ー_*.・…?※〇○●×x0\s/]+|不明|不詳|なし|無し|無|ナシ|フメイ|未記入|未登録|未入力|未定|未設定|未確認|未回答|該当なし|特になし|非公開|匿名|名無し|ななし|ナナシ|同上|退会者?|退会済み?|削除|削除済み?|削除ユーザー?|ダミー|テスト|test|dummy|n\/?a|n\.a\.|none|null|nil|undefined|unknown|anonymous|nashi|fumei|no name|noname)$/i;

const MARK = /^[-‐-―−ー_*.・…?※〇○●×x0\s/(（]/i;

/** True for what people and programs write where there is nothing to write (不明, なし, ---, N/A, ×××). */
export function isPlaceholder(text: string): boolean {
  // Names and addresses pass by: words for nothing are short, and runs of marks begin with one.
  if (text.length > 12 && !MARK.test(text[0]!)) return false;
  if (PLACEHOLDER.test(text)) return true;
  return text.length <= 24 && /[\s()（）。]/.test(text) && PLACEHOLDER.test(text.replace(/[\s()（）。]/g, ''));
}
