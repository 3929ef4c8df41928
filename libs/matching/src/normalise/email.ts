import { domainToASCII } from 'node:url';
import { readText } from './text.js';

export interface ReadEmail {
  /** The match-token form (contracts): NFKC, trimmed, lower-cased, domain in ASCII by UTS 46. */
  readonly value: string;
  /** Equal for two spellings that reach one mailbox (dots and tags of Gmail addresses). */
  readonly mailbox: string;
}
export type ReadEmails = { readonly emails: readonly ReadEmail[]; readonly unreadable: boolean };

const ADDRESS = /^[^\s@<>()[\]\\,;:"]+@[^\s@<>()[\]\\,;:"]+$/;
const ASCII_DOMAIN = /^(?:[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/;

// Mailboxes of a role (RFC 2142 and what Japanese offices use): shared, so they tell nothing about a person.
const ROLE =
  /^(?:info(?:rmation)?|contact|inquiry|toiawase|otoiawase|support|help(?:desk)?|sales|marketing|eigyou?|admin(?:istrator)?|root|webmaster|postmaster|hostmaster|abuse|security|noc|mail|e?mail(?:er)?|office|jimu(?:kyoku|sho)?|soumu|somu|keiri|jinji|kouhou|koho|uketsuke|reception|shop|store|tenpo|honten|shiten|shop-?master|order|orders|juchu|billing|account(?:s|ing)?|hello|team|staff|all|member|members|service|customer|customers|cs|pr|press|recruit|saiyo|saiyou|clinic|hospital|iin|yakkyoku|honsha|company|kaisha|nouen|noen|farm|auction|aucnet|no-?reply|do-?not-?reply|bounce|mailer-daemon|daemon|system|fax)(?:[-_.]?\d{0,3})$/;
const PLACEHOLDER =
  /^(?:none|nashi|nasi|no|noaddress|no-?mail|no-?email|unknown|fumei|dummy|test\d*|sample|example|null|undefined|xxx+|aaa+|a|x|n-?a|na|nothing|mikinyu|mitouroku|dareka|user|hoge\w*|foo|bar)$/;
const PLACEHOLDER_DOMAIN = /(?:^|\.)(?:invalid|localhost|none|nashi\.\w+|dummy\.\w+|xxx+\.\w+)$/;

/** True for a shared mailbox of an office or a service; it counts as absent. */
export function isRoleMailbox(email: string): boolean {
  return ROLE.test(email.slice(0, email.lastIndexOf('@')));
}

function readOne(text: string): ReadEmail | null | undefined {
  const address = /<([^<>]+)>\s*$/.exec(text)?.[1] ?? text;
  const lower = address
    .replace(/^mailto:/i, '')
    .replace(/[.\s]+$/, '')
    .toLowerCase();
  if (!ADDRESS.test(lower)) return null;
  const at = lower.lastIndexOf('@');
  const local = lower.slice(0, at);
  let domain = lower.slice(at + 1);
  if (PLACEHOLDER.test(local) || PLACEHOLDER_DOMAIN.test(domain)) return undefined;
  if (!ASCII_DOMAIN.test(domain)) {
    domain = domainToASCII(domain);
    if (!ASCII_DOMAIN.test(domain) && !/^(?:[a-z0-9-]+\.)+xn--[a-z0-9-]+$/.test(domain)) return null;
  }
  const value = `${local}@${domain}`;
  const mailbox =
    domain === 'gmail.com' || domain === 'googlemail.com'
      ? `${local.replace(/\+.*$/, '').replaceAll('.', '')}@gmail.com`
      : value;
  return { value, mailbox };
}

/** Reads one raw field that may hold several addresses, or one in angle brackets with a display name. */
export function readEmails(raw: unknown): ReadEmails {
  const read = readText(raw);
  if (read.kind !== 'text') return { emails: [], unreadable: read.kind === 'unreadable' };
  const emails: ReadEmail[] = [];
  let unreadable = false;
  const parts = /[\s,;、/|<]/.test(read.text) ? read.text.split(/\s*[,;、/|]\s*|\s+(?=\S+@)|\s+/) : [read.text];
  for (const part of parts) {
    if (part === '') continue;
    const email = readOne(part);
    if (email) emails.push(email);
    else if (email === null) unreadable = true;
  }
  return { emails, unreadable: unreadable && emails.length === 0 };
}

/**
 * An e-mail address as the match token takes it (contracts, "Match tokens"): NFKC, trimmed, lower-cased, domain in ASCII
 * (UTS 46). Null for what is no address and for placeholders (none@…); role mailboxes (info@…) are normalised too.
 */
export function normaliseEmail(raw: unknown): string | null {
  return readEmails(raw).emails[0]?.value ?? null;
}
