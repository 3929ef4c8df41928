import type { Bilingual } from '@kenri/contracts';
import type { Application } from './application.js';
import { missingOf, type Missing } from './completeness.js';
import { REJECTION_GROUNDS, type RejectionGround } from './ending.js';

/** What an applicant may know of the own application. */
export interface ApplicantStatus {
  reference: string;
  state: string;
  text: Bilingual;
  missing: Missing[];
  receivedAt: Date;
  clock: { state: 'running' } | { state: 'paused'; reason: string; since: Date } | { state: 'stopped' };
  dueAt?: Date;
  withdrawalWishedAt?: Date;
  outcome?: string;
  deferredUntil?: string;
  packageReady: boolean;
}

const TEXTS: Readonly<Record<string, Bilingual>> = {
  incomplete: { ja: '不足している書類または記載があります。', en: 'Something is still missing.' },
  received: {
    ja: '受け付けました。内容と本人確認書類を確認しています。',
    en: 'Received. We are checking the form and the proof of identity.',
  },
  'not-applied': {
    ja: '手数料のお支払いがなかったため、申請がなかったものとして扱いました。',
    en: 'The fee was not paid in time: the application is treated as not made.',
  },
  withdrawn: { ja: '取り下げられました。', en: 'Withdrawn.' },
  accepted: { ja: '受理しました。手続きを開始します。', en: 'Accepted. The case is about to be opened.' },
  collecting: { ja: '各システムで確認しています。', en: 'The systems are being searched.' },
  deciding: { ja: '内容を検討しています。', en: 'The request is being examined.' },
  executing: { ja: '実施しています。', en: 'The decision is being carried out.' },
  answering: { ja: '回答を準備しています。', en: 'The answer is being prepared.' },
  closed: { ja: '手続きは完了しました。', en: 'The case is closed.' },
  cancelled: { ja: '手続きは取り消されました。', en: 'The case was cancelled.' },
};

function stateOf(application: Application, missing: readonly Missing[]): { state: string; text: Bilingual } {
  if (application.state === 'rejected') {
    const ground = application.rejected?.ground as RejectionGround | undefined;
    return { state: 'rejected', text: REJECTION_GROUNDS[ground ?? 'not-a-right'] };
  }
  const state =
    application.state === 'accepted'
      ? (application.case?.state ?? 'accepted')
      : application.state === 'received' && missing.length > 0
        ? 'incomplete'
        : application.state;
  return { state, text: TEXTS[state] ?? TEXTS['accepted']! };
}

export function clockOf(application: Application): ApplicantStatus['clock'] {
  const pause = application.pauses.find((entry) => !entry.until);
  if (application.state === 'accepted') return { state: 'running' };
  if (application.state !== 'received') return { state: 'stopped' };
  return pause ? { state: 'paused', reason: pause.reason, since: pause.from } : { state: 'running' };
}

export function statusOf(application: Application): ApplicantStatus {
  const missing = application.state === 'received' ? missingOf(application) : [];
  const { withdrawal, case: news } = application;
  return {
    reference: application.reference,
    ...stateOf(application, missing),
    missing,
    receivedAt: application.receivedAt,
    clock: clockOf(application),
    ...(news && { dueAt: news.dueAt }),
    ...(withdrawal && application.state === 'accepted' && { withdrawalWishedAt: withdrawal.at }),
    ...(news?.outcome !== undefined && { outcome: news.outcome }),
    ...(news?.deferredUntil !== undefined && { deferredUntil: news.deferredUntil }),
    packageReady: news?.packageReady ?? false,
  };
}
