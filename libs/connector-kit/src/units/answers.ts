import { eventId, type AnswerFailed } from '@kenri/contracts';
import type { AnyOutgoing } from '@kenri/messaging';
import type { Connector } from '../connector.js';
import type { Unit } from './unit.js';

export interface Failure {
  readonly step: AnswerFailed['step'];
  readonly planId?: string;
  /** A code. */
  readonly reason: string;
  readonly attempts: number;
  readonly now: Date;
  /** Null: given up. */
  readonly next: Date | null;
}

/** `dsr.answer.failed.v1`: each attempt is told apart. */
export function failedAnswer(
  { map }: Pick<Connector, 'map'>,
  unit: Pick<Unit, 'caseId' | 'round'>,
  failure: Failure,
): AnyOutgoing {
  const { step, planId, reason, attempts, now, next } = failure;
  return {
    id: eventId(unit.caseId, map.system, 'failed', unit.round, `${planId ? `${planId}:` : ''}${step}-${attempts}`),
    type: 'dsr.answer.failed.v1',
    caseId: unit.caseId,
    data: {
      caseId: unit.caseId,
      system: map.system,
      round: unit.round,
      step,
      ...(planId !== undefined && { planId }),
      reason,
      detail: '',
      attempts,
      failedAt: now.toISOString(),
      nextAttemptAt: next?.toISOString() ?? null,
    },
  };
}
