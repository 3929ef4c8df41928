import type { Kind, PlanExecuted, RecordsLocated, RequestAccepted } from '@kenri/contracts';
import { DEFAULT_DUE_DAYS, scopeOf, STRAIGHT_THROUGH_ELIGIBLE } from '@kenri/rights';
import { apply, decide, emptyCase } from './case.js';
import type { CaseCommand } from './case-command.js';
import type { CaseEvent } from './case-events.js';
import type { CaseState, SystemPart } from './case-state.js';
import { decisionsVersion, planVersion } from './plans.js';
import type { CasePolicy } from './policy.js';
import { DecisionRefused } from './refused.js';

// Given–when–then over commands, for the tests of the pure core.

export const ID = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
export const START = '2026-04-01T00:00:00.000Z';
export const POLICY: CasePolicy = {
  dueDays: DEFAULT_DUE_DAYS,
  straightThrough: STRAIGHT_THROUGH_ELIGIBLE,
  undoDays: 7,
  planValidDays: 7,
  reaskSeconds: 60,
  recheckHours: 24,
  announceGraceHours: 24,
  subscribers: ['ais'],
  medicalSystems: ['medical'],
  receiptDays: 3,
  disposalDays: 90,
  closesByItself: true,
};

export class Given {
  state: CaseState | null = null;
  now = START;
  constructor(readonly policy: CasePolicy = POLICY) {}

  /** Carries a command out; gives the types of what happened. */
  when(command: CaseCommand): CaseEvent['type'][] {
    return this.events(command).map(({ type }) => type);
  }
  events(command: CaseCommand): CaseEvent[] {
    const events = decide(this.state, ID, command, this.now, this.policy);
    if (events.length > 0) this.state = events.reduce(apply, this.state ?? emptyCase(ID, this.now));
    return events;
  }
  all(...commands: CaseCommand[]): this {
    for (const command of commands) this.when(command);
    return this;
  }
  later(hours: number): this {
    this.now = new Date(Date.parse(this.now) + hours * 3600_000).toISOString();
    return this;
  }
  part(system = 'auto'): SystemPart {
    const part = this.state?.systems[system];
    if (!part) throw new Error(`the case has no part ${system}`);
    return part;
  }
  states(): Record<string, string> {
    return Object.fromEntries(Object.values(this.state?.systems ?? {}).map((part) => [part.system, part.state]));
  }
  decisionsTag(system = 'auto'): string {
    return `"${decisionsVersion(this.part(system))}"`;
  }
  planTag(system = 'auto'): string {
    return `"${planVersion(this.part(system))}"`;
  }
  /** A case worker proposes and another person approves. */
  approved(system = 'auto'): this {
    this.when({ type: 'propose-plan', system, who: 'staff:worker', ifMatch: this.decisionsTag(system) });
    if (this.part(system).state === 'approving') {
      this.when({ type: 'approve-plan', system, who: 'staff:approver', ifMatch: this.planTag(system) });
    }
    return this;
  }
  executed(system = 'auto', change: Partial<PlanExecuted> = {}): CaseCommand {
    const part = this.part(system);
    return {
      type: 'record-executed',
      data: {
        caseId: ID,
        system,
        round: part.round,
        planId: part.plan?.planId ?? 'unplanned',
        stage: 'plan',
        part: 0,
        startedAt: this.now,
        finishedAt: this.now,
        done: { erase: { deleted: 1, personRemoved: 0, fieldsRemoved: 0, restricted: 0 } },
        deferred: [],
        changed: 0,
        appeared: 0,
        recordTokens: [],
        journal: 'a'.repeat(64),
        ...change,
      },
    };
  }
}

export const opened = (kinds: Kind[], systems: string[] = ['auto']): CaseCommand => {
  const request: Omit<RequestAccepted, 'subject'> = {
    caseId: ID,
    reference: 'K-2026-7F3K9Q',
    kinds,
    channel: 'post',
    language: 'ja',
    systems,
    scope: scopeOf(kinds),
    receivedAt: START,
    acceptedAt: START,
    acceptedBy: 'clerk',
  };
  return { type: 'open', request, identity: 'c2VhbGVk' };
};

export const located = (change: Partial<RecordsLocated> = {}): CaseCommand => ({
  type: 'record-located',
  data: {
    caseId: ID,
    system: 'auto',
    round: 1,
    manifestDigest: 'd'.repeat(64),
    locatedAt: START,
    freshness: { fresh: true, indexedUntil: START },
    matches: { certain: 1, candidate: 0 },
    records: { certain: 3, candidate: 0 },
    possibleMentions: 0,
    dryRun: {},
    blockers: [],
    holds: [],
    endings: [],
    review: null,
    recordTokens: [],
    ...change,
  },
});

export const nothing = (system = 'auto', change: Partial<RecordsLocated> = {}): CaseCommand =>
  located({ system, matches: { certain: 0, candidate: 0 }, records: { certain: 0, candidate: 0 }, ...change });

export const exported = {
  export: {
    records: 3,
    files: 0,
    artifact: { id: 'artifact-1', size: 1, sha256: 'e'.repeat(64), contentType: 'application/x-ndjson' },
  },
};
export const suppressed = { suppress: { records: 1, publishedOnly: [] } };

/** The code with which a command was refused. */
export const refusal = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof DecisionRefused) return error.code;
    throw error;
  }
  return 'nothing refused';
};
