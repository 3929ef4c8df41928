import { Acknowledged } from './acknowledged.js';
import { MAX_BATCH_MESSAGES, sizeOf } from './relay-batches.js';
import type { Held, RelaySource, Waiting } from './relay-sources.js';

const CLEAR_WHILE_WAITING = 32;

export const keyOf = (source: RelaySource, id: string): string => `${source.key}/${id}`;

/** What a relay has in memory: which entries wait, which are under way, which are acknowledged. No I/O. */
export class HeldDocuments {
  private readonly held = new Map<string, Held>();
  private readonly acknowledged = new Acknowledged();
  /** Of waiting and sending entries. */
  bytes = 0;

  get size(): number {
    return this.held.size;
  }

  has(key: string): boolean {
    return this.held.has(key);
  }

  /** Takes over what is known of a document's outbox. Entries that are under way or acknowledged are not taken twice. */
  accept(source: RelaySource, { id, version, outbox, until }: Waiting): Held | undefined {
    const key = keyOf(source, id);
    let held = this.held.get(key);
    if (!held) {
      held = {
        source,
        id,
        version: 0,
        outbox: new Set(),
        waiting: [],
        sending: [],
        sent: new Set(),
        until: 0,
        publishedAt: undefined,
      };
      this.held.set(key, held);
    }
    if (version < held.version) return undefined;
    held.version = version;
    held.outbox = new Set(outbox.map(({ n }) => n));
    held.until = Math.max(held.until, until.getTime());
    for (const n of held.sent) if (!held.outbox.has(n)) held.sent.delete(n);
    const known = new Set([...held.waiting, ...held.sending].map(({ n }) => n));
    for (const entry of outbox) {
      if (known.has(entry.n)) continue;
      if (this.acknowledged.has(entry.n)) held.sent.add(entry.n);
      else {
        held.waiting.push(entry);
        this.bytes += sizeOf(entry);
      }
    }
    held.publishedAt = isPublished(held) ? performance.now() : undefined;
    return held;
  }

  /** Documents of which something can be sent now, not more than one round can take. */
  ready(): Held[] {
    const found: Held[] = [];
    for (const held of this.held.values()) {
      if (held.waiting.length > 0 && held.sending.length === 0) found.push(held);
      if (found.length >= MAX_BATCH_MESSAGES) break;
    }
    return found;
  }

  /** Documents whose acknowledged entries are due to be removed: those published by a moment (monotonic ms), and those that hold many. */
  clearable(publishedBy: number): Held[] {
    return [...this.held.values()].filter(
      (held) =>
        held.sent.size >= CLEAR_WHILE_WAITING || (held.publishedAt !== undefined && held.publishedAt <= publishedBy),
    );
  }

  /** When the first of what is published and not cleared was (monotonic ms). */
  firstPublishedAt(): number | undefined {
    let first: number | undefined;
    for (const held of this.held.values()) {
      const { publishedAt } = held;
      if (publishedAt !== undefined && (first === undefined || publishedAt < first)) first = publishedAt;
    }
    return first;
  }

  /** Moves the first waiting entries under way. */
  begin(held: Held, count: number): Held {
    held.sending = held.waiting.splice(0, count);
    return held;
  }

  /** What was under way waits again, in its old place. */
  putBack(held: Held): void {
    held.waiting = [...held.sending, ...held.waiting];
    held.sending = [];
  }

  acknowledge(held: Held): void {
    for (const entry of held.sending) {
      held.sent.add(entry.n);
      this.acknowledged.add(entry.n);
      this.bytes -= sizeOf(entry);
    }
    held.sending = [];
    if (isPublished(held)) held.publishedAt = performance.now();
  }

  /** Entries were removed from the document as it was at `version`. If it was written to meanwhile, the next round clears. */
  cleared(held: Held, version: number, entries: ReadonlySet<string>): void {
    if (held.version !== version) return;
    for (const n of entries) held.sent.delete(n);
    held.outbox = new Set([...held.outbox].filter((n) => !entries.has(n)));
    if (held.waiting.length + held.sending.length + held.sent.size === 0) this.drop(held);
  }

  drop(held: Held): void {
    for (const entry of [...held.waiting, ...held.sending]) this.bytes -= sizeOf(entry);
    held.waiting = [];
    held.sending = [];
    this.held.delete(keyOf(held.source, held.id));
  }
}

/** Nothing of it waits or is under way. */
const isPublished = ({ waiting, sending }: Held): boolean => waiting.length + sending.length === 0;

export function bySource(documents: readonly Held[]): Map<RelaySource, Held[]> {
  const grouped = new Map<RelaySource, Held[]>();
  for (const held of documents) {
    const group = grouped.get(held.source);
    if (group) group.push(held);
    else grouped.set(held.source, [held]);
  }
  return grouped;
}
