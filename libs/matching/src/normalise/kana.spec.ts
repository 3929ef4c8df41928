import { foldReading, isKana, normaliseKana, toKatakana, withoutVoicing } from './kana.js';

const reading = (raw: string) => foldReading(normaliseKana(raw) ?? '');

describe('kana', () => {
  it.each([
    ['ﾔﾏﾀﾞ ﾀﾛｳ', 'ヤマダタロウ', 'half width with voicing marks of their own'],
    ['やまだ　たろう', 'ヤマダタロウ', 'hiragana'],
    ['ヤマタ゛ タロウ', 'ヤマダタロウ', 'spacing voicing mark U+309B'],
    ['ﾔﾏﾀ ﾞﾀﾛｳ', 'ヤマダタロウ', 'a space before the half-width mark'],
    ['ヤマタ\u3099', 'ヤマダ', 'combining voicing mark (NFD)'],
    ['ジョン・スミス', 'ジョンスミス', 'middle dot'],
    ['ｼﾞｮﾝ･ｽﾐｽ', 'ジョンスミス', 'half-width middle dot'],
    ['ﾖ-ｺ', 'ヨーコ', 'hyphen for the long-vowel mark'],
    ['みすゞ', 'ミスズ', 'voiced iteration mark'],
    ['いすゝ', 'イスス', 'iteration mark'],
  ])('%s is read as %s (%s)', (raw, expected) => {
    expect(normaliseKana(raw)).toBe(expected);
  });

  it.each(['-', '‐', '‑', '‒', '–', '—', '―', '−', '─', 'ｰ', '－', '〜', '～', '一'])(
    'the dash %s between kana is a long-vowel mark',
    (dash) => {
      expect(normaliseKana(`ヨ${dash}コ`)).toBe('ヨーコ');
    },
  );

  it.each([
    ['シヨウイチ', 'ショウイチ', 'systems without small kana'],
    ['ハツトリ', 'ハットリ', 'large tsu'],
    ['キヨウコ', 'キョウコ', 'large yo'],
    ['ヨーコ', 'ヨウコ', 'long-vowel mark for u'],
    ['オーノ', 'オオノ', 'long-vowel mark for o'],
    ['ケーコ', 'ケイコ', 'long-vowel mark for i'],
    ['シヅカ', 'シズカ', 'ヅ as ズ'],
    ['ヂロウ', 'ジロウ', 'ヂ as ジ'],
    ['ヰチロウ', 'イチロウ', 'old ヰ'],
    ['カヲリ', 'カオリ', 'ヲ as オ'],
  ])('%s and %s are compared as one reading (%s)', (one, other) => {
    expect(reading(one)).toBe(reading(other));
  });

  it.each([
    ['オノ', 'オオノ'],
    ['ユキ', 'ユウキ'],
    ['タロウ', 'ジロウ'],
    ['ヤマタ', 'ヤマダ'],
  ])('%s and %s stay two readings', (one, other) => {
    expect(reading(one)).not.toBe(reading(other));
  });

  it.each(['山田', 'YAMADA', '---', '', 'なし', '不明', 'ー'])('%s is no reading', (raw) => {
    expect(normaliseKana(raw)).toBeNull();
  });

  it('tells kana from other text', () => {
    expect([isKana('さくら'), isKana('ヤマダ・タロー'), isKana('山田'), isKana('12'), isKana('-')]).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it('folding a reading twice changes nothing more', () => {
    for (const raw of ['オーノ', 'サトウウメ', 'コーエー', 'ケイイチロウ'])
      expect(foldReading(foldReading(raw))).toBe(foldReading(raw));
  });

  it('drops voicing only when asked', () => {
    expect(withoutVoicing('ヤマダ')).toBe('ヤマタ');
    expect(toKatakana('やまだ')).toBe('ヤマダ');
  });
});
