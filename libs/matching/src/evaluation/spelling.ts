import { type Person } from '../person.js';
import { OLD_FORMS } from './name-lists.js';
import { type TruePerson } from './people.js';
import { type Random } from './random.js';

/** How a business system writes people down. */
export type Style = 'auto' | 'motorcycle' | 'flower' | 'brand-item' | 'medical' | 'medical-imported';
export const STYLES: readonly Style[] = ['auto', 'motorcycle', 'flower', 'brand-item', 'medical', 'medical-imported'];

const ERAS: readonly (readonly [number, number, number, string, string])[] = [
  [2019, 5, 1, 'R', '令和'],
  [1989, 1, 8, 'H', '平成'],
  [1926, 12, 25, 'S', '昭和'],
  [1912, 7, 30, 'T', '大正'],
  [1868, 1, 1, 'M', '明治'],
];

export function iso([year, month, day]: TruePerson['birth']): string {
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

export function eraDate(random: Random, birth: TruePerson['birth']): string {
  const [year, month, day] = birth;
  const era = ERAS.find(([y, m, d]) => year > y || (year === y && (month > m || (month === m && day >= d))))!;
  const n = year - era[0] + 1;
  const pad = (value: number) => String(value).padStart(2, '0');
  switch (random.below(4)) {
    case 0:
      return `${era[3]}${n}.${month}.${day}`;
    case 1:
      return `${era[4]}${n === 1 ? '元' : n}年${month}月${day}日`;
    case 2:
      return `${era[4][0]}${pad(n)}.${pad(month)}.${pad(day)}`;
    default:
      return `${era[3]}${pad(n)}${pad(month)}${pad(day)}`;
  }
}

export const fullWidth = (text: string) => text.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0));

const HALF: Record<string, string> = {};
{
  const full =
    'アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲンァィゥェォッャュョー';
  const half = 'ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝｧｨｩｪｫｯｬｭｮｰ';
  [...full].forEach((kana, index) => (HALF[kana] = half[index]!));
}
export function halfKana(text: string): string {
  return [...text.normalize('NFD')].map((c) => (c === '\u3099' ? 'ﾞ' : c === '\u309a' ? 'ﾟ' : (HALF[c] ?? c))).join('');
}
export const hiragana = (text: string) => text.replace(/[ァ-ヶ]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0x60));

/** Old systems have no small kana. */
export const largeKana = (text: string) =>
  text.replace(/[ァィゥェォッャュョ]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 1));

/** Characters swapped for other forms of the same character, as far as the name has any. */
export function withOldForms(random: Random, text: string): string {
  return [...text].map((c) => (OLD_FORMS[c] ? random.pick(OLD_FORMS[c]) : c)).join('');
}

const KUNREI: Record<string, string> = {
  shi: 'si',
  chi: 'ti',
  tsu: 'tu',
  fu: 'hu',
  ji: 'zi',
  sha: 'sya',
  shu: 'syu',
  sho: 'syo',
  cha: 'tya',
  chu: 'tyu',
  cho: 'tyo',
  ja: 'zya',
  ju: 'zyu',
  jo: 'zyo',
};
const SYLLABLES: Record<string, string> = {};
{
  const rows: [string, string][] = [
    ['', 'アイウエオ'],
    ['k', 'カキクケコ'],
    ['s', 'サシスセソ'],
    ['t', 'タチツテト'],
    ['n', 'ナニヌネノ'],
    ['h', 'ハヒフヘホ'],
    ['m', 'マミムメモ'],
    ['r', 'ラリルレロ'],
    ['g', 'ガギグゲゴ'],
    ['z', 'ザジズゼゾ'],
    ['d', 'ダヂヅデド'],
    ['b', 'バビブベボ'],
    ['p', 'パピプペポ'],
  ];
  const hepburn: Record<string, string> = { si: 'shi', ti: 'chi', tu: 'tsu', hu: 'fu', zi: 'ji', di: 'ji', du: 'zu' };
  for (const [consonant, row] of rows)
    [...row].forEach((kana, i) => (SYLLABLES[kana] = hepburn[consonant + 'aiueo'[i]!] ?? consonant + 'aiueo'[i]!));
  Object.assign(SYLLABLES, { ヤ: 'ya', ユ: 'yu', ヨ: 'yo', ワ: 'wa', ヲ: 'o', ン: 'n' });
}

/** A reading in Latin letters. `long`: how a long o is written. */
export function romanise(reading: string, system: 'hepburn' | 'kunrei', long: 'ou' | 'o' | 'oh' | 'ō'): string {
  let out = '';
  for (let i = 0; i < reading.length; i += 1) {
    const kana = reading[i]!;
    const small = reading[i + 1];
    if (kana === 'ッ') continue;
    let syllable = SYLLABLES[kana] ?? '';
    if (small && 'ャュョ'.includes(small)) {
      const vowel = 'auo'['ャュョ'.indexOf(small)]!;
      syllable = /^(sh|ch|j)i$/.test(syllable) ? syllable.slice(0, -1) + vowel : syllable.slice(0, -1) + 'y' + vowel;
      i += 1;
    }
    if (system === 'kunrei') syllable = KUNREI[syllable] ?? syllable;
    if (reading[i - 1] === 'ッ') syllable = (syllable.startsWith('ch') ? 't' : syllable[0]!) + syllable;
    out += syllable;
  }
  if (long === 'ou') return out;
  const mark = { o: 'o', oh: 'oh', ō: 'ō' }[long];
  return out.replace(/o[uo](?=$|[^aiueoh])/g, mark);
}

export function phoneText(random: Random, number: string): string {
  const dashed = /^0[789]0/.test(number)
    ? `${number.slice(0, 3)}-${number.slice(3, 7)}-${number.slice(7)}`
    : `${number.slice(0, number.length - 8)}-${number.slice(-8, -4)}-${number.slice(-4)}`;
  return random.pick([
    number,
    dashed,
    fullWidth(dashed),
    dashed.replaceAll('-', ' '),
    `+81 ${dashed.slice(1)}`,
    dashed.replace(/-(\d+)-/, '($1)'),
    dashed.replaceAll('-', 'ー'),
  ]);
}

const KANJI_DIGITS = '〇一二三四五六七八九';
const kanjiNumber = (n: number) =>
  n < 10
    ? KANJI_DIGITS[n]!
    : n < 20
      ? `十${n % 10 ? KANJI_DIGITS[n % 10] : ''}`
      : `${KANJI_DIGITS[Math.floor(n / 10)]}十${n % 10 ? KANJI_DIGITS[n % 10] : ''}`;

export function addressText(random: Random, person: TruePerson, withPrefecture: boolean): string {
  const { prefecture, city, town } = person.town;
  const [chome, block, house] = person.block;
  const kePrinted = (text: string) =>
    random.chance(0.5) ? text.replace(/ヶ/g, 'ケ').replace('霞が関', '霞ヶ関') : text;
  const numbers = random.pick([
    `${chome}-${block}-${house}`,
    `${chome}丁目${block}番${house}号`,
    `${kanjiNumber(chome)}丁目${block}番地${house}`,
    fullWidth(`${chome}-${block}-${house}`),
    `${chome}－${block}－${house}`,
  ]);
  return `${withPrefecture ? prefecture : ''}${kePrinted(city + town)}${numbers}${person.building && random.chance(0.7) ? ` ${person.building}` : ''}`;
}

/** The applicant's form: complete and clean, as a clerk transcribes it. */
export function applicantForm(random: Random, person: TruePerson): Person {
  return {
    familyName: person.family.writing,
    givenName: person.given.writing,
    familyKana: person.family.reading,
    givenKana: person.given.reading,
    ...(random.chance(0.4)
      ? {
          romaji: `${romanise(person.family.reading, 'hepburn', 'o')} ${romanise(person.given.reading, 'hepburn', 'o')}`,
        }
      : {}),
    birthDate: iso(person.birth),
    emails: [person.email],
    phones: [person.mobile, ...(random.chance(0.5) ? [person.landline] : [])],
    postalCode: person.town.postalCode,
    address: addressText(random, person, true),
  };
}

/** The same person as one of the systems wrote them down. */
export function recordIn(style: Style, random: Random, person: TruePerson): Person {
  const { family, given } = person;
  const phones = [phoneText(random, random.chance(0.8) ? person.mobile : person.landline)];
  const emails = [random.chance(0.3) ? person.email.toUpperCase() : person.email];
  const spaced = random.chance(0.5) ? ' ' : random.chance(0.5) ? '　' : '';
  switch (style) {
    case 'auto':
      return {
        familyName: family.writing,
        givenName: given.writing,
        familyKana: halfKana(random.chance(0.4) ? largeKana(family.reading) : family.reading),
        givenKana: halfKana(random.chance(0.4) ? largeKana(given.reading) : given.reading),
        birthDate: eraDate(random, person.birth),
        phones: [random.chance(0.8) ? person.mobile : person.landline],
        ...(random.chance(0.5) ? { emails } : {}),
        address: addressText(random, person, true),
        organisation: person.organisation,
      };
    case 'motorcycle':
      return {
        fullName: `${family.writing}${spaced}${given.writing}${random.chance(0.2) ? '様' : ''}`,
        ...(random.chance(0.5) ? { fullKana: hiragana(family.reading + spaced + given.reading) } : {}),
        ...(random.chance(0.6) ? { birthDate: fullWidth(iso(person.birth).replaceAll('-', '/')) } : {}),
        phones: phones.map(fullWidth),
        emails,
        address: fullWidth(addressText(random, person, true)),
      };
    case 'flower':
      return {
        contact: `${family.writing}${spaced}${given.writing}（${halfKana(family.reading + given.reading)}） ${fullWidth(phones[0]!)}`,
        ...(random.chance(0.7) ? { emails } : {}),
        address: addressText(random, person, false),
      };
    case 'brand-item':
      return {
        familyName: family.writing,
        givenName: given.writing,
        familyKana: family.reading,
        givenKana: given.reading,
        birthDate: iso(person.birth),
        phones,
        emails,
        postalCode: `〒${person.town.postalCode.slice(0, 3)}-${person.town.postalCode.slice(3)}`,
        address: addressText(random, person, true),
      };
    case 'medical':
      return {
        fullName: `${person.organisation} ${withOldForms(random, family.writing)} ${withOldForms(random, given.writing)}${random.chance(0.3) ? ' 先生' : ''}`,
        phones,
        ...(random.chance(0.7) ? { birthDate: iso(person.birth).replaceAll('-', random.pick(['/', '.', ''])) } : {}),
        ...(random.chance(0.5) ? { emails } : {}),
      };
    case 'medical-imported': {
      const system = random.chance(0.5) ? 'hepburn' : 'kunrei';
      const long = random.pick(['ou', 'o', 'oh', 'ō'] as const);
      const words = [romanise(family.reading, system, long), romanise(given.reading, system, long)];
      if (random.chance(0.4)) words.reverse();
      return {
        romaji: words.join(' ').toUpperCase(),
        birthDate: iso(person.birth),
        phones: [`+81${person.mobile.slice(1)}`],
        emails,
      };
    }
  }
}
