import type { CaseChanged, CaseOpened } from '@kenri/contracts';
import type { Decision } from '@kenri/messaging';
import { REPUBLISH_TIMER } from './acceptance.js';
import type { Application } from './application.js';

/** The case is open: no need to publish the request again, nor to keep what was published. */
export function noteOpened(
  application: Readonly<Application> | null,
  opened: CaseOpened,
): Decision<Application> | undefined {
  if (!application?.accepted || application.case?.openedAt) return undefined;
  const { message: _published, ...rest } = application;
  const news = application.case ?? {
    revision: 0,
    state: 'collecting',
    packageReady: false,
    dueAt: new Date(opened.dueAt),
    changedAt: new Date(opened.openedAt),
  };
  return {
    state: { ...rest, case: { ...news, openedAt: new Date(opened.openedAt) } },
    timers: { cancel: [REPUBLISH_TIMER.id] },
  };
}

/** What the applicant may know of the case; older revisions than the one known change nothing. */
export function noteChanged(
  application: Readonly<Application> | null,
  changed: CaseChanged,
): Decision<Application> | undefined {
  if (!application?.accepted || (application.case && application.case.revision >= changed.revision)) return undefined;
  const { message: _published, ...rest } = application;
  const { openedAt } = application.case ?? {};
  return {
    state: {
      ...rest,
      case: {
        ...(openedAt && { openedAt }),
        revision: changed.revision,
        state: changed.state,
        ...(changed.outcome !== undefined && { outcome: changed.outcome }),
        ...(changed.deferredUntil !== undefined && { deferredUntil: changed.deferredUntil }),
        dueAt: new Date(changed.dueAt),
        packageReady: changed.packageReady,
        changedAt: new Date(changed.changedAt),
      },
    },
    timers: { cancel: [REPUBLISH_TIMER.id] },
  };
}
