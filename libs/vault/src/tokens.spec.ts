import { createSecretKey } from 'node:crypto';
import { matchToken, type TokenKind } from './tokens.js';

// contracts.md, Match tokens: key 000102…1e1f, key id k1. The values are what the normalisers make of the raw ones given there.
const golden = { id: 'k1', key: createSecretKey(Uint8Array.from({ length: 32 }, (_, index) => index)) };

describe('match tokens', () => {
  it.each<[TokenKind, string, string]>([
    ['email', 'taro.yamada@example.jp', 'm1.k1.email.zle0C0wJcauEvp20IU8V9x1lBdTQzI5FGhI__VvlH40'],
    ['phone', '+81364402500', 'm1.k1.phone.zsm6jNd-iHa598GTuY_MWDGQrCTnWF2-KtijeNTurjY'],
    ['kana-birth', 'ヤマダタロウ|1974-05-09', 'm1.k1.kana-birth.BhYl4CsmFQSipHHW2Mo0TL_go7GVGTdLQzvYD7iWSfI'],
  ])('of kind %s equal the golden vector of the contract', (kind, value, token) => {
    expect(matchToken(golden, kind, value)).toBe(token);
  });

  it('tell systems and records apart', () => {
    const token = matchToken(golden, 'record', 'brand-item:663f00000000000000000001');
    expect(token).toMatch(/^m1\.k1\.record\.[A-Za-z0-9_-]{43}$/);
    expect(matchToken(golden, 'record', 'auto:663f00000000000000000001')).not.toBe(token);
  });

  it.each<[TokenKind, string]>([
    ['email', 'Taro.Yamada@Example.JP '],
    ['email', 'taro'],
    ['phone', '03-6440-2500'],
    ['phone', '+0364402500'],
    ['kana-birth', 'ﾔﾏﾀﾞ ﾀﾛｳ|1974-05-09'],
    ['kana-birth', 'ヤマダ・タロウ|1974-05-09'],
    ['kana-birth', 'ヤマダタロウ|昭和49年5月9日'],
    ['record', '663f00000000000000000001'],
    ['record', ''],
  ])('refuse a %s that is not normalised, without repeating it: it would match nobody', (kind, value) => {
    const attempt = (): string => matchToken(golden, kind, value);
    expect(attempt).toThrow(/must be normalised/);
    if (value) expect(attempt).not.toThrow(value);
  });

  it('refuse an unknown kind by naming the known ones', () => {
    expect(() => matchToken(golden, 'name' as TokenKind, 'x')).toThrow('email, phone, kana-birth, record');
  });
});
