import type { Decision } from '@kenri/messaging';
import {
  addStep,
  type Application,
  type Enclosure,
  type FeeReceipt,
  type IdentityCheck,
  type ProxyCheck,
} from './application.js';
import { settle } from './clock-pauses.js';
import { paid } from './completeness.js';
import { dayOf, monthsBefore } from './days.js';
import type { Policy } from './policy.js';
import { refuseUnfitProof, type Proof } from './proofs.js';
import { Refusal } from './refusal.js';
import { feeTimer, stillReceived } from './submission.js';

type WithoutOrigin<T> = Omit<T, 'by' | 'at'>;
const without = (enclosed: readonly Enclosure[], used: Enclosure): Enclosure[] =>
  enclosed.filter((entry) => entry !== used);

function refuseFuture(day: string, field: string, now: Date): void {
  if (day > dayOf(now))
    throw new Refusal({ ja: '未来の日付は指定できません。', en: 'must not be in the future' }, field);
}

/** Records that a clerk looked at a proof of identity. A proof is used up: one returned or refused must be sent again. */
export function recordIdentityCheck(
  application: Readonly<Application> | null,
  check: WithoutOrigin<IdentityCheck> & { proof: Proof },
  by: string,
  now: Date,
  revision?: number,
): Decision<Application> {
  const before = stillReceived(application, revision);
  refuseFuture(check.checkedOn, '/checkedOn', now);
  if (check.person === 'proxy' && !before.proxy) {
    throw new Refusal({ ja: 'この申請に代理人はいません。', en: 'this application has no proxy' }, '/person');
  }
  if (check.result === 'confirmed') refuseUnfitProof(check);
  const returned = check.result !== 'confirmed' && check.person === 'data-subject';
  const state = settle(
    {
      ...before,
      identityChecks: [...before.identityChecks, { ...check, by, at: now }],
      enclosed: returned ? without(before.enclosed, 'identity-proof') : before.enclosed,
      revision: before.revision + 1,
      steps: addStep(before, now, by, `identity-${check.result}`),
    },
    now,
  );
  return { state: keepArrival(before, state) };
}

/** What is confirmed arrived no later than the form or its supplement: confirming it does not start the clock anew. */
function keepArrival(before: Readonly<Application>, after: Application): Application {
  return before.completeAt && after.completeAt ? { ...after, completeAt: before.completeAt } : after;
}

export const PROXY_EVIDENCE = {
  'letter-of-proxy-with-seal-certificate': 'mandated',
  'family-register': 'parent',
  'guardianship-certificate': 'guardian',
} as const;
export type ProxyEvidence = keyof typeof PROXY_EVIDENCE;
export const PROXY_EVIDENCE_NAMES = Object.keys(PROXY_EVIDENCE) as [ProxyEvidence, ...ProxyEvidence[]];

/** Records that a clerk looked at the proxy's authority. */
export function recordProxyCheck(
  application: Readonly<Application> | null,
  check: WithoutOrigin<ProxyCheck> & { evidence: ProxyEvidence },
  by: string,
  policy: Policy,
  now: Date,
  revision?: number,
): Decision<Application> {
  const before = stillReceived(application, revision);
  if (!before.proxy) throw new Refusal({ ja: 'この申請に代理人はいません。', en: 'This application has no proxy.' });
  refuseFuture(check.issuedOn, '/issuedOn', now);
  if (check.result === 'confirmed') {
    if (PROXY_EVIDENCE[check.evidence] !== before.proxy.relation) {
      throw new Refusal(
        {
          ja: 'この書類は申請書の代理関係を証明しません。',
          en: `does not prove the relation ${before.proxy.relation}`,
        },
        '/evidence',
      );
    }
    const oldest = monthsBefore(dayOf(before.receivedAt), policy.sealCertificateMonths);
    if (check.evidence === 'letter-of-proxy-with-seal-certificate' && check.issuedOn < oldest) {
      throw new Refusal(
        {
          ja: `印鑑登録証明書は発行から ${policy.sealCertificateMonths} か月以内のものが必要です。`,
          en: `the certificate of seal impression must be issued within ${policy.sealCertificateMonths} months`,
        },
        '/issuedOn',
      );
    }
  }
  const state = settle(
    {
      ...before,
      proxyCheck: { ...check, by, at: now },
      enclosed: check.result === 'confirmed' ? before.enclosed : without(before.enclosed, 'proxy-authority'),
      revision: before.revision + 1,
      steps: addStep(before, now, by, `proxy-${check.result}`),
    },
    now,
  );
  return { state: keepArrival(before, state) };
}

/** Records a bank receipt. Less than the fee: the rest is asked for. */
export function recordFee(
  application: Readonly<Application> | null,
  receipt: WithoutOrigin<FeeReceipt>,
  by: string,
  policy: Policy,
  now: Date,
  revision?: number,
): Decision<Application> {
  const before = stillReceived(application, revision);
  refuseFuture(receipt.paidOn, '/paidOn', now);
  if (before.fee.amount === 0)
    throw new Refusal({ ja: 'この申請に手数料はかかりません。', en: 'This application is free of charge.' });
  if (paid(before) >= before.fee.amount) {
    throw new Refusal({ ja: '手数料は支払い済みです。', en: 'The fee has been paid already.' });
  }
  const fee = { ...before.fee, receipts: [...before.fee.receipts, { ...receipt, by, at: now }] };
  const after = settle(
    {
      ...before,
      fee,
      enclosed: without(before.enclosed, 'fee-receipt'),
      revision: before.revision + 1,
      steps: addStep(before, now, by, 'fee-receipt'),
    },
    now,
  );
  const state = keepArrival(before, after);
  return { state, timers: feeTimer(state, policy, now) };
}
