import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ServiceName } from '@kenri/local';

/** Services run from what was built, also where this module itself runs from source. */
const PRELOAD = path.resolve(import.meta.dirname, '../../dist/faults/shifted-clock.js');

/** The clocks of the services, each of which can be put ahead or behind while it runs. */
export class Clocks {
  private constructor(private readonly folder: string) {}

  static async open(): Promise<Clocks> {
    return new Clocks(await mkdtemp(path.join(tmpdir(), 'kenri-chaos-clocks-')));
  }

  /** For the environment of all services. */
  get settings(): NodeJS.ProcessEnv {
    return { KENRI_CHAOS_CLOCKS: this.folder, NODE_OPTIONS: `--import=${pathToFileURL(PRELOAD).href}` };
  }

  /** Seen by the service within a fifth of a second. */
  async set(service: ServiceName, offsetMs: number): Promise<void> {
    const file = path.join(this.folder, service);
    await writeFile(`${file}.new`, String(offsetMs));
    await rename(`${file}.new`, file);
  }

  close(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}
