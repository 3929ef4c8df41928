import { eventId, type RequestAccepted, type Sealed } from '@kenri/contracts';
import type { AnyOutgoing, Decision } from '@kenri/messaging';
import { scopeOf } from '@kenri/rights';
import { addStep, type Application } from './application.js';
import { missingOf, toDo } from './completeness.js';
import { systemsOf, type Policy } from './policy.js';
import { ChangedMeanwhile, Refusal } from './refusal.js';
import { FEE_TIMER, stillReceived } from './submission.js';

export const acceptedId = (caseId: string) => eventId(caseId, 'intake', 'accepted', 1);
export const withdrawnId = (caseId: string) => eventId(caseId, 'intake', 'withdrawn', 1);

/** Throws a `Refusal` naming everything that stands between the application and its acceptance. */
export function refuseUnready(application: Readonly<Application>): void {
  const missing = missingOf(application).map(({ code }) => code);
  const open = [...missing, ...toDo(application)];
  if (open.length > 0) {
    throw new Refusal({
      ja: `受理する前に次のものが必要です: ${open.join(', ')}`,
      en: `Before it can be accepted, these are needed: ${open.join(', ')}.`,
    });
  }
}

export const REPUBLISH_TIMER = { id: 'republish', kind: 'unopened' } as const;
const LONGEST_WAIT_SECONDS = 600;

const republishAt = (policy: Policy, publications: number, now: Date) =>
  new Date(now.getTime() + Math.min(policy.republishSeconds * 2 ** (publications - 1), LONGEST_WAIT_SECONDS) * 1000);

const acceptedMessage = (message: RequestAccepted): AnyOutgoing => ({
  id: acceptedId(message.caseId),
  type: 'dsr.request.accepted.v1',
  caseId: message.caseId,
  systems: message.systems,
  data: message,
});

/** The one message with which everything begins. Nothing was looked up before: it is only sent once identity is confirmed. */
export function accept(
  application: Readonly<Application> | null,
  seen: { revision: number; subject: Sealed },
  by: string,
  policy: Policy,
  now: Date,
): Decision<Application> | undefined {
  if (application?.accepted) return undefined;
  const before = stillReceived(application);
  // The subject was sealed from what was read; a transcription corrected since would be lost.
  if (before.revision !== seen.revision) throw new ChangedMeanwhile(before.revision);
  refuseUnready(before);
  const systems = systemsOf(policy, before.kinds);
  const message: RequestAccepted = {
    caseId: before._id,
    reference: before.reference,
    kinds: before.kinds,
    channel: before.channel,
    language: before.language,
    systems,
    scope: scopeOf(before.kinds, { purposes: before.purposes }),
    receivedAt: (before.completeAt ?? before.receivedAt).toISOString(),
    acceptedAt: now.toISOString(),
    acceptedBy: by,
    subject: seen.subject,
  };
  return {
    state: {
      ...before,
      state: 'accepted',
      accepted: { at: now, by, systems, publications: 1 },
      message,
      revision: before.revision + 1,
      steps: addStep(before, now, by, 'accepted'),
    },
    send: [acceptedMessage(message)],
    timers: { cancel: [FEE_TIMER.id], set: [{ ...REPUBLISH_TIMER, at: republishAt(policy, 1, now) }] },
  };
}

/** Nobody opened the case in time: the same message once more, and a withdrawal with it (architecture.md, 8). */
export function republish(
  application: Readonly<Application>,
  policy: Policy,
  now: Date,
): Decision<Application> | undefined {
  const { accepted, message, withdrawal } = application;
  if (!accepted || !message || application.case) return undefined;
  const publications = accepted.publications + 1;
  return {
    state: { ...application, accepted: { ...accepted, publications } },
    send: [acceptedMessage(message), ...(withdrawal ? [withdrawnMessage(application._id, withdrawal)] : [])],
    timers: { set: [{ ...REPUBLISH_TIMER, at: republishAt(policy, publications, now) }] },
  };
}

export const withdrawnMessage = (caseId: string, { at, by }: NonNullable<Application['withdrawal']>): AnyOutgoing => ({
  id: withdrawnId(caseId),
  type: 'dsr.request.withdrawn.v1',
  caseId,
  data: { caseId, withdrawnAt: at.toISOString(), by },
});
