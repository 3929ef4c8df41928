import type { OutboxedDocument } from './document.js';
import type { OutboxIs } from './relay-sources.js';

type Stored = OutboxedDocument & Record<string, unknown>;

const MAX_ABSENT = 10_000;

/** What a change is decided by instead of a read. */
export interface Recalled {
  /** Its state as the database has it; its outbox with what waited when it was written and may be published by now. */
  readonly document: Stored;
  /** Of the state's BSON, at most. */
  readonly bytes: number;
  /** The outbox is given as empty, and in the database may hold what was published. */
  readonly published: boolean;
}

/**
 * Documents as this process wrote them last, the latest first to stay. A change of one of them needs no read: its write is guarded by
 * the version, so that a document another process wrote to since loses the race and is read. Nothing else may be decided by it.
 */
export class RecentDocuments {
  private readonly kept = new Map<string, Recalled>();
  private bytes = 0;
  /** Ids under which a read found nothing. */
  private readonly absent = new Set<string>();

  constructor(private readonly maxBytes: number) {}

  /**
   * @param document whose outbox, if it holds anything, is leased to this process's relay
   * @param bytes of BSON that its state has at most
   */
  keep(document: Stored, bytes: number): void {
    this.forget(document._id);
    this.kept.set(document._id, { document, bytes, published: false });
    this.bytes += bytes;
    for (const oldest of this.kept.keys()) {
      if (this.bytes <= this.maxBytes) break;
      this.forget(oldest);
    }
  }

  /** What became of the outbox as it was at that version. */
  outbox(id: string, version: number, is: OutboxIs): void {
    const kept = this.kept.get(id);
    if (kept?.document.version !== version) return;
    const { outboxAt: _at, outboxLease: _lease, ...rest } = kept.document;
    this.kept.set(id, { ...kept, document: { ...rest, outbox: [] }, published: is === 'published' });
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
  recall(id: string): Recalled | null | undefined {
    if (this.absent.has(id)) return null;
    const kept = this.kept.get(id);
    if (!kept) return undefined;
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
