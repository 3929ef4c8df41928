import type { OutboxedDocument } from './document.js';

type Stored = OutboxedDocument & Record<string, unknown>;

const MAX_ABSENT = 10_000;

interface Kept {
  /** Frozen, and as the database has it, so that what is recalled is just what would have been read. */
  readonly document: Stored;
  /** Of BSON, at most. */
  readonly bytes: number;
  /** Nothing in it waits to be published: only then does nobody but a `DocumentStore` write it. */
  emptied: boolean;
}

/**
 * Documents as this process wrote them last, the latest first to stay. A change of one of them needs no read: its write is guarded by
 * the version, so that a document another process wrote to since loses the race and is read. Nothing else may be decided by it.
 */
export class RecentDocuments {
  private readonly kept = new Map<string, Kept>();
  private bytes = 0;
  /** Ids under which a read found nothing. */
  private readonly absent = new Set<string>();

  constructor(private readonly maxBytes: number) {}

  /**
   * @param document with an empty outbox
   * @param bytes of BSON that it has at most
   * @param emptied whether its outbox is empty in the database as well
   */
  keep(document: Stored, bytes: number, emptied: boolean): void {
    this.forget(document._id);
    this.kept.set(document._id, { document, bytes, emptied });
    this.bytes += bytes;
    for (const oldest of this.kept.keys()) {
      if (this.bytes <= this.maxBytes) break;
      this.forget(oldest);
    }
  }

  /** The outbox of that version is empty now. */
  emptied(id: string, version: number): void {
    const kept = this.kept.get(id);
    if (kept?.document.version === version) kept.emptied = true;
  }

  /** A read has found nothing under this id: who creates it next needs no other one, since an id is taken once. */
  keepAbsent(id: string): void {
    this.absent.delete(id);
    this.absent.add(id);
    if (this.absent.size <= MAX_ABSENT) return;
    const [oldest] = this.absent;
    this.absent.delete(oldest!);
  }

  /** @returns null: there was none */
  recall(id: string): { document: Stored; bytes: number } | null | undefined {
    if (this.absent.has(id)) return null;
    const kept = this.kept.get(id);
    if (!kept?.emptied) return undefined;
    this.kept.delete(id);
    this.kept.set(id, kept);
    return kept;
  }

  forget(id: string): void {
    this.absent.delete(id);
    this.bytes -= this.kept.get(id)?.bytes ?? 0;
    this.kept.delete(id);
  }
}
