import { blockingValues } from './blocking.js';
import { measureBlocking } from './evaluation/blocking-recall.js';
import { compare } from './compare/compare.js';
import { CATEGORIES } from './evaluation/categories.js';
import { HAND_MADE } from './evaluation/hand-made.js';
import { nameLists } from './evaluation/name-lists.js';
import { Random } from './evaluation/random.js';
import { type Applicant, type Person } from './person.js';
import { prepare } from './prepare.js';

const values = (record: Person) => blockingValues(prepare(record), 'record');
const asked = (applicant: Applicant) => blockingValues(prepare(applicant), 'query');
const share = (applicant: Applicant, record: Person) => {
  const wanted = new Set(asked(applicant));
  return values(record).some((value) => wanted.has(value));
};
const taro: Applicant = {
  familyName: '山田',
  givenName: '太郎',
  familyKana: 'ヤマダ',
  givenKana: 'タロウ',
  birthDate: '1974-05-09',
  phones: ['090-1234-5678'],
  address: '東京都港区北青山2-5-8',
};

describe('blocking values', () => {
  it.each<[string, Person]>([
    ['telephone', { contact: '名義不明 ０９０ー１２３４ー５６７８' }],
    ['birth date', { romaji: 'YAMADA TARO', birthDate: 'S49.5.9' }],
    ['name and year of birth, the day mistyped', { fullName: '山田太郎', birthDate: '1974-05-19' }],
    ['name and day of birth, the year mistyped', { fullKana: 'ﾔﾏﾀﾞﾀﾛｳ', birthDate: '1947-05-09' }],
    ['romaji name and year of birth', { romaji: 'Taro Yamada', birthDate: '1974-06-09' }],
    ['name and town', { fullName: '山田　太郎', address: '港区北青山2丁目5番8号' }],
  ])('a record is found by its %s', (_what, record) => {
    expect(share(taro, record)).toBe(true);
  });

  it('are never a name alone', () => {
    expect(values({ fullName: '山田太郎', fullKana: 'ヤマダタロウ', romaji: 'YAMADA TARO' })).toEqual([]);
  });

  it('leave out placeholders and shared mailboxes', () => {
    expect(
      values({ emails: ['info@example.jp', 'none@example.jp'], phones: ['000-0000-0000'], birthDate: '1900-01-01' }),
    ).toEqual([]);
  });

  it.each<[string, Person]>([
    ['slip in the family name', { fullName: '山口太郎' }],
    ['slip at its end', { fullName: '山田太朗' }],
    ['changed family name', { familyName: '佐々木', givenName: '太郎' }],
    ['family name alone', { fullName: '山田' }],
    ['given name alone', { familyName: '', givenName: '太郎' }],
    ['family and given name exchanged', { familyName: '太郎', givenName: '山田' }],
    ['reading without voicing marks', { fullKana: 'ヤマタタロウ' }],
    ['reading with the first sound mistyped', { fullKana: 'カマダタロウ' }],
    ['initial in romaji', { romaji: 'T. Yamada' }],
    ['family name in romaji, last', { romaji: 'Jiro YAMADA' }],
    ['facility without a name', { fullName: '医療法人健友会' }],
  ])('a record with the birth date and a %s is found', (_what, record) => {
    expect(share(taro, { ...record, birthDate: '1974-05-09' })).toBe(true);
  });

  it('a reading whose both ends lost their voicing marks is found', () => {
    const goto = {
      familyName: '後藤',
      givenName: '大悟',
      familyKana: 'ゴトウ',
      givenKana: 'ダイゴ',
      birthDate: '1974-05-09',
    };
    expect(share(goto, { fullKana: 'コトウタイコ', birthDate: '1974-05-09' })).toBe(true);
  });

  it('a name of kanji and Latin letters is cut alike, in one part or two', () => {
    const leo = {
      familyName: '山田',
      givenName: 'leo翔',
      familyKana: 'ヤマダ',
      givenKana: 'レオショウ',
      birthDate: '1974-05-09',
    };
    for (const fullName of ['佐々木leo翔', '山田leo', 'leo翔'])
      expect(share(leo, { fullName, birthDate: '1974-05-09' })).toBe(true);
  });

  it('a birth date alone finds nobody for an applicant whose name is whole in kanji and kana', () => {
    expect(share(taro, { fullName: '佐藤花子', birthDate: '1974-05-09' })).toBe(false);
    // Their names cannot be compared with every record's: the date alone must find them.
    const { givenKana: _kana, familyKana: _family, ...kanjiOnly } = taro;
    for (const applicant of [
      kanjiOnly,
      { birthDate: taro.birthDate },
      { ...taro, formerNames: [{ fullName: '山本' }] },
    ])
      expect(share(applicant, { fullKana: 'サトウハナコ', birthDate: '1974-05-09' })).toBe(true);
  });

  it('lose no record of the same birth date that is not plainly somebody else’s, whatever of the name the applicant gives', () => {
    let compared = 0;
    const lost: unknown[] = [];
    const check = (applicant: Applicant, written: Person) => {
      const { emails: _emails, phones: _phones, customerNumbers: _numbers, ...bare } = applicant;
      const record = { ...written, birthDate: applicant.birthDate };
      for (const asking of [
        applicant,
        bare,
        without(bare, 'familyKana', 'givenKana'),
        without(bare, 'familyName', 'givenName'),
      ]) {
        if (compare(prepare(asking), prepare(record)).verdict === 'different') continue;
        compared += 1;
        if (!share(asking, record)) lost.push({ asking, record });
      }
    };
    for (const { applicant, record } of HAND_MADE) if (prepare(applicant).birthDate) check(applicant, record);
    for (const [index, category] of Object.values(CATEGORIES).entries()) {
      const random = new Random(index);
      for (let pair = 0; pair < 300; pair += 1) {
        const { applicant, record } = category(random, nameLists('all'));
        check(applicant, record);
      }
    }
    expect(lost).toEqual([]);
    expect(compared).toBeGreaterThan(15_000);
  });

  it('find at least 99 % of the records that may be the person, among few others', () => {
    const found = measureBlocking(new Random(11), nameLists('all'), 5000, 2600, Object.values(CATEGORIES).slice(0, 13));
    expect(found.recall).toBeGreaterThanOrEqual(0.99);
    // By the birth date alone it would be 0.16.
    expect(found.meanCandidates).toBeLessThan(0.08);
    expect(found.valuesPerRecord).toBeLessThan(12);
  });
});

const without = (applicant: Applicant, ...fields: (keyof Applicant)[]): Applicant =>
  Object.fromEntries(Object.entries(applicant).filter(([name]) => !fields.includes(name as keyof Applicant)));
