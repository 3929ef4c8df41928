import { MOST_TOKENS, type Hold, type Operation } from '@kenri/contracts';
import { operationsOf } from '@kenri/rights';
import type { CaseState, Determination, MatchDecision, PartState, PlanResult, SystemPart } from './case-state.js';

// Questions about one system's part, all answered from its state.

const ENDINGS: ReadonlySet<PartState> = new Set<PartState>([
  'executed',
  'deferred',
  'nothing-found',
  'nothing-to-do',
  'refused',
  'manual',
  'restored',
  'cancelled',
]);

/** True when nothing more is expected of it by itself: its part of the case has an end. */
export const isSettled = (part: SystemPart): boolean => ENDINGS.has(part.state);

/** True while the part moves on without a person: used to decide whether the group's news may wait for it. */
export const isUnderWay = (part: SystemPart): boolean =>
  !isSettled(part) && part.state !== 'blocked' && part.state !== 'failed';

export const slot = (round: number, step: string, extra?: string | number): string =>
  extra === undefined ? `${round}.${step}` : `${round}.${step}.${extra}`;

export const isFilled = (part: SystemPart, name: string): boolean => part.slots.includes(name);

export function newPart(system: string, at: string): SystemPart {
  return {
    system,
    round: 1,
    state: 'awaiting',
    since: at,
    roundReason: null,
    asked: { times: 0, at },
    staleAnswers: 0,
    answer: null,
    decisions: noDecisions(),
    plan: null,
    done: [],
    refusedOperations: [],
    results: [],
    recordTokens: [],
    failure: null,
    refusal: null,
    cancelling: false,
    manual: null,
    restoration: null,
    verification: { sweeps: 0, lastAt: null, found: 0 },
    slots: [],
  };
}

export const noDecisions = (): SystemPart['decisions'] => ({
  revision: 0,
  matches: [],
  corrections: [],
  exclusions: [],
  by: [],
});

/** Operations still to be carried out by this system. */
export function outstanding(state: CaseState, part: SystemPart): Operation[] {
  if (!state.request) return [];
  return operationsOf(state.request.kinds).filter(
    (operation) => !part.done.includes(operation) && !part.refusedOperations.includes(operation),
  );
}

/** Operations that an open transaction stands against. */
export const blockedOperations = (part: SystemPart): Operation[] => [
  ...new Set((part.answer?.blockers ?? []).flatMap((blocker) => blocker.operations)),
];

/**
 * Erasing waits until a disclosure package was built, where the same case asks for both: what a person is to receive must not be
 * gone before it was gathered. It waits for nothing once every system's export has ended and none brought anything.
 */
export function erasureMayGo(state: CaseState): boolean {
  if (!state.request || !operationsOf(state.request.kinds).includes('export')) return true;
  if (state.package.state === 'built' || state.package.state === 'released') return true;
  return exportsEnded(state) && !hasExports(state);
}

/**
 * What the law still keeps of this system's records: of every erasing plan, whatever its round, what its last answer left. A further
 * round does not find again what an earlier one has reduced to what is kept; that is kept all the same.
 */
export function standingHolds(part: SystemPart): Hold[] {
  const last = new Map<string, PlanResult>();
  for (const result of part.results) {
    if (!result.operations.includes('erase') || result.restored) continue;
    if ((last.get(result.planId)?.part ?? -1) < result.part) last.set(result.planId, result);
  }
  return [...last.values()].flatMap(({ deferred }) => deferred);
}

/** The last day until which the law keeps some of this system's records; null where none is kept, or no end is known. */
export const keptUntil = (part: SystemPart): string | null =>
  standingHolds(part)
    .flatMap(({ until }) => until ?? [])
    .sort()
    .at(-1) ?? null;

/** True when no system will export any more. */
export const exportsEnded = (state: CaseState): boolean =>
  Object.values(state.systems).every(
    (part) => isSettled(part) || part.done.includes('export') || part.refusedOperations.includes('export'),
  );

export const hasExports = (state: CaseState): boolean =>
  Object.values(state.systems).some((part) => part.results.some((result) => Boolean(result.done.export?.artifact)));

/** What a plan proposed now would carry out, in order. Empty: nothing can be done at present. */
export function stageOperations(state: CaseState, part: SystemPart): Operation[] {
  const blocked = blockedOperations(part);
  const withhold = (operation: Operation) =>
    blocked.includes(operation) ||
    (operation === 'erase' && !erasureMayGo(state)) ||
    (operation === 'correct' && openDeterminations(part) === 0 && foundedCorrections(part).length === 0);
  return outstanding(state, part).filter((operation) => !withhold(operation));
}

/** Candidates on which nobody has decided yet. */
export const openCandidates = (part: SystemPart): number =>
  Math.max(
    0,
    (part.answer?.matches.candidate ?? 0) -
      part.decisions.matches.filter((decision) => decision.verdict === 'candidate').length,
  );

/** Claimed corrections of the applicant's own records on which nobody has determined yet. */
export function openDeterminations(part: SystemPart): number {
  const { matches, corrections } = part.decisions;
  const sum = (wanted: (decision: (typeof matches)[number]) => boolean) =>
    matches.filter(wanted).reduce((total, decision) => total + decision.corrections, 0);
  const due =
    (part.answer?.dryRun.correct?.fields ?? 0) -
    sum((decision) => decision.verdict === 'certain' && decision.decision === 'rejected') +
    sum((decision) => decision.verdict === 'candidate' && decision.decision === 'confirmed');
  return Math.max(
    0,
    due - corrections.filter((determination) => determination.due && counts(part, determination)).length,
  );
}

/** Whether a determined record is the applicant's, as decided so far. */
const counts = (part: SystemPart, { match, verdict }: Determination): boolean => {
  const decision = part.decisions.matches.find(({ ref }) => ref === match)?.decision;
  return verdict === 'certain' ? decision !== 'rejected' : decision === 'confirmed';
};

export const foundedCorrections = (part: SystemPart): Determination[] =>
  part.decisions.corrections.filter(
    (determination) => determination.finding !== 'unfounded' && counts(part, determination),
  );

type Decisions = SystemPart['decisions'];

/** Decided anew, a match or determination takes the place of what was decided on it before. */
export const withMatch = ({ matches }: Decisions, decision: MatchDecision): MatchDecision[] => [
  ...matches.filter(({ ref }) => ref !== decision.ref),
  decision,
];
export const withDetermination = ({ corrections }: Decisions, determination: Determination): Determination[] => [
  ...corrections.filter(
    ({ claimId, record, path }) =>
      claimId !== determination.claimId || record !== determination.record || path !== determination.path,
  ),
  determination,
];

/** Matches that are the applicant: the certain ones not rejected, and the candidates confirmed. */
export function acceptedMatches(part: SystemPart): number {
  const { matches } = part.decisions;
  const rejected = matches.filter((m) => m.verdict === 'certain' && m.decision === 'rejected').length;
  const confirmed = matches.filter((m) => m.verdict === 'candidate' && m.decision === 'confirmed').length;
  return (part.answer?.matches.certain ?? 0) - rejected + confirmed;
}

/** How many record tokens of one system a case keeps. */
export const KEPT_TOKENS = 100;

/**
 * Tokens under which this system's records are made known to the group: what was acted on, and what was found to be certain, unless a person
 * rejected one of those: then only the execution tells which they are.
 */
export function knownTokens(part: SystemPart): string[] {
  const rejected = part.decisions.matches.some((m) => m.verdict === 'certain' && m.decision === 'rejected');
  return [...new Set([...part.recordTokens, ...(rejected ? [] : (part.answer?.recordTokens ?? []))])];
}

/** Record tokens of one event to the group, or of a case's suppression: with the person's own they fit into MOST_TOKENS. */
export const MOST_RECORD_TOKENS = MOST_TOKENS - 100;

/**
 * Record tokens of some systems. Each has an equal share of what is told at most, so that none is left out for another.
 * @param among how many systems share it, where others are still to come
 */
export function tokensOf(parts: readonly SystemPart[], among = parts.length): string[] {
  const share = Math.floor(MOST_RECORD_TOKENS / Math.max(1, among));
  return [...new Set(parts.flatMap((part) => knownTokens(part).slice(0, share)))];
}

/** Everyone who had a hand in the plan: none of them may approve it. */
export const involvedIn = (part: SystemPart): string[] => [
  ...new Set([...part.decisions.by, ...(part.plan ? [part.plan.proposedBy] : [])]),
];
