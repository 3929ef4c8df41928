import { createHash, randomInt } from 'node:crypto';
import { Readable, Writable } from 'node:stream';
import type { Language } from '@kenri/contracts';
import { configure, ZipWriter } from '@zip.js/zip.js';
import { stringify } from 'csv-stringify/sync';
import { filesOf, MalformedExport, type SystemExport } from './export-stream.js';
import { csvRows, entryName, type PackageFacts, reportHtml, systemJson } from './report.js';

configure({ useWebWorkers: false });

/** No 0/O, 1/l/I: it is read off a letter and typed. */
const PASSWORD_ALPHABET = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** A password for one package: 20 characters of 56 (116 bits) in groups of five. Travels by another way than the link. */
export function generatePassword(): string {
  const characters = Array.from({ length: 20 }, () => PASSWORD_ALPHABET[randomInt(PASSWORD_ALPHABET.length)] ?? '');
  return [0, 5, 10, 15].map((at) => characters.slice(at, at + 5).join('')).join('-');
}

export interface ManifestEntry {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface PackageManifest {
  readonly reference: string;
  readonly createdAt: string;
  readonly systems: string[];
  readonly files: ManifestEntry[];
}

const toBytes = async function* (texts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const text of texts) yield Buffer.from(text, 'utf8');
};

/** CSV for spreadsheets: UTF-8 with byte order mark, and no cell that a spreadsheet would run as a formula (quality.md, Security). */
async function* csvOf(rows: AsyncIterable<string[]>): AsyncGenerator<Uint8Array> {
  let bom = true;
  for await (const row of rows) {
    yield Buffer.from(stringify([row], { bom, escape_formulas: true, record_delimiter: 'windows' }), 'utf8');
    bom = false;
  }
}

/**
 * Writes the disclosure package as one ZIP, AES-256 encrypted (WinZip AE-2, opened by 7-Zip and others): a readable report in both
 * languages, the same as JSON and CSV per system, the files, and a manifest with the SHA-256 of each.
 * Everything streams: memory does not grow with the size of the exports. An entry whose bytes do not have the digest the system declared
 * fails the build with `MalformedExport`.
 */
export async function buildPackage(
  facts: PackageFacts,
  systems: readonly SystemExport[],
  password: string,
  output: Writable,
): Promise<PackageManifest> {
  // zip.js writes to a web stream; node's adapter respects back-pressure.
  const zip = new ZipWriter(Writable.toWeb(output) as WritableStream<Uint8Array>, {
    password,
    encryptionStrength: 3,
    zip64: true,
  });
  const files: ManifestEntry[] = [];

  async function add(
    path: string,
    bytes: AsyncIterable<Uint8Array>,
    expected?: { size: number; sha256: string },
  ): Promise<void> {
    const hash = createHash('sha256');
    let length = 0;
    const measured = (async function* () {
      for await (const chunk of bytes) {
        hash.update(chunk);
        length += chunk.length;
        yield chunk;
      }
    })();
    await zip.add(path, Readable.toWeb(Readable.from(measured, { objectMode: true })) as ReadableStream<Uint8Array>, {
      lastModDate: facts.createdAt,
      // Images are compressed already; deflating them only costs time.
      level: expected ? 0 : 6,
    });
    const sha256 = hash.digest('hex');
    if (expected && sha256 !== expected.sha256)
      throw new MalformedExport('a file does not have the digest its system declared');
    files.push({ path, bytes: length, sha256 });
  }

  const languages: Language[] = facts.language === 'ja' ? ['ja', 'en'] : ['en', 'ja'];
  for (const language of languages) await add(`report.${language}.html`, toBytes(reportHtml(facts, systems, language)));
  for (const source of systems) {
    await add(`data/${source.system}.json`, toBytes(systemJson(facts, source)));
    await add(`data/${source.system}.csv`, csvOf(csvRows(source, facts.language)));
    const written = new Set<string>();
    for await (const { file, bytes } of filesOf(source)) {
      const path = entryName(source.system, file);
      if (written.has(path)) {
        // The same file hangs on several records: enclosed once, but its bytes must be passed over.
        for await (const chunk of bytes) void chunk;
        continue;
      }
      written.add(path);
      await add(path, bytes, file);
    }
  }
  const manifest: PackageManifest = {
    reference: facts.reference,
    createdAt: facts.createdAt.toISOString(),
    systems: systems.map(({ system }) => system),
    files: [...files],
  };
  await add('manifest.json', toBytes(Readable.from([`${JSON.stringify(manifest, null, 2)}\n`])));
  await zip.close();
  return manifest;
}
