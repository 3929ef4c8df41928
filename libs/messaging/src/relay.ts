import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Collection } from 'mongodb';
import { systemClock, type Clock } from './clock.js';
import type { OutboxedDocument } from './document.js';
import { isBrokerUnreachable, nameFailure } from './failure.js';
import type { KafkaConnection } from './kafka-connection.js';
import type { OutboxEntry } from './message.js';
import { clear, claim, releaseAll, renew, stillWaiting } from './relay-outbox.js';
import { pick, sizeOf } from './relay-batches.js';
import { Publisher, type Publication } from './relay-publisher.js';

export interface RelayOptions {
  kafka: KafkaConnection;
  clock?: Clock;
  /** How often the sweep looks for what a crash left, in ms. Default 1000. */
  sweepMs?: number;
  /** How long a document belongs to one relay, in ms. Must be well over the 15 s a send may take. Default 25,000. */
  leaseMs?: number;
}

/** A collection whose documents carry outboxes. */
export interface RelaySource {
  readonly key: string;
  readonly collection: Collection<OutboxedDocument>;
  /** `ce_source` of its messages. */
  readonly source: string;
}

/** A document of which this relay has something to publish or to clear. */
export interface Held {
  readonly source: RelaySource;
  readonly id: string;
  /** The version at which `outbox` is known. */
  version: number;
  /** Ids of all entries in the document at that version. */
  outbox: ReadonlySet<string>;
  waiting: OutboxEntry[];
  sending: OutboxEntry[];
  /** Acknowledged, and perhaps still in the document. */
  readonly sent: Set<string>;
  until: number;
  clearing: boolean;
}

/** What one write left to publish. */
export interface Waiting {
  id: string;
  version: number;
  outbox: readonly OutboxEntry[];
  until: Date;
}

/** Longest a sendBatch can take with its retries: a lease that ends sooner is renewed before sending. */
const SEND_MARGIN_MS = 15_000;
const MAX_HELD_BYTES = 32 * 1024 * 1024;
const SWEEP_LIMIT = 500;
const CLEAR_WHILE_WAITING = 32;

/**
 * Publishes what documents carry in their outboxes: right after the write (the nudge), and by a sweep for what a crash or
 * another process left (the guarantee). One sendBatch is in flight at a time; only acknowledged entries are cleared.
 */
export class Relay {
  readonly id = randomBytes(9).toString('base64url');
  /** Plain numbers for metrics; they only grow, but for `held`. */
  readonly counters = { published: 0, batches: 0, failedBatches: 0, cleared: 0, swept: 0, refused: 0, held: 0 };
  private readonly logger = new Logger('Relay');
  private readonly clock: Clock;
  private readonly leaseMs: number;
  private readonly sweepMs: number;
  private readonly publisher: Publisher;
  private readonly sources = new Map<string, RelaySource>();
  private readonly held = new Map<string, Held>();
  /** Documents the broker refused, and until when (by the monotonic clock) they are left alone. */
  private readonly refused = new Map<string, { until: number; times: number }>();
  private heldBytes = 0;
  private running = false;
  private pumping: Promise<void> | undefined;
  private clearing: Promise<void> | undefined;
  private sweeping: Promise<void> | undefined;
  private sweepTimer: NodeJS.Timeout | undefined;
  private failuresInARow = 0;
  private readonly stopping = new AbortController();

  constructor(private readonly options: RelayOptions) {
    this.clock = options.clock ?? systemClock;
    this.leaseMs = options.leaseMs ?? 25_000;
    this.sweepMs = options.sweepMs ?? 1000;
    if (this.leaseMs <= SEND_MARGIN_MS) throw new TypeError(`Relay: leaseMs must be over ${SEND_MARGIN_MS}`);
    this.publisher = new Publisher(options.kafka);
  }

  /** Makes a collection known to the sweep. Called by every DocumentStore. */
  watch(collection: Collection<OutboxedDocument>, source: string): RelaySource {
    const made = { key: collection.namespace, collection, source };
    this.sources.set(made.key, made);
    return made;
  }

  start(): void {
    if (this.running) return;
    this.running = true;
    this.scheduleSweep(0);
  }

  /** Publishes and clears what is under way, gives leases back, disconnects. Waits at most `graceMs`. */
  async stop(graceMs = 5000): Promise<void> {
    if (!this.running) return;
    this.running = false;
    clearTimeout(this.sweepTimer);
    await Promise.race([this.idle(), delay(graceMs, undefined, { ref: false })]);
    this.stopping.abort();
    await Promise.allSettled([this.pumping, this.clearing, this.sweeping]);
    for (const source of this.sources.values()) {
      await releaseAll(source, this.id).catch((error: unknown) => {
        this.logger.warn(`leases are left to expire: ${nameFailure(error)}`);
      });
    }
    await this.publisher.close();
  }

  /** The lease that a write may set; undefined while this relay does not run. */
  lease(): { by: string; until: Date } | undefined {
    if (!this.running) return undefined;
    return { by: this.id, until: new Date(this.clock.now().getTime() + this.leaseMs) };
  }

  /** Takes over what a write has just put into an outbox under this relay's lease. */
  accept(source: RelaySource, { id, version, outbox, until }: Waiting): void {
    const key = keyOf(source, id);
    let held = this.held.get(key);
    if (!held) {
      // Beyond the cap entries wait in the database, where the sweep finds them.
      if (this.heldBytes > MAX_HELD_BYTES || !this.running) return;
      held = {
        source,
        id,
        version: 0,
        outbox: new Set(),
        waiting: [],
        sending: [],
        sent: new Set(),
        until: 0,
        clearing: false,
      };
      this.held.set(key, held);
    }
    if (version < held.version) return;
    held.version = version;
    held.outbox = new Set(outbox.map((entry) => entry.id));
    held.until = Math.max(held.until, until.getTime());
    const known = new Set([...held.waiting, ...held.sending].map((entry) => entry.id));
    for (const entry of outbox) {
      if (known.has(entry.id) || held.sent.has(entry.id)) continue;
      held.waiting.push(entry);
      this.heldBytes += sizeOf(entry);
    }
    this.counters.held = this.held.size;
    this.pump();
  }

  /** Looks soon for entries that another relay may have left. */
  nudge(): void {
    if (this.running) this.scheduleSweep(20);
  }

  /** Resolves when nothing is held any more. */
  async idle(): Promise<void> {
    while ((this.held.size > 0 || this.pumping || this.clearing) && !this.stopping.signal.aborted) {
      await (this.pumping ?? this.clearing ?? delay(10, undefined, { ref: false }));
    }
  }

  private pump(): void {
    this.pumping ??= this.publishAll()
      .catch((error: unknown) => this.logger.error(`publishing stopped: ${nameFailure(error)}`))
      .finally(() => {
        this.pumping = undefined;
        if (this.ready().next().value && !this.stopping.signal.aborted) this.pump();
      });
  }

  private *ready(): Generator<Held> {
    for (const held of this.held.values()) if (held.waiting.length > 0 && held.sending.length === 0) yield held;
  }

  private async publishAll(): Promise<void> {
    // A turn of the event loop lets writes that end together go out together.
    await new Promise((resolve) => setImmediate(resolve));
    while (!this.stopping.signal.aborted) {
      await this.keepLeases();
      const partitions = await this.partitions();
      if (!partitions) {
        if (!this.ready().next().value) return;
        await this.backOff();
        continue;
      }
      const picked = pick(this.ready(), (entry) => partitions.get(entry) ?? '');
      if (picked.length === 0) return;
      const batch = picked.map(({ document, count }) => {
        document.sending = document.waiting.splice(0, count);
        return document;
      });
      await this.sendOrHold(batch, partitions);
    }
  }

  /** Entry → `topic/partition`; undefined when the broker cannot be asked. */
  private async partitions(): Promise<Map<OutboxEntry, string> | undefined> {
    const found = new Map<OutboxEntry, string>();
    for (const held of this.ready()) {
      try {
        await this.options.kafka.learnPartitions(held.waiting.map(({ topic }) => topic));
        for (const entry of held.waiting) {
          const partition = this.options.kafka.partitionFor(entry.topic, entry.partitionBy ?? entry.key);
          found.set(entry, `${entry.topic}/${partition}`);
        }
      } catch (error) {
        this.logger.warn(`partitions are not known: ${nameFailure(error)}`);
        if (isBrokerUnreachable(error)) return undefined;
        this.refuse([held]);
      }
    }
    return found;
  }

  private async sendOrHold(batch: Held[], partitions: Map<OutboxEntry, string>): Promise<void> {
    const publications = batch.flatMap((held) =>
      held.sending.map((entry): Publication => ({
        entry,
        source: held.source.source,
        partition: Number(partitions.get(entry)?.split('/').pop() ?? 0),
      })),
    );
    try {
      await this.publisher.send(publications);
    } catch (error) {
      this.counters.failedBatches += 1;
      this.logger.warn(
        `${publications.length} message(s) of ${batch.length} document(s) not published: ${nameFailure(error)}`,
      );
      if (isBrokerUnreachable(error)) {
        this.putBack(batch);
        await this.backOff();
      } else if (batch.length > 1) {
        // One of them is at fault: each alone, so that only that one waits.
        for (const held of batch) await this.sendOrHold([held], partitions);
      } else this.refuse(batch);
      return;
    }
    this.failuresInARow = 0;
    this.counters.batches += 1;
    this.counters.published += publications.length;
    for (const held of batch) {
      for (const entry of held.sending) {
        held.sent.add(entry.id);
        this.heldBytes -= sizeOf(entry);
      }
      held.sending = [];
      this.refused.delete(keyOf(held.source, held.id));
    }
    this.clear();
  }

  private putBack(batch: Held[]): void {
    for (const held of batch) {
      held.waiting = [...held.sending, ...held.waiting];
      held.sending = [];
    }
  }

  /** The broker will not take a message of these documents: they wait in the database and are tried again later. */
  private refuse(batch: Held[]): void {
    this.counters.refused += batch.length;
    for (const held of batch) {
      const key = keyOf(held.source, held.id);
      const times = (this.refused.get(key)?.times ?? 0) + 1;
      this.refused.set(key, { until: performance.now() + Math.min(1000 * 2 ** times, 300_000), times });
      this.drop(held);
    }
  }

  private drop(held: Held): void {
    for (const entry of [...held.waiting, ...held.sending]) this.heldBytes -= sizeOf(entry);
    held.waiting = [];
    held.sending = [];
    this.held.delete(keyOf(held.source, held.id));
    this.counters.held = this.held.size;
  }

  private async backOff(): Promise<void> {
    this.failuresInARow += 1;
    const wait = Math.min(100 * 2 ** this.failuresInARow, 3000) * (0.75 + Math.random() / 2);
    await delay(wait, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
  }

  /** A document whose lease would end while a send is under way is leased anew, or left to whoever has it now. */
  private async keepLeases(): Promise<void> {
    const now = this.clock.now().getTime();
    const ending = [...this.ready()].filter((held) => held.until - now < SEND_MARGIN_MS);
    if (ending.length === 0) return;
    const until = new Date(now + this.leaseMs);
    for (const [source, documents] of bySource(ending)) {
      const renewed = await renew(
        source,
        documents.map(({ id }) => id),
        this.id,
        until,
      ).catch((error: unknown) => {
        this.logger.warn(`leases not renewed: ${nameFailure(error)}`);
        return new Set<string>();
      });
      for (const held of documents) {
        if (renewed.has(held.id)) held.until = until.getTime();
        else this.drop(held);
      }
    }
  }

  /** Removes acknowledged entries from their documents; what is acknowledged meanwhile goes into the next round. */
  private clear(): void {
    this.clearing ??= this.clearAll()
      .catch((error: unknown) => this.logger.warn(`outboxes not cleared: ${nameFailure(error)}; the sweep will`))
      .finally(() => (this.clearing = undefined));
  }

  private async clearAll(): Promise<void> {
    for (;;) {
      const due = [...this.held.values()].filter(
        ({ sent, waiting, sending }) => waiting.length + sending.length === 0 || sent.size >= CLEAR_WHILE_WAITING,
      );
      if (due.length === 0) return;
      for (const [source, documents] of bySource(due)) {
        let left: ReadonlySet<string>;
        const cleared = new Map(documents.map((held) => [held, new Set(held.sent)]));
        try {
          left = await clear(source, documents, this.id);
        } catch (error) {
          // Published but not cleared: the sweep publishes them once more, with the same ids.
          for (const held of documents) this.drop(held);
          throw error;
        }
        for (const [held, ids] of cleared) {
          if (left.has(held.id)) continue;
          for (const id of ids) held.sent.delete(id);
          this.counters.cleared += ids.size;
          if (held.waiting.length + held.sending.length + held.sent.size === 0) this.drop(held);
        }
        if (left.size > 0)
          await this.reread(
            source,
            documents.filter(({ id }) => left.has(id)),
          );
      }
    }
  }

  /** Documents that were written to since: goes on with what is in them now, where the lease is still this relay's. */
  private async reread(source: RelaySource, documents: Held[]): Promise<void> {
    const found = await stillWaiting(
      source,
      documents.map(({ id }) => id),
    );
    for (const held of documents) {
      if (held.waiting.length + held.sending.length > 0) continue;
      const document = found.get(held.id);
      if (!document || document.outboxLease?.by !== this.id) {
        this.drop(held);
        this.nudge();
        continue;
      }
      this.accept(source, {
        id: held.id,
        version: document.version,
        outbox: document.outbox,
        until: document.outboxLease.until,
      });
    }
  }

  private scheduleSweep(inMs: number): void {
    clearTimeout(this.sweepTimer);
    this.sweepTimer = setTimeout(() => {
      void this.sweep().finally(() => {
        if (this.running) this.scheduleSweep(this.sweepMs * (0.8 + Math.random() * 0.4));
      });
    }, inMs);
    this.sweepTimer.unref();
  }

  /** Takes over documents with waiting entries that no relay holds. Runs by itself; public for tests and operators. */
  sweep(): Promise<void> {
    this.sweeping ??= this.sweepAll()
      .catch((error: unknown) => this.logger.warn(`sweep failed: ${nameFailure(error)}`))
      .finally(() => (this.sweeping = undefined));
    return this.sweeping;
  }

  private async sweepAll(): Promise<void> {
    const monotonic = performance.now();
    for (const source of this.sources.values()) {
      if (this.heldBytes > MAX_HELD_BYTES || !this.running) return;
      const until = new Date(this.clock.now().getTime() + this.leaseMs);
      const claimed = await claim(source, {
        by: this.id,
        now: this.clock.now(),
        until,
        leaseMs: this.leaseMs,
        limit: SWEEP_LIMIT,
        leaveAlone: (id) => {
          const key = keyOf(source, id);
          return this.held.has(key) || (this.refused.get(key)?.until ?? 0) > monotonic;
        },
      });
      for (const document of claimed) {
        this.counters.swept += 1;
        this.accept(source, { id: document._id, version: document.version, outbox: document.outbox, until });
        if (document.outbox.length === 0) this.clear();
      }
    }
  }
}

const keyOf = (source: RelaySource, id: string): string => `${source.key}/${id}`;

function bySource(documents: Held[]): Map<RelaySource, Held[]> {
  const grouped = new Map<RelaySource, Held[]>();
  for (const held of documents) {
    const group = grouped.get(held.source);
    if (group) group.push(held);
    else grouped.set(held.source, [held]);
  }
  return grouped;
}
