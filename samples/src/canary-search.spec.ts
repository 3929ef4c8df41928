import { persona, PERSONA_KEYS } from '@kenri/testing';
import { canariesOf, CanarySearch } from './canary-search.js';

const all = PERSONA_KEYS.flatMap((key) => canariesOf(key, persona(key).person));
const search = new CanarySearch(all);
const kindsIn = (text: string | Uint8Array) => [...new Set(search.find(text).map(({ what }) => what))];

describe('what the canary search finds', () => {
  it.each([
    ['kanji', '担当: 山田　太郎 様', 'name of taro'],
    ['katakana', 'ヤマダタロウ', 'name of taro'],
    ['half-width katakana', 'ﾔﾏﾀﾞ ﾀﾛｳ', 'name of taro'],
    ['hiragana', 'やまだたろう', 'name of taro'],
    ['romaji', 'to Taro Yamada,', 'name of taro'],
    ['old forms', '髙橋眞', 'name of takahashi'],
    ['a telephone with hyphens', 'tel=090-3440-2501', 'telephone of taro'],
    ['a telephone without hyphens', '{"tel":"09034402501"}', 'telephone of taro'],
    ['a telephone in E.164', '+819034402501', 'telephone of taro'],
    ['a telephone in full width', '０９０－３４４０－２５０１', 'telephone of taro'],
    ['a mailbox', 'mailto:taro.yamada@example.jp', 'mailbox of taro'],
    ['an address', '東京都港区北青山2丁目5番8号', 'address of taro'],
    ['a birth date', '1974-05-09T00:00', 'birth date of taro'],
    ['a birth date by era', '昭和49年5月9日生', 'birth date of taro'],
    ['JSON escapes', '{"name":"\\u5c71\\u7530\\u592A\\u90ce"}'.toLowerCase(), 'name of taro'],
    ['percent encoding', `/people?name=${encodeURIComponent('山田太郎')}`, 'name of taro'],
    ['hexadecimal', Buffer.from('山田太郎').toString('hex'), 'name of taro'],
  ])('%s', (_what, text, expected) => {
    expect(kindsIn(text)).toContain(expected);
  });

  it.each(['', 'x', 'xy', 'xyz', 'xyzä'])(
    'Base64 and Base64url after %j, wherever in the group of three it begins',
    (before) => {
      const bytes = Buffer.from(`${before}taro.yamada@example.jp and more?>`);
      expect(kindsIn(bytes.toString('base64'))).toContain('mailbox of taro');
      expect(kindsIn(bytes.toString('base64url'))).toContain('mailbox of taro');
    },
  );

  it('a value at the very beginning, at the very end and more than once', () => {
    expect(search.find('taro.yamada@example.jp … taro.yamada@example.jp').map(({ at }) => at)).toEqual([0, 27]);
  });

  it('nothing in random bytes, in their Base64, and in words that hold a short reading', () => {
    const random = Buffer.from(
      Array.from({ length: 200_000 }, (_, at) => Math.imul(at ^ 0x5bd1e995, 0x9e3779b1) >>> 24),
    );
    expect(kindsIn(random)).toEqual([]);
    expect(kindsIn(random.toString('base64'))).toEqual([]);
    expect(kindsIn('メモリ、申請者、production')).toEqual([]);
  });
});
