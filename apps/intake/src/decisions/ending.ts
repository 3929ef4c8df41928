import type { Decision } from '@kenri/messaging';
import type { Bilingual } from '@kenri/contracts';
import { withdrawnMessage } from './acceptance.js';
import { addStep, type Application } from './application.js';
import { paid } from './completeness.js';
import { DAY_MS } from './days.js';
import type { Policy } from './policy.js';
import { Refusal } from './refusal.js';
import { FEE_TIMER, stillReceived } from './submission.js';

/** Grounds on which a form is turned down before it becomes a case; refusals of what it asks are `cases`' matter. */
export const REJECTION_GROUNDS = {
  'identity-not-confirmed': {
    ja: 'ご本人であることを確認できませんでした。',
    en: 'Your identity could not be confirmed.',
  },
  'proxy-not-authorised': { ja: '代理権を確認できませんでした。', en: "The proxy's authority could not be confirmed." },
  incomplete: {
    ja: '必要な書類または記載がそろいませんでした。',
    en: 'Documents or entries that are needed did not arrive.',
  },
  duplicate: { ja: '同じ内容の申請をすでに受け付けています。', en: 'The same application has been received already.' },
  'other-controller': {
    ja: '当社は委託先として取り扱っているため、委託元の会社にお申し出ください。',
    en: 'We hold the data only on behalf of another company; please turn to that company.',
  },
  'not-a-right': {
    ja: '法令および当社規程の定める請求に当たりません。',
    en: 'What is asked is none of the rights of the law or our policy.',
  },
} as const satisfies Record<string, Bilingual>;
export type RejectionGround = keyof typeof REJECTION_GROUNDS;
export const REJECTION_GROUND_NAMES = Object.keys(REJECTION_GROUNDS) as [RejectionGround, ...RejectionGround[]];

export const DISPOSAL_TIMER = { id: 'disposal', kind: 'dispose' } as const;

/** Ended without a case: destroyed by itself after the configured time. */
const ended = (policy: Policy, now: Date): NonNullable<Decision<Application>['timers']> => ({
  cancel: [FEE_TIMER.id],
  set: [{ ...DISPOSAL_TIMER, at: new Date(now.getTime() + policy.disposalDays * DAY_MS) }],
});

export function reject(
  application: Readonly<Application> | null,
  rejection: { ground: RejectionGround; duplicateOf?: string },
  by: string,
  policy: Policy,
  now: Date,
  revision?: number,
): Decision<Application> {
  const before = stillReceived(application, revision);
  if ((rejection.ground === 'duplicate') !== (rejection.duplicateOf !== undefined)) {
    throw new Refusal(
      {
        ja: 'duplicate のときだけ、元の申請の id を指定してください。',
        en: 'must name the other application when, and only when, the ground is duplicate',
      },
      '/duplicateOf',
    );
  }
  if (rejection.duplicateOf === before._id) {
    throw new Refusal({ ja: '同じ申請は指定できません。', en: 'must be another application' }, '/duplicateOf');
  }
  return {
    state: {
      ...before,
      state: 'rejected',
      rejected: { at: now, by, ...rejection },
      revision: before.revision + 1,
      steps: addStep(before, now, by, `rejected-${rejection.ground}`),
    },
    timers: ended(policy, now),
  };
}

const CLOSED = ['closed', 'cancelled'];

/** Before acceptance it ends here; afterwards it is a wish that `cases` grants until execution starts. */
export function withdraw(
  application: Readonly<Application> | null,
  by: { role: 'applicant' | 'clerk'; account: string },
  policy: Policy,
  now: Date,
  revision?: number,
): Decision<Application> | undefined {
  if (application?.withdrawal) return undefined;
  if (application?.state !== 'accepted') {
    const before = stillReceived(application, revision);
    return {
      state: {
        ...before,
        state: 'withdrawn',
        withdrawal: { at: now, by: by.role },
        revision: before.revision + 1,
        steps: addStep(before, now, by.account, 'withdrawn'),
      },
      timers: ended(policy, now),
    };
  }
  if (application.disposedAt || CLOSED.includes(application.case?.state ?? '')) {
    throw new Refusal({ ja: '手続きはすでに終了しています。', en: 'The case is closed already.' });
  }
  const withdrawal = { at: now, by: by.role };
  return {
    state: {
      ...application,
      withdrawal,
      revision: application.revision + 1,
      steps: addStep(application, now, by.account, 'withdrawal-wished'),
    },
    send: [withdrawnMessage(application._id, withdrawal)],
  };
}

/** Not paid in the time given: treated as not applied. */
export function treatAsNotApplied(
  application: Readonly<Application>,
  policy: Policy,
  now: Date,
): Decision<Application> | undefined {
  if (application.state !== 'received' || paid(application) >= application.fee.amount) return undefined;
  return {
    state: {
      ...application,
      state: 'not-applied',
      revision: application.revision + 1,
      steps: addStep(application, now, 'kenri', 'not-applied-fee-unpaid'),
    },
    timers: ended(policy, now),
  };
}

/** Nothing that could name or find the person stays; the key of the sealed form is destroyed first, outside. */
export function dispose(application: Readonly<Application> | null, now: Date): Decision<Application> | undefined {
  if (!application || application.disposedAt) return undefined;
  const { form: _form, secret: _secret, message: _message, ...rest } = application;
  return {
    state: { ...rest, tokens: [], disposedAt: now, steps: addStep(application, now, 'kenri', 'disposed') },
    timers: { cancel: [FEE_TIMER.id, DISPOSAL_TIMER.id, 'republish'] },
  };
}
