import { isSettled } from '@kenri/samples';
import type { CaseRun } from '../load/case-run.js';
import type { Evidence, FinalCase, Verdict } from './evidence.js';

const SYSTEMS_ASKED = ['auto', 'brand-item', 'flower', 'medical', 'motorcycle'];

const pairs = ({ runs, cases }: Evidence): { run: CaseRun; state: FinalCase }[] =>
  runs.flatMap((run) => {
    const state = run.id === undefined ? undefined : cases.get(run.id);
    return state ? [{ run, state }] : [];
  });

export function everyRequestHasItsCase({ runs, cases }: Evidence): Verdict {
  const accepted = runs.filter((run) => run.accepted);
  const broken = accepted.filter(({ id, reference }) => cases.get(String(id))?.reference !== reference);
  return {
    invariant: 'every accepted request has its case',
    checked: accepted.length,
    broken: broken.map(({ id }) => String(id)),
  };
}

/** An open transaction stands in the way for as long as it is open: an end for now, and the case says why. */
export function oneOutcomePerSystem(evidence: Evidence): Verdict {
  let checked = 0;
  const broken: string[] = [];
  for (const { state } of pairs(evidence)) {
    const parts = Object.values(state.systems);
    if (
      parts
        .map(({ system }) => system)
        .sort()
        .join() !== SYSTEMS_ASKED.join()
    )
      broken.push(`${state.caseId}: asked ${parts.length} systems`);
    for (const part of parts) {
      checked += 1;
      const waits = part.state === 'blocked' && part.blockers.length > 0;
      if (!isSettled(part) && !waits) broken.push(`${state.caseId} ${part.system}: ${part.state}`);
    }
    const blocked = parts.some((part) => part.state === 'blocked');
    if (!blocked && state.state !== 'closed' && state.state !== 'cancelled')
      broken.push(`${state.caseId}: ${state.state}`);
  }
  return { invariant: 'every system of every case has one outcome', checked, broken };
}

export function everyFlowCameToRest({ runs }: Evidence): Verdict {
  const broken = runs.flatMap(({ planned, id, atRest, failure, oddities }) => [
    ...(failure === undefined ? [] : [`${id ?? `number ${planned.number}`}: ${failure}`]),
    ...(atRest || failure !== undefined ? [] : [`${id ?? `number ${planned.number}`}: not at rest`]),
    ...oddities.map((oddity) => `${id ?? `number ${planned.number}`}: ${oddity}`),
  ]);
  return {
    invariant: 'every desk got its work done, and no answer but yes, no, or not now',
    checked: runs.length,
    broken,
  };
}

export function applicantsAreToldTheEnd(evidence: Evidence): Verdict {
  const checked = pairs(evidence);
  const broken = checked.filter(({ state }) => {
    const told = evidence.told.get(state.caseId);
    return told?.state !== state.state || (told.outcome ?? null) !== (state.outcome ?? null);
  });
  return {
    invariant: 'the applicant is told what the case says',
    checked: checked.length,
    broken: broken.map(
      ({ state }) => `${state.caseId}: told ${evidence.told.get(state.caseId)?.state}, is ${state.state}`,
    ),
  };
}

export function receiptsAreRecorded(evidence: Evidence): Verdict {
  const events = pairs(evidence).flatMap(({ state }) => state.events.map((event) => ({ caseId: state.caseId, event })));
  const broken = events.filter(
    ({ event }) => !event.receipts.some(({ subscriber }) => subscriber === evidence.subscriber),
  );
  return {
    invariant: 'the group heard of every event, and its receipt is in the case',
    checked: events.length,
    broken: broken.map(
      ({ caseId, event }) =>
        `${caseId}: ${event.type} ${event.id}: ${evidence.traffic.whereLost(event.id, evidence.subscriber)}`,
    ),
  };
}

export function packagesOpen({ runs, openEvery }: Evidence): Verdict {
  const due = runs.filter(
    ({ planned, seen }) => seen?.package.state === 'released' && planned.number % openEvery === 0,
  );
  return {
    invariant: 'disclosure packages open and hold what their manifests say',
    checked: due.length,
    broken: due.filter(({ packageFiles = 0 }) => packageFiles === 0).map(({ id }) => String(id)),
  };
}

/** What was said of a case once stays in its history: a write that was overwritten by another shows here. */
const lostSteps = ({ publishedHeads, chains }: Evidence): string[] =>
  [...publishedHeads].flatMap(([caseId, heads]) => {
    const chain = chains.get(caseId);
    const lost = chain ? [...heads].filter((head) => !chain.has(head)).length : 0;
    return lost > 0 ? [`${caseId}: ${lost} published heads are not in its chain`] : [];
  });

export function historiesVerify(evidence: Evidence): Verdict[] {
  const { history, cases, publishedHeads } = evidence;
  return [
    {
      invariant: 'every history head that was published stands in its chain',
      checked: [...publishedHeads.values()].reduce((sum, heads) => sum + heads.size, 0),
      broken: lostSteps(evidence),
    },
    {
      invariant: 'every history chain verifies',
      checked: history.cases,
      broken: [
        ...history.altered,
        ...(history.cases < cases.size ? [`${history.cases} chains for ${cases.size} cases`] : []),
      ],
    },
    {
      invariant: 'a deliberate alteration is caught',
      checked: 1,
      broken: history.alterationCaught ? [] : ['an altered entry was not noticed'],
    },
  ];
}
