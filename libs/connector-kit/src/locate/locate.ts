import { blockingValues, compare, prepare, type Match, type Prepared } from '@kenri/matching';
import { withSpan } from '@kenri/telemetry';
import { condensed } from '../documents/comparable.js';
import type { Document } from '../documents/paths.js';
import { TooManyHits, type Hit } from '../index/side-index.js';
import { peopleIn } from '../people.js';
import { documentKey, mapped } from '../rows.js';
import { follow, type Found } from './follow.js';
import { LOCATE_LIMITS, type LocateContext, type LocateLimits } from './locate-context.js';
import type { LocatedMatch, LocatedRow, LocateOutcome, LocateRequest } from './located.js';
import { readMentions } from './mentions.js';

/**
 * Finds what the store holds about applicants: blocking keys → side index → live documents → full comparison → rows
 * reached by reference. Never a scan. A batch costs one index query and one read per collection and depth. Its span tells how many
 * documents the keys led to (`kenri.compared`) and how many rows were found (`kenri.records`): where the first is much the larger, keys are shared by many.
 */
export async function locate(
  requests: readonly LocateRequest[],
  context: LocateContext,
): Promise<Map<string, LocateOutcome>> {
  return withSpan(
    'locate',
    { attributes: { 'kenri.system': context.map.system, 'kenri.requests': requests.length } },
    async (span) => {
      const { outcomes, compared } = await locateBatch(requests, context);
      let rows = 0;
      for (const outcome of outcomes.values())
        if ('located' in outcome) for (const match of outcome.located.matches) rows += match.rows.length;
      span.setAttribute('kenri.records', rows);
      span.setAttribute('kenri.compared', compared);
      return outcomes;
    },
  );
}

async function locateBatch(
  requests: readonly LocateRequest[],
  context: LocateContext,
): Promise<{ outcomes: Map<string, LocateOutcome>; compared: number }> {
  const limits = context.limits ?? LOCATE_LIMITS;
  const outcomes = new Map<string, LocateOutcome>();
  const prepared = new Map(requests.map(({ id, applicant }) => [id, prepare(applicant)]));
  const { hits, failed } = await lookUp(prepared, context, limits);
  for (const id of failed) outcomes.set(id, { failure: 'too-many-hits' });

  const documents = await readHits(hits, context);
  const found: Found[] = [];
  for (const [id, own] of hits) {
    for (const hit of own) {
      const document = documents.get(documentKey(hit.collection, hit.id));
      if (document) found.push(...recognise(id, prepared.get(id)!, hit.collection, document, context));
    }
  }
  const { rows, overfull } = await follow(found, prepared, context, limits.rows);
  for (const id of overfull) outcomes.set(id, { failure: 'too-many-records' });

  const open = requests.filter(({ id }) => !outcomes.has(id));
  const mentioned = await readMentions(open, rows, context, limits.mentions);
  for (const { id } of open) {
    const matches = found
      .filter(({ request }) => request === id)
      .map((root) => ({ match: root.match, rows: rows.get(root) ?? [root.row] }));
    outcomes.set(id, { located: { matches: absorbed(matches), mentions: mentioned.get(id) ?? [] } });
  }
  return { outcomes, compared: documents.size };
}

/** One index query for the whole batch; only where that finds too much, one per request, to tell whose it is. */
async function lookUp(
  prepared: ReadonlyMap<string, Prepared>,
  { index, indexer }: LocateContext,
  limits: LocateLimits,
): Promise<{ hits: Map<string, Hit[]>; failed: string[] }> {
  const keys = new Map(
    [...prepared].map(([id, person]) => {
      const values = blockingValues(person, 'query');
      return [id, indexer.serving.flatMap((generation) => index.keys.blocking(values, generation))];
    }),
  );
  const hits = new Map<string, Hit[]>();
  const failed: string[] = [];
  try {
    const all = await index.lookup([...new Set([...keys.values()].flat())], limits.hits);
    for (const [id, own] of keys) {
      const wanted = new Set(own);
      hits.set(
        id,
        all.filter((hit) => hit.keys.some((key) => wanted.has(key))),
      );
    }
  } catch (error) {
    if (!(error instanceof TooManyHits)) throw error;
    for (const [id, own] of keys) {
      try {
        hits.set(id, await index.lookup(own, limits.hits));
      } catch (single) {
        if (!(single instanceof TooManyHits)) throw single;
        failed.push(id);
      }
    }
  }
  return { hits, failed };
}

async function readHits(
  hits: ReadonlyMap<string, readonly Hit[]>,
  { store }: LocateContext,
): Promise<Map<string, Document>> {
  const wanted = new Map([...hits.values()].flat().map((hit) => [documentKey(hit.collection, hit.id), hit]));
  const documents = new Map<string, Document>();
  for (const [collection, group] of Map.groupBy(wanted.values(), (hit) => hit.collection)) {
    for await (const document of store.byId(
      collection,
      group.map(({ id }) => id),
    ))
      documents.set(documentKey(collection, document['_id']), condensed(document));
  }
  return documents;
}

/** Compares everyone in a document with the applicant. What is plainly someone else is left alone. */
function recognise(
  request: string,
  applicant: Prepared,
  collection: string,
  document: Document,
  { map }: LocateContext,
): Found[] {
  const about = mapped(map, collection);
  const seen = new Map<string, Found>();
  for (const { role, element, person } of peopleIn(about, document)) {
    const match = compare(applicant, prepare(person));
    if (match.verdict === 'different') continue;
    const elements = element ? [element] : [];
    const row: LocatedRow = { collection, id: document['_id'], roles: [role], elements, depth: 0, document };
    // One document can hold the person twice (a bidder who is also the seller): the roles are one match, the better verdict counts.
    const key = element ? `${element.at}\u0000${String(element.key)}` : '';
    const before = seen.get(key);
    seen.set(key, before ? joined(before, { request, match, row }) : { request, match, row });
  }
  return [...seen.values()];
}

const RANK = { certain: 2, candidate: 1, different: 0 } as const;
const better = (a: Match, b: Match): Match =>
  RANK[b.verdict] > RANK[a.verdict] || (a.verdict === b.verdict && b.score > a.score) ? b : a;

function joined(a: Found, b: Found): Found {
  // A role that is only a candidate must not ride along with a certain one: it stays out, its fields are somebody else's until shown otherwise.
  if (a.match.verdict !== b.match.verdict) return better(a.match, b.match) === a.match ? a : b;
  return {
    ...a,
    match: better(a.match, b.match),
    row: { ...a.row, roles: [...new Set([...a.row.roles, ...b.row.roles])] },
  };
}

const rowKey = (row: LocatedRow): string =>
  `${documentKey(row.collection, row.id)}\u0000${row.elements.map(({ at, key }) => `${at}=${String(key)}`).join('|')}`;

/**
 * A match whose own row already hangs on a certain match is that person by the store's own reference: it is not offered again.
 * Matches come certain first, then by score.
 */
function absorbed(matches: readonly LocatedMatch[]): LocatedMatch[] {
  const sorted = [...matches].sort(
    (a, b) => RANK[b.match.verdict] - RANK[a.match.verdict] || b.match.score - a.match.score,
  );
  const kept: LocatedMatch[] = [];
  const held = new Map<string, Set<string>>();
  for (const candidate of sorted) {
    const root = candidate.rows[0]!;
    const roles = held.get(rowKey(root));
    if (roles && root.roles.every((role) => roles.has(role))) continue;
    kept.push(candidate);
    if (candidate.match.verdict !== 'certain') continue;
    for (const row of candidate.rows) {
      const known = held.get(rowKey(row)) ?? new Set<string>();
      row.roles.forEach((role) => known.add(role));
      held.set(rowKey(row), known);
    }
  }
  return kept;
}
