const ROTATE_AFTER = 20_000;

/**
 * Which outbox entries were acknowledged lately: a writer that read a document just before it was cleared hands them over once
 * more. Bounded: two generations, the older one is forgotten when the newer one is full.
 */
export class Acknowledged {
  private newer = new Set<string>();
  private older = new Set<string>();

  add(n: string): void {
    if (this.newer.size >= ROTATE_AFTER) {
      this.older = this.newer;
      this.newer = new Set();
    }
    this.newer.add(n);
  }

  has(n: string): boolean {
    return this.newer.has(n) || this.older.has(n);
  }
}
