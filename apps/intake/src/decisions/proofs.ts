import { Refusal } from './refusal.js';

/** What a proof of identity must show and hide. Data: counsel changes it without code. */
export interface ProofRule {
  ja: string;
  en: string;
  /** Accepted on these days only, both inclusive. */
  from?: string;
  until?: string;
  /** Whether it bears a day of expiry, which must then be given. */
  expires: boolean;
  /** What must be masked on the copy. */
  mask: readonly string[];
}

export const PROOF_ITEMS = ['name', 'address', 'birth-date'] as const;
export const MASKED_ITEMS = ['insurer-number', 'symbol-and-number', 'my-number', 'registered-domicile'] as const;

export const PROOFS = {
  'driving-licence': { ja: '運転免許証', en: 'Driving licence', expires: true, mask: [] },
  passport: { ja: '旅券', en: 'Passport', expires: true, mask: ['registered-domicile'] },
  // Cards lost their validity with 1 December 2025 (令和5年政令第338号, transitional provisions); certificates followed.
  'health-insurance-card': {
    ja: '健康保険証',
    en: 'Health-insurance card',
    until: '2025-12-01',
    expires: false,
    mask: ['insurer-number', 'symbol-and-number'],
  },
  'eligibility-certificate': {
    ja: '資格確認書',
    en: 'Eligibility certificate',
    from: '2025-12-02',
    expires: true,
    mask: ['insurer-number', 'symbol-and-number'],
  },
  'my-number-card-front': {
    ja: 'マイナンバーカード(表面)',
    en: 'My Number card, front',
    expires: true,
    mask: ['my-number'],
  },
} as const satisfies Record<string, ProofRule>;
export type Proof = keyof typeof PROOFS;
export const PROOF_NAMES = Object.keys(PROOFS) as [Proof, ...Proof[]];

export interface ProofSeen {
  proof: Proof;
  shows: readonly string[];
  masked: readonly string[];
  checkedOn: string;
  expiresOn?: string;
}

/** Whether a proof may be confirmed: in force, not expired, showing enough, and masked. Throws a `Refusal` naming what is wrong. */
export function refuseUnfitProof(seen: ProofSeen): void {
  const rule: ProofRule = PROOFS[seen.proof];
  if ((rule.from && seen.checkedOn < rule.from) || (rule.until && seen.checkedOn > rule.until)) {
    throw new Refusal(
      {
        ja: `${rule.ja}はこの日には本人確認書類として使えません。`,
        en: `${rule.en}: not accepted as a proof on that day.`,
      },
      '/proof',
    );
  }
  if (rule.expires && !seen.expiresOn) {
    throw new Refusal({ ja: '有効期限を指定してください。', en: 'must be given for this proof' }, '/expiresOn');
  }
  if (seen.expiresOn && seen.expiresOn < seen.checkedOn) {
    throw new Refusal(
      { ja: '本人確認書類の有効期限が切れています。', en: 'the proof had expired on the day of the check' },
      '/expiresOn',
    );
  }
  if (!seen.shows.includes('name') || !(seen.shows.includes('address') || seen.shows.includes('birth-date'))) {
    throw new Refusal(
      { ja: '氏名と、住所または生年月日を確認してください。', en: 'must include name, and address or birth-date' },
      '/shows',
    );
  }
  const unmasked = rule.mask.filter((item) => !seen.masked.includes(item));
  if (unmasked.length > 0) {
    throw new Refusal(
      {
        ja: `次の項目が隠されていません: ${unmasked.join(', ')}。result を returned-for-masking にしてください。`,
        en: `these must be masked: ${unmasked.join(', ')}; otherwise record the result returned-for-masking`,
      },
      '/masked',
    );
  }
}
