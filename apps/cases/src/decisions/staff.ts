import { dueAt, mayApprove, refusalGround } from '@kenri/rights';
import type { CaseEvent } from './case-events.js';
import type { CaseState, Determination, Exclusion, ManualResolution, SystemPart } from './case-state.js';
import { isSettled, withDetermination, withMatch } from './part.js';
import { decisionsVersion, samePerson } from './plans.js';
import type { CasePolicy } from './policy.js';
import { DecisionRefused, notNow, requireVersion } from './refused.js';
import { allSettled, caseOutcome } from './summary.js';

// What people decide. Every refusal says what to do instead.

const MOST_DECISIONS = 500;
/** Characters of JSON: what is decided stands in the case and once more in its plans, and must leave room for every answer to come. */
const MOST_DECIDED = 1_000_000;

const openToDecisions = (part: SystemPart): void => {
  if (part.state === 'deciding' || part.state === 'decided') return;
  throw notNow(
    `このシステムは現在「${part.state}」の状態であり、判断を変更できません。`,
    `This system's part is in state "${part.state}": decisions can be changed while it is "deciding" or "decided".`,
  );
};

/** confirmed to be the applicant, or rejected. A certain match can be rejected, which leaves it alone. */
export function decideMatch(
  state: CaseState,
  part: SystemPart,
  command: {
    who: string;
    ifMatch: string;
    ref: string;
    verdict: 'certain' | 'candidate';
    decision: 'confirmed' | 'rejected';
    corrections: number;
  },
  now: string,
): CaseEvent[] {
  requireVersion(command.ifMatch, decisionsVersion(part));
  openToDecisions(part);
  const known = part.decisions.matches.find(({ ref }) => ref === command.ref);
  if (known?.decision === command.decision && known.by === command.who) return [];
  const { who, ref, verdict, corrections } = command;
  const decision = { ref, verdict, decision: command.decision, corrections, by: who, at: now };
  withinLimits(state, part, { matches: withMatch(part.decisions, decision) });
  return [{ type: 'MatchDecided', at: now, who, system: part.system, round: part.round, decision }];
}

/** per claim and record, founded, unfounded or partly, with grounds (sealed). */
export function determineCorrection(
  state: CaseState,
  part: SystemPart,
  command: { who: string; ifMatch: string; determination: Omit<Determination, 'by' | 'at'> },
  now: string,
): CaseEvent[] {
  requireVersion(command.ifMatch, decisionsVersion(part));
  openToDecisions(part);
  const determination = { ...command.determination, by: command.who, at: now };
  withinLimits(state, part, { corrections: withDetermination(part.decisions, determination) });
  return [
    { type: 'CorrectionDetermined', at: now, who: command.who, system: part.system, round: part.round, determination },
  ];
}

/** refusals per record or field. The list replaces the one before. */
export function setExclusions(
  state: CaseState,
  part: SystemPart,
  command: { who: string; ifMatch: string; exclusions: Exclusion[] },
  now: string,
): CaseEvent[] {
  requireVersion(command.ifMatch, decisionsVersion(part));
  openToDecisions(part);
  command.exclusions.forEach(({ ground, operations, paths }, index) => {
    if (paths.length > 0 && operations.includes('suppress')) {
      throw new DecisionRefused(
        'invalid',
        {
          ja: '利用停止は記録全体に対して行われます。項目を指定せず、記録全体を除外してください。',
          en: 'Use is stopped for a record as a whole: exclude the whole record, without paths.',
        },
        `/exclusions/${index}/paths`,
      );
    }
    if (refusalGround(ground, operations)) return;
    throw new DecisionRefused(
      'invalid',
      {
        ja: 'この操作に使える拒否事由ではありません。',
        en: 'This ground cannot refuse these operations; GET /refusal-grounds lists those that can.',
      },
      `/exclusions/${index}/ground`,
    );
  });
  const { who, exclusions } = command;
  withinLimits(state, part, { exclusions });
  return [{ type: 'ExclusionsSet', at: now, who, system: part.system, round: part.round, exclusions }];
}

function withinLimits(state: CaseState, part: SystemPart, change: Partial<SystemPart['decisions']>): void {
  const after = { ...part.decisions, ...change };
  if (after.matches.length + after.corrections.length > MOST_DECISIONS) {
    throw notNow(
      `1システムあたりの判断は${MOST_DECISIONS}件までです。本人を特定する情報を加えて再照会するか、手動で解決してください。`,
      `One system takes up to ${MOST_DECISIONS} decisions a round. Ask it again with more identifying data, or resolve it manually.`,
    );
  }
  const all = Object.values(state.systems).map(({ system, decisions }) => (system === part.system ? after : decisions));
  if (JSON.stringify(all).length > MOST_DECIDED) {
    throw notNow(
      'この案件の判断の分量が上限に達しました。理由を短くするか、除外を記録単位でまとめるか、システムを手動で解決してください。',
      'The decisions of this case are as much as it can hold. Give shorter grounds, exclude whole records instead of fields, or resolve a system manually.',
    );
  }
}

const openCase = (state: CaseState): void => {
  if (state.closed || state.withdrawal) {
    throw notNow('この案件は終了しています。', 'This case is closed or withdrawn.');
  }
};

/** "Ask this system again": a new round. A plan that was sent is cancelled; if it was faster, its answer is recorded as a late fact. */
export function askAgain(state: CaseState, part: SystemPart, who: string, now: string): CaseEvent[] {
  openCase(state);
  if (part.state === 'restoring') throw notNow('復元中です。', 'An undo is under way; wait for its end.');
  const fact = { at: now, who, system: part.system };
  const cancelled: CaseEvent[] =
    part.state === 'executing'
      ? [{ ...fact, type: 'CancellationSent', round: part.round, reason: 'superseded', mayBeUnderWay: true }]
      : [];
  return [...cancelled, { ...fact, type: 'SystemAskedAgain', round: part.round + 1, reason: 'asked-again' }];
}

/** A person ends a system's part, with grounds: done by hand, refused, or nothing held. */
export function resolveManually(
  state: CaseState,
  part: SystemPart,
  resolution: Omit<ManualResolution, 'at'>,
  now: string,
): CaseEvent[] {
  openCase(state);
  if (isSettled(part)) throw notNow('このシステムの処理は終わっています。', "This system's part has already ended.");
  const fact = { at: now, who: resolution.by, system: part.system, round: part.round };
  return [
    { ...fact, type: 'CancellationSent', reason: 'resolved-manually', mayBeUnderWay: part.state === 'executing' },
    { ...fact, type: 'ResolvedManually', resolution: { ...resolution, at: now } },
  ];
}

/** */
export function restore(part: SystemPart, command: { who: string; reason: string }, now: string): CaseEvent[] {
  const result = part.results.findLast(({ undoUntil, restored }) => undoUntil !== null && !restored);
  if (!result || (part.state !== 'executed' && part.state !== 'deferred')) {
    throw notNow('元に戻せる消去はありません。', 'There is no erasure of this system that can be undone.');
  }
  if (result.announcedBy !== null || Date.parse(result.undoUntil!) <= Date.parse(now)) {
    throw notNow('取消し可能な期間が過ぎました。', 'The window in which it could be undone is over.');
  }
  const { who, reason } = command;
  return [
    {
      type: 'RestorationApproved',
      at: now,
      who,
      system: part.system,
      round: result.round,
      planId: result.planId,
      reason,
    },
  ];
}

export function withdraw(
  state: CaseState,
  command: { who: string; by: 'applicant' | 'clerk' | 'staff'; reason: string },
  now: string,
): CaseEvent[] {
  if (state.withdrawal) return [];
  if (state.closed) {
    if (command.by !== 'staff') return [];
    throw notNow('この案件は終了しています。', 'This case is closed already.');
  }
  return [{ type: 'WithdrawalRecorded', at: now, who: command.who, by: command.by, reason: command.reason }];
}

/** a complaint or an inquiry is answered in words; the words stand sealed elsewhere. */
export function answerQuestion(
  state: CaseState,
  command: { who: string; note: string | null },
  now: string,
): CaseEvent[] {
  openCase(state);
  if (state.question) return [];
  return [{ type: 'QuestionAnswered', at: now, who: command.who, note: command.note }];
}

export function close(state: CaseState, who: string, now: string): CaseEvent[] {
  if (state.closed) return [];
  const outcome = caseOutcome(state);
  if (!allSettled(state) || outcome === undefined) {
    throw notNow('まだ終わっていないシステムまたは回答があります。', 'A system or an answer is still outstanding.');
  }
  return [{ type: 'CaseClosed', at: now, who, outcome }];
}

/** releasing a package needs two different people: who proposes it, and an approver. */
export function proposeRelease(state: CaseState, who: string, now: string): CaseEvent[] {
  packageBuilt(state);
  if (state.package.releaseProposedBy) return [];
  return [{ type: 'PackageReleaseProposed', at: now, who }];
}

export function releasePackage(state: CaseState, who: string, now: string): CaseEvent[] {
  packageBuilt(state);
  const { releaseProposedBy } = state.package;
  if (!releaseProposedBy)
    throw notNow('先に担当者が引渡しを提案してください。', 'A case worker must propose the release first.');
  if (!mayApprove(who, [releaseProposedBy]).ok) throw samePerson();
  return [{ type: 'PackageReleased', at: now, who }];
}

function packageBuilt(state: CaseState): void {
  if (state.package.state === 'built') return;
  throw state.package.state === 'released'
    ? notNow('開示資料は引渡し済みです。', 'The package has been released already.')
    : notNow('開示資料はまだできていません。', 'The package has not been built yet.');
}

/** the clock stands while the office waits for the applicant. */
export function pauseClock(state: CaseState, command: { who: string; reason: string }, now: string): CaseEvent[] {
  openCase(state);
  if (state.clock.pauses.some(({ until }) => until === null)) return [];
  return [{ type: 'ClockPaused', at: now, who: command.who, reason: command.reason }];
}

export function resumeClock(state: CaseState, who: string, now: string, policy: CasePolicy): CaseEvent[] {
  if (!state.request || !state.clock.pauses.some(({ until }) => until === null)) return [];
  const pauses = state.clock.pauses.map((pause) => ({ ...pause, until: pause.until ?? now }));
  return [{ type: 'ClockResumed', at: now, who, dueAt: due(state, { pauses }, now, policy) }];
}

export function extendDueDate(
  state: CaseState,
  command: { who: string; days: number; reason: string },
  now: string,
  policy: CasePolicy,
): CaseEvent[] {
  openCase(state);
  const { who, days, reason } = command;
  const extendedByDays = state.clock.extendedByDays + days;
  return [{ type: 'DueDateExtended', at: now, who, days, reason, dueAt: due(state, { extendedByDays }, now, policy) }];
}

const due = (
  state: CaseState,
  change: Partial<Pick<CaseState['clock'], 'pauses' | 'extendedByDays'>>,
  now: string,
  policy: CasePolicy,
): string => {
  const { kinds, receivedAt } = state.request!;
  return dueAt({ kinds, receivedAt, ...state.clock, ...change }, new Date(now), policy.dueDays).toISOString();
};
