import type {
  AbsenceVerified,
  AnswerFailed,
  PlanExecuted,
  PlanRefused,
  ReceiptRecorded,
  RecordsLocated,
  RecordsRestored,
} from '@kenri/contracts';
import { publishedAs } from './announcements.js';
import type { CaseEvent } from './case-events.js';
import type { CaseState, LocatedAnswer, SystemPart } from './case-state.js';
import { isFilled, KEPT_TOKENS, newPart, slot } from './part.js';

// What a message of a connector or a business system changes. Early, late and repeated messages are normal: what a slot holds already,
// and what a later round has overtaken, changes nothing. Facts (something was done) are recorded however late they come.

const LISTED = 10;

/** The part that an answer speaks of: an existing one, a new one while the request is not here yet, or none. */
function partFor(state: CaseState, system: string, now: string): SystemPart | null {
  const part = state.systems[system];
  if (part) return part;
  return state.request === null ? newPart(system, now) : null;
}

const by = (system: string) => `system:${system}`;

export function recordLocated(state: CaseState, data: RecordsLocated, now: string): CaseEvent[] {
  const part = partFor(state, data.system, now);
  if (!part || data.round !== part.round || isFilled(part, slot(data.round, 'located'))) return [];
  // A part that was resolved, cancelled or gave up in this round: a connector that comes back late still counts where it only failed.
  if (part.state !== 'awaiting' && part.state !== 'failed') return [];
  return [
    {
      type: 'RecordsLocated',
      at: now,
      who: by(data.system),
      system: data.system,
      round: data.round,
      answer: summarise(data),
    },
  ];
}

function summarise(data: RecordsLocated): LocatedAnswer {
  const lists = [data.blockers, data.holds, data.endings];
  return {
    manifestDigest: data.manifestDigest,
    locatedAt: data.locatedAt,
    freshness: data.freshness,
    matches: data.matches,
    records: data.records,
    possibleMentions: data.possibleMentions,
    dryRun: data.dryRun,
    blockers: data.blockers.slice(0, LISTED),
    holds: data.holds.slice(0, LISTED),
    endings: data.endings.slice(0, LISTED),
    notListed: lists.reduce((sum, list) => sum + Math.max(0, list.length - LISTED), 0),
    review: data.review,
    recordTokens: data.recordTokens.slice(0, KEPT_TOKENS),
  };
}

export function recordExecuted(state: CaseState, data: PlanExecuted, now: string, undoDays: number): CaseEvent[] {
  const part = partFor(state, data.system, now);
  if (!part || isFilled(part, slot(data.round, 'executed', data.part))) return [];
  const planned = part.plan?.planId === data.planId;
  const days = planned ? (part.plan?.undoDays ?? undoDays) : undoDays;
  const erased = data.done.erase !== undefined && data.stage === 'plan';
  const undoUntil =
    erased && days > 0 ? new Date(Date.parse(data.finishedAt) + days * 24 * 3600_000).toISOString() : null;
  return [
    {
      type: 'PlanExecuted',
      at: now,
      who: by(data.system),
      system: data.system,
      round: data.round,
      data,
      undoUntil,
      planned,
    },
  ];
}

export function recordPlanRefused(state: CaseState, data: PlanRefused, now: string): CaseEvent[] {
  const part = state.systems[data.system];
  if (!part || data.round !== part.round || (part.state !== 'executing' && part.state !== 'failed')) return [];
  if (part.plan?.planId !== data.planId || isFilled(part, slot(data.round, 'refused', data.planId))) return [];
  return [
    {
      type: 'PlanRefused',
      at: now,
      who: by(data.system),
      system: data.system,
      round: data.round,
      planId: data.planId,
      reason: data.reason,
      blockers: data.blockers.slice(0, LISTED),
    },
  ];
}

/** Attempts are a counter: only the first failure of a step and giving up are steps of the history (architecture.md, Large results). */
export function recordFailed(state: CaseState, data: AnswerFailed, now: string): CaseEvent[] {
  const part = partFor(state, data.system, now);
  if (!part || data.round !== part.round || !awaits(part, data.step)) return [];
  const known = part.failure?.step === data.step ? part.failure : null;
  if (known && known.attempts >= data.attempts && known.nextAttemptAt === data.nextAttemptAt) return [];
  return [
    {
      type: 'AttemptFailed',
      at: now,
      who: by(data.system),
      system: data.system,
      round: data.round,
      failure: {
        step: data.step,
        reason: data.reason,
        attempts: data.attempts,
        since: known?.since ?? now,
        lastAt: data.failedAt,
        nextAttemptAt: data.nextAttemptAt,
      },
      escalated: data.nextAttemptAt === null,
      first: known === null,
    },
  ];
}

const awaits = (part: SystemPart, step: AnswerFailed['step']): boolean =>
  (step === 'locate' && part.state === 'awaiting') ||
  (step === 'execute' && (part.state === 'executing' || part.state === 'deferred')) ||
  (step === 'restore' && part.state === 'restoring') ||
  step === 'verify';

export function recordVerified(state: CaseState, data: AbsenceVerified, now: string): CaseEvent[] {
  const part = state.systems[data.system];
  if (!part || isFilled(part, slot(data.round, 'verified', data.sweep))) return [];
  if (part.state === 'restored' || part.state === 'restoring') return [];
  const fact = { at: now, who: by(data.system), system: data.system };
  const found = data.found > 0;
  const verified: CaseEvent = {
    ...fact,
    type: 'AbsenceVerified',
    round: data.round,
    sweep: data.sweep,
    found: data.found,
    fresh: data.freshness.fresh,
  };
  if (!found || data.round !== part.round) return [verified];
  // what came back reopens the part, with a new round; the case shows an alert.
  return [verified, { ...fact, type: 'SystemAskedAgain', round: part.round + 1, reason: 'found-after-erasure' }];
}

export function recordRestored(state: CaseState, data: RecordsRestored, now: string): CaseEvent[] {
  const part = state.systems[data.system];
  if (!part || isFilled(part, slot(data.round, 'restored', data.planId)) || part.state !== 'restoring') return [];
  return [{ type: 'RecordsRestored', at: now, who: by(data.system), system: data.system, round: data.round, data }];
}

const SUBSCRIBERS_KEPT = 60;

/** The first `done`, `not-held` or `refused` stands; `failed` may be mended later. */
export function recordReceipt(state: CaseState, data: ReceiptRecorded, now: string): CaseEvent[] {
  const published = publishedAs(state, data.eventId, now);
  if (!published) return [];
  const known = published.receipts[data.subscriber];
  if (known && (known.outcome !== 'failed' || known.outcome === data.outcome)) return [];
  if (!known && Object.keys(published.receipts).length >= SUBSCRIBERS_KEPT) return [];
  return [
    {
      type: 'ReceiptRecorded',
      at: now,
      who: `subscriber:${data.subscriber}`,
      eventId: data.eventId,
      subscriber: data.subscriber,
      outcome: data.outcome,
      ground: data.ground ?? null,
      records: data.records ?? null,
    },
  ];
}
