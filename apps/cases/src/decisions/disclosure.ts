import type { ArtifactRef } from '@kenri/contracts';
import type { CaseState } from './case-state.js';
import type { CasePolicy } from './policy.js';

/** Systems that exported something, each with its newest export, in the order in which the case names the systems. */
export function exportsOf(state: CaseState): { system: string; ref: ArtifactRef; files: number }[] {
  return state.expected.flatMap((system) => {
    const results = state.systems[system]?.results ?? [];
    const exported = results.findLast(({ done }) => done.export?.artifact)?.done.export;
    return exported?.artifact ? [{ system, ref: exported.artifact, files: exported.files }] : [];
  });
}

/**
 * Medical systems because of which a package is built only under a medical reviewer's token (contracts.md, Sealed data); none where
 * it is built by itself.
 */
export const medicalExportsOf = (state: CaseState, policy: Pick<CasePolicy, 'medicalSystems'>): string[] =>
  exportsOf(state)
    .map(({ system }) => system)
    .filter((system) => policy.medicalSystems.includes(system));
