import { type Applicant, type Person } from './person.js';
import { prepare } from './prepare.js';

export type TokenValue = { kind: 'email' | 'phone' | 'kana-birth'; value: string };

/**
 * Normalised values for match tokens (contracts, "Match tokens"), not yet keyed: e-mail (role mailboxes and placeholders left
 * out), telephone in E.164 (extensions and service lines left out), and `kana-birth` for every name whose reading is whole:
 * reading in full-width katakana, `|`, birth date. Each value once.
 */
export function tokenValues(person: Person | Applicant): TokenValue[] {
  const { emails, phones, names, birthDate } = prepare(person);
  const values = new Map<string, TokenValue>();
  const add = (kind: TokenValue['kind'], value: string) => values.set(`${kind}:${value}`, { kind, value });
  for (const email of emails) add('email', email.value);
  for (const phone of phones) add('phone', phone.number);
  if (birthDate !== null) {
    for (const { kana } of names)
      if (kana?.full && kana.katakana !== undefined) add('kana-birth', `${kana.katakana}|${birthDate}`);
  }
  return [...values.values()];
}
