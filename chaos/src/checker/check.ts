import {
  applicantsAreToldTheEnd,
  everyFlowCameToRest,
  everyRequestHasItsCase,
  historiesVerify,
  oneOutcomePerSystem,
  packagesOpen,
  receiptsAreRecorded,
} from './case-invariants.js';
import type { Evidence, Verdict } from './evidence.js';
import { Relations } from './relations.js';
import {
  businessChangesSurvive,
  effectsAreAppliedOnce,
  erasedIsGone,
  heldRecordsStay,
  otherPeopleAreUntouched,
  reportsAreTrue,
} from './store-invariants.js';
import { nothingPersonalInClear, nothingWaits, poisonIsParked } from './system-invariants.js';

/** Every invariant of design/quality.md (Reliability), judged on what was seen from outside. */
export function checkInvariants(evidence: Evidence): Verdict[] {
  const relations = new Relations(evidence);
  return [
    everyRequestHasItsCase(evidence),
    oneOutcomePerSystem(evidence),
    everyFlowCameToRest(evidence),
    effectsAreAppliedOnce(evidence, relations),
    reportsAreTrue(evidence, relations),
    otherPeopleAreUntouched(evidence, relations),
    heldRecordsStay(evidence, relations),
    businessChangesSurvive(evidence, relations),
    erasedIsGone(evidence, relations),
    ...nothingWaits(evidence),
    ...poisonIsParked(evidence),
    ...historiesVerify(evidence),
    applicantsAreToldTheEnd(evidence),
    receiptsAreRecorded(evidence),
    packagesOpen(evidence),
    nothingPersonalInClear(evidence),
  ];
}

export const isBroken = ({ broken }: Verdict): boolean => broken.length > 0;
