import type { Application } from '../decisions/application.js';
import { missingOf, paid, toDo } from '../decisions/completeness.js';
import { clockOf } from '../decisions/status.js';
import type { ApplicationSummary, ApplicationView, DuplicateView } from '../http/answers.dto.js';

/** An application without anything of the person. */
export function summaryOf(application: Application): ApplicationSummary {
  const { _id, reference, state, kinds, channel, language, receivedAt } = application;
  const waiting = state === 'received' && !application.disposedAt;
  const { revision: _revision, changedAt: _changedAt, ...news } = application.case ?? {};
  return {
    id: _id,
    reference,
    state,
    kinds,
    channel,
    language,
    receivedAt,
    missing: waiting ? missingOf(application) : [],
    toDo: waiting ? toDo(application) : [],
    clock: clockOf(application),
    ...(application.case && { case: news as ApplicationSummary['case'] & object }),
  };
}

export function viewOf(application: Application, possibleDuplicates?: DuplicateView[]): ApplicationView {
  const { proxy, proxyCheck } = application;
  return {
    ...summaryOf(application),
    purposes: application.purposes,
    enclosed: application.enclosed,
    fee: { amount: application.fee.amount, paid: paid(application) },
    identityChecks: application.identityChecks.map(({ person, proof, result, checkedOn, by }) => ({
      person,
      proof,
      result,
      checkedOn,
      by,
    })),
    ...(proxy && { proxy: { ...proxy, ...(proxyCheck && { checked: proxyCheck.result }) } }),
    pauses: application.pauses,
    ...(possibleDuplicates && { possibleDuplicates }),
    systems: application.accepted?.systems ?? [],
    ...(application.rejected && { rejectionGround: application.rejected.ground }),
    steps: application.steps,
  };
}
