import type { Address, PersonFacts } from './facts.js';

/** Full-width katakana to half-width, voicing marks apart: `ヤマダ` → `ﾔﾏﾀﾞ` (JIS X 0201). */
export function halfWidthKana(text: string): string {
  return [...text.normalize('NFD')].map((letter) => HALF[letter] ?? letter).join('');
}
const FULL_LETTERS =
  'アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲンァィゥェォッャュョー・　';
const HALF_LETTERS = 'ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝｧｨｩｪｫｯｬｭｮｰ･ ';
const HALF: Readonly<Record<string, string>> = {
  ...Object.fromEntries([...FULL_LETTERS].map((letter, i) => [letter, HALF_LETTERS.charAt(i)])),
  '\u3099': 'ﾞ',
  '\u309a': 'ﾟ',
};

/** ASCII digits, letters and hyphens to full width: `090-1234` → `０９０－１２３４`. */
export function fullWidth(text: string): string {
  return text.replace(/[!-~]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0));
}

/** Full-width katakana to hiragana: `ヤマダ` → `やまだ`. */
export function hiragana(kana: string): string {
  return kana.replace(/[ァ-ヶ]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) - 0x60));
}

/** First day of each era (Act 元号法; Meiji from its Gregorian adoption). */
const ERAS = [
  { from: '2019-05-01', letter: 'R', kanji: '令和', year: 2018 },
  { from: '1989-01-08', letter: 'H', kanji: '平成', year: 1988 },
  { from: '1926-12-25', letter: 'S', kanji: '昭和', year: 1925 },
  { from: '1912-07-30', letter: 'T', kanji: '大正', year: 1911 },
  { from: '1873-01-01', letter: 'M', kanji: '明治', year: 1867 },
] as const;

/** `YYYY-MM-DD` in the short era form `S49.5.9`. @throws RangeError before 1873 */
export function eraShort(date: string): string {
  const { era, year, month, day } = inEra(date);
  return `${era.letter}${year}.${month}.${day}`;
}

/** `YYYY-MM-DD` in the long era form `昭和49年5月9日`, first years as 元年. @throws RangeError before 1873 */
export function eraLong(date: string): string {
  const { era, year, month, day } = inEra(date);
  return `${era.kanji}${year === 1 ? '元' : year}年${month}月${day}日`;
}

function inEra(date: string) {
  const era = ERAS.find(({ from }) => date >= from);
  if (!era) throw new RangeError(`No era for ${date}: Gregorian dates begin in 1873`);
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  return { era, year: year - era.year, month, day };
}

/** Old and variant forms of characters as registers of long standing hold them; each pair is one character in two forms. */
const OLD_FORMS: Readonly<Record<string, string>> = {
  高: '髙',
  崎: '﨑',
  辺: '邊',
  斎: '齋',
  斉: '齊',
  沢: '澤',
  広: '廣',
  国: '國',
  学: '學',
  浜: '濱',
  桜: '櫻',
  真: '眞',
  会: '會',
  栄: '榮',
  恵: '惠',
  竜: '龍',
  徳: '德',
  関: '關',
  実: '實',
  聡: '聰',
  浅: '淺',
  黒: '黑',
  瀬: '瀨',
  塩: '鹽',
  鉄: '鐵',
  万: '萬',
  稲: '稻',
  児: '兒',
  奥: '奧',
  礼: '禮',
  静: '靜',
  寿: '壽',
  亜: '亞',
  吉: '𠮷',
};
/** Name in the oldest form of each character: `高橋真` → `髙橋眞`. */
export function oldForms(kanji: string): string {
  return [...kanji].map((letter) => OLD_FORMS[letter] ?? letter).join('');
}

export const digitsOnly = (number: string): string => number.replaceAll('-', '');
export const kanjiName = (person: Named, between = ' '): string =>
  person.familyName.kanji + between + person.givenName.kanji;
export const kanaName = (person: Named, between = ' '): string =>
  person.familyName.kana + between + person.givenName.kana;
/** Family name first, as imported from passports and foreign makers' lists: `YAMADA TARO`. */
export const upperRomaji = (person: Named): string =>
  `${person.familyName.romaji} ${person.givenName.romaji}`.toUpperCase();
type Named = Pick<PersonFacts, 'familyName' | 'givenName'>;

/** Whole address on one line. @param prefecture false leaves the prefecture out, as local registers do */
export function addressLine(address: Address, { prefecture = true }: { prefecture?: boolean } = {}): string {
  return `${prefecture ? address.prefecture : ''}${address.city}${address.street}${address.building ? `\u3000${address.building}` : ''}`;
}

/** One free field holding name, half-width reading and telephone: `山田太郎（ﾔﾏﾀﾞﾀﾛｳ） ０９０ー１２３４ー５６７８`. */
export function contactString(person: Named & Pick<PersonFacts, 'mobile' | 'landline'>): string {
  const number = person.mobile ?? person.landline;
  const kana = halfWidthKana(kanaName(person, ''));
  return `${kanjiName(person, '')}（${kana}）${number ? ` ${fullWidth(digitsOnly(number).replace(/^(\d{3})(\d+)(\d{4})$/, '$1ー$2ー$3'))}` : ''}`;
}
