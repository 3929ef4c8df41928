import { HAND_MADE } from '../evaluation/hand-made.js';
import { prepare } from '../prepare.js';
import { type Applicant, type Person } from '../person.js';
import { compare } from './compare.js';

const match = (applicant: Applicant, record: Person) => compare(prepare(applicant), prepare(record));

describe('verdicts of pairs thought out by hand', () => {
  it.each(HAND_MADE.map(({ what, verdict, ...pair }) => [verdict, what, pair] as const))(
    '%s: %s',
    (verdict, _what, { applicant, record }) => {
      const found = match(applicant, record);
      expect({ verdict: found.verdict, reasons: found.reasons.map((reason) => reason.code) }).toMatchObject({
        verdict,
      });
    },
  );

  it.each(HAND_MADE.map(({ what, ...pair }) => [what, pair] as const))(
    'the verdict is the same from the other side: %s',
    (_what, { applicant, record }) => {
      const [there, back] = [match(applicant, record), match(record, applicant)];
      expect([back.verdict, back.score, [...back.agrees].sort()]).toEqual([
        there.verdict,
        there.score,
        [...there.agrees].sort(),
      ]);
    },
  );
});

describe('explanations', () => {
  const taro: Applicant = {
    familyName: '山田',
    givenName: '太郎',
    familyKana: 'ヤマダ',
    givenKana: 'タロウ',
    birthDate: '1974-05-09',
    phones: ['09012345678'],
  };

  it('tell agreement, disagreement, absence and what cannot be compared apart', () => {
    const found = match(
      { ...taro, emails: ['a1@example.jp'] },
      { fullName: '山田太郎', birthDate: '1980-01-01', phones: ['090-1234-5678'], address: '東京都港区北青山1-1-1' },
    );
    expect(found).toMatchObject({
      agrees: ['name', 'phone'],
      disagrees: ['birthDate'],
      missing: ['kana', 'email', 'address'],
      notComparable: [],
      unreadable: [],
    });
    expect(match({ fullName: '山田太郎' }, { fullKana: 'ヤマダタロウ' })).toMatchObject({
      agrees: [],
      disagrees: [],
      notComparable: ['name', 'kana'],
    });
  });

  it('an unreadable field counts as absent and is named so', () => {
    const found = match(taro, { fullName: '山田太郎', birthDate: '1974-13-45', phones: ['\u0000'] });
    expect(found.unreadable).toEqual(['birthDate', 'phone']);
    expect(found.missing).toEqual(['kana', 'birthDate', 'email', 'phone']);
    expect(found.disagrees).toEqual([]);
    expect(found.reasons.map((reason) => reason.code)).toContain('unreadable');
  });

  it('never hold a value of either person', () => {
    for (const { applicant, record } of HAND_MADE) {
      const said = JSON.stringify(match(applicant, record).reasons);
      for (const value of [
        applicant.familyName,
        applicant.givenName,
        record.fullName,
        ...(record.phones ?? []),
        ...(record.emails ?? []),
      ]) {
        if (value && value !== '佐藤' && [...value].length > 1) expect(said).not.toContain(value);
      }
    }
  });

  it('every reason has a Japanese and an English sentence', () => {
    for (const { applicant, record } of HAND_MADE) {
      for (const reason of match(applicant, record).reasons) {
        expect(reason.ja).toMatch(/[ぁ-んァ-ン一-龠]/);
        expect(reason.en).toMatch(/^[A-Z]/);
      }
    }
  });

  it('a better candidate ranks above a worse one', () => {
    const better = match(taro, { fullName: '山田太郎', birthDate: '1974-05-09' });
    const worse = match(taro, { fullName: '山田太郎', birthDate: '1974-05-08' });
    expect(better.score).toBeGreaterThan(worse.score);
  });
});
