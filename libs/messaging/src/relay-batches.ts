import type { OutboxEntry } from './message.js';

// Pure: which waiting entries go into the next sendBatch.

/** One record batch per partition: an oversized one would fail whole while other partitions were written. */
export const MAX_PARTITION_BYTES = 512 * 1024;
export const MAX_BATCH_BYTES = 4 * 1024 * 1024;
export const MAX_BATCH_MESSAGES = 1000;
/** Headers and record overhead, generously. */
const OVERHEAD = 600;

export const sizeOf = (entry: OutboxEntry): number =>
  (entry.value === null ? 0 : Buffer.byteLength(entry.value)) + Buffer.byteLength(entry.key) + OVERHEAD;

export interface Picked<D> {
  document: D;
  /** How many of the document's waiting entries go, from the first. */
  count: number;
}

/**
 * Takes entries, document after document, as long as the caps hold. A document's entries keep their order: the first that does
 * not fit, or whose partition is not known, holds back the rest of that document. The very first entry always goes.
 */
export function pick<D extends { waiting: readonly OutboxEntry[] }>(
  documents: Iterable<D>,
  partitionOf: (entry: OutboxEntry) => string | undefined,
): Picked<D>[] {
  const bytes = new Map<string, number>();
  const picked: Picked<D>[] = [];
  let total = 0;
  let messages = 0;
  for (const document of documents) {
    let count = 0;
    for (const entry of document.waiting) {
      const partition = partitionOf(entry);
      if (partition === undefined) break;
      const size = sizeOf(entry);
      const inPartition = (bytes.get(partition) ?? 0) + size;
      const fits =
        inPartition <= MAX_PARTITION_BYTES && total + size <= MAX_BATCH_BYTES && messages < MAX_BATCH_MESSAGES;
      if (!fits && messages > 0) break;
      bytes.set(partition, inPartition);
      total += size;
      messages += 1;
      count += 1;
    }
    if (count > 0) picked.push({ document, count });
    if (messages >= MAX_BATCH_MESSAGES || total >= MAX_BATCH_BYTES) break;
  }
  return picked;
}
