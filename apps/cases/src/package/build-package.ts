import { createHash, randomInt } from 'node:crypto';
import { Readable, Writable } from 'node:stream';
import type { Language } from '@kenri/contracts';
import { configure, ZipWriter } from '@zip.js/zip.js';
import { stringify } from 'csv-stringify/sync';
import { filesOf, MalformedExport, type ExportedFile, type SystemExport } from './export-stream.js';
import { Bundles } from './bundles.js';
import { BUNDLING, FilePlaces } from './file-places.js';
import { csvRows, type PackageFacts, type PlacedExport, reportHtml, systemJson } from './report.js';

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

const otherDigest = () => new MalformedExport('a file does not have the digest its system declared');

/** Bytes as they come; at their end they must have the digest that was declared. */
async function* checked(bytes: AsyncIterable<Uint8Array>, { sha256 }: ExportedFile): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const chunk of bytes) {
    hash.update(chunk);
    yield chunk;
  }
  if (hash.digest('hex') !== sha256) throw otherDigest();
}

/**
 * Writes the disclosure package as one ZIP, AES-256 encrypted (WinZip AE-2, opened by 7-Zip and others): a readable report in both
 * languages, the same as JSON and CSV per system, the files, and a manifest with the SHA-256 of each.
 * Everything streams: memory does not grow with the size of the exports. Very many files stand in bundles, plain ZIPs that are entries of
 * their own (`file-places.ts`); the manifest then names the bundles, the system's JSON each file with its digest. An entry whose bytes do not have the digest the system declared
 * fails the build with `MalformedExport`.
 */
export async function buildPackage(
  facts: PackageFacts,
  exports: readonly SystemExport[],
  password: string,
  output: Writable,
  bundling = BUNDLING,
): Promise<PackageManifest> {
  // zip.js writes to a web stream; node's adapter respects back-pressure.
  const zip = new ZipWriter(Writable.toWeb(output) as WritableStream<Uint8Array>, {
    password,
    encryptionStrength: 3,
    zip64: true,
  });
  const files: ManifestEntry[] = [];
  const systems = exports.map((source): PlacedExport => ({
    ...source,
    places: new FilePlaces(source.system, source.files, bundling),
  }));

  async function add(
    path: string,
    bytes: AsyncIterable<Uint8Array>,
    { expected, stored }: { expected?: Pick<ExportedFile, 'sha256'>; stored?: boolean } = {},
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
      level: stored ? 0 : 6,
    });
    const sha256 = hash.digest('hex');
    if (expected && sha256 !== expected.sha256) throw otherDigest();
    files.push({ path, bytes: length, sha256 });
  }

  const languages: Language[] = facts.language === 'ja' ? ['ja', 'en'] : ['en', 'ja'];
  for (const language of languages) await add(`report.${language}.html`, toBytes(reportHtml(facts, systems, language)));
  for (const source of systems) {
    await add(`data/${source.system}.json`, toBytes(systemJson(facts, source)));
    await add(`data/${source.system}.csv`, csvOf(csvRows(source, facts.language)));
    const written = new Set<string>();
    const bundles = new Bundles((path, bytes) => add(path, bytes, { stored: true }), facts.createdAt);
    for await (const { file, bytes } of filesOf(source)) {
      const { entry, within } = source.places.of(file);
      const name = within ?? entry;
      if (written.has(name)) {
        // The same file hangs on several records: enclosed once, but its bytes must be passed over.
        for await (const chunk of bytes) void chunk;
        continue;
      }
      written.add(name);
      if (within === null) await add(entry, bytes, { expected: file, stored: true });
      else await bundles.add(entry, within, checked(bytes, file));
    }
    await bundles.close();
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
