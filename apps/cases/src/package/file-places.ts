import type { ExportedFile } from './export-stream.js';

/** How many files of one system are entries of their own; of more, so many at a time stand in a bundle. */
export interface Bundling {
  readonly above: number;
  readonly files: number;
}
/** Each entry of a ZIP costs some kilobytes of memory until the ZIP is closed, and an encrypted one a key derivation. */
export const BUNDLING: Bundling = { above: 2_000, files: 1_000 };

/** The name of an exported file in the package: its digest keeps names apart and nothing that a system calls a file is trusted. */
export function entryName({ name, sha256 }: Pick<ExportedFile, 'name' | 'sha256'>): string {
  const safe =
    name
      .normalize('NFKC')
      .replace(/[^\p{L}\p{N}._-]+/gu, '_')
      .replace(/^[._]+/, '')
      .slice(-80) || 'file';
  return `${sha256.slice(0, 12)}-${safe}`;
}

/** Where a file stands: an entry of the package, or a file within a bundle that is one. */
export interface FilePlace {
  readonly entry: string;
  /** Its name in the bundle; null where it is an entry of its own. */
  readonly within: string | null;
}

/**
 * Where the files of one system stand in the package. Every reader of an export meets them in the same order, so that all of them come to
 * the same places.
 */
export class FilePlaces {
  private readonly bundles = new Map<string, number>();

  /** @param files how many files the system exported */
  constructor(
    private readonly system: string,
    private readonly files: number,
    private readonly bundling: Bundling,
  ) {}

  of(file: Pick<ExportedFile, 'name' | 'sha256'>): FilePlace {
    const name = entryName(file);
    if (this.files <= this.bundling.above) return { entry: `files/${this.system}/${name}`, within: null };
    const bundle = this.bundles.get(name) ?? Math.floor(this.bundles.size / this.bundling.files) + 1;
    this.bundles.set(name, bundle);
    return { entry: `files/${this.system}/${String(bundle).padStart(4, '0')}.zip`, within: name };
  }

  /** The place as one path, for people and programs. */
  pathOf(file: Pick<ExportedFile, 'name' | 'sha256'>): string {
    const { entry, within } = this.of(file);
    return within === null ? entry : `${entry}/${within}`;
  }
}
