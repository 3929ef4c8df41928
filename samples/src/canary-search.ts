import {
  addressLine,
  eraLong,
  eraShort,
  fullWidth,
  halfWidthKana,
  hiragana,
  kanaName,
  kanjiName,
  oldForms,
  upperRomaji,
  type SamplePerson,
} from '@kenri/testing';

/** A value that must not be met outside of the business stores; `what` says whose and what it is without quoting it. */
export interface Canary {
  readonly what: string;
  readonly value: string;
}
export interface Sighting {
  readonly what: string;
  readonly form: string;
  /** In bytes, from the beginning of what was searched. */
  readonly at: number;
}

/** Shorter values turn up by chance in sealed data. */
const LEAST_BYTES = 6;
const LEAST_ENCODED = 8;

const digits = (text: string): string => text.replaceAll('-', '');
const title = (text: string): string => text.toLowerCase().replace(/\b[a-z]/g, (letter) => letter.toUpperCase());

function namesOf(person: SamplePerson): string[] {
  const { familyName, givenName, formerFamilyName } = person;
  const kanji = [
    ...['', ' ', '\u3000'].map((between) => kanjiName(person, between)),
    familyName.kanji,
    givenName.kanji,
    ...(formerFamilyName ? [formerFamilyName.kanji, `${formerFamilyName.kanji}${givenName.kanji}`] : []),
  ];
  const kana = [...['', ' ', '\u3000'].map((between) => kanaName(person, between)), familyName.kana, givenName.kana];
  const romaji = upperRomaji(person);
  const [family = '', given = ''] = romaji.split(' ');
  const latin = [romaji, `${given} ${family}`, `${family}, ${given}`, `${family}${given}`];
  return [
    ...kanji,
    ...kanji.map(oldForms),
    // Two syllables are part of ordinary words: メモリ holds the reading of 森.
    ...kana.filter((reading) => reading.length >= 3),
    ...kana.filter((reading) => reading.length >= 4).flatMap((reading) => [halfWidthKana(reading), hiragana(reading)]),
    ...latin.flatMap((name) => [name, title(name), name.toLowerCase()]),
  ];
}

const phonesOf = ({ mobile, landline, earlierMobile }: SamplePerson): string[] =>
  [mobile, landline, earlierMobile]
    .filter((number) => number !== undefined)
    .flatMap((number) => {
      const plain = digits(number);
      const national = plain.slice(1);
      return [
        number,
        plain,
        `+81${national}`,
        `81${national}`,
        `+81-${number.slice(1)}`,
        fullWidth(number),
        fullWidth(plain),
      ];
    });

function addressesOf({ address, earlierAddress }: SamplePerson): string[] {
  return [address, earlierAddress]
    .filter((one) => one !== undefined)
    .flatMap((one) => [one.street, addressLine(one), ...(one.building ? [one.building] : [])])
    .flatMap((text) => [text, fullWidth(text), text.replace(/丁目|番地?/g, '-').replace(/号/g, '')]);
}

/** The person's names, telephones, mailboxes, addresses and birth date, in the spellings in which stores, forms and programs write them. */
export function canariesOf(label: string, person: SamplePerson): Canary[] {
  const { birthDate, email } = person;
  const of = (kind: string, values: readonly string[]) =>
    values.map((value) => ({ what: `${kind} of ${label}`, value }));
  return [
    ...of('name', namesOf(person)),
    ...of('telephone', phonesOf(person)),
    ...of('mailbox', email ? [email, email.toUpperCase(), fullWidth(email)] : []),
    ...of('address', addressesOf(person)),
    ...of('birth date', [birthDate, birthDate.replaceAll('-', '/'), eraShort(birthDate), eraLong(birthDate)]),
  ];
}

const jsonEscaped = (text: string, hex: (code: string) => string): string =>
  text.replace(/[\u0080-\uffff]/g, (unit) => `\\u${hex(unit.charCodeAt(0).toString(16).padStart(4, '0'))}`);

/** The characters of the Base64 of any text that holds `bytes` at a position that leaves `before` (0 to 2) bytes in the group of three. */
function base64Within(bytes: Buffer, before: number): string {
  const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
  return encoded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
}

function formsOf(value: string): [form: string, bytes: Buffer][] {
  const bytes = Buffer.from(value, 'utf8');
  if (bytes.length < LEAST_BYTES) return [];
  const forms: [string, string][] = [
    ['as it is', value],
    ['JSON-escaped', jsonEscaped(value, (code) => code)],
    ['JSON-escaped', jsonEscaped(value, (code) => code.toUpperCase())],
    ['percent-encoded', encodeURIComponent(value)],
    ['in hexadecimal', bytes.toString('hex')],
  ];
  for (const before of [0, 1, 2]) {
    const encoded = base64Within(bytes, before);
    if (encoded.length < LEAST_ENCODED) continue;
    forms.push(['in Base64', encoded]);
    forms.push(['in Base64url', encoded.replaceAll('+', '-').replaceAll('/', '_')]);
  }
  return forms.map(([form, text]) => [form, Buffer.from(text, 'utf8')]);
}

interface Needle {
  readonly what: string;
  readonly form: string;
  readonly bytes: Buffer;
}

const headOf = (bytes: Uint8Array, at: number): number =>
  (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
const bitOf = (head: number): number => Math.imul(head, 0x9e3779b1) >>> 10;

/**
 * Finds thousands of values in hundreds of megabytes of raw bytes, in every encoding in which text usually hides: a table of the
 * values' first four bytes decides at each position whether anything need be compared.
 */
export class CanarySearch {
  private readonly byHead = new Map<number, Needle[]>();
  private readonly present = new Uint8Array(2 ** 22);
  readonly size: number;

  constructor(canaries: readonly Canary[]) {
    const needles = new Map<string, Needle>();
    for (const { what, value } of canaries) {
      for (const [form, bytes] of formsOf(value)) {
        const id = bytes.toString('latin1');
        if (!needles.has(id)) needles.set(id, { what, form, bytes });
      }
    }
    for (const needle of needles.values()) {
      const head = headOf(needle.bytes, 0);
      this.present[bitOf(head)] = 1;
      const known = this.byHead.get(head);
      if (known) known.push(needle);
      else this.byHead.set(head, [needle]);
    }
    this.size = needles.size;
  }

  /** Every place where a value was met; one place may be named more than once, where one value begins with another. */
  find(text: Uint8Array | string): Sighting[] {
    const bytes = typeof text === 'string' ? Buffer.from(text, 'utf8') : text;
    const found: Sighting[] = [];
    for (let at = 0; at + LEAST_BYTES <= bytes.length; at += 1) {
      const head = headOf(bytes, at);
      if (this.present[bitOf(head)] === 0) continue;
      for (const needle of this.byHead.get(head) ?? []) {
        const end = at + needle.bytes.length;
        if (end <= bytes.length && needle.bytes.equals(bytes.subarray(at, end)))
          found.push({ what: needle.what, form: needle.form, at });
      }
    }
    return found;
  }
}
