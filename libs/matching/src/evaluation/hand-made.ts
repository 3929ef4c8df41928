import { type Applicant, type Person, type Verdict } from '../person.js';

/** A pair thought out by hand, with the verdict R-12 and the README's table ask for. */
export interface HandMade {
  readonly what: string;
  readonly applicant: Applicant;
  readonly record: Person;
  readonly verdict: Verdict;
}

const taro: Applicant = {
  familyName: '山田',
  givenName: '太郎',
  familyKana: 'ヤマダ',
  givenKana: 'タロウ',
  birthDate: '1974-05-09',
  emails: ['taro.yamada@example.jp'],
  phones: ['090-1234-5678', '03-6440-2500'],
  postalCode: '107-0061',
  address: '東京都港区北青山2丁目5番8号',
};
const saito = (family: string): Applicant => ({
  familyName: family,
  givenName: '一郎',
  birthDate: '1960-03-15',
  phones: ['080-5555-1234'],
});
const hanako: Applicant = {
  familyName: '佐藤',
  givenName: '花子',
  familyKana: 'サトウ',
  givenKana: 'ハナコ',
  birthDate: '1985-11-03',
  emails: ['hanako@example.jp'],
  phones: ['090-8765-4321'],
  address: '大阪府大阪市北区梅田1-2-3',
};

const certain: readonly Omit<HandMade, 'verdict'>[] = [
  {
    what: 'half-width kana, era date, telephone without hyphens',
    applicant: taro,
    record: {
      familyName: '山田',
      givenName: '太郎',
      familyKana: 'ﾔﾏﾀﾞ',
      givenKana: 'ﾀﾛｳ',
      birthDate: 'S49.5.9',
      phones: ['09012345678'],
    },
  },
  {
    what: 'one field, full-width digits, honorific',
    applicant: taro,
    record: { fullName: '山田太郎様', birthDate: '１９７４／０５／０９', phones: ['０９０ー１２３４ー５６７８'] },
  },
  {
    what: 'contact string with telephone, and the mailbox',
    applicant: taro,
    record: { contact: '山田太郎（ﾔﾏﾀﾞﾀﾛｳ） ０９０ー１２３４ー５６７８', emails: ['TARO.YAMADA@EXAMPLE.JP'] },
  },
  {
    what: 'facility in front',
    applicant: taro,
    record: {
      fullName: '医療法人健友会 中央クリニック 山田 太郎 先生',
      birthDate: '昭和四十九年五月九日',
      emails: ['taro.yamada@example.jp'],
    },
  },
  {
    what: 'imported in romaji, applicant gives romaji',
    applicant: { ...taro, romaji: 'Taro Yamada' },
    record: { romaji: 'YAMADA TAROU', birthDate: '1974-05-09', phones: ['+81 90 1234 5678'] },
  },
  {
    what: 'reading alone on both sides',
    applicant: taro,
    record: { fullKana: 'やまだ　たろう', birthDate: '19740509', phones: ['03-6440-2500'] },
  },
  {
    what: 'large kana of an old system',
    applicant: { familyKana: 'ショウジ', givenKana: 'キョウコ', birthDate: '1974-05-09', phones: ['09012345678'] },
    record: { fullKana: 'ｼﾖｳｼﾞ ｷﾖｳｺ', birthDate: '1974-05-09', phones: ['09012345678'] },
  },
  {
    what: 'customer number and telephone, no birth date',
    applicant: { ...taro, customerNumbers: ['M-0012345'] },
    record: { fullName: '山田 太郎', customerNumber: 'm0012345', phones: ['09012345678'] },
  },
  {
    what: 'former name given, record under it',
    applicant: { ...hanako, formerNames: [{ familyName: '鈴木', givenName: '花子' }] },
    record: { fullName: '鈴木花子', birthDate: '1985-11-03', emails: ['hanako@example.jp'] },
  },
  {
    what: 'former name in brackets in the record',
    applicant: { ...hanako, familyName: '鈴木', familyKana: undefined, givenKana: undefined },
    record: { fullName: '佐藤 花子（旧姓 鈴木）', birthDate: '1985-11-03', phones: ['09087654321'] },
  },
  {
    what: 'moved: address differs, the rest agrees',
    applicant: { ...taro, address: '北海道札幌市中央区北一条西2-1' },
    record: { fullName: '山田 太郎', birthDate: '1974/5/9', phones: ['0364402500'], address: '東京都港区北青山2-5-8' },
  },
  {
    what: '齋 and 斎',
    applicant: saito('斎藤'),
    record: { fullName: '齋藤 一郎', birthDate: 'S35.3.15', phones: ['08055551234'] },
  },
  {
    what: '邉 and 邊',
    applicant: saito('渡邉'),
    record: { fullName: '渡邊一郎', birthDate: 'S35.3.15', phones: ['08055551234'] },
  },
  {
    what: '髙 and 高',
    applicant: saito('髙橋'),
    record: { fullName: '高橋一郎', birthDate: 'S35.3.15', phones: ['08055551234'] },
  },
  {
    what: '﨑 and 崎',
    applicant: saito('山﨑'),
    record: { fullName: '山崎　一郎', birthDate: 'S35.3.15', phones: ['08055551234'] },
  },
  {
    what: '𠮷 and 吉',
    applicant: saito('𠮷田'),
    record: { fullName: '吉田一郎', birthDate: 'S35.3.15', phones: ['08055551234'] },
  },
  {
    what: 'variation selector',
    applicant: saito('辻'),
    record: { familyName: '辻\u{e0101}', givenName: '一郎', birthDate: 'S35.3.15', phones: ['08055551234'] },
  },
  {
    what: 'one of several telephones and mailboxes',
    applicant: taro,
    record: {
      fullName: '山田 太郎',
      phones: ['自宅03-6440-2500 / 携帯080-0000-1111'],
      emails: ['old@example.jp', 'taro.yamada@example.jp'],
    },
  },
];

const candidate: readonly Omit<HandMade, 'verdict'>[] = [
  {
    what: '斉 against 斎',
    applicant: saito('斉藤'),
    record: { fullName: '斎藤 一郎', birthDate: 'S35.3.15', phones: ['08055551234'] },
  },
  {
    what: '斉 against 齋',
    applicant: saito('斉藤'),
    record: { fullName: '齋藤 一郎', birthDate: 'S35.3.15', phones: ['08055551234'] },
  },
  {
    what: 'another kanji of the same reading',
    applicant: taro,
    record: {
      familyName: '山田',
      givenName: '太朗',
      familyKana: 'ヤマダ',
      givenKana: 'タロウ',
      birthDate: '1974-05-09',
      phones: ['09012345678'],
    },
  },
  { what: 'one strong identifier only', applicant: taro, record: { fullName: '山田太郎', phones: ['09012345678'] } },
  {
    what: 'name with birth date alone is one strong identifier',
    applicant: taro,
    record: { fullName: '山田太郎', birthDate: '1974-05-09' },
  },
  {
    what: 'everything agrees but the mailbox',
    applicant: taro,
    record: { fullName: '山田太郎', birthDate: '1974-05-09', phones: ['09012345678'], emails: ['other@example.jp'] },
  },
  {
    what: 'everything agrees but one digit of the birth date',
    applicant: taro,
    record: {
      fullName: '山田太郎',
      birthDate: '1974-05-08',
      phones: ['09012345678'],
      emails: ['taro.yamada@example.jp'],
    },
  },
  {
    what: 'era year miscounted by one',
    applicant: taro,
    record: { fullName: '山田太郎', birthDate: 'S50.5.9', phones: ['09012345678'] },
  },
  {
    what: 'kanji against kana alone',
    applicant: { ...taro, familyKana: undefined, givenKana: undefined },
    record: { fullKana: 'ヤマダ タロウ', birthDate: '1974-05-09', phones: ['09012345678'] },
  },
  {
    what: 'kana against romaji alone',
    applicant: taro,
    record: { romaji: 'YAMADA TARO', birthDate: '1974-05-09', phones: ['09012345678'] },
  },
  {
    what: 'family name changed, former name not told',
    applicant: hanako,
    record: { familyName: '鈴木', givenName: '花子', birthDate: '1985-11-03', emails: ['hanako@example.jp'] },
  },
  {
    what: 'family name only',
    applicant: taro,
    record: { fullName: '山田', phones: ['09012345678'], emails: ['taro.yamada@example.jp'], birthDate: '1974-05-09' },
  },
  {
    what: 'family name of three characters only, on both sides',
    applicant: { fullName: '長谷川', phones: ['09012345678'], emails: ['taro.yamada@example.jp'] },
    record: { fullName: '長谷川', phones: ['09012345678'], emails: ['taro.yamada@example.jp'] },
  },
  { what: 'no name, but the mailbox', applicant: taro, record: { emails: ['taro.yamada@example.jp'] } },
  { what: 'a name alone, nothing against it', applicant: taro, record: { fullName: '山田 太郎' } },
  {
    what: 'a role mailbox does not count',
    applicant: { ...taro, emails: ['info@example.jp'] },
    record: { fullName: '山田 太郎', birthDate: '1974-05-09', emails: ['info@example.jp'] },
  },
  {
    what: 'placeholder birth dates do not count',
    applicant: { ...taro, birthDate: '1900-01-01' },
    record: { fullName: '山田 太郎', birthDate: '1900-01-01', phones: ['09012345678'] },
  },
  {
    what: 'a switchboard with another extension does not count',
    applicant: { ...taro, phones: ['03-6440-2500 内線10'] },
    record: { fullName: '山田 太郎', birthDate: '1974-05-09', phones: ['03-6440-2500 内線20'] },
  },
  {
    what: 'written name agrees, reading differs',
    applicant: {
      familyName: '山田',
      givenName: '裕子',
      familyKana: 'ヤマダ',
      givenKana: 'ユウコ',
      birthDate: '1980-01-02',
      phones: ['09012345678'],
    },
    record: {
      familyName: '山田',
      givenName: '裕子',
      familyKana: 'ヤマダ',
      givenKana: 'ヒロコ',
      birthDate: '1980-01-02',
      phones: ['09012345678'],
    },
  },
  {
    what: 'a system gaiji cannot be read',
    applicant: taro,
    record: { fullName: '山\ue000太郎', birthDate: '1974-05-09', phones: ['09012345678'] },
  },
  {
    what: 'family and given name exchanged',
    applicant: taro,
    record: { familyName: '太郎', givenName: '山田', birthDate: '1974-05-09', phones: ['09012345678'] },
  },
  {
    what: 'a record that contradicts itself',
    applicant: taro,
    record: {
      fullName: '山田太郎',
      familyName: '山田',
      givenName: '次郎',
      birthDate: '1974-05-09',
      phones: ['09012345678'],
    },
  },
];

const more: readonly Omit<HandMade, 'verdict'>[] = [
  {
    what: 'a row of two people',
    applicant: taro,
    record: { contact: '山田太郎・花子 090-1234-5678', birthDate: 'S49.5.9' },
  },
  {
    what: 'the other one of a row of two people',
    applicant: { ...taro, givenName: '花子', familyKana: undefined, givenKana: undefined },
    record: { fullName: '山田 太郎・花子', phones: ['09012345678'], birthDate: 'S49.5.9' },
  },
];

const different: readonly Omit<HandMade, 'verdict'>[] = [
  {
    what: 'father and son at one address with one telephone',
    applicant: taro,
    record: {
      familyName: '山田',
      givenName: '健一',
      birthDate: '1945-02-01',
      phones: ['03-6440-2500'],
      address: '東京都港区北青山2-5-8',
    },
  },
  {
    what: 'spouse with the shared mailbox and telephone',
    applicant: taro,
    record: {
      fullName: '山田 花子',
      emails: ['taro.yamada@example.jp'],
      phones: ['03-6440-2500'],
      address: '東京都港区北青山2-5-8',
    },
  },
  {
    what: 'twins',
    applicant: taro,
    record: {
      familyName: '山田',
      givenName: '次郎',
      familyKana: 'ヤマダ',
      givenKana: 'ジロウ',
      birthDate: '1974-05-09',
      phones: ['03-6440-2500'],
      emails: ['taro.yamada@example.jp'],
      address: '東京都港区北青山2-5-8',
    },
  },
  {
    what: 'brothers 健一 and 健二, born on one day',
    applicant: { ...taro, givenName: '健一', familyKana: undefined, givenKana: undefined },
    record: { fullName: '山田健二', birthDate: '1974-05-09', phones: ['03-6440-2500'] },
  },
  {
    what: 'a namesake with another birth date',
    applicant: taro,
    record: { fullName: '山田太郎', birthDate: '1980-12-24', phones: ['08011112222'], emails: ['yt@example.com'] },
  },
  {
    what: 'a namesake with another telephone and mailbox',
    applicant: taro,
    record: { fullName: '山田太郎', phones: ['08011112222'], emails: ['yt@example.com'] },
  },
  {
    what: 'a colleague at one switchboard and office',
    applicant: { ...taro, organisation: '株式会社ヤマダ' },
    record: { fullName: '株式会社ヤマダ 鈴木 一郎', phones: ['03-6440-2500'], address: '東京都港区北青山2-5-8' },
  },
  {
    what: 'the next holder of a telephone number',
    applicant: taro,
    record: { fullName: '木村 美咲', birthDate: '1999-09-09', phones: ['09012345678'] },
  },
  {
    what: 'born on the same day, nothing else',
    applicant: taro,
    record: { fullName: '木村 美咲', birthDate: '1974-05-09' },
  },
  {
    what: 'same family name and day of birth',
    applicant: taro,
    record: { fullName: '山田 美咲', birthDate: '1974-05-09' },
  },
  {
    what: 'nothing in common at all',
    applicant: taro,
    record: { address: '不明', phones: ['000-0000-0000'], emails: ['none@example.jp'], birthDate: '1900-01-01' },
  },
  {
    what: 'same reading, another birth date, no contact',
    applicant: taro,
    record: {
      familyName: '山田',
      givenName: '太朗',
      familyKana: 'ヤマダ',
      givenKana: 'タロウ',
      birthDate: '1991-01-30',
    },
  },
  {
    what: 'same given name only',
    applicant: hanako,
    record: {
      familyName: '鈴木',
      givenName: '花子',
      familyKana: 'スズキ',
      givenKana: 'ハナコ',
      birthDate: '1951-02-03',
      phones: ['08011112222'],
    },
  },
  {
    what: 'twins whose names differ by one character in both scripts',
    applicant: { ...taro, givenName: '美紀', givenKana: 'ミキ' },
    record: {
      fullName: '山田 美紗紀',
      fullKana: 'ヤマダ ミサキ',
      birthDate: '1974-05-09',
      phones: ['03-6440-2500'],
    },
  },
  {
    what: 'romaji of a brother',
    applicant: { ...taro, romaji: 'YAMADA TARO' },
    record: { romaji: 'YAMADA JIRO', birthDate: '1974-05-09', phones: ['03-6440-2500'] },
  },
];

export const HAND_MADE: readonly HandMade[] = [
  ...certain.map((pair) => ({ ...pair, verdict: 'certain' as const })),
  ...[...candidate, ...more].map((pair) => ({ ...pair, verdict: 'candidate' as const })),
  ...different.map((pair) => ({ ...pair, verdict: 'different' as const })),
];
