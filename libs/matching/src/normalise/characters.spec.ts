import { foldLookAlikes, foldVariantCharacters } from './characters.js';
import { normaliseName } from './name.js';
import { normaliseText } from './text.js';

describe('characters', () => {
  it.each([
    ['齋藤', '斎藤'],
    ['齊藤', '斉藤'],
    ['髙橋', '高橋'],
    ['山﨑', '山崎'],
    ['山嵜', '山崎'],
    ['渡邊', '渡辺'],
    ['渡邉', '渡辺'],
    ['𠮷田', '吉田'],
    ['濵田', '浜田'],
    ['濱田', '浜田'],
    ['澤田', '沢田'],
    ['廣瀨', '広瀬'],
    ['櫻井', '桜井'],
    ['國分', '国分'],
    ['眞田', '真田'],
    ['槗本', '橋本'],
    ['惠子', '恵子'],
    ['龍一', '竜一'],
    ['德川', '徳川'],
    ['増田', '增田'],
    ['曾根', '曽根'],
    ['黑澤', '黒沢'],
    ['關', '関'],
    ['榮治', '栄治'],
    ['壽夫', '寿夫'],
    ['條辺', '条辺'],
    ['舘', '館'],
    ['渕上', '淵上'],
    ['桒原', '桑原'],
    ['嶋田', '島田'],
    ['冨田', '富田'],
    ['靜香', '静香'],
    ['淸水', '清水'],
    ['戶田', '戸田'],
    ['凜', '凛'],
    ['福\ufa1b'[1]!, '福'],
    ['神\ufa19'[1]!, '神'],
    ['\u8fbb\u{e0101}', '辻'],
    ['葛\u{e0100}城', '葛城'],
    ['\u2f65中', '田中'],
    ['⻑谷川', '長谷川'],
  ])('%s and %s are the same name', (one, other) => {
    expect(foldVariantCharacters(normaliseText(one))).toBe(foldVariantCharacters(normaliseText(other)));
  });

  it.each([
    ['斉藤', '斎藤'],
    ['崎本', '埼本'],
    ['太一', '大一'],
    ['荻原', '萩原'],
    ['祐子', '裕子'],
    ['太郎', '太朗'],
    ['山之内', '山の内'],
    ['冶', '治'],
    ['坂本', '阪本'],
  ])('%s and %s are alike, but two names', (one, other) => {
    const [a, b] = [one, other].map((each) => foldVariantCharacters(normaliseText(each))) as [string, string];
    expect(a).not.toBe(b);
    expect(foldLookAlikes(a)).toBe(foldLookAlikes(b));
  });

  it.each([
    ['一郎', '二郎'],
    ['山田', '山本'],
    ['健一', '健二'],
    ['真美', '直美'],
    ['恵', '慧'],
  ])('%s and %s are not even alike', (one, other) => {
    expect(foldLookAlikes(foldVariantCharacters(one))).not.toBe(foldLookAlikes(foldVariantCharacters(other)));
  });
});

describe('names', () => {
  it.each([
    ['山田　太郎', '山田 太郎'],
    ['山田太郎 様', '山田太郎'],
    ['山田太郎殿', '山田太郎'],
    ['佐々木 一郎', '佐佐木 一郎'],
    ['株式会社ヤマダ 山田 太郎', '山田 太郎'],
    ['(株)ヤマダ　山田太郎', '山田太郎'],
    ['㈱ヤマダ 山田 太郎', '山田 太郎'],
    ['医療法人〇〇会 山田 太郎', '山田 太郎'],
    ['医療法人健友会 中央クリニック 山田 太郎', '山田 太郎'],
    ['医療法人〇〇会山田太郎', '山田太郎'],
    ['山田医院 院長 山田太郎', '山田太郎'],
    ['医療法人社団 健友会 山田 太郎 先生', '山田 太郎'],
    ['株式会社ヤマダ 代表取締役 山田 太郎', '山田 太郎'],
    ['ヤマダ自動車 山田太郎', '山田太郎'],
    ['山田 太郎 株式会社ヤマダ', '山田 太郎'],
    ['会田 誠', '会田 誠'],
    ['園田 茂', '園田 茂'],
    ['部田 一', '部田 一'],
    ['山田 さくら', '山田 サクラ'],
    ['髙橋 太郎（タカハシ タロウ）', '高橋 太郎'],
    ['佐藤 花子（旧姓 山田）', '佐藤 花子'],
    ['竜ヶ崎 一', '竜ケ崎 一'],
    ['代表 鈴木', '鈴木'],
  ])('%s is %s', (raw, expected) => {
    expect(normaliseName(raw)).toBe(expected);
  });

  it.each([
    '不明',
    'なし',
    '',
    '---',
    '×××',
    '不明 不明',
    '123',
    '!!!',
    '株式会社ヤマダ',
    '山田\ud800',
    '山田\u0000',
    '\u202e山田',
    '山\ue000田',
  ])('%s is no name', (raw) => {
    expect(normaliseName(raw)).toBeNull();
  });
});
