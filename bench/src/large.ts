import type { Log } from '@kenri/local';
import { benchExport, type ExportFigures } from './export/bench-export.js';
import { benchLocate, type LocateFigures } from './locate/bench-locate.js';
import type { BenchOptions } from './options.js';
import { shown, table } from './report/table.js';

/** Then the tenth slowest is the 99th percentile, and one pause of the machine or the database does not decide it. */
const LOCATE_REQUESTS = 1000;
/** Records of the one export per megabyte of images: 100,000 to 1 GB. */
const RECORDS_PER_MEGABYTE = 100;

export interface LargeFigures {
  locate?: LocateFigures;
  export?: ExportFigures;
}

/** What is large: a store of many people, one person of many records. Each part on backing services of its own. */
export async function benchLarge(
  options: BenchOptions,
  {
    log,
    signal,
    print,
    measured,
  }: {
    log: Log;
    signal: AbortSignal;
    print: (lines: readonly string[]) => void;
    /** Told what is measured so far, after each part. */
    measured: (figures: LargeFigures) => Promise<void>;
  },
): Promise<LargeFigures> {
  const { only, seed, locatePeople: people, exportMegabytes: megabytes } = options;
  const around = { seed, say: log.line, signal };
  const figures: LargeFigures = {};
  if (only.includes('locate')) {
    figures.locate = await benchLocate({ people, requests: LOCATE_REQUESTS, ...around });
    print(locateLines(figures.locate));
    await measured(figures);
  }
  if (only.includes('export')) {
    figures.export = await benchExport({ megabytes, records: megabytes * RECORDS_PER_MEGABYTE, ...around });
    print(exportLines(figures.export));
    await measured(figures);
  }
  return figures;
}

function locateLines({ stores }: LocateFigures): string[] {
  return table(
    [
      'locating, ms',
      'p50',
      'p99',
      'answer p50',
      'answer p99',
      'compared',
      'rows',
      'documents',
      'swept/s',
      'connector MB',
    ],
    stores.map(
      ({ people, locate, answer, comparedPerRequest, rowsPerRequest, documents, sweptPerSecond, connectorMb }) => [
        `${people.toLocaleString('en')} people`,
        ...[locate.p50, locate.p99, answer.p50, answer.p99, comparedPerRequest, rowsPerRequest, documents].map(shown),
        shown(sweptPerSecond),
        shown(connectorMb),
      ],
    ),
  );
}

function exportLines({
  megabytes,
  records,
  memoryMb,
  exportedMbPerSecond,
  packagedMbPerSecond,
}: ExportFigures): string[] {
  const rows = Object.entries(memoryMb).map(([name, { before, most, grown }]) => [
    name,
    ...[before, most, grown].map(shown),
  ]);
  return [
    ...table([`memory, MB, exporting ${shown(megabytes)} MB`, 'before', 'most', 'grown'], rows),
    `${records.toLocaleString('en')} records; ${shown(exportedMbPerSecond)} MB/s exported, ${shown(packagedMbPerSecond)} MB/s packaged`,
  ];
}
