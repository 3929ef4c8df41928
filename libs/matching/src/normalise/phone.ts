import { parsePhoneNumberFromString } from 'libphonenumber-js/core';
import metadata from 'libphonenumber-js/metadata.max.json';
import { readText } from './text.js';

export interface ReadPhone {
  /** E.164, e.g. +81312345678. */
  readonly number: string;
  /** Extension behind a switchboard, digits; null for a direct line. */
  readonly extension: string | null;
}
export type ReadPhones = { readonly phones: readonly ReadPhone[]; readonly unreadable: boolean };

// Lines a company answers, whoever rings: free dial, navi dial, information lines. They identify nobody.
const SERVICE_NUMBER = /^\+81(?:120|800|570|990|180|170|91)\d+$/;
const EXTENSION = /(?:内線|\(内\)|内|ext(?:ension)?\.?|;ext=|#|x)[\s:.-]*(\d{1,6})/i;
const LABEL =
  /(?:tel|phone|fax|mobile|cell|携帯(?:電話)?|自宅|会社|勤務先|職場|実家|電話(?:番号)?|直通|代表)\s*[:.]?\s*/gi;
const SEPARATOR = /[/、,;|\n]|または|又は|及び|もしくは| or /i;
const MOBILE = /^0[789]0[1-9]\d{7}$/;
// Nine digits behind the trunk zero, ten for mobile and IP telephones (総務省 電気通信番号計画).
const JAPANESE = /^\+81[1-9]\d{8,9}$/;
// 010 dials abroad.
const LANDLINE = /^0(?!10)[1-9]\d{8}$/;

/** All the same digit, or a subscriber number of zeros: written where a number was demanded and none was given. */
function isPlaceholderNumber(digits: string): boolean {
  return (
    /^(\d)\1*$/.test(digits) ||
    /^(?:\+?81|0)?\d{1,4}?(\d)\1{7}$/.test(digits) ||
    /^0?\d{1,3}0{6,}$/.test(digits) ||
    digits === '0123456789'
  );
}

/** The number in E.164, undefined for a placeholder, null for what is no telephone number. */
function toE164(text: string): string | null | undefined {
  let digits = text.replace(/\(0\)/, '').replace(/[^\d+]/g, '');
  if (digits.length < 3) return digits === '' ? null : undefined;
  if (isPlaceholderNumber(digits)) return undefined;
  if (digits.startsWith('0081')) digits = '+' + digits.slice(2);
  else if (digits.startsWith('01081')) digits = '+' + digits.slice(3);
  else if (/^81[1-9]\d{8,9}$/.test(digits)) digits = '+' + digits;
  // Spreadsheets drop the leading zero.
  else if (/^[789]0[1-9]\d{7}$/.test(digits) || /^[1-9]\d{8}$/.test(digits)) digits = '0' + digits;
  if (digits.startsWith('+810')) digits = '+81' + digits.slice(4);
  const national = digits.startsWith('+81') ? '0' + digits.slice(3) : digits;
  if (MOBILE.test(national) || LANDLINE.test(national)) return '+81' + national.slice(1);
  const parsed = parsePhoneNumberFromString(digits, 'JP', metadata);
  if (!parsed?.isPossible()) return null;
  // Numbering plans change and forms hold old numbers: a possible Japanese number is taken, a foreign one must be valid.
  if (parsed.countryCallingCode === '81') return JAPANESE.test(parsed.number) ? parsed.number : null;
  return parsed.isValid() ? parsed.number : null;
}

/** Reads one raw field that may hold several numbers, labels and extensions. */
export function readPhones(raw: unknown): ReadPhones {
  if (typeof raw === 'number') return readPhones(String(raw));
  const read = readText(raw);
  if (read.kind !== 'text') return { phones: [], unreadable: read.kind === 'unreadable' };
  const phones: ReadPhone[] = [];
  let unreadable = false;
  const text = read.text.replace(/[\u2010-\u2015\u2212\u30fc\u2500\u02d7]/g, '-').replace(LABEL, ' ');
  for (const part of text.split(SEPARATOR)) {
    const extension = EXTENSION.exec(part);
    const rest = extension ? part.slice(0, extension.index) : part;
    if (rest.trim() === '') continue;
    if (/[^\d\s+()\-.]/.test(rest) && !/\d{2}/.test(rest)) {
      unreadable = true;
      continue;
    }
    const pieces = splitRun(rest);
    for (const piece of pieces) {
      const number = toE164(piece);
      if (number === null) unreadable = true;
      else if (
        number !== undefined &&
        !SERVICE_NUMBER.test(number) &&
        !phones.some((phone) => phone.number === number)
      ) {
        phones.push({ number, extension: extension?.[1] ?? null });
      }
    }
  }
  return { phones, unreadable: unreadable && phones.length === 0 };
}

/** Two numbers written with nothing but a space (or brackets) between them. */
function splitRun(text: string): string[] {
  const digits = text.replace(/\D/g, '');
  if (digits.length <= 13 || text.includes('+')) return [text];
  const words = text.trim().split(/\s+/);
  return words.length > 1 && words.every((word) => word.replace(/\D/g, '').length >= 9) ? words : [text];
}

/**
 * The telephone numbers of one raw field in E.164, default region Japan (libphonenumber metadata), without extensions.
 * Placeholders (000-0000-0000) and service lines (0120, 0570) are left out; an empty list when nothing remains.
 */
export function normalisePhone(raw: unknown): string[] {
  return readPhones(raw).phones.map((phone) => phone.number);
}
