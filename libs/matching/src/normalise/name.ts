import { foldVariantCharacters } from './characters.js';
import { compactKatakana, foldReading, isKana, toKatakana } from './kana.js';
import { gluedOrganisationLength, isOrganisationWord } from './organisation.js';
import { foldRomaji, isLatin } from './romaji.js';
import { isLoneSurname } from './surnames.js';
import { takeNameApart } from './contact.js';
import { isPlaceholder, readText } from './text.js';

/** `kanji` is any name as written that is neither kana nor Latin alone (山田さくら is). */
export type Script = 'kanji' | 'kana' | 'latin';

/** One name in one script, folded for comparison. */
export interface NameForm {
  readonly script: Script;
  /** Empty when the name is not split. Latin names keep their words in the order met. */
  readonly family: string;
  readonly given: string;
  readonly joined: string;
  readonly words: readonly string[];
  /** The text holds family and given name, as far as can be told; false for a lone family name. */
  readonly full: boolean;
  /** Kana only: full-width katakana without spaces, not folded (match token). */
  readonly katakana?: string;
}

const HONORIFIC =
  /\s?(?:(?<!様)様方?|さま|殿|氏|さん|先生|御中|御本人)$|\s(?:サマ|サン|センセイ|君|くん|ちゃん|行|宛)$/;
const LATIN_HONORIFIC = /^(?:mr|mrs|ms|miss|dr|prof)\.?\s+|[\s-](?:san|sama|esq\.?)$/gi;
const TITLE =
  /^(?:代表取締役(?:社長|会長)?|取締役|代表理事|代表社員|代表者?|理事長|副?院長|園長|所長|組合長|社長|会長|専務|常務|店長|店主|支店長|部長|課長|係長|主任|担当者?|ご?担当|医師|薬剤師|看護師|事務長|農園主|名義人?|宛名|宛先|氏名|お?名前|契約者|出品者|落札者|ご?連絡先)[\s:]*(?=.{2,})/;
const ORGANISATION_END = /[会社店院園堂館屋部課局所]$/;
const SEPARATORS = /[\s・･,、/]+|(?<=\p{Script=Latin})\.(?=\s?\p{Script=Latin})/u;

/** What one raw name field holds. */
export interface NameText {
  readonly words: readonly string[];
  readonly organisation: string | null;
}

/** Cuts honorifics, titles and a company or facility from a normalised name text; gives the words of the name. */
export function readNameText(normalised: string): NameText {
  let read = cutOnce(normalised);
  // What was cut may have hidden another honorific or title (山田様 株式会社ヤマダ); each round leaves less.
  for (let before = normalised; read.words.length > 0;) {
    const left = read.words.join(' ');
    if (left.length >= before.length) break;
    before = left;
    const next = cutOnce(left);
    read = { words: next.words, organisation: read.organisation ?? next.organisation };
  }
  return read;
}

function cutOnce(normalised: string): NameText {
  let text = normalised;
  for (let cut = text.replace(HONORIFIC, ''); cut !== text && cut !== ''; cut = text.replace(HONORIFIC, '')) text = cut;
  if (/[a-z]/i.test(text)) text = text.replace(LATIN_HONORIFIC, '');
  let words = text.split(SEPARATORS).filter((word) => word !== '');
  let organisation: string | null = null;
  if (text.length > 4) {
    const marks = words.map((word) => isOrganisationWord(word));
    const last = marks.lastIndexOf(true);
    if (last >= 0) {
      const first = marks.indexOf(true);
      const glued = last === words.length - 1 ? gluedOrganisationLength(words[last]!) : 0;
      if (glued > 0 && (last === 0 || first === last)) {
        organisation = [...words.slice(0, last), words[last]!.slice(0, glued)].join('');
        words = [words[last]!.slice(glued)];
      } else if (last < words.length - 1) {
        let rest = words.slice(last + 1);
        // 医療法人 健友会 山田 太郎: the facility goes on behind its legal form.
        if (rest.length >= 3 && ORGANISATION_END.test(rest[0]!)) rest = rest.slice(1);
        const front = first > 0 && first <= 2 ? words.slice(0, first) : [];
        words = front.length === 2 && !front.some((word) => ORGANISATION_END.test(word)) ? front : rest;
        organisation = normalised.slice(0, Math.max(1, normalised.length - words.join(' ').length)).trim();
      } else if (first > 0) {
        organisation = words.slice(first).join('');
        words = words.slice(0, first);
      } else {
        organisation = words.join('');
        words = [];
      }
    } else if (words.length === 2 && isNoFamilyName(words[0]!) && /\p{Script=Han}{2}/u.test(words[1]!)) {
      organisation = words[0]!;
      words = words.slice(1);
    } else if (words.length >= 3 && ORGANISATION_END.test(words[0]!) && words[0]!.length >= 3) {
      organisation = words[0]!;
      words = words.slice(1);
    }
  }
  if (words.length > 0) {
    const title = TITLE.exec(words.join(' '));
    if (title && (title[0].length >= 3 || title[0].endsWith(' '))) {
      words = words.join(' ').slice(title[0].length).trim().split(' ');
    } else if (title && words.length === 1 && words[0]!.length >= title[0].length + 3) {
      words = [words[0]!.slice(title[0].length)];
    }
  }
  if (words.some((word) => isPlaceholder(word)) && words.every((word) => isPlaceholder(word))) words = [];
  return { words, organisation };
}

/** Longer than any family name, or with Latin letters or digits in it: a company in front that no word gives away. */
function isNoFamilyName(word: string): boolean {
  return (
    ([...word].length >= 6 && !/^[A-Za-z]/.test(word)) || (/[A-Za-z0-9]/.test(word) && /\p{Script=Han}/u.test(word))
  );
}

/** Variant characters in their usual form, 々 written out, hiragana as katakana, ヶ as ケ. Idempotent. */
export function foldWritten(text: string): string {
  const folded = foldVariantCharacters(text);
  if (!/[々〻ぁ-ゖゝゞヵヶヽヾ]/.test(folded)) return folded;
  let out = '';
  for (const character of folded) {
    const before = [...out].at(-1) ?? '';
    out += (character === '々' || character === '〻') && /\p{Script=Han}/u.test(before) ? before : character;
  }
  return toKatakana(out).replace(/ヶ/g, 'ケ').replace(/ヵ/g, 'カ');
}

/** One name form of the words of a name (family first when there are two), or null when they hold no letters. */
export function nameForm(words: readonly string[]): NameForm | null {
  const text = words.join(' ');
  if (!/\p{L}/u.test(text)) return null;
  if (isKana(text)) return kanaForm(words);
  if (isLatin(text)) {
    const folded = words.map(foldRomaji).filter((word) => word !== '');
    if (folded.length === 0) return null;
    const [family = '', ...rest] = folded;
    const joined = folded.join('');
    return {
      script: 'latin',
      family: rest.length > 0 ? family : '',
      given: rest.join(''),
      joined,
      words: folded,
      full: folded.length > 1,
    };
  }
  const folded = words.map(foldWritten);
  const [family = '', ...rest] = folded;
  const joined = folded.join('');
  const length = [...joined].length;
  return {
    script: 'kanji',
    family: rest.length > 0 ? family : '',
    given: rest.join(''),
    joined,
    words: folded,
    full: rest.length > 0 || (length >= 3 && !isLoneSurname(joined)),
  };
}

function kanaForm(words: readonly string[]): NameForm {
  const katakana = compactKatakana(words.join(''));
  const [family = '', ...rest] = words;
  const joined = foldReading(katakana);
  return {
    script: 'kana',
    family: rest.length > 0 ? foldReading(compactKatakana(family)) : '',
    given: rest.length > 0 ? foldReading(compactKatakana(rest.join(''))) : '',
    joined,
    words: words.map((word) => foldReading(compactKatakana(word))),
    full: rest.length > 0 || (joined.length >= 5 && !isLoneSurname(joined)),
    katakana,
  };
}

/**
 * A name as written, in the usual forms of its characters, family and given name parted by a space where the text parts
 * them; honorifics, titles and a company in front are cut (医療法人〇〇会 髙橋 太郎 様 → 高橋 太郎). Null when there is no name.
 */
export function normaliseName(raw: unknown): string | null {
  const read = readText(raw);
  if (read.kind !== 'text') return null;
  const { words } = readNameText(takeNameApart(read.text).name);
  return words.length === 0 || !/\p{L}/u.test(words.join('')) ? null : words.map(foldWritten).join(' ');
}

/**
 * A name in Latin letters as it is compared: lower-case Hepburn words in alphabetical order, without long-o marks
 * (YAMADA, Tarô and Tarou Yamada → taro yamada). Null when the text is not Latin.
 */
export function normaliseRomaji(raw: unknown): string | null {
  const read = readText(raw);
  if (read.kind !== 'text' || !isLatin(read.text)) return null;
  const words = readNameText(read.text)
    .words.map(foldRomaji)
    .filter((word) => word !== '');
  return words.join('').length < 2 ? null : words.sort().join(' ');
}
