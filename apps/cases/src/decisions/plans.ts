import { createHash } from 'node:crypto';
import type { Operation } from '@kenri/contracts';
import { mayApprove, needsFourEyes } from '@kenri/rights';
import type { CaseEvent } from './case-events.js';
import type { CaseState, FrozenPlan, SystemPart } from './case-state.js';
import { foundedCorrections, involvedIn, openCandidates, openDeterminations, stageOperations } from './part.js';
import type { CasePolicy } from './policy.js';
import { DecisionRefused, notNow, requireVersion } from './refused.js';

/** Deterministic, so that proposing again in the same situation names the same plan: opaque, 24 characters. */
const planIdOf = (caseId: string, part: SystemPart, decisions: number): string =>
  createHash('sha256')
    .update(`${caseId} ${part.system} ${part.round} ${part.answer?.manifestDigest ?? ''} ${decisions}`)
    .digest('base64url')
    .slice(0, 24);

/** What the plan would be if it were proposed now, frozen: later edits do not reach it. */
export function freeze(
  state: CaseState,
  part: SystemPart,
  operations: Operation[],
  who: string,
  now: string,
  policy: CasePolicy,
): FrozenPlan {
  const { matches, exclusions, revision } = part.decisions;
  return {
    planId: planIdOf(state._id, part, revision),
    round: part.round,
    manifestDigest: part.answer?.manifestDigest ?? '',
    operations,
    confirmed: matches.filter((m) => m.decision === 'confirmed' && m.verdict === 'candidate').map((m) => m.ref),
    rejected: matches.filter((m) => m.decision === 'rejected').map((m) => m.ref),
    exclusions,
    corrections: operations.includes('correct') ? foundedCorrections(part) : [],
    undoDays: policy.undoDays,
    proposedBy: who,
    proposedAt: now,
    approvedBy: [],
    validUntil: null,
    sent: 0,
  };
}

export const validUntil = (policy: CasePolicy, now: string): string =>
  new Date(Date.parse(now) + policy.planValidDays * 24 * 3600_000).toISOString();

/** The version of a part's decisions, for ETag and If-Match. */
export const decisionsVersion = (part: SystemPart): string => `${part.round}.${part.decisions.revision}`;
/** The version of a part's plan, for ETag and If-Match. */
export const planVersion = (part: SystemPart): string =>
  part.plan ? `${part.plan.planId}.${part.plan.approvedBy.length}` : `none.${decisionsVersion(part)}`;

/** Proposing freezes the plan. One that erases nothing stands on the proposer's own name; one that erases waits for a second. */
export function proposePlan(
  state: CaseState,
  part: SystemPart,
  command: { who: string; ifMatch: string },
  now: string,
  policy: CasePolicy,
): CaseEvent[] {
  requireVersion(command.ifMatch, decisionsVersion(part));
  if (part.state !== 'decided' && part.state !== 'deciding') {
    throw notNow(
      `このシステムは現在「${part.state}」の状態であり、計画を提案できません。`,
      `This system's part is in state "${part.state}": a plan can be proposed once it is "decided".`,
    );
  }
  const [candidates, claims] = [openCandidates(part), openDeterminations(part)];
  if (candidates > 0 || claims > 0) {
    throw notNow(
      `未判断の候補が${candidates}件、未判定の訂正が${claims}件あります。先に判断してください。`,
      `${candidates} candidate(s) and ${claims} claimed correction(s) are not decided yet. Decide on them first.`,
    );
  }
  const operations = stageOperations(state, part);
  if (operations.length === 0)
    throw notNow('実行できる操作がありません。', 'There is nothing that could be carried out.');
  const plan = freeze(state, part, operations, command.who, now, policy);
  const fact = { at: now, who: command.who, system: part.system, round: part.round };
  const proposed: CaseEvent = { ...fact, type: 'PlanProposed', plan };
  if (needsFourEyes(operations)) return [proposed];
  return [proposed, approvalOf(part, plan, command.who, now, policy)];
}

export const approvalOf = (
  part: SystemPart,
  plan: FrozenPlan,
  who: string,
  now: string,
  policy: CasePolicy,
): CaseEvent => ({
  type: 'PlanApproved',
  at: now,
  who,
  system: part.system,
  round: part.round,
  planId: plan.planId,
  staff: who,
  validUntil: validUntil(policy, now),
});

export function approvePlan(
  part: SystemPart,
  command: { who: string; ifMatch: string },
  now: string,
  policy: CasePolicy,
): CaseEvent[] {
  const plan = waitingPlan(part, command.ifMatch);
  if (!mayApprove(command.who, involvedIn(part)).ok) throw samePerson();
  return [approvalOf(part, plan, command.who, now, policy)];
}

export function rejectPlan(
  part: SystemPart,
  command: { who: string; ifMatch: string; reason: string },
  now: string,
): CaseEvent[] {
  const plan = waitingPlan(part, command.ifMatch);
  const { who, reason } = command;
  return [{ type: 'PlanRejected', at: now, who, system: part.system, round: part.round, planId: plan.planId, reason }];
}

function waitingPlan(part: SystemPart, ifMatch: string): FrozenPlan {
  requireVersion(ifMatch, planVersion(part));
  if (part.state !== 'approving' || !part.plan) {
    throw notNow('承認待ちの計画はありません。', 'No plan of this system waits for approval.');
  }
  return part.plan;
}

export const samePerson = (): DecisionRefused =>
  new DecisionRefused('same-person', {
    ja: '消去の実行と開示資料の引渡しには別の二人が必要です。判断・提案した本人は承認できません。',
    en: 'Two different people are needed (four eyes): whoever decided or proposed cannot approve. Ask another approver.',
  });
