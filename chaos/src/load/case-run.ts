import type { CaseAnswer } from '@kenri/samples';
import type { PlannedCase } from './applicants.js';

/** What became of one application of the load, as the people at the desks saw it. */
export interface CaseRun {
  readonly planned: PlannedCase;
  /** Case id; present once intake has it. */
  id?: string;
  reference?: string;
  secret?: string;
  /** Intake said that it accepted. */
  accepted: boolean;
  /** The wish to withdraw was accepted by intake. */
  withdrawn: boolean;
  /** The case as last seen. */
  seen?: CaseAnswer;
  atRest: boolean;
  /** Files of the package that was opened and checked. */
  packageFiles?: number;
  /** Answers over HTTP that nobody should get, without personal data. */
  readonly oddities: string[];
  /** Why its flow ended before the case came to rest. */
  failure?: string;
}

export const begin = (planned: PlannedCase): CaseRun => ({
  planned,
  accepted: false,
  withdrawn: false,
  atRest: false,
  oddities: [],
});
