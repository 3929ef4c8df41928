import type { Collection } from 'mongodb';
import type { OutboxedDocument } from './document.js';
import type { OutboxEntry } from './message.js';

/** A collection whose documents carry outboxes. */
export interface RelaySource {
  readonly key: string;
  readonly collection: Collection<OutboxedDocument>;
  /** `ce_source` of its messages. */
  readonly source: string;
  /** Told what became of a document's outbox as it was at a version. */
  onOutbox(id: string, version: number, is: OutboxIs): void;
}

/** `published`: the broker has all of it, which may still stand in the document; `emptied`: it does no more. */
export type OutboxIs = 'published' | 'emptied';

/** What one write left to publish. */
export interface Waiting {
  id: string;
  version: number;
  outbox: readonly OutboxEntry[];
  until: Date;
}

/** A document of which a relay has something to publish or to clear. */
export interface Held {
  readonly source: RelaySource;
  readonly id: string;
  /** The version at which `outbox` is known. */
  version: number;
  /** All entries (their `n`) in the document at that version. */
  outbox: ReadonlySet<string>;
  waiting: OutboxEntry[];
  sending: OutboxEntry[];
  /** Acknowledged, and perhaps still in the document. */
  readonly sent: Set<string>;
  /** Since when nothing of it waits or is under way (monotonic ms); undefined while something does. */
  publishedAt: number | undefined;
  /** End of the lease, in ms since the epoch. */
  until: number;
}
