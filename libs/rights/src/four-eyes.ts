import type { Operation } from '@kenri/contracts';
import { isIrreversible } from './kinds.js';

/** Whether a second person must approve: a plan that erases. Releasing a package always needs one. */
export const needsFourEyes = (operations: readonly Operation[]): boolean => operations.some(isIrreversible);

export type Approval = { ok: true } | { ok: false; reason: 'same-person' };

/** Four eyes: who approves has neither proposed it nor taken any of the decisions it rests on. */
export const mayApprove = (approver: string, involved: readonly string[]): Approval =>
  involved.includes(approver) ? { ok: false, reason: 'same-person' } : { ok: true };
