import type {
  PlanExecuted,
  PlanRefused,
  PlanSchema,
  RecordsLocated,
  RecordsRestored,
  Scope,
  Sealed,
  ArtifactRef,
  Kind,
  Operation,
} from '@kenri/contracts';
import type { TraceContext } from '@kenri/telemetry';
import type { Binary } from 'mongodb';
import type { Static } from 'typebox';

type Plan = Static<typeof PlanSchema>;

/**
 * What a connector remembers of (case, system, round): one document, state and outgoing answers in one write. It is never deleted: what is
 * left of it in the end is a tombstone that names nobody, so that a replayed topic can never execute a plan again.
 */
export interface Unit {
  _id: string;
  caseId: string;
  round: number;
  /** Absent in a shell: a cancellation or plan arrived for a round never asked here. */
  request?: { kinds: Kind[]; scope: Scope; requestedAt: Date };
  /** Blocking secret under which the unit's refs and journal names are made: a rotation changes nothing within a unit. */
  secretId?: string;
  /** Until located: the sealed subject as it came, the message it is bound to, and that message's trace. */
  waiting?: {
    subject: Sealed;
    messageId: string;
    type: string;
    bindSystem: boolean;
    attempts: number;
    trace?: TraceContext;
  };
  located?: RecordsLocated;
  /** `{ subject, manifest }` under the case's manifest key: here, or in an artifact where it is large. */
  manifest?: Binary | Uint8Array;
  manifestArtifact?: ArtifactRef;
  /** Every plan of this unit is cancelled, for ever. */
  cancelled?: { reason: string; at: Date };
  plans: Record<string, PlanProgress>;
  /** Ids of artifacts it refers to, for a collection of orphans to look up. */
  artifacts?: string[];
  /** The case is over and its keys are destroyed. */
  disposedAt?: Date;
}

/**
 * `approved`: to be executed, nothing intended yet, can be cancelled. `executing`: an intent is durable; it will be finished.
 * The others are final, and answered.
 */
export type PlanState = 'approved' | 'executing' | 'executed' | 'refused' | 'cancelled' | 'restored';

export interface PlanProgress {
  state: PlanState;
  validUntil?: Date;
  operations?: Operation[];
  /** The approved plan; dropped when nothing depends on it any more. */
  plan?: Plan;
  /** For which event the plan's sealed corrections were bound. */
  messageId?: string;
  /** Of the message that approved it, or its restoration: what is done belongs to that trace, whatever it is done together with, and after a restart too. */
  trace?: TraceContext;
  startedAt?: Date;
  /** The export is made and durable; only while later operations of the plan are under way. */
  exported?: { records: number; files: number; artifact: ArtifactRef | null; changed: string[] };
  attempts: number;
  /** Rows that were no longer as approved when execution began. */
  changed?: string[];
  executed?: PlanExecuted;
  refused?: PlanRefused;
  restored?: RecordsRestored;
  /** Answers of deferred parts, so that each is told once. */
  parts: number;
  /** Held rows that a person changed meanwhile, given back to a person. */
  passed?: string[];
  /** Until when it can be undone; absent: never, or over. */
  undoUntil?: Date;
  /** Verification sweeps done. */
  sweeps: number;
  cancelledBecause?: string;
}

export const unitId = (caseId: string, round: number): string => `${caseId}:${round}`;

export const shell = (caseId: string, round: number): Unit => ({
  _id: unitId(caseId, round),
  caseId,
  round,
  plans: {},
});

export const withPlan = (unit: Unit, planId: string, progress: PlanProgress): Unit => ({
  ...unit,
  plans: { ...unit.plans, [planId]: progress },
});

/** Timers of a unit. */
export const TIMER = {
  locate: 'locate',
  execute: (planId: string) => `execute:${planId}`,
  verify: (planId: string) => `verify:${planId}`,
  deferred: (planId: string) => `deferred:${planId}`,
  undo: (planId: string) => `undo:${planId}`,
  restore: (planId: string) => `restore:${planId}`,
} as const;

export const planOfTimer = (timerId: string): string => timerId.slice(timerId.indexOf(':') + 1);

/** Wait before attempt n + 1: 2 s, doubling, at most ten minutes. */
export const backoff = (attempts: number): number => Math.min(2_000 * 2 ** Math.max(0, attempts - 1), 600_000);
