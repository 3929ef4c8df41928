import { createHmac } from 'node:crypto';
import { tokenValues } from './tokens.js';

const key = Buffer.from(Array.from({ length: 32 }, (_, index) => index));
const token = ({ kind, value }: { kind: string; value: string }) =>
  `m1.k1.${kind}.${createHmac('sha256', key).update(`${kind}:${value}`).digest('base64url')}`;

describe('values of match tokens', () => {
  it('give the golden vectors of the contract', () => {
    const values = tokenValues({
      fullKana: 'ﾔﾏﾀﾞ ﾀﾛｳ',
      birthDate: '昭和49年5月9日',
      emails: ['Taro.Yamada@Example.JP '],
      phones: ['03-6440-2500'],
    });
    expect(values.map(token)).toEqual([
      'm1.k1.email.zle0C0wJcauEvp20IU8V9x1lBdTQzI5FGhI__VvlH40',
      'm1.k1.phone.zsm6jNd-iHa598GTuY_MWDGQrCTnWF2-KtijeNTurjY',
      'm1.k1.kana-birth.BhYl4CsmFQSipHHW2Mo0TL_go7GVGTdLQzvYD7iWSfI',
    ]);
  });

  it.each([
    ['a placeholder mailbox', { emails: ['none@example.jp'] }],
    ['a role mailbox', { emails: ['info@example.jp'] }],
    ['a placeholder number', { phones: ['000-0000-0000'] }],
    ['a service line', { phones: ['0120-123-456'] }],
    ['a reading without a birth date', { fullKana: 'ヤマダ タロウ' }],
    ['a family name alone', { familyKana: 'ヤマダ', birthDate: '1974-05-09' }],
    ['a birth date without a reading', { fullName: '山田太郎', birthDate: '1974-05-09' }],
  ])('%s gives none', (_what, person) => {
    expect(tokenValues(person)).toEqual([]);
  });

  it('every known name, number and mailbox gives one, each once', () => {
    const values = tokenValues({
      familyKana: 'サトウ',
      givenKana: 'ハナコ',
      formerNames: [{ fullKana: 'すずき　はなこ' }],
      birthDate: '1985-11-03',
      contact: '佐藤花子（ｻﾄｳﾊﾅｺ） 090-8765-4321',
      phones: ['09087654321', '03-1234-5678 内線9'],
    });
    expect(values).toEqual([
      { kind: 'phone', value: '+819087654321' },
      { kind: 'phone', value: '+81312345678' },
      { kind: 'kana-birth', value: 'サトウハナコ|1985-11-03' },
      { kind: 'kana-birth', value: 'スズキハナコ|1985-11-03' },
    ]);
  });
});
