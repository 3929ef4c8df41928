import { createHash } from 'node:crypto';
import type { ArtifactRef, Bilingual, ExportLine } from '@kenri/contracts';
import type { MappedCollection } from '../data-map.js';
import { exported, exportedFields, fileOf, hasFile } from '../dry-run/outlook.js';
import { withoutArrays } from '../documents/paths.js';
import { mapped } from '../rows.js';
import type { Connector } from '../connector.js';
import { readSelected } from './read-documents.js';
import { excludedFrom, sparedPaths, type Plan, type SelectedDocument } from './selection.js';

export interface Exported {
  readonly records: number;
  readonly files: number;
  readonly artifact: ArtifactRef | null;
  /** Rows that are no longer as the plan saw them: what was decided about them may not fit, so they are left out. */
  readonly changed: string[];
}

type Withheld = Extract<ExportLine, { record: unknown }>['record']['withheld'][number];

const CHUNK = 256 * 1024;

/**
 * Streams the person's records into an artifact sealed for whoever builds the disclosure package: never other people's data, withheld
 * fields with their ground, files in chunks. Memory does not grow with the amount.
 */
export async function exportRecords(
  connector: Connector,
  plan: Plan,
  documents: readonly SelectedDocument[],
  expected: ReadonlyMap<string, string | null>,
): Promise<Exported> {
  const { map, vault, clock } = connector;
  const counts = { records: 0, files: 0 };
  const changed: string[] = [];
  const scopes = plan.scope.exportScopes;

  async function* lines(): AsyncIterable<Uint8Array> {
    yield encoded({
      header: {
        caseId: plan.caseId,
        system: map.system,
        round: plan.round,
        planId: plan.planId,
        label: map.label,
        exportedAt: clock.now().toISOString(),
        scopes: [...scopes],
      },
    });
    const told = new Set<string>();
    for await (const { document, live, unchanged, changed: rows } of readSelected(connector, documents, expected)) {
      const about = mapped(map, document.collection);
      changed.push(...rows.map(({ ref }) => ref));
      for (const row of live ? unchanged : []) {
        const withData = exported(about, scopes);
        const onlyPurposes =
          !withData && scopes.includes('purposes') && !about.provisionRecord && !told.has(document.collection);
        if (!withData && !onlyPurposes) continue;
        told.add(document.collection);
        const whole = excludedFrom(row, 'export');
        const spared = sparedPaths(row, 'export').map(withoutArrays);
        const fields = withData && !whole ? exportedFields(about, row, live!) : [];
        const shown = fields.filter(({ path }) => !spared.includes(withoutArrays(path)));
        const withheld = (row.exclusions.get('export') ?? []).flatMap(({ paths, ground }): Withheld[] =>
          paths === null
            ? [{ path: null, label: null, ground }]
            : paths.map((path) => ({ path, label: labelOf(about, path), ground })),
        );
        const carriesFile =
          withData && !whole && hasFile(about, row, live!) && !spared.includes(withoutArrays(about.file!.bytes));
        if (shown.length === 0 && withheld.length === 0 && !carriesFile && !onlyPurposes) continue;
        counts.records += 1;
        yield encoded({
          record: {
            ref: row.ref,
            collection: document.collection,
            label: about.label,
            fields: shown.map(({ path, field, value }) => ({ path, label: field.label, value })),
            purposes: [...about.purposes],
            withheld: withData ? withheld : [],
          },
        });
        if (!carriesFile) continue;
        const { bytes, name, contentType } = fileOf(about, row, live!)!;
        counts.files += 1;
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        yield encoded({ file: { record: row.ref, name, contentType, size: bytes.byteLength, sha256 } });
        for (let from = 0; from < bytes.byteLength; from += CHUNK)
          yield encoded({ chunk: Buffer.from(bytes.subarray(from, from + CHUNK)).toString('base64') });
      }
    }
  }

  const artifact = await vault.artifacts.put(lines(), {
    recipients: [map.reviewers],
    contentType: 'application/x-ndjson',
    caseId: plan.caseId,
    purpose: 'export',
  });
  if (counts.records > 0) return { ...counts, artifact, changed };
  await vault.artifacts.delete(artifact.id);
  return { ...counts, artifact: null, changed };
}

function labelOf({ fields }: MappedCollection, path: string): Bilingual {
  const found = Object.entries(fields).find(([own]) => withoutArrays(own) === withoutArrays(path));
  return found?.[1].label ?? { ja: path, en: path };
}

const encoded = (line: ExportLine): Uint8Array => Buffer.from(`${JSON.stringify(line)}\n`, 'utf8');
