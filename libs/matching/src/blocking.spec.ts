import { blockingValues } from './blocking.js';
import { measureBlocking } from './evaluation/blocking-recall.js';
import { CATEGORIES } from './evaluation/categories.js';
import { nameLists } from './evaluation/name-lists.js';
import { Random } from './evaluation/random.js';
import { type Applicant, type Person } from './person.js';
import { prepare } from './prepare.js';

const values = (person: Person | Applicant) => blockingValues(prepare(person), 'record');
const share = (a: Person | Applicant, b: Person | Applicant) => values(a).some((value) => values(b).includes(value));
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

  it('find at least 99 % of the records that may be the person, among few others', () => {
    const found = measureBlocking(new Random(11), nameLists('all'), 5000, 2600, Object.values(CATEGORIES).slice(0, 13));
    expect(found.recall).toBeGreaterThanOrEqual(0.99);
    expect(found.meanCandidates).toBeLessThan(2);
    expect(found.valuesPerRecord).toBeLessThan(12);
  });
});
