import { kanjiToArabic } from './numerals.js';
import { readText } from './text.js';

interface Era {
  readonly names: readonly string[];
  /** Year 1 of the era in the Western calendar. */
  readonly firstYear: number;
  readonly lastYear: number;
}

// Boundaries: 明治改元の詔 (1868), Cabinet ordinances on the change of era of 1926, 1989 and 2019. The year after an era's
// last is refused; within a boundary year both spellings are read (昭和64年3月 and 平成元年3月), as forms in the field have both.
const ERAS: readonly Era[] = [
  { names: ['明治', '明', 'm'], firstYear: 1868, lastYear: 1912 },
  { names: ['大正', '大', 't'], firstYear: 1912, lastYear: 1926 },
  { names: ['昭和', '昭', 's'], firstYear: 1926, lastYear: 1989 },
  { names: ['平成', '平', 'h'], firstYear: 1989, lastYear: 2019 },
  { names: ['令和', '令', 'r'], firstYear: 2019, lastYear: 2100 },
];
const eraByName = new Map(ERAS.flatMap((era) => era.names.map((name) => [name, era] as const)));

/** Dates that programs write where none was given; a person truly born on one of them is asked about, never assumed. */
const PLACEHOLDER_DATES = new Set([
  '1900-01-01',
  '1899-12-30',
  '1899-12-31',
  '1901-01-01',
  '1970-01-01',
  '1904-01-01',
  '2000-00-00',
  '1111-11-11',
  '9999-12-31',
]);

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
// The Gregorian calendar came to Japan on 1873-01-01 (Dajokan decree 337 of 1872).
const FIRST_YEAR = 1873;

export type ReadBirthDate =
  { readonly kind: 'date'; readonly date: string } | { readonly kind: 'absent' } | { readonly kind: 'unreadable' };
const ABSENT: ReadBirthDate = { kind: 'absent' };
const UNREADABLE: ReadBirthDate = { kind: 'unreadable' };

function calendarDate(year: number, month: number, day: number): ReadBirthDate {
  const iso = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  if (PLACEHOLDER_DATES.has(iso) || year === 0 || year === 1 || year >= 9990) return ABSENT;
  if (year < FIRST_YEAR || year > 2100 || month < 1 || month > 12 || day < 1 || day > DAYS[month - 1]!)
    return UNREADABLE;
  if (month === 2 && day === 29 && !((year % 4 === 0 && year % 100 !== 0) || year % 400 === 0)) return UNREADABLE;
  return { kind: 'date', date: iso };
}

function eraDate(era: string, year: string, month: string, day: string): ReadBirthDate {
  const found = eraByName.get(era);
  if (!found) return UNREADABLE;
  const western = found.firstYear + (year === '元' ? 1 : Number(year)) - 1;
  if (Number(year) === 0 || western > found.lastYear) return UNREADABLE;
  return calendarDate(western, Number(month), Number(day));
}

function readShape(text: string): ReadBirthDate {
  let m = /^(\d{4})[-/.年 ]\s?(\d{1,2})[-/.月 ]\s?(\d{1,2})日?$/.exec(text);
  if (m) return calendarDate(Number(m[1]), Number(m[2]), Number(m[3]));
  m = /^(\d{4})(\d{2})(\d{2})$/.exec(text);
  if (m) return calendarDate(Number(m[1]), Number(m[2]), Number(m[3]));
  m =
    /^(明治|大正|昭和|平成|令和|[明大昭平令mtshr])\.?\s?(\d{1,2}|元)[-/.年 ]\s?(\d{1,2})[-/.月 ]\s?(\d{1,2})日?$/.exec(
      text,
    );
  if (m) return eraDate(m[1]!, m[2]!, m[3]!, m[4]!);
  m = /^(明治|大正|昭和|平成|令和|[明大昭平令mtshr])(\d{2})(\d{2})(\d{2})$/.exec(text);
  if (m) return eraDate(m[1]!, m[2]!, m[3]!, m[4]!);
  // An era code in front, as in Japanese social insurance files: 1 Meiji, 3 Taisho, 5 Showa, 7 Heisei, 9 Reiwa.
  m = /^([13579])-?(\d{2})(\d{2})(\d{2})$/.exec(text);
  if (m) return eraDate('m t s h r'.split(' ')[(Number(m[1]) - 1) / 2]!, m[2]!, m[3]!, m[4]!);
  m = /^(\d{1,2})[-\s.]?([a-z]{3})[a-z]*[-\s.,]*(\d{4})$/.exec(text);
  if (m) return calendarDate(Number(m[3]), MONTHS.indexOf(m[2]!) + 1, Number(m[1]));
  m = /^([a-z]{3})[a-z]*[.\s]*(\d{1,2})(?:st|nd|rd|th)?[,\s]+(\d{4})$/.exec(text);
  if (m) return calendarDate(Number(m[3]), MONTHS.indexOf(m[1]!) + 1, Number(m[2]));
  // Day and month first only where the order cannot be mistaken.
  m = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$/.exec(text);
  if (m) {
    const [first, second, year] = [Number(m[1]), Number(m[2]), Number(m[3])];
    if (first > 12 && second <= 12) return calendarDate(year, second, first);
    if (second > 12 || first === second) return calendarDate(year, first, second);
  }
  return UNREADABLE;
}

/** Reads a raw birth date, telling a placeholder (`absent`) from text that is no date (`unreadable`). */
export function readBirthDate(raw: unknown): ReadBirthDate {
  const read = readText(typeof raw === 'number' ? String(raw) : raw);
  if (read.kind !== 'text') return read;
  const plain = /^(\d{4})-(\d{2})-(\d{2})$/.exec(read.text);
  if (plain) return calendarDate(Number(plain[1]), Number(plain[2]), Number(plain[3]));
  const era = /^([MTSHRmtshr明大昭平令][治正和成]?)(\d{1,2})[年.](\d{1,2})[月.](\d{1,2})日?$/.exec(read.text);
  if (era) return eraDate(era[1]!.toLowerCase(), era[2]!, era[3]!, era[4]!);
  const time =
    /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})[T ](\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i.exec(
      read.text,
    );
  if (time) {
    const read = calendarDate(Number(time[1]), Number(time[2]), Number(time[3]));
    // Midnight in Japan (UTC+9) stored as an instant: 15:00Z belongs to the next day.
    if (read.kind === 'date' && time[6]?.toUpperCase() === 'Z' && time[4] === '15' && time[5] === '00') {
      const next = new Date(`${read.date}T15:00:00Z`).getTime() + 9 * 3_600_000;
      const [year, month, day] = new Date(next).toISOString().slice(0, 10).split('-').map(Number);
      return calendarDate(year!, month!, day!);
    }
    return read;
  }
  const text = kanjiToArabic(read.text)
    .toLowerCase()
    .replace(/[\u2010-\u2015\u2212\u30fc\u2500]/g, '-')
    .replace(/(?:生年月日|西暦|誕生日)[:\s]*/g, '')
    .replace(/\s*(?:生まれ|生れ|生)$/, '')
    .replace(/[(（][^)）]*[)）]/g, '')
    .replace(/[・･,、](?=\d)/g, '.')
    .replace(/^(meiji|taisho|showa|heisei|reiwa)\s*/, (era) => era[0]!)
    .replace(/\s*([年月日./-])\s*/g, '$1')
    .trim();
  if (/^[0\-/.\s*x]+$/.test(text)) return ABSENT;
  return readShape(text);
}

/**
 * A birth date as `YYYY-MM-DD`: ISO dates and instants, 1974/5/9, 19740509, 1974年5月9日, every era form (昭和49年5月9日, 昭49.5.9,
 * S49.5.9, S490509, 平成元年, ㍻), kanji numerals, English months. Null for placeholders (1900-01-01), impossible dates, and
 * orders that can be read two ways (05/09/1974).
 */
export function normaliseBirthDate(raw: unknown): string | null {
  const read = readBirthDate(raw);
  return read.kind === 'date' ? read.date : null;
}
