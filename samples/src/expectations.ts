import type { Expected } from './application-file.js';

/** What one system's part came to, as numbers that a sample can expect. */
export interface SystemResult {
  state: string;
  found: number;
  candidates: number;
  exported: number;
  files: number;
  corrected: number;
  suppressed: number;
  erased: number;
  held: number;
  /** Rows acted on, summed over the operations. */
  acted: number;
  blockers: string[];
  deferredUntil: string | null;
}

export interface ApplicationResult {
  file: string;
  caseId: string;
  kinds: string[];
  state: string;
  outcome: string | null;
  systems: Record<string, SystemResult>;
  events: { erasures: number; suppressions: number; corrections: number };
}

const sorted = (values: readonly unknown[]): string => JSON.stringify([...values].sort());
const same = (wanted: unknown, got: unknown): boolean =>
  Array.isArray(wanted) && Array.isArray(got) ? sorted(wanted) === sorted(got) : wanted === got;

const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));

/** Every way in which a result is not as its file expects, in words; nothing where the file expects nothing. */
export function differences(expected: Expected | undefined, result: ApplicationResult): string[] {
  if (!expected) return [];
  const found: string[] = [];
  const compare = (what: string, wanted: unknown, got: unknown) => {
    if (wanted !== undefined && !same(wanted, got)) found.push(`${what}: expected ${shown(wanted)}, got ${shown(got)}`);
  };
  compare('state', expected.state, result.state);
  compare('outcome', expected.outcome, result.outcome);
  for (const [system, wanted] of Object.entries(expected.systems ?? {})) {
    const got = result.systems[system];
    if (!got) {
      found.push(`${system}: expected an answer, but the system is not part of the case`);
      continue;
    }
    for (const [field, value] of Object.entries(wanted))
      compare(`${system}.${field}`, value, got[field as keyof SystemResult]);
  }
  compare('events.erasures', expected.events?.erasures, result.events.erasures);
  compare('events.corrections', expected.events?.corrections, result.events.corrections);
  compare('events.suppressions', expected.events?.suppressions, result.events.suppressions > 0);
  return found;
}
