import { Readable } from 'node:stream';
import { ZipWriter } from '@zip.js/zip.js';

type AddEntry = (path: string, bytes: AsyncIterable<Uint8Array>) => Promise<void>;

/** Bundles of files, one after the other: a plain ZIP that streams into an entry of the package, which is what is encrypted. */
export class Bundles {
  private open: { path: string; zip: ZipWriter<unknown>; written: Promise<void> } | undefined;

  constructor(
    private readonly addEntry: AddEntry,
    private readonly lastModDate: Date,
  ) {}

  /** Adds a file to a bundle; a bundle that is another one than the last file's closes that one. */
  async add(path: string, name: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    if (this.open?.path !== path) {
      await this.close();
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
      const written = this.addEntry(path, readable);
      // Noticed where the bundle is closed, or where writing to it fails.
      written.catch(() => undefined);
      this.open = { path, zip: new ZipWriter(writable), written };
    }
    const content = Readable.toWeb(Readable.from(bytes, { objectMode: true })) as ReadableStream<Uint8Array>;
    // Images are compressed already.
    await this.open.zip.add(name, content, { level: 0, lastModDate: this.lastModDate });
  }

  async close(): Promise<void> {
    const { open } = this;
    this.open = undefined;
    if (!open) return;
    await open.zip.close();
    await open.written;
  }
}
