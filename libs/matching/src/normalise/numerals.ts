const DIGITS = new Map([...'〇一二三四五六七八九'].map((kanji, value) => [kanji, value] as const));
for (const [kanji, value] of Object.entries({ 零: 0, 壱: 1, 弐: 2, 参: 3, 壹: 1, 貳: 2, 參: 3, 拾: 10 }))
  DIGITS.set(kanji, value);
const NUMBER = /[〇零一二三四五六七八九十百千壱弐参壹貳參拾廿]+/g;

function toNumber(kanji: string): string {
  const text = kanji.replace(/拾/g, '十').replace(/廿/g, '二十');
  if (!/[十百千]/.test(text)) return [...text].map((digit) => DIGITS.get(digit)).join('');
  let total = 0;
  let pending = 0;
  for (const character of text) {
    const unit = { 十: 10, 百: 100, 千: 1000 }[character];
    if (unit === undefined) pending = pending * 10 + DIGITS.get(character)!;
    else {
      total += (pending || 1) * unit;
      pending = 0;
    }
  }
  return String(total + pending);
}

/** Kanji numerals as Arabic ones: 四十九→49, 二〇一九→2019, 十→10. Everything else is left as it is. */
export function kanjiToArabic(text: string): string {
  return text.replace(NUMBER, toNumber);
}
