import {
  OPERATION_OF_KIND,
  type Bilingual,
  type Claim,
  type ExportScope,
  type FieldKind,
  type Kind,
  type Operation,
  type Purpose,
  type ReviewRecord,
} from '@kenri/contracts';
import { eraseAction, erased, suppressible } from '../changes.js';
import type { DataMap, FieldMap, MappedCollection } from '../data-map.js';
import { bytesOf, canonicalJson, CondensedBytes, readable } from '../documents/comparable.js';
import { holds } from '../documents/conditions.js';
import { places, valuesAt, withoutArrays, type Document } from '../documents/paths.js';
import { holdsOn, type HoldOnRow } from '../retention.js';
import { changeableFields, circumstances, elementsIn, mapped, ownFields, type Row } from '../rows.js';

/** What is asked of the connector, as far as a dry run needs it. */
export interface Asked {
  readonly operations: readonly Operation[];
  readonly exportScopes: readonly ExportScope[];
  readonly purposes: readonly Purpose[];
  readonly claims: readonly Claim[];
}

export function operationsOf(kinds: readonly Kind[]): Operation[] {
  const asked = new Set(kinds.map((kind) => OPERATION_OF_KIND[kind]));
  return (['export', 'correct', 'suppress', 'erase'] as const).filter((operation) => asked.has(operation));
}

/** What would be done to one row, what keeps it, what blocks it: without doing anything. */
export interface RowOutlook {
  readonly label: Bilingual;
  readonly export: { readonly fields: number; readonly files: number };
  readonly erase: { readonly action: ReviewRecord['erase']['action']; readonly holds: readonly HoldOnRow[] };
  readonly suppress: ReviewRecord['suppress'];
  readonly corrections: ReviewRecord['corrections'];
  readonly blockers: ReviewRecord['blockers'];
  readonly endings: ReviewRecord['endings'];
}

export function outlook(map: DataMap, row: Row, document: Document, asked: Asked, now: Date): RowOutlook {
  const collection = mapped(map, row.collection);
  const about = circumstances(collection, row, document, now);
  const wants = (operation: Operation) => asked.operations.includes(operation);
  const kept = wants('erase') ? holdsOn(collection, about, map) : [];
  return {
    label: collection.label,
    export: exported(collection, asked.exportScopes)
      ? { fields: exportedFields(collection, row, document).length, files: hasFile(collection, row, document) ? 1 : 0 }
      : { fields: 0, files: 0 },
    erase: { action: wants('erase') ? actionOn(collection, row, document, kept) : 'none', holds: kept },
    suppress: wants('suppress')
      ? asked.purposes.map((purpose) => ({
          purpose,
          how: suppressible(collection, row, [purpose]).length > 0 ? ('applied' as const) : ('published-only' as const),
        }))
      : [],
    corrections: wants('correct') ? correctionsOn(map, collection, row, document, asked.claims) : [],
    blockers: blockersOn(collection, about, asked.operations),
    endings:
      wants('erase') || asked.purposes.includes('all-use')
        ? (collection.endings ?? [])
            .filter(({ when }) => holds(when, about))
            .map(({ code, label }) => ({ code, label }))
        : [],
  };
}

export const blockersOn = (
  collection: MappedCollection,
  about: Parameters<typeof holds>[1],
  operations: readonly Operation[],
): ReviewRecord['blockers'] =>
  (collection.blockers ?? [])
    .map((rule) => ({ ...rule, operations: rule.operations.filter((operation) => operations.includes(operation)) }))
    .filter((rule) => rule.operations.length > 0 && holds(rule.when, about))
    .map(({ code, label, operations: blocked }) => ({ code, label, operations: [...blocked] }));

function actionOn(
  collection: MappedCollection,
  row: Row,
  document: Document,
  kept: readonly HoldOnRow[],
): ReviewRecord['erase']['action'] {
  if (kept.length > 0) return 'hold';
  const target = erased(collection, row, document);
  if (!('gone' in target) && canonicalJson(target.document) === canonicalJson(document)) return 'none';
  return eraseAction(collection, row);
}

/** Provision records are exported only under their own scope, everything else only under `data` (33(5)). */
export const exported = (collection: MappedCollection, scopes: readonly ExportScope[]): boolean =>
  scopes.includes(collection.provisionRecord ? 'provision-records' : 'data');

export interface ExportedField {
  readonly path: string;
  readonly field: FieldMap;
  readonly value: string;
}

/** The person's own fields as a disclosure shows them; bytes of files and other people's data are never among them. */
export function exportedFields(collection: MappedCollection, row: Row, document: Document): ExportedField[] {
  const elements = elementsIn(collection, row, document);
  return ownFields(collection, row).flatMap(([path, field]) => {
    if (field.exported === false || field.category === 'technical') return [];
    if (collection.file && withoutArrays(path) === withoutArrays(collection.file.bytes)) return [];
    const values = valuesAt(document, path, elements)
      .map(readable)
      .filter((value) => value !== '');
    return values.length === 0 ? [] : [{ path, field, value: values.join('\n') }];
  });
}

/** Whether the row holds the bytes of a file that is this person's. */
export function hasFile(collection: MappedCollection, row: Row, document: Document): boolean {
  const { file } = collection;
  if (!file || !ownFields(collection, row).some(([path]) => withoutArrays(path) === withoutArrays(file.bytes)))
    return false;
  return valuesAt(document, file.bytes, elementsIn(collection, row, document)).some(
    (value) => value instanceof CondensedBytes || bytesOf(value) !== null,
  );
}

/** The file that a row holds, or null. */
export function fileOf(
  collection: MappedCollection,
  row: Row,
  document: Document,
): { bytes: Uint8Array; name: string; contentType: string } | null {
  const { file } = collection;
  if (!file || !hasFile(collection, row, document)) return null;
  const elements = elementsIn(collection, row, document);
  const bytes = bytesOf(valuesAt(document, file.bytes, elements)[0]);
  if (!bytes) return null;
  const text = (path: string, otherwise: string) => readable(valuesAt(document, path, elements)[0]) || otherwise;
  return { bytes, name: text(file.name, 'file'), contentType: text(file.contentType, 'application/octet-stream') };
}

const NAME: readonly FieldKind[] = ['full-name', 'family-name', 'given-name'];
const KANA: readonly FieldKind[] = ['full-kana', 'family-kana', 'given-kana'];

/** Whether a claim about one kind of value concerns a field of another: a `contact` string holds name, reading and telephone together. */
function concerns(claimed: FieldKind, held: FieldKind | undefined): boolean {
  if (held === undefined) return false;
  if (claimed === held) return true;
  if (held === 'contact') return NAME.includes(claimed) || KANA.includes(claimed) || claimed === 'phone';
  const together = [NAME, KANA].find((group) => group.includes(claimed) && group.includes(held));
  return together !== undefined && (claimed === together[0] || held === together[0]);
}

function correctionsOn(
  map: DataMap,
  collection: MappedCollection,
  row: Row,
  document: Document,
  claims: readonly Claim[],
): ReviewRecord['corrections'] {
  const elements = elementsIn(collection, row, document);
  const fields = changeableFields(collection, row);
  return claims
    .filter((claim) => claim.system === undefined || claim.system === map.system)
    .flatMap((claim) =>
      fields
        .filter(([, field]) => concerns(claim.field, field.kind))
        .map(([path, field]) => ({
          claimId: claim.id,
          path,
          label: field.label,
          current:
            places(document, path, elements)
              .map(({ value }) => readable(value))
              .filter((value) => value !== '')
              .join('\n') || null,
          claimed: claim.claimed ?? null,
          correctable: field.correctable === true,
        })),
    );
}
