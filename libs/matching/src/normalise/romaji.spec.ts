import { foldReading } from './kana.js';
import { normaliseRomaji } from './name.js';
import { contractYoon, foldRomaji, readingToRomaji, withoutLength } from './romaji.js';

describe('romaji', () => {
  it.each([
    ['SHI', 'SI'],
    ['CHI', 'TI'],
    ['TSU', 'TU'],
    ['FU', 'HU'],
    ['JI', 'ZI'],
    ['JI', 'DI'],
    ['ZU', 'DU'],
    ['SHA', 'SYA'],
    ['SHU', 'SYU'],
    ['SHO', 'SYO'],
    ['CHA', 'TYA'],
    ['CHU', 'TYU'],
    ['CHO', 'TYO'],
    ['JA', 'ZYA'],
    ['JU', 'JYU'],
    ['JO', 'ZYO'],
    ['MATCHI', 'MATTI'],
    ['HOMMA', 'HONMA'],
    ['NAMBA', 'NANBA'],
    ["SHIN'ICHI", 'SHINICHI'],
    ['KENJI', 'KENZI'],
    ['TETSUYA', 'TETUYA'],
  ])('Hepburn %s and Kunrei %s are one', (hepburn, kunrei) => {
    expect(foldRomaji(hepburn)).toBe(foldRomaji(kunrei));
  });

  it.each(['Taro', 'TAROU', 'Tarō', 'TARÔ', 'Taroh', 'taroo', 'Ｔａｒｏ'])(
    '%s is taro, however the long o is written',
    (raw) => {
      expect(normaliseRomaji(raw)).toBe('taro');
    },
  );

  it.each([
    ['Ōno', 'Ohno'],
    ['OONO', 'Ono'],
    ['Shōta', 'SYOHTA'],
    ['Satō', 'SATOH'],
  ])('%s and %s are one', (one, other) => {
    expect(normaliseRomaji(one)).toBe(normaliseRomaji(other));
  });

  it('a long u stays long: Yuki and Yūki are two names', () => {
    expect(normaliseRomaji('Yuki')).not.toBe(normaliseRomaji('Yūki'));
    expect(normaliseRomaji('Yuuki')).toBe(normaliseRomaji('Yūki'));
  });

  it.each(['YAMADA TARO', 'Taro Yamada', 'Yamada, Taro', 'YAMADA・TARO', 'Mr. Taro Yamada', 'YAMADA TARO-SAMA'])(
    '%s: order, capitals and titles do not matter',
    (raw) => {
      expect(normaliseRomaji(raw)).toBe('taro yamada');
    },
  );

  it.each([
    ['ショウイチ', 'SHOICHI'],
    ['シヨウイチ', 'Syouiti'],
    ['シンイチ', 'SHINICHI'],
    ['セツコ', 'SETSUKO'],
    ['ハットリ', 'HATTORI'],
    ['ハツトリ', 'HATTORI'],
    ['オオノ', 'ONO'],
    ['リュウイチ', 'RYUICHI'],
    ['ケイコ', 'KEIKO'],
    ['ジュンイチ', 'ZYUNITI'],
    ['ヂヅル', 'JIZURU'],
  ])('the reading %s fits %s', (kana, romaji) => {
    const words = withoutLength(contractYoon(foldRomaji(romaji)));
    expect(readingToRomaji(foldReading(kana)).map(withoutLength)).toContain(words);
  });

  it.each(['山田', 'ヤマダ', '', 'X', '---'])('%s is not romaji', (raw) => {
    expect(normaliseRomaji(raw)).toBeNull();
  });
});
