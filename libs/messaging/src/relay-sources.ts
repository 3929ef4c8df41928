import type { Collection } from 'mongodb';
import type { OutboxedDocument } from './document.js';
import type { OutboxEntry } from './message.js';

/** A collection whose documents carry outboxes. */
export interface RelaySource {
  readonly key: string;
  readonly collection: Collection<OutboxedDocument>;
  /** `ce_source` of its messages. */
  readonly source: string;
  /** Told of each document whose outbox is empty now, and at which version. */
  onEmptied(id: string, version: number): void;
}

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
  /** End of the lease, in ms since the epoch. */
  until: number;
}
