import { isRoleMailbox, normaliseEmail, readEmails } from './email.js';

describe('e-mail addresses', () => {
  it.each([
    ['Taro.Yamada@Example.JP ', 'taro.yamada@example.jp'],
    ['ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ', 'taro@example.jp'],
    ['mailto:taro@example.jp', 'taro@example.jp'],
    ['山田 太郎 <taro@example.jp>', 'taro@example.jp'],
    ['taro@日本語.jp', 'taro@xn--wgv71a119e.jp'],
    ['taro@bücher.example', 'taro@xn--bcher-kva.example'],
    ['taro..y.@docomo.ne.jp', 'taro..y.@docomo.ne.jp'],
    ['taro+shop@example.jp', 'taro+shop@example.jp'],
    ['taro@example.jp.', 'taro@example.jp'],
    ['"taro@example.jp', null],
    ['taro', null],
    ['taro@', null],
    ['taro@localhost', null],
    ['@example.jp', null],
    ['a@b@c.jp', null],
    ['none@example.jp', null],
    ['nashi@docomo.ne.jp', null],
    ['dummy@example.jp', null],
    ['なし', null],
    ['-', null],
    ['test@example.com', null],
  ])('%s is %s', (raw, expected) => {
    expect(normaliseEmail(raw)).toBe(expected);
  });

  it('several addresses in one field are all read', () => {
    expect(readEmails('taro@example.jp; hanako@example.jp、jiro@example.jp').emails.map((each) => each.value)).toEqual([
      'taro@example.jp',
      'hanako@example.jp',
      'jiro@example.jp',
    ]);
  });

  it.each([
    'info@example.jp',
    'eigyo@example.jp',
    'sales01@example.jp',
    'noreply@example.jp',
    'no-reply@example.jp',
    'uketsuke@example.jp',
    'contact@example.jp',
  ])('%s belongs to a role', (email) => {
    expect(isRoleMailbox(email)).toBe(true);
  });

  it.each(['taro@example.jp', 'informatique.taro@example.jp', 'salesman.yamada@example.jp', 'yamada-info@example.jp'])(
    '%s is personal',
    (email) => {
      expect(isRoleMailbox(email)).toBe(false);
    },
  );

  it('two spellings of one Gmail mailbox are one mailbox, with tokens of their own', () => {
    const [one, other] = ['Taro.Yamada@gmail.com', 'taroyamada+shop@googlemail.com'].map(
      (raw) => readEmails(raw).emails[0]!,
    );
    expect(one!.mailbox).toBe(other!.mailbox);
    expect(one!.value).toBe('taro.yamada@gmail.com');
  });
});
