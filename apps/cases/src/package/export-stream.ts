import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { ExportLine } from '@kenri/contracts';

export type ExportHeader = Extract<ExportLine, { header: unknown }>['header'];
export type ExportedRecord = Extract<ExportLine, { record: unknown }>['record'];
export type ExportedFile = Extract<ExportLine, { file: unknown }>['file'];

/** One system's part of a disclosure: can be read from the start any number of times (each reader of a ZIP entry is a pass). */
export interface SystemExport {
  readonly system: string;
  /** How many files it holds, as the system told. */
  readonly files: number;
  open(): Promise<Readable>;
}

/** An export that is not what contracts/review.ts promises; the package is not built from it. */
export class MalformedExport extends Error {
  override readonly name = 'MalformedExport';
}

const CHUNK = '{"chunk":"';

/** Lines of an export. `withChunks: false` skips the bytes of files without decoding them. */
async function* linesOf(source: SystemExport, withChunks: boolean): AsyncGenerator<ExportLine> {
  const stream = await source.open();
  let number = 0;
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
      number += 1;
      if (line === '' || (!withChunks && line.startsWith(CHUNK))) continue;
      yield parseLine(line, source.system, number);
    }
  } finally {
    stream.destroy();
  }
  if (number === 0) throw new MalformedExport(`the export of ${source.system} is empty: not even a header`);
}

function parseLine(line: string, system: string, number: number): ExportLine {
  try {
    return JSON.parse(line) as ExportLine;
  } catch (cause) {
    // The parser's own message quotes the line, which is personal data: only the place is told.
    throw new MalformedExport(`line ${number} of the export of ${system} is not JSON`, {
      cause: (cause as Error).name,
    });
  }
}

/** A record together with the files that hang on it (names and digests, not bytes). */
export interface RecordWithFiles extends ExportedRecord {
  readonly files: ExportedFile[];
}

/** The header, then record by record. */
export async function* recordsOf(
  source: SystemExport,
): AsyncGenerator<{ header: ExportHeader } | { record: RecordWithFiles }> {
  let pending: RecordWithFiles | undefined;
  let headed = false;
  for await (const line of linesOf(source, false)) {
    if ('header' in line) {
      headed = true;
      yield line;
    } else if (!headed) {
      throw new MalformedExport(`the export of ${source.system} does not begin with its header`);
    } else if ('record' in line) {
      if (pending) yield { record: pending };
      pending = { ...line.record, files: [] };
    } else if ('file' in line) {
      if (pending?.ref !== line.file.record)
        throw new MalformedExport(`the export of ${source.system} has a file that belongs to no record`);
      pending.files.push(line.file);
    }
  }
  if (pending) yield { record: pending };
}

/** File by file, each with its bytes as a stream that must be read to its end before the next file is asked for. */
export async function* filesOf(
  source: SystemExport,
): AsyncGenerator<{ file: ExportedFile; bytes: AsyncGenerator<Uint8Array> }> {
  const lines = linesOf(source, true);
  let next = await lines.next();
  while (!next.done) {
    if (!('file' in next.value)) {
      next = await lines.next();
      continue;
    }
    const { file } = next.value;
    let after: IteratorResult<ExportLine> | undefined;
    const bytes = (async function* () {
      let left = file.size;
      for (;;) {
        const line = await lines.next();
        if (line.done || !('chunk' in line.value)) {
          after = line;
          break;
        }
        const chunk = Buffer.from(line.value.chunk, 'base64');
        left -= chunk.length;
        yield chunk;
      }
      if (left !== 0) throw new MalformedExport(`a file in the export of ${source.system} is not as long as it says`);
    })();
    yield { file, bytes };
    if (!after) throw new Error('the bytes of a file were not read to their end');
    next = after;
  }
}
