/** A name (or part of one) in the three scripts in which Japanese registers hold it. */
export interface NameForm {
  readonly kanji: string;
  /** Full-width katakana. */
  readonly kana: string;
  /** Passport Hepburn, first letter upper case: long vowels are not marked. */
  readonly romaji: string;
}

/** Takes `kanji:katakana[:romaji]` apart; romaji is derived where it is not given. */
export function reading(source: string): NameForm {
  const [kanji, kana, romaji] = source.split(':');
  if (!kanji || !kana) throw new Error(`A name is written kanji:katakana, this is not: ${source}`);
  return { kanji, kana, romaji: romaji ?? hepburn(kana) };
}

const ROWS: Readonly<Record<string, string>> = {
  ア: 'a',
  イ: 'i',
  ウ: 'u',
  エ: 'e',
  オ: 'o',
  カ: 'ka',
  キ: 'ki',
  ク: 'ku',
  ケ: 'ke',
  コ: 'ko',
  サ: 'sa',
  シ: 'shi',
  ス: 'su',
  セ: 'se',
  ソ: 'so',
  タ: 'ta',
  チ: 'chi',
  ツ: 'tsu',
  テ: 'te',
  ト: 'to',
  ナ: 'na',
  ニ: 'ni',
  ヌ: 'nu',
  ネ: 'ne',
  ノ: 'no',
  ハ: 'ha',
  ヒ: 'hi',
  フ: 'fu',
  ヘ: 'he',
  ホ: 'ho',
  マ: 'ma',
  ミ: 'mi',
  ム: 'mu',
  メ: 'me',
  モ: 'mo',
  ヤ: 'ya',
  ユ: 'yu',
  ヨ: 'yo',
  ラ: 'ra',
  リ: 'ri',
  ル: 'ru',
  レ: 're',
  ロ: 'ro',
  ワ: 'wa',
  ヲ: 'o',
  ン: 'n',
  ガ: 'ga',
  ギ: 'gi',
  グ: 'gu',
  ゲ: 'ge',
  ゴ: 'go',
  ザ: 'za',
  ジ: 'ji',
  ズ: 'zu',
  ゼ: 'ze',
  ゾ: 'zo',
  ダ: 'da',
  ヂ: 'ji',
  ヅ: 'zu',
  デ: 'de',
  ド: 'do',
  バ: 'ba',
  ビ: 'bi',
  ブ: 'bu',
  ベ: 'be',
  ボ: 'bo',
  パ: 'pa',
  ピ: 'pi',
  プ: 'pu',
  ペ: 'pe',
  ポ: 'po',
};

/**
 * Katakana to the romaji of Japanese passports (Hepburn, Ministry of Foreign Affairs table): ou, oo and uu become one vowel, ン
 * before b, m, p is m, ッ doubles. @throws Error for a character that is no katakana of a name
 */
export function hepburn(kana: string): string {
  let romaji = '';
  let doubled = false;
  for (const letter of kana) {
    if (letter === 'ッ') {
      doubled = true;
      continue;
    }
    const small = { ャ: 'a', ュ: 'u', ョ: 'o' }[letter];
    if (small) {
      // キ + ャ = kya, but シ + ャ = sha: the i goes, and y stays away after sh, ch, j.
      romaji = romaji.slice(0, -1) + (/(sh|ch|j)i$/.test(romaji) ? '' : 'y') + small;
      continue;
    }
    const sound = ROWS[letter];
    if (sound === undefined) throw new Error(`No katakana of a name: ${letter} in ${kana}`);
    romaji += doubled ? (sound.startsWith('ch') ? 't' : sound.charAt(0)) + sound : sound;
    doubled = false;
  }
  const plain = romaji.replace(/oo|ou|uu/g, (vowels) => vowels.charAt(0)).replace(/n(?=[bmp])/g, 'm');
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}
