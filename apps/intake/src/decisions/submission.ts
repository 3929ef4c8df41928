import type { Channel, Kind, Language, Purpose } from '@kenri/contracts';
import type { Decision } from '@kenri/messaging';
import { addStep, type Application, type Enclosure, type FormFacts, type ProxyRelation } from './application.js';
import { settle } from './clock-pauses.js';
import { dayOf, DAY_MS, startOf } from './days.js';
import { paid } from './completeness.js';
import { feeOf, type Policy } from './policy.js';
import { ChangedMeanwhile, Refusal, UnknownApplication } from './refusal.js';

/** A form as it came in, apart from what is personal. */
export interface Submission {
  kinds: Kind[];
  channel: Channel;
  language: Language;
  purposes: Purpose[];
  /** Day of arrival and of the postmark, for what did not come by web. */
  receivedOn?: string;
  postmarkedOn?: string;
  enclosed: Enclosure[];
  proxy?: { relation: ProxyRelation; kinds: Kind[] };
}

/** What is made of the form's personal part outside: sealed, and what may be known of it. */
export interface SealedForm {
  form: Uint8Array;
  facts: FormFacts;
  tokens: string[];
}

export interface Identifiers {
  id: string;
  reference: string;
  /** KDF hash of the applicant's secret. */
  secret: string;
}

/** telephone takes complaints only, a member dealer third-party provision only. */
function refuseWrongChannel({ channel, kinds }: Pick<Submission, 'channel' | 'kinds'>): void {
  if (channel === 'telephone' && kinds.some((kind) => kind !== 'complaint')) {
    throw new Refusal(
      { ja: '電話で受け付けられるのは苦情のみです。', en: 'by telephone only a complaint can be taken' },
      '/kinds',
    );
  }
  if (channel === 'dealer' && kinds.some((kind) => kind !== 'cessation-of-third-party-provision')) {
    throw new Refusal(
      {
        ja: '会員店経由で受け付けられるのは第三者提供の停止のみです。',
        en: 'through a dealer only a cessation of third-party provision can be taken',
      },
      '/kinds',
    );
  }
}

function refuseWrongDays({ receivedOn, postmarkedOn, channel }: Submission, now: Date): void {
  if (receivedOn !== undefined && receivedOn > dayOf(now)) {
    throw new Refusal({ ja: '受領日が未来の日付です。', en: 'must not be in the future' }, '/receivedOn');
  }
  if (postmarkedOn === undefined) return;
  if (channel !== 'post') {
    throw new Refusal(
      { ja: '消印日は郵送のときだけ指定できます。', en: 'belongs to applications by post only' },
      '/postmarkedOn',
    );
  }
  if (postmarkedOn > (receivedOn ?? dayOf(now))) {
    throw new Refusal(
      { ja: '消印日が受領日より後です。', en: 'must not be after the day of arrival' },
      '/postmarkedOn',
    );
  }
}

export const FEE_TIMER = { id: 'fee', kind: 'fee-unpaid' } as const;

/** Sets or cancels the end of the time for paying. */
export function feeTimer(
  application: Application,
  policy: Policy,
  now: Date,
): NonNullable<Decision<Application>['timers']> {
  const owes = application.state === 'received' && paid(application) < application.fee.amount;
  const awaitsCheck = application.fee.receipts.length === 0 && application.enclosed.includes('fee-receipt');
  if (!owes || awaitsCheck) return { cancel: [FEE_TIMER.id] };
  return { set: [{ ...FEE_TIMER, at: new Date(now.getTime() + policy.feeDays * DAY_MS) }] };
}

/** A new application, or the one that an earlier, unanswered attempt of the same request made: only the secret is drawn anew. */
export function submit(
  existing: Readonly<Application> | null,
  { id, reference, secret }: Identifiers,
  submission: Submission,
  sealed: SealedForm,
  by: string,
  policy: Policy,
  now: Date,
): Decision<Application> {
  if (existing) return { state: { ...existing, secret } };
  refuseWrongChannel(submission);
  refuseWrongDays(submission, now);
  const today = dayOf(now);
  const { receivedOn = today, ...stated } = submission;
  const receivedAt = receivedOn === today ? now : startOf(receivedOn);
  const state = settle(
    {
      _id: id,
      reference,
      state: 'received',
      revision: 1,
      ...stated,
      receivedAt,
      createdAt: now,
      createdBy: by,
      ...sealed,
      secret,
      fee: { amount: feeOf(policy, submission.kinds), receipts: [] },
      identityChecks: [],
      pauses: [],
      steps: [{ at: now, by, step: 'received' }],
    },
    receivedAt,
  );
  return { state, timers: feeTimer(state, policy, now) };
}

export interface Amendment extends Partial<Pick<Submission, 'kinds' | 'purposes' | 'enclosed' | 'language'>> {
  proxy?: { relation: ProxyRelation; kinds: Kind[] };
  sealed?: SealedForm;
  /** The person or the proxy is described otherwise than before. */
  personChanged?: boolean;
}

/** Only a received application can still be changed; `revision` is what the caller saw, where the caller says so. */
export function stillReceived(application: Readonly<Application> | null, revision?: number): Readonly<Application> {
  if (!application) throw new UnknownApplication();
  if (revision !== undefined && application.revision !== revision) throw new ChangedMeanwhile(application.revision);
  if (application.state !== 'received' || application.disposedAt) {
    throw new Refusal({
      ja: 'この申請はすでに受理または終了しており、変更できません。',
      en: 'This application has been accepted or has ended and cannot be changed any more.',
    });
  }
  return application;
}

/** Identity was confirmed for the person described then, and for nobody else: the proof must be looked at again. */
function voidChecks(application: Readonly<Application>): Pick<Application, 'identityChecks' | 'enclosed'> {
  const { identityChecks, enclosed } = application;
  const held = identityChecks.some((check) => check.result === 'confirmed' && !check.voided);
  return {
    identityChecks: identityChecks.map((check) => ({ ...check, voided: true as const })),
    enclosed: held && !enclosed.includes('identity-proof') ? [...enclosed, 'identity-proof'] : enclosed,
  };
}

/** Corrects the transcription, or adds what arrived later. */
export function amend(
  application: Readonly<Application> | null,
  revision: number,
  amendment: Amendment,
  by: string,
  policy: Policy,
  now: Date,
): Decision<Application> {
  const before = stillReceived(application, revision);
  const { sealed, personChanged, ...stated } = amendment;
  const kinds = stated.kinds ?? before.kinds;
  refuseWrongChannel({ channel: before.channel, kinds });
  const state = settle(
    {
      ...before,
      ...(personChanged && voidChecks(before)),
      ...stated,
      ...sealed,
      fee: { ...before.fee, amount: feeOf(policy, kinds) },
      revision: before.revision + 1,
      steps: addStep(before, now, by, 'amended'),
    },
    now,
  );
  return { state, timers: feeTimer(state, policy, now) };
}
