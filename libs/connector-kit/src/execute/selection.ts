import type { Operation, PlanSchema } from '@kenri/contracts';
import type { Static } from 'typebox';
import type { Manifest, ManifestRow } from '../dry-run/manifest.js';
import { canonicalJson } from '../documents/comparable.js';
import { documentKey } from '../rows.js';

export type Plan = Static<typeof PlanSchema>;

export interface Correction {
  readonly record: string;
  readonly path: string;
  readonly claimId: string;
  readonly value: string | null;
}

/** What people decided, wherever it stood: in the plan or in its artifact. */
export interface Decisions {
  readonly confirmed: readonly string[];
  readonly rejected: readonly string[];
  readonly exclusions: Plan['exclusions'];
  readonly corrections: readonly Correction[];
}

export interface Exclusion {
  /** Null: the whole row. */
  readonly paths: readonly string[] | null;
  readonly ground: string;
}

/** A row that the plan includes, under every name that decisions may use for it. */
export interface SelectedRow extends ManifestRow {
  readonly refs: readonly string[];
  /** As each match saw it: its roles there, and the digest over what those roles show. */
  readonly seen: readonly Pick<ManifestRow, 'ref' | 'roles' | 'digest'>[];
  readonly exclusions: ReadonlyMap<Operation, readonly Exclusion[]>;
  readonly corrections: readonly Correction[];
}

/** A document with the rows in it that the plan includes: one write per document and operation. */
export interface SelectedDocument {
  readonly key: string;
  readonly collection: string;
  readonly id: unknown;
  readonly rows: readonly SelectedRow[];
  /** The smallest depth: a root is acted on last, even where another match reaches it. */
  readonly depth: number;
  /** Matches it belongs to. */
  readonly matches: ReadonlySet<string>;
}

export const rowKeyOf = (row: Pick<ManifestRow, 'collection' | 'id' | 'elements'>): string =>
  `${documentKey(row.collection, row.id)}\u0000${canonicalJson(row.elements.map(({ at, key }) => [at, key]))}`;

/**
 * Which rows a plan acts on: certain matches that nobody rejected, and candidates that a person confirmed. The own row of a
 * match that was rejected, or is an unconfirmed candidate, is left alone even where a reference leads to it.
 */
export function select(manifest: Manifest, decisions: Decisions): SelectedDocument[] {
  const confirmed = new Set(decisions.confirmed);
  const rejected = new Set(decisions.rejected);
  const included = manifest.matches.filter(
    ({ ref, verdict }) => !rejected.has(ref) && (verdict === 'certain' || confirmed.has(ref)),
  );
  const chosen = new Set(included.map(({ ref }) => ref));
  const spared = new Set(manifest.matches.filter(({ ref }) => !chosen.has(ref)).map(({ rows }) => rowKeyOf(rows[0]!)));
  const rows = new Map<
    string,
    { row: ManifestRow; seen: ManifestRow[]; roles: Set<string>; depth: number; matches: Set<string> }
  >();
  for (const match of included) {
    for (const row of match.rows) {
      const key = rowKeyOf(row);
      if (spared.has(key)) continue;
      const known = rows.get(key) ?? {
        row,
        seen: [],
        roles: new Set<string>(),
        depth: row.depth,
        matches: new Set<string>(),
      };
      known.seen.push(row);
      row.roles.forEach((role) => known.roles.add(role));
      known.depth = Math.min(known.depth, row.depth);
      known.matches.add(match.ref);
      rows.set(key, known);
    }
  }
  const documents = new Map<
    string,
    { collection: string; id: unknown; rows: SelectedRow[]; depth: number; matches: Set<string> }
  >();
  for (const { row, seen, roles, depth, matches } of rows.values()) {
    const refs = seen.map(({ ref }) => ref);
    const key = documentKey(row.collection, row.id);
    const known = documents.get(key) ?? {
      collection: row.collection,
      id: row.id,
      rows: [],
      depth,
      matches: new Set<string>(),
    };
    known.rows.push({
      ...row,
      roles: [...roles],
      depth,
      refs,
      seen: seen.map(({ ref, roles: own, digest }) => ({ ref, roles: own, digest })),
      exclusions: exclusionsOf(refs, decisions.exclusions),
      corrections: correctionsOf(refs, decisions.corrections),
    });
    known.depth = Math.min(known.depth, depth);
    matches.forEach((match) => known.matches.add(match));
    documents.set(key, known);
  }
  return [...documents].map(([key, document]) => ({ key, ...document }));
}

/** Shared by all rows that nothing was decided about: of a hundred thousand that is almost every one. */
const NO_CORRECTIONS: readonly Correction[] = [];
const NO_EXCLUSIONS: ReadonlyMap<Operation, readonly Exclusion[]> = new Map();

function correctionsOf(refs: readonly string[], corrections: readonly Correction[]): readonly Correction[] {
  const own = corrections.filter(({ record }) => refs.includes(record));
  return own.length > 0 ? own : NO_CORRECTIONS;
}

function exclusionsOf(
  refs: readonly string[],
  exclusions: Plan['exclusions'],
): ReadonlyMap<Operation, readonly Exclusion[]> {
  if (!exclusions.some(({ record }) => refs.includes(record))) return NO_EXCLUSIONS;
  const found = new Map<Operation, Exclusion[]>();
  for (const { record, paths, operations, ground } of exclusions) {
    if (!refs.includes(record)) continue;
    for (const operation of operations) {
      const exclusion = { paths: paths && paths.length > 0 ? paths : null, ground };
      found.set(operation, [...(found.get(operation) ?? []), exclusion]);
    }
  }
  return found;
}

/** Why a row is left out of an operation as a whole; undefined where it is not. */
export const excludedFrom = (row: SelectedRow, operation: Operation): Exclusion | undefined =>
  row.exclusions.get(operation)?.find(({ paths }) => paths === null);

/** Paths of a row that an operation leaves alone. */
export const sparedPaths = (row: SelectedRow, operation: Operation): string[] =>
  (row.exclusions.get(operation) ?? []).flatMap(({ paths }) => paths ?? []);
