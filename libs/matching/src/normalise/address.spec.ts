import { normaliseAddress, normalisePostalCode, readAddress, sameAddress } from './address.js';

const same = (a: string, b: string) => {
  const [x, y] = [readAddress(a), readAddress(b)];
  return x.kind === 'address' && y.kind === 'address' ? sameAddress(x.address, y.address) : undefined;
};

describe('addresses', () => {
  it.each([
    '東京都千代田区霞が関1-2-3',
    '千代田区霞が関1-2-3',
    '東京都千代田区霞ヶ関一丁目2番3号',
    '千代田区霞ケ関１丁目２番地３',
    '東京都 千代田区 霞が関 1－2－3',
    '千代田区霞が関1ー2ー3',
    '千代田区霞が関一丁目二番三号',
    '〒100-0013 東京都千代田区霞が関1−2−3',
    '千代田区霞が関1の2の3',
    '東京都千代田区霞が関1-2-3 霞ビル101',
    '千代田区霞が関1丁目2番3',
  ])('%s is the one house', (raw) => {
    expect(same('東京都千代田区霞が関1-2-3', raw)).toBe(true);
  });

  it.each([
    ['堺市大字八田字寺町12番地', '堺市八田寺町12-1', null],
    ['堺市大字八田字寺町12番地3', '堺市八田寺町12-3', true],
    ['大阪府大阪市北区梅田1-2-3', '東京都北区梅田1-2-3', false],
    ['千代田区霞が関1-2-3', '千代田区霞が関1-2-4', false],
    ['千代田区霞が関1-2-3', '千代田区霞が関', null],
    ['茅ヶ崎市東海岸北5-1', '茅ケ崎市東海岸北5丁目1', true],
    ['竜ガ崎市佐貫1-1-1', '竜ヶ崎市佐貫1-1-1', true],
    ['千代田区霞が関1-2-3', '港区北青山1-2-3', false],
  ])('%s and %s: %s', (a, b, expected) => {
    expect(same(a, b)).toBe(expected);
  });

  it.each([
    ['東京都千代田区霞が関一丁目2番3号 霞ビル101号室', '東京都千代田区霞ケ関1-2-3 霞ビル101号室'],
    ['不明', null],
    ['', null],
    ['-', null],
  ])('%s is %s', (raw, expected) => {
    expect(normaliseAddress(raw)).toBe(expected);
  });

  it.each([
    ['100-0013', '1000013'],
    ['〒１００－００１３', '1000013'],
    ['1000013', '1000013'],
    ['000-0000', null],
    ['100', null],
    ['不明', null],
    ['', null],
  ])('postal code %s is %s', (raw, expected) => {
    expect(normalisePostalCode(raw)).toBe(expected);
  });
});
