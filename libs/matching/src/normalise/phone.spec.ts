import { parsePhoneNumberFromString } from 'libphonenumber-js/core';
import metadata from 'libphonenumber-js/metadata.max.json';
import { Random } from '../evaluation/random.js';
import { normalisePhone, readPhones } from './phone.js';

describe('telephone numbers', () => {
  it.each([
    '090-1234-5678',
    '09012345678',
    '０９０ー１２３４ー５６７８',
    '090 1234 5678',
    '090(1234)5678',
    '(090)1234-5678',
    '+81 90-1234-5678',
    '+81 (0)90 1234 5678',
    '819012345678',
    '0081-90-1234-5678',
    '9012345678',
    '携帯：090-1234-5678',
    'TEL 090.1234.5678',
    '090‐1234‐5678',
    '090−1234−5678',
    '090―1234―5678',
  ])('%s is +819012345678', (raw) => {
    expect(normalisePhone(raw)).toEqual(['+819012345678']);
  });

  it.each([
    ['03-6440-2500', ['+81364402500']],
    ['0297-64-1111', ['+81297641111']],
    ['011-231-4111', ['+81112314111']],
    ['050-5533-1234', ['+815055331234']],
    ['03-1234-5678 内線123', ['+81312345678']],
    ['03-1234-5678(内123)', ['+81312345678']],
    ['0312345678 ext. 12', ['+81312345678']],
    ['03-1234-5678 / 090-1234-5678', ['+81312345678', '+819012345678']],
    ['自宅03-1234-5678、携帯090-1234-5678', ['+81312345678', '+819012345678']],
    ['03-1234-5678 090-1234-5678', ['+81312345678', '+819012345678']],
    ['03-1234-5678\n090-1234-5678', ['+81312345678', '+819012345678']],
    ['+1 212-555-0123', ['+12125550123']],
  ])('%s holds %j', (raw, expected) => {
    expect(normalisePhone(raw)).toEqual(expected);
  });

  it.each([
    '000-0000-0000',
    '00000000000',
    '090-0000-0000',
    '03-0000-0000',
    '0',
    '-',
    'なし',
    '不明',
    '0120-123-456',
    '0570-000-111',
    '0800-123-4567',
    '999-9999-9999',
    '090-9999-9999',
  ])('%s is absent', (raw) => {
    expect(readPhones(raw)).toEqual({ phones: [], unreadable: false });
  });

  it.each(['12345', '090-1234', '電話は昼のみ', '1'.repeat(100_000), '090\ud8001234567'])(
    '%.20s is unreadable',
    (raw) => {
      expect(readPhones(raw)).toEqual({ phones: [], unreadable: true });
    },
  );

  it('keeps the extension beside the number', () => {
    expect(readPhones('03-1234-5678 内線123').phones).toEqual([{ number: '+81312345678', extension: '123' }]);
  });

  it('the fast path for Japanese numbers gives what libphonenumber gives', () => {
    const random = new Random(7);
    for (let i = 0; i < 5000; i += 1) {
      const raw = random.chance(0.5)
        ? `0${random.pick([7, 8, 9])}0${1 + random.below(9)}${random.digits(7)}`
        : `0${1 + random.below(9)}${random.digits(8)}`;
      const [number] = normalisePhone(raw);
      if (number !== undefined) expect(number).toBe(parsePhoneNumberFromString(raw, 'JP', metadata)!.number);
    }
  });
});
