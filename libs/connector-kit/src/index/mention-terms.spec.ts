import { mentionTerms, termsOf } from './mention-terms.js';

describe('mention terms', () => {
  it('hold a name, an e-mail address and a telephone as an applicant writes them', () => {
    const terms = mentionTerms(
      '先日、山田　太郎様（Taro.Yamada@Example.jp、０９０－１２３４－５６７８）より電話。ヤマダ・タロウ様',
    );
    const applicant = {
      fullName: '山田太郎',
      fullKana: 'ヤマダタロウ',
      emails: ['taro.yamada@example.jp'],
      phones: ['09012345678'],
    };
    const wanted = termsOf(applicant);
    expect(wanted.length).toBeGreaterThanOrEqual(4);
    for (const term of wanted) expect(terms).toContain(term);
  });

  it('are of the first part of a long text, and no more than two thousand', () => {
    const long = Array.from({ length: 30_000 }, (_, at) => String.fromCodePoint(0x4e00 + (at % 20_000))).join('');
    expect(mentionTerms(long).length).toBeLessThanOrEqual(2_004);
    expect(mentionTerms(`${'。'.repeat(19_000)}山田太郎`)).toContain('山田太郎');
    expect(mentionTerms(`${'。'.repeat(20_001)}山田太郎`)).toEqual([]);
  });

  it.each(['a', '1', 'a.', 'a@', '@', '-1', '+'])(
    'read a million of %j without going over them again and again',
    (piece) => {
      expect(mentionTerms(piece.repeat(1_000_000)).length).toBeLessThan(2_005);
    },
    5_000,
  );
});
