import type { Blocker, Hold, RecordsLocated, ReviewLine, ReviewMatch, ReviewRecord } from '@kenri/contracts';
import type { DataMap } from '../data-map.js';
import { readable } from '../documents/comparable.js';
import { valuesAt } from '../documents/paths.js';
import type { Located, LocatedMatch, LocatedRow } from '../locate/located.js';
import { wholeRows } from '../locate/whole-rows.js';
import { elementsIn, isEmbedded, mapped, ownFields, rowDigest, type Row } from '../rows.js';
import type { StoreAdapter } from '../store/store-adapter.js';
import { manifestDigest, type Manifest, type ManifestMatch, type ManifestRow } from './manifest.js';
import { outlook, type Asked, type RowOutlook } from './outlook.js';

export interface DryRunContext {
  readonly map: DataMap;
  /** Documents of very many rows are read from it again, a batch at a time. */
  readonly store: StoreAdapter;
  readonly caseId: string;
  readonly round: number;
  readonly now: Date;
  /** An opaque name, stable within the round, that nobody else can compute. */
  readonly nameOf: (what: string) => string;
}

/** What the first phase yields: touches nothing. */
export interface DryRun {
  readonly manifest: Manifest;
  readonly digest: string;
  readonly review: Review;
  /** Everything of the answer that follows from the rows. */
  readonly summary: Pick<
    RecordsLocated,
    'matches' | 'records' | 'possibleMentions' | 'dryRun' | 'blockers' | 'holds' | 'endings'
  >;
  /** Ids of the certain matches' own top-level records, for match tokens. */
  readonly certainRootIds: readonly string[];
}

/** What reviewers see. Made as text piece by piece: of a hundred thousand records the whole would be held several times over. */
export interface Review {
  /** Nothing was found, so there is nothing to look at. */
  readonly empty: boolean;
  readonly records: number;
  /** NDJSON, in pieces that do not end with the lines; the same every time. */
  text(): Iterable<string>;
}

interface Seen {
  readonly row: ManifestRow;
  readonly outlook: RowOutlook;
}

const rowIdentity = (row: Row): string =>
  JSON.stringify([row.collection, readable(row.id), row.elements.map(({ at, key }) => [at, readable(key)])]);

export async function dryRun(located: Located, asked: Asked, context: DryRunContext): Promise<DryRun> {
  const { map, caseId, round } = context;
  const seen: { match: LocatedMatch; rows: Seen[] }[] = [];
  for (const match of located.matches) {
    const rows: Seen[] = [];
    for await (const row of wholeRows(context.store, match.rows)) rows.push(look(match, row, asked, context));
    seen.push({ match, rows });
  }
  const matches = seen.map(({ match, rows }): ManifestMatch => ({
    ref: context.nameOf(`match\u0000${rowIdentity(match.rows[0]!)}`),
    verdict: match.match.verdict === 'certain' ? 'certain' : 'candidate',
    rows: rows.map(({ row }) => row),
  }));
  const manifest: Manifest = { caseId, system: map.system, round, matches };
  const digest = manifestDigest(manifest);
  const certain = seen.filter(({ match }) => match.match.verdict === 'certain');
  return {
    manifest,
    digest,
    review: {
      empty: seen.length + located.mentions.length === 0,
      records: seen.reduce((sum, { rows }) => sum + rows.length, 0),
      *text() {
        yield line({ header: { caseId, system: map.system, round, manifestDigest: digest } });
        for (const [index, { match, rows }] of seen.entries()) yield* matchText(map, match, matches[index]!, rows);
        for (const { collection, id, excerpt } of located.mentions) {
          const ref = context.nameOf(`mention\u0000${collection}\u0000${readable(id)}`);
          yield line({ mention: { ref, collection, label: mapped(map, collection).label, excerpt } });
        }
      },
    },
    summary: summarise(seen, located.mentions.length, asked),
    certainRootIds: [
      ...new Set(
        certain
          .map(({ match }) => match.rows[0]!)
          .filter((row) => !isEmbedded(row))
          .map(({ id }) => readable(id)),
      ),
    ],
  };
}

function look(match: LocatedMatch, located: LocatedRow, asked: Asked, { map, now, nameOf }: DryRunContext): Seen {
  const seen = outlook(map, located, located.document, asked, now);
  const { collection, id, roles, elements, depth } = located;
  const row: ManifestRow = {
    ref: nameOf(`row\u0000${rowIdentity(match.rows[0]!)}\u0000${rowIdentity(located)}`),
    collection,
    id,
    roles,
    elements,
    depth,
    digest: rowDigest(mapped(map, collection), located, located.document) ?? '',
    action: seen.erase.action,
    holds: seen.erase.holds.map(({ rule, until }) => ({ rule, until })),
  };
  return { row, outlook: seen };
}

const line = (content: ReviewLine): string => `${JSON.stringify(content)}\n`;

/** A match line, its records one by one. */
function* matchText(map: DataMap, match: LocatedMatch, named: ManifestMatch, rows: readonly Seen[]): Iterable<string> {
  const head = JSON.stringify(reviewMatch(map, match, named));
  yield `{"match":${head.slice(0, -1)},"records":[`;
  for (const [index, seen] of rows.entries())
    yield `${index === 0 ? '' : ','}${JSON.stringify(reviewRecord(map, seen))}`;
  yield ']}}\n';
}

function reviewMatch(
  map: DataMap,
  { match, rows: [root] }: LocatedMatch,
  named: ManifestMatch,
): Omit<ReviewMatch, 'records'> {
  const about = mapped(map, root!.collection);
  const elements = elementsIn(about, root!, root!.document);
  return {
    ref: named.ref,
    verdict: named.verdict,
    score: match.score,
    agrees: match.agrees,
    disagrees: match.disagrees,
    missing: match.missing,
    reasons: match.reasons,
    subject: ownFields(about, root!).flatMap(([path, field]) => {
      if (field.kind === undefined) return [];
      const value = valuesAt(root!.document, path, elements)
        .map(readable)
        .filter((text) => text !== '')
        .join('\n');
      return value === '' ? [] : [{ path, label: field.label, kind: field.kind, value }];
    }),
  };
}

function reviewRecord(map: DataMap, { row, outlook: seen }: Seen): ReviewRecord {
  const { fields } = mapped(map, row.collection);
  const labelOf = (path: string) => fields[path]?.label ?? { ja: path, en: path };
  return {
    ref: row.ref,
    collection: row.collection,
    label: seen.label,
    root: row.depth === 0,
    export: seen.export,
    erase: {
      action: seen.erase.action,
      holds: seen.erase.holds.map(({ rule, law, article, until, keeps }) => ({
        rule,
        law,
        article,
        until,
        keeps: keeps === null ? [{ ja: '全体', en: 'the whole record' }] : keeps.map(labelOf),
      })),
    },
    suppress: [...seen.suppress],
    corrections: [...seen.corrections],
    blockers: [...seen.blockers],
    endings: [...seen.endings],
  };
}

/** Every row once, although several matches may lead to it. */
function distinct(rows: readonly Seen[]): Seen[] {
  return [...new Map(rows.map((seen) => [rowIdentity(seen.row), seen])).values()];
}

function summarise(
  seen: readonly { match: LocatedMatch; rows: Seen[] }[],
  possibleMentions: number,
  asked: Asked,
): DryRun['summary'] {
  const of = (verdict: 'certain' | 'candidate') => seen.filter(({ match }) => match.match.verdict === verdict);
  const certain = distinct(of('certain').flatMap(({ rows }) => rows));
  const certainNames = new Set(certain.map(({ row }) => rowIdentity(row)));
  const candidate = distinct(of('candidate').flatMap(({ rows }) => rows)).filter(
    ({ row }) => !certainNames.has(rowIdentity(row)),
  );
  return {
    matches: { certain: of('certain').length, candidate: of('candidate').length },
    records: { certain: certain.length, candidate: candidate.length },
    possibleMentions,
    dryRun: dryRunCounts(certain, asked),
    blockers: blockersOf(certain.flatMap(({ outlook: row }) => row.blockers)),
    holds: holdsOf(certain.map(({ outlook: row }) => row.erase.holds)),
    endings: counted(certain.flatMap(({ outlook: row }) => row.endings)).map(([{ code, label }, records]) => ({
      code,
      label,
      records,
    })),
  };
}

function dryRunCounts(rows: readonly Seen[], asked: Asked): RecordsLocated['dryRun'] {
  const wants = (operation: Asked['operations'][number]) => asked.operations.includes(operation);
  const outlooks = rows.map(({ outlook: row }) => row);
  const acting = (action: ReviewRecord['erase']['action']) =>
    outlooks.filter(({ erase }) => erase.action === action).length;
  const correcting = outlooks.map(
    ({ corrections }) => corrections.filter((c) => c.correctable && c.current !== c.claimed).length,
  );
  const exported = outlooks.filter((row) => row.export.fields > 0 || row.export.files > 0);
  const applied = (purpose: string) =>
    outlooks.some(({ suppress }) => suppress.some((s) => s.purpose === purpose && s.how === 'applied'));
  return {
    ...(wants('export') && {
      export: { records: exported.length, files: exported.reduce((sum, row) => sum + row.export.files, 0) },
    }),
    ...(wants('correct') && {
      correct: {
        records: correcting.filter((fields) => fields > 0).length,
        fields: correcting.reduce((sum, fields) => sum + fields, 0),
      },
    }),
    ...(wants('suppress') && {
      suppress: {
        records: outlooks.filter(({ suppress }) => suppress.some(({ how }) => how === 'applied')).length,
        publishedOnly: asked.purposes.filter((purpose) => !applied(purpose)),
      },
    }),
    ...(wants('erase') && {
      erase: {
        delete: acting('delete'),
        removePerson: acting('remove-person'),
        removeFields: acting('remove-fields'),
        hold: acting('hold'),
      },
    }),
  };
}

/** Codes with how many rows have them; each row counts once. */
function counted<T extends { readonly code: string }>(items: readonly T[]): [T, number][] {
  const counts = new Map<string, [T, number]>();
  for (const item of items) counts.set(item.code, [item, (counts.get(item.code)?.[1] ?? 0) + 1]);
  return [...counts.values()].slice(0, 100);
}

export const blockersOf = (blockers: readonly ReviewRecord['blockers'][number][]): Blocker[] =>
  counted(blockers).map(([{ code, label, operations }, records]) => ({
    code,
    label,
    operations: [...operations],
    records,
  }));

/** Holds by rule and last day: each with how many rows it keeps. */
export function holdsOf(
  rows: readonly (readonly { rule: string; law: Hold['law']; article: string; until: string | null }[])[],
): Hold[] {
  const byRule = new Map<string, Hold>();
  for (const { rule, law, article, until } of rows.flat()) {
    const before = byRule.get(rule);
    const later = before && (before.until === null || (until !== null && before.until > until)) ? before.until : until;
    byRule.set(rule, { rule, law, article, until: later, records: (before?.records ?? 0) + 1 });
  }
  return [...byRule.values()].slice(0, 100);
}
