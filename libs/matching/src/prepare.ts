import { type Applicant, type Field, type Person, type PersonName } from './person.js';
import { type NormalisedAddress, normalisePostalCode, readAddress } from './normalise/address.js';
import { readBirthDate } from './normalise/birth-date.js';
import { takeContactApart, takeNameApart } from './normalise/contact.js';
import { isRoleMailbox, readEmails, type ReadEmail } from './normalise/email.js';
import { type NameForm, nameForm, readNameText, type Script } from './normalise/name.js';
import { normaliseOrganisation } from './normalise/organisation.js';
import { type ReadPhone, readPhones } from './normalise/phone.js';
import { readText } from './normalise/text.js';

/** One name of a person in every script given; `conflict` marks a script whose fields contradict each other. */
export type NameSet = Partial<Record<Script, NameForm>> & { conflict?: ReadonlySet<Script> };

/** A person normalised once, for any number of comparisons. Opaque to callers. */
export interface Prepared {
  /** The current name first, then former ones. */
  readonly names: readonly NameSet[];
  readonly birthDate: string | null;
  /** Personal mailboxes; those of a role are counted apart. */
  readonly emails: readonly ReadEmail[];
  readonly roleMailbox: boolean;
  readonly phones: readonly ReadPhone[];
  readonly customerNumbers: readonly string[];
  readonly addresses: readonly NormalisedAddress[];
  readonly postalCode: string | null;
  readonly organisation: string | null;
  readonly unreadable: ReadonlySet<Field>;
}

// Two names of kanji in one field; the middle dot parts foreign names only in kana.
const JOINT =
  /^([\p{Script=Han}々ぁ-んァ-ヶー\s]{3,})\s?[・&/＆、]\s?([\p{Script=Han}][\p{Script=Han}々ぁ-んァ-ヶー\s]+)$/u;

class Reader {
  readonly names: NameSet[] = [];
  readonly emails: ReadEmail[] = [];
  readonly phones: ReadPhone[] = [];
  readonly unreadable = new Set<Field>();
  organisation: string | null = null;
  roleMailbox = false;

  text(raw: unknown, field: Field): string {
    const read = readText(raw);
    if (read.kind === 'unreadable') this.unreadable.add(field);
    return read.kind === 'text' ? read.text : '';
  }

  /** Adds the words of one name to a set under the script they turn out to be in. */
  put(set: NameSet, words: readonly string[], field: Field): void {
    if (words.length === 0) return;
    const form = nameForm(words);
    if (!form) {
      this.unreadable.add(field);
      return;
    }
    const before = set[form.script];
    if (!before) set[form.script] = form;
    else if (before.joined === form.joined) set[form.script] = form.family !== '' ? form : before;
    else if (before.full && form.full) set.conflict = new Set([...(set.conflict ?? []), form.script]);
    else if (form.full) set[form.script] = form;
  }

  name(source: PersonName, into: NameSet = {}): NameSet {
    this.whole(source.fullName, 'name', into);
    this.pair(source.familyName, source.givenName, 'name', into);
    this.pair(source.familyKana, source.givenKana, 'kana', into);
    this.whole(source.fullKana, 'kana', into);
    this.whole(source.romaji, 'romaji', into);
    return into;
  }

  private pair(family: unknown, given: unknown, field: Field, into: NameSet): void {
    if (family === undefined && given === undefined) return;
    const [first, second] = [this.text(family, field), this.text(given, field)];
    if (first !== '' && second === '') this.whole(family, field, into);
    else if (first !== '' || second !== '') {
      const words = [first, second].map((part) => readNameText(part).words.join('')).filter((part) => part !== '');
      // A given name alone is kept as a lone word: it never counts as a full name.
      this.put(into, words, field);
    }
  }

  private whole(raw: unknown, field: Field, into: NameSet): void {
    const text = this.text(raw, field);
    if (text === '') return;
    // A name field that holds a telephone or mail address is a contact string.
    if (/\d{3}|@/.test(text)) this.contact(text, field, into);
    else this.nameText(takeNameApart(text), field, into);
  }

  contact(text: string, field: Field, into: NameSet): void {
    const parts = takeContactApart(text);
    if (parts.name !== '' || parts.reading !== '') this.nameText(parts, field, into);
    parts.phones.forEach((phone) => this.phone(phone));
    parts.emails.forEach((email) => this.email(email));
  }

  nameText(parts: { name: string; reading: string; formerFamily: string }, field: Field, into: NameSet): void {
    const joint = JOINT.exec(parts.name);
    const { words, organisation } = readNameText(joint?.[1] ?? parts.name);
    if (joint) this.second(words, joint[2]!, field, into);
    if (organisation !== null) this.organisation ??= normaliseOrganisation(organisation);
    this.put(into, words, field);
    if (parts.reading !== '') this.put(into, readNameText(parts.reading).words, 'kana');
    if (parts.formerFamily !== '' && words.length >= 2) {
      const former: NameSet = {};
      this.put(former, [parts.formerFamily, ...words.slice(1)], field);
      this.names.push(former);
    }
  }

  /** 山田太郎・花子: the row is two people's, so each name is kept and neither can be certain. */
  private second(first: readonly string[], rest: string, field: Field, into: NameSet): void {
    const { words } = readNameText(rest);
    const second: NameSet = { conflict: new Set(['kanji']) };
    into.conflict = new Set(['kanji']);
    this.put(second, words.length === 1 && first.length === 2 ? [first[0]!, words[0]!] : words, field);
    this.names.push(second);
  }

  email(raw: unknown): void {
    const read = readEmails(raw);
    if (read.unreadable) this.unreadable.add('email');
    for (const email of read.emails) {
      if (isRoleMailbox(email.value)) this.roleMailbox = true;
      else if (!this.emails.some((known) => known.mailbox === email.mailbox)) this.emails.push(email);
    }
  }

  phone(raw: unknown): void {
    const read = readPhones(raw);
    if (read.unreadable) this.unreadable.add('phone');
    for (const phone of read.phones) {
      if (!this.phones.some((known) => known.number === phone.number && known.extension === phone.extension)) {
        this.phones.push(phone);
      }
    }
  }
}

/** A list as it comes from outside: an array, a single value, or nothing. */
function listOf(raw: unknown): readonly unknown[] {
  if (raw === undefined || raw === null || raw === '') return [];
  return Array.isArray(raw) ? (raw.length > 100 ? raw.slice(0, 100) : raw) : [raw];
}

function customerNumber(raw: unknown): string | null {
  const read = readText(typeof raw === 'number' ? String(raw) : raw);
  if (read.kind !== 'text') return null;
  const number = read.text.toUpperCase().replace(/[\s\-‐-―−ー]/g, '');
  return number === '' || /^(?:0+|9+)$/.test(number) ? null : number;
}

/**
 * Normalises a person once, so that it can be compared many times. Takes raw strings of whatever content, and values of
 * whatever type; never throws. What cannot be read counts as absent and is named in `unreadable`.
 */
export function prepare(person: Person | Applicant): Prepared {
  const source = (typeof person === 'object' && person !== null ? person : {}) as Applicant;
  const reader = new Reader();
  const current = reader.name(source);
  reader.names.unshift(current);
  listOf(source.emails).forEach((email) => reader.email(email));
  listOf(source.phones).forEach((phone) => reader.phone(phone));
  if (source.contact !== undefined) {
    const text = reader.text(source.contact, 'name');
    if (text !== '') reader.contact(text, 'name', current);
  }
  for (const former of listOf(source.formerNames)) {
    if (typeof former === 'object' && former !== null) reader.names.push(reader.name(former));
  }
  const birth = readBirthDate(source.birthDate);
  if (birth.kind === 'unreadable') reader.unreadable.add('birthDate');
  const addresses: NormalisedAddress[] = [];
  for (const raw of [...listOf(source.address), ...listOf(source.earlierAddresses)]) {
    const read = readAddress(raw);
    if (read.kind === 'address') addresses.push(read.address);
    else if (read.kind === 'unreadable') reader.unreadable.add('address');
  }
  reader.text(source.postalCode, 'postalCode');
  const numbers = [...listOf(source.customerNumber), ...listOf(source.customerNumbers)].map(customerNumber);
  if (typeof source.organisation === 'string')
    reader.organisation = normaliseOrganisation(source.organisation) ?? reader.organisation;
  reader.text(source.organisation, 'organisation');
  return {
    names: reader.names.filter((set) => set.kanji ?? set.kana ?? set.latin),
    birthDate: birth.kind === 'date' ? birth.date : null,
    emails: reader.emails,
    roleMailbox: reader.roleMailbox,
    phones: reader.phones,
    customerNumbers: [...new Set(numbers.filter((number) => number !== null))],
    addresses,
    postalCode: normalisePostalCode(source.postalCode),
    organisation: reader.organisation,
    unreadable: reader.unreadable,
  };
}
