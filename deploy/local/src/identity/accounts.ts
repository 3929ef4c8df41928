import type { Role } from '@kenri/contracts';

/** A ready staff account of the local provider. The names are made up. */
export interface LocalAccount {
  /** Account id: the `sub` of tokens, and the client id for signing in without a browser. */
  id: string;
  name: string;
  roles: Role[];
}

/** One account per role, and a second case worker and approver: four eyes need two different people. */
export const ACCOUNTS = [
  { id: 'clerk', name: 'Sato (clerk)', roles: ['clerk'] },
  { id: 'case-worker', name: 'Suzuki (case worker)', roles: ['case-worker'] },
  { id: 'case-worker-2', name: 'Tanaka (case worker)', roles: ['case-worker'] },
  { id: 'approver', name: 'Ito (approver)', roles: ['approver'] },
  { id: 'approver-2', name: 'Kobayashi (approver)', roles: ['approver'] },
  { id: 'medical-reviewer', name: 'Nakamura (medical reviewer)', roles: ['medical-reviewer'] },
  { id: 'auditor', name: 'Kato (auditor)', roles: ['auditor'] },
  { id: 'sre', name: 'Yoshida (SRE)', roles: ['sre'] },
] as const satisfies readonly LocalAccount[];

export type AccountId = (typeof ACCOUNTS)[number]['id'];

export const accountById = (id: string | undefined): LocalAccount | undefined => ACCOUNTS.find((one) => one.id === id);

/** The provider listens on this machine only and signs in anybody who asks: this is no secret, only a required field. */
export const LOCAL_CLIENT_SECRET = 'for-local-development-only';
