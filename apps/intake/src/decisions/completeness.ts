import { KINDS, type Bilingual, type Kind } from '@kenri/contracts';
import { fansOut } from '@kenri/rights';
import type { Application, Form, FormFacts } from './application.js';

/** What the applicant still has to send. */
export interface Missing {
  code: string;
  text: Bilingual;
}

const present = (text: string | undefined) => text !== undefined && text.trim() !== '';
const any = (texts: readonly string[] | undefined) => texts?.some(present) ?? false;

/** What is filled in, without the values. */
export function factsOf({ identity, particulars }: Form): FormFacts {
  const claims = particulars.claims ?? [];
  return {
    name:
      [identity.fullName, identity.fullKana, identity.romaji].some(present) ||
      (present(identity.familyName) && present(identity.givenName)),
    contact: present(identity.address) || any(identity.emails) || any(identity.phones),
    strongIdentifier:
      present(identity.birthDate) ||
      any(identity.emails) ||
      any(identity.phones) ||
      any(identity.customerNumbers?.map(({ number }) => number)),
    statement: present(particulars.statement),
    claims: [
      ...new Set(
        claims
          .filter((claim) => claim.kind === 'deletion-of-incorrect' || present(claim.claimed))
          .map(({ kind }) => kind),
      ),
    ],
  };
}

const CLAIM_KINDS: readonly Kind[] = ['correction', 'addition', 'deletion-of-incorrect'];

const TEXTS = {
  name: { ja: '氏名をご記入ください。', en: 'Please give your full name.' },
  contact: {
    ja: 'ご連絡先(住所、メールアドレスまたは電話番号)をご記入ください。',
    en: 'Please give an address, e-mail address or telephone number at which we can answer you.',
  },
  'strong-identifier': {
    ja: '生年月日、メールアドレス、電話番号または会員番号のいずれかをご記入ください。ご本人の記録を確実に見つけるために必要です。',
    en: 'Please give your birth date, an e-mail address, a telephone number or a customer number, so that your records can be found with certainty.',
  },
  statement: { ja: 'お申し出の内容をご記入ください。', en: 'Please tell us what your complaint or inquiry is about.' },
  'identity-proof': {
    ja: '本人確認書類の写しをお送りください。',
    en: 'Please send a copy of a document that proves your identity.',
  },
  'identity-proof-unmasked': {
    ja: '本人確認書類の番号等を見えないようにして、もう一度お送りください。お送りいただいた写しは廃棄しました。',
    en: 'Please send the proof of identity again with its numbers masked. The copy you sent has been destroyed.',
  },
  'proxy-identity-proof': {
    ja: '代理人の本人確認書類の写しをお送りください。',
    en: 'Please send a copy of a document that proves the identity of the proxy.',
  },
  'proxy-authority': {
    ja: '代理権を証する書類(委任状と印鑑登録証明書、または戸籍謄本等)をお送りください。',
    en: 'Please send proof of the proxy’s authority: a letter of proxy with a certificate of seal impression, or proof of the statutory relation.',
  },
} as const satisfies Record<string, Bilingual>;

const missing = (code: keyof typeof TEXTS): Missing => ({ code, text: TEXTS[code] });

const claimsMissing = (kind: Kind): Missing => ({
  code: `claims-${kind}`,
  text: {
    ja: `「${KINDS[kind].ja}」について、どの項目がどう誤っているか、正しい内容をご記入ください。`,
    en: `For “${KINDS[kind].en}”, please say which item is wrong and what it ought to be.`,
  },
});
const authorityMissing = (kind: Kind): Missing => ({
  code: `proxy-authority-${kind}`,
  text: {
    ja: `代理権に「${KINDS[kind].ja}」が含まれていません。これを含む委任状等をお送りください。`,
    en: `The proxy’s authority does not name “${KINDS[kind].en}”. Please send one that does.`,
  },
});

const lastCheck = (application: Application, person: 'data-subject' | 'proxy') =>
  application.identityChecks.filter((check) => check.person === person && !check.voided).at(-1);

export const identityConfirmed = (application: Application): boolean => {
  const persons = application.proxy ? (['data-subject', 'proxy'] as const) : (['data-subject'] as const);
  return persons.every((person) => lastCheck(application, person)?.result === 'confirmed');
};

export const paid = (application: Application): number =>
  application.fee.receipts.reduce((sum, receipt) => sum + receipt.amount, 0);

function missingProofs(application: Application): Missing[] {
  const found: Missing[] = [];
  const own = lastCheck(application, 'data-subject');
  if (own?.result === 'returned-for-masking') found.push(missing('identity-proof-unmasked'));
  else if (own?.result !== 'confirmed' && !application.enclosed.includes('identity-proof')) {
    found.push(missing('identity-proof'));
  }
  if (!application.proxy) return found;
  if (lastCheck(application, 'proxy')?.result !== 'confirmed' && !application.enclosed.includes('proxy-authority')) {
    found.push(missing('proxy-identity-proof'));
  }
  if (application.proxyCheck?.result !== 'confirmed' && !application.enclosed.includes('proxy-authority')) {
    found.push(missing('proxy-authority'));
  }
  const { kinds } = application.proxy;
  return [...found, ...application.kinds.filter((kind) => !kinds.includes(kind)).map(authorityMissing)];
}

function missingFee(application: Application): Missing[] {
  const owed = application.fee.amount - paid(application);
  const awaitsCheck = application.fee.receipts.length === 0 && application.enclosed.includes('fee-receipt');
  if (owed <= 0 || awaitsCheck) return [];
  const amount = owed.toLocaleString('en-US');
  return [
    {
      code: 'fee',
      text: {
        ja: `手数料 ${amount} 円(税込)をお支払いのうえ、振込控えをお送りください。`,
        en: `Please pay the fee of ¥${amount} (tax included) and send the bank receipt.`,
      },
    },
  ];
}

/** Everything the applicant still has to send, in one list. Empty: the statutory clock runs. */
export function missingOf(application: Application): Missing[] {
  const { facts, kinds } = application;
  const found: Missing[] = [];
  if (kinds.some((kind) => kind === 'complaint' || kind === 'inquiry') && !facts.statement)
    found.push(missing('statement'));
  if (!facts.contact) found.push(missing('contact'));
  if (!kinds.some(fansOut)) return found;
  if (!facts.name) found.push(missing('name'));
  if (!facts.strongIdentifier) found.push(missing('strong-identifier'));
  const wanting = kinds.filter((kind) => CLAIM_KINDS.includes(kind) && !facts.claims.includes(kind));
  return [...found, ...wanting.map(claimsMissing), ...missingProofs(application), ...missingFee(application)];
}

/** What a clerk still has to do before the application can be accepted. */
export function toDo(application: Application): ('identity-check' | 'proxy-check' | 'fee-check')[] {
  if (!application.kinds.some(fansOut)) return [];
  return [
    ...(identityConfirmed(application) ? [] : (['identity-check'] as const)),
    ...(application.proxy && application.proxyCheck?.result !== 'confirmed' ? (['proxy-check'] as const) : []),
    ...(paid(application) >= application.fee.amount ? [] : (['fee-check'] as const)),
  ];
}
