import { isKana } from './kana.js';
import { isOrganisationWord } from './organisation.js';

/** What a free contact string holds, each part still raw. */
export interface ContactParts {
  readonly name: string;
  readonly reading: string;
  readonly formerFamily: string;
  readonly phones: readonly string[];
  readonly emails: readonly string[];
}

const EMAIL = /[^\s@<>()[\],;:、]+@[^\s@<>()[\],;:、]+/g;
const PHONE = /(?:\+|\b0|\()[\d()\-. ]{8,18}\d(?:\s*(?:\(?内線\)?|ext\.?)[\s:.]*\d{1,6})?/gi;
const LABEL =
  /(?:tel|phone|fax|mobile|e-?mail|携帯(?:電話)?|電話(?:番号)?|連絡先|自宅|氏名|お?名前|フリガナ|ふりがな|カナ|読み|担当)\s*[:.]\s*|(?:tel|携帯|電話)(?=\s|$)/gi;
const BRACKETS = /[([【〔<「]([^()[\]【】〔〕<>「」]*)[)\]】〕>」]?/g;
const FORMER = /^(?:旧姓|旧|旧氏)[\s:]*(.+)$/;

/**
 * Takes apart a normalised contact string such as 山田太郎(ヤマダタロウ) 090-1234-5678: mail addresses, telephone numbers, a
 * reading in brackets or behind the name, a former family name (旧姓 佐藤); the rest is the name.
 */
export function takeContactApart(normalised: string): ContactParts {
  let text = normalised.replace(/(?<=\d)\s?[\u2010-\u2015\u2212\u30fc\u2500\u02d7-]\s?(?=\d)/g, '-');
  const emails: string[] = [];
  const phones: string[] = [];
  if (text.includes('@')) {
    text = text.replace(EMAIL, (email) => {
      emails.push(email);
      return ' ';
    });
  }
  if (/\d/.test(text)) {
    text = text.replace(PHONE, (phone) => {
      phones.push(phone);
      return ' ';
    });
  }
  return { ...takeNameApart(text.replace(LABEL, ' ')), phones, emails };
}

/** The same for a name field: only brackets and a reading behind the name are looked for. */
export function takeNameApart(normalised: string): Pick<ContactParts, 'name' | 'reading' | 'formerFamily'> {
  let reading = '';
  let formerFamily = '';
  let text = normalised;
  if (/[([【〔<「]/.test(text)) {
    // (株) and its like belong to a company's name.
    text = text.replace(BRACKETS, (whole, inner: string) => {
      if (/^(?:株|有|合|同|医|社|財|名|資|学|福|独|農)$/.test(inner)) return whole;
      const former = FORMER.exec(inner.trim());
      if (former) formerFamily ||= former[1]!.trim();
      else if (isKana(inner)) reading ||= inner.trim();
      return ' ';
    });
  }
  const words = text.split(/[\s/、,]+/).filter((word) => word !== '');
  if (reading === '' && words.length > 1 && words.some((word) => /\p{Script=Han}/u.test(word))) {
    // 山田 太郎 ヤマダ タロウ: katakana behind the last kanji; one hiragana word may be the given name (山田 さくら).
    const isReading = (word: string) => /^[ァ-ヺー・･-]+$/.test(word) || /^[ぁ-ゖー]{4,}$/.test(word);
    const lead = words.findIndex((word) => !isReading(word));
    if (lead > 0 && !words.slice(0, lead).some(isOrganisationWord) && words.slice(0, lead).join('').length >= 5) {
      const rest = words.slice(lead).join(' ');
      if ([...rest].length >= 3) return { name: rest, reading: words.slice(0, lead).join(' '), formerFamily };
    }
    const start = words.findIndex((word, index) => index > 0 && isReading(word) && words.slice(index).every(isReading));
    const length = start < 0 ? 0 : words.slice(start).join('').length;
    if (start > 0 && (length >= 5 || start >= 2)) {
      const front = words.slice(0, start);
      if (front.length >= 2 || [...front[0]!].length >= 3) {
        reading = words.slice(start).join(' ');
        return { name: front.join(' '), reading, formerFamily };
      }
    }
  }
  return { name: words.join(' '), reading, formerFamily };
}
