import type { SelectedDocument, SelectedRow } from './selection.js';

/**
 * Rows that an erasure leaves for now: what must go to a person, and what leads to it, so that a further round can still find it by
 * reference.
 */
export class SparedRows {
  readonly refs = new Set<string>();
  /** Match → rows nearer to its root than this stay. */
  private readonly depths = new Map<string, number>();

  constructor(private readonly documents: readonly SelectedDocument[]) {}

  /** A row, with what leads to it. */
  spare(row: SelectedRow, document: SelectedDocument): void {
    row.refs.forEach((ref) => this.refs.add(ref));
    for (const match of document.matches) this.spareAbove(match, row.depth);
  }

  /** Rows by name, with what leads to them. */
  spareRefs(refs: ReadonlySet<string>): void {
    if (refs.size === 0) return;
    for (const document of this.documents)
      for (const row of document.rows) if (row.refs.some((ref) => refs.has(ref))) this.spare(row, document);
  }

  /** A match's rows nearer to its root than `depth`. */
  spareAbove(match: string, depth: number): void {
    if ((this.depths.get(match) ?? 0) >= depth) return;
    this.depths.set(match, depth);
    for (const { matches, rows } of this.documents)
      if (matches.has(match))
        for (const row of rows) if (row.depth < depth) row.refs.forEach((ref) => this.refs.add(ref));
  }
}
