import { createHash } from 'node:crypto';
import { BlobReader, configure, type FileEntry, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js';

configure({ useWebWorkers: false });

/** The files of a disclosure package by their names. @throws Error naming a file that is not encrypted */
export async function readPackage(zip: Buffer, password: string): Promise<Map<string, Uint8Array>> {
  const reader = new ZipReader(new BlobReader(new Blob([new Uint8Array(zip)])), { password });
  const entries = (await reader.getEntries()).filter((entry): entry is FileEntry => !entry.directory);
  const contents = new Map<string, Uint8Array>();
  for (const entry of entries) {
    if (!entry.encrypted) throw new Error(`${entry.filename} is not encrypted`);
    contents.set(entry.filename, await entry.getData(new Uint8ArrayWriter()));
  }
  return contents;
}

/**
 * Opens a disclosure package as its recipient would, and checks every file against the manifest.
 * @returns the number of files
 * @throws Error naming what is wrong
 */
export async function openPackage(zip: Buffer, password: string): Promise<number> {
  const contents = await readPackage(zip, password);
  const manifest = contents.get('manifest.json');
  if (!manifest) throw new Error('there is no manifest.json');
  const { files } = JSON.parse(Buffer.from(manifest).toString('utf8')) as { files: { path: string; sha256: string }[] };
  for (const { path, sha256 } of files) {
    const content = contents.get(path);
    if (!content) throw new Error(`${path} is in the manifest, but not in the package`);
    if (createHash('sha256').update(content).digest('hex') !== sha256)
      throw new Error(`${path} does not have the digest of the manifest`);
  }
  const unlisted = [...contents.keys()].filter(
    (name) => name !== 'manifest.json' && !files.some(({ path }) => path === name),
  );
  if (unlisted.length > 0) throw new Error(`${unlisted.join(', ')} not in the manifest`);
  return contents.size;
}
