import { hepburn } from './data/reading.js';
import { jpeg, pdf, png } from './files.js';
import { contactString, eraLong, eraShort, fullWidth, halfWidthKana, hiragana, oldForms } from './spellings.js';
import { persona, PERSONA_KEYS, personasIn } from './personas.js';

describe('spellings', () => {
  it.each([
    ['ヤマダ', 'ﾔﾏﾀﾞ'],
    ['ハットリ', 'ﾊｯﾄﾘ'],
    ['パク ソジュン', 'ﾊﾟｸ ｿｼﾞｭﾝ'],
  ])('%s in half-width kana keeps voicing marks apart: %s', (full, half) => expect(halfWidthKana(full)).toBe(half));

  it.each([
    ['1974-05-09', 'S49.5.9', '昭和49年5月9日'],
    ['1989-01-07', 'S64.1.7', '昭和64年1月7日'],
    ['1989-01-08', 'H1.1.8', '平成元年1月8日'],
    ['1926-12-24', 'T15.12.24', '大正15年12月24日'],
    ['2019-05-01', 'R1.5.1', '令和元年5月1日'],
  ])('%s is %s and %s: eras change on their very day', (date, short, long) => {
    expect(eraShort(date)).toBe(short);
    expect(eraLong(date)).toBe(long);
  });

  it.each([
    ['イトウ', 'Ito'],
    ['オオウチ', 'Ouchi'],
    ['ジュンイチ', 'Junichi'],
    ['ハットリ', 'Hattori'],
    ['ホンマ', 'Homma'],
    ['キョウコ', 'Kyoko'],
    ['イッチ', 'Itchi'],
  ])('%s in passport Hepburn is %s', (kana, romaji) => expect(hepburn(kana)).toBe(romaji));

  it('widens, softens and ages characters', () => {
    expect(fullWidth('090-1234')).toBe('０９０－１２３４');
    expect(hiragana('ヤマダ')).toBe('やまだ');
    expect(oldForms('高橋真')).toBe('髙橋眞');
  });

  it('puts name, reading and telephone into one contact string', () => {
    expect(contactString(persona('taro').person)).toBe('山田太郎（ﾔﾏﾀﾞﾀﾛｳ） ０９０ー３４４０ー２５０１');
  });
});

describe('files', () => {
  it('are what their signatures say, and differ with their content', () => {
    expect(jpeg('a').subarray(0, 2).toString('hex')).toBe('ffd8');
    expect(jpeg('a').subarray(-2).toString('hex')).toBe('ffd9');
    expect(jpeg('a').equals(jpeg('b'))).toBe(false);
    expect(png(1).subarray(1, 4).toString()).toBe('PNG');
    expect(png(1).equals(png(70_000))).toBe(false);
    expect(pdf(['a']).subarray(0, 5).toString()).toBe('%PDF-');
  });

  it('point to the cross-reference table where it really stands', () => {
    const text = pdf(['Invoice (1)']).toString('latin1');
    const at = Number(/startxref\n(\d+)/.exec(text)?.[1]);
    expect(text.slice(at, at + 4)).toBe('xref');
  });
});

describe('personas', () => {
  it('have one index each and a form that names them', () => {
    const all = PERSONA_KEYS.map((key) => persona(key));
    expect(all.length).toBeGreaterThanOrEqual(14);
    expect(new Set(all.map(({ person }) => person.index)).size).toBe(all.length);
    for (const { identity } of all)
      expect(identity.fullName && identity.birthDate && identity.phones?.length).toBeTruthy();
  });

  it('are inserted exactly into the systems they have holdings in', () => {
    expect(personasIn('auto').map(({ index }) => index)).toContain(persona('taro').person.index);
    expect(personasIn('medical').map(({ index }) => index)).not.toContain(persona('yui').person.index);
    expect(persona('shiori').person.systems).toEqual([]);
  });
});
