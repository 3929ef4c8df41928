import { compare, prepare, type Match, type Prepared } from '@kenri/matching';
import type { DataMap, MappedCollection, Reach } from '../data-map.js';
import { comparable, condensed } from '../documents/comparable.js';
import { holds } from '../documents/conditions.js';
import { valuesAt, type Document } from '../documents/paths.js';
import { peopleIn } from '../people.js';
import { circumstances, documentKey, elementsIn, mapped, mappedCollections, type Row } from '../rows.js';
import type { StoreAdapter } from '../store/store-adapter.js';
import type { LocatedRow } from './located.js';
import { reducer } from './whole-rows.js';

/** A person recognised in a document, for one request of the batch. */
export interface Found {
  readonly request: string;
  readonly match: Match;
  readonly row: LocatedRow;
}

interface Step {
  readonly root: Found;
  readonly row: LocatedRow;
}

interface Context {
  readonly map: DataMap;
  readonly store: StoreAdapter;
  readonly now: Date;
}

/** Documents carry references to themselves in circles seldom, and never this far. */
const MAX_DEPTH = 12;
/** Of so many rows the documents are kept until they are looked at; of more they would not fit into memory. */
const WHOLE_ROWS = 2_000;

/**
 * Rows that hang on the found ones, transitively, for the whole batch at once: per depth one indexed query per reference.
 * Requests with more than `limit` rows are named in `overfull`, never cut short.
 */
export async function follow(
  found: readonly Found[],
  prepared: ReadonlyMap<string, Prepared>,
  context: Context,
  limit: number,
): Promise<{ rows: Map<Found, LocatedRow[]>; overfull: Set<string> }> {
  const rows = new Map<Found, Map<string, LocatedRow>>(
    found.map((root) => [root, new Map([[rowName(root.row), root.row]])]),
  );
  const reduced = reducer(context.map);
  let reached = 0;
  const counts = new Map<string, number>();
  const overfull = new Set<string>();
  let frontier: Step[] = found.map((root) => ({ root, row: root.row }));
  for (let depth = 1; frontier.length > 0 && depth <= MAX_DEPTH; depth++) {
    const next: Step[] = [];
    for (const [collection, about] of mappedCollections(context.map)) {
      for (const reach of about.reached ?? []) {
        const from = frontier.filter(
          ({ row }) => row.collection === reach.from.collection && row.roles.includes(reach.from.role),
        );
        if (from.length === 0) continue;
        for await (const { step, document } of reachedBy(collection, reach, from, context)) {
          const applicant = prepared.get(step.root.request)!;
          const whole = rowReached(collection, about, reach, document, depth, applicant, context.now);
          if (!whole) continue;
          reached += 1;
          const row = reached > WHOLE_ROWS ? reduced(whole) : whole;
          const own = rows.get(step.root)!;
          const before = own.get(rowName(row));
          if (before) {
            if (before.roles.includes(reach.as)) continue;
            const merged = { ...before, roles: [...before.roles, reach.as] };
            own.set(rowName(row), merged);
            next.push({ root: step.root, row: { ...merged, roles: [reach.as] } });
            continue;
          }
          own.set(rowName(row), row);
          next.push({ root: step.root, row });
          const count = (counts.get(step.root.request) ?? 0) + 1;
          counts.set(step.root.request, count);
          if (count > limit) overfull.add(step.root.request);
        }
      }
    }
    frontier = next.filter(({ root }) => !overfull.has(root.request));
  }
  return { rows: new Map([...rows].map(([root, own]) => [root, [...own.values()]])), overfull };
}

const rowName = (row: Row): string =>
  `${documentKey(row.collection, row.id)}\u0000${row.elements.map(({ at, key }) => `${at}=${String(comparable(key))}`).join('|')}`;

/** Where a reference leads from in a row: absolute, or (`@.`) in the person's own element. */
function referenced(collection: MappedCollection, row: LocatedRow, path: string): unknown[] {
  const elements = elementsIn(collection, row, row.document);
  if (!path.startsWith('@.')) return valuesAt(row.document, path);
  return [...elements.keys()].flatMap((at) => valuesAt(row.document, `${at}.${path.slice(2)}`, elements));
}

async function* reachedBy(
  collection: string,
  reach: Reach,
  from: readonly Step[],
  { map, store }: Context,
): AsyncIterable<{ step: Step; document: Document }> {
  const pairs = Object.entries(reach.on);
  const [first, ...rest] = pairs as [[string, string], ...[string, string][]];
  const source = mapped(map, reach.from.collection);
  const bySteps = new Map<string | number | boolean | null, Step[]>();
  const values = new Map<string | number | boolean | null, unknown>();
  for (const step of from) {
    for (const value of referenced(source, step.row, first[1])) {
      const key = comparable(value);
      if (key === null || key === '') continue;
      values.set(key, value);
      bySteps.set(key, [...(bySteps.get(key) ?? []), step]);
    }
  }
  if (values.size === 0) return;
  for await (const raw of store.having(collection, first[0], [...values.values()])) {
    const document = condensed(raw);
    const steps = new Set(valuesAt(document, first[0]).flatMap((value) => bySteps.get(comparable(value)) ?? []));
    for (const step of steps) {
      const agrees = rest.every(([own, theirs]) => {
        const wanted = new Set(referenced(source, step.row, theirs).map(comparable));
        return valuesAt(document, own).some((value) => wanted.has(comparable(value)));
      });
      if (agrees) yield { step, document };
    }
  }
}

/**
 * The reached document as a row of the person, or null where the row names somebody else in that role: a reference can be wrong, and
 * family members share customer numbers. What is plainly someone else is left alone.
 */
function rowReached(
  collection: string,
  about: MappedCollection,
  reach: Reach,
  document: Document,
  depth: number,
  applicant: Prepared,
  now: Date,
): LocatedRow | null {
  const row: LocatedRow = { collection, id: document['_id'], roles: [reach.as], elements: [], depth, document };
  if (!holds(reach.when, circumstances(about, row, document, now))) return null;
  const named = peopleIn(about, document).filter(({ role }) => role === reach.as);
  if (named.length === 0) return row;
  const possible = named.filter(({ person }) => {
    const { verdict, disagrees } = compare(applicant, prepare(person));
    return verdict !== 'different' || disagrees.length === 0;
  });
  if (possible.length === 0) return null;
  const elements = possible.flatMap(({ element }) => (element ? [element] : []));
  return { ...row, elements };
}
