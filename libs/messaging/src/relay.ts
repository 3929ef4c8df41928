import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Collection } from 'mongodb';
import { systemClock, type Clock } from './clock.js';
import type { OutboxedDocument } from './document.js';
import { isBrokerUnreachable, nameFailure } from './failure.js';
import { bySource, HeldDocuments, keyOf } from './held-documents.js';
import type { OutboxEntry } from './message.js';
import { claim, clear, isWhole, releaseAll, renew, stillWaiting } from './relay-outbox.js';
import { pick } from './relay-batches.js';
import { Publisher, type Publication } from './relay-publisher.js';
import type { RelayOptions } from './relay-options.js';
import type { Held, RelaySource, Waiting } from './relay-sources.js';

/** Longest a sendBatch can take with its retries: a lease that ends sooner is renewed before sending. */
const SEND_MARGIN_MS = 15_000;
const MAX_HELD_BYTES = 32 * 1024 * 1024;
const SWEEP_LIMIT = 500;

/**
 * Publishes what documents carry in their outboxes: right after the write (the nudge), and by a sweep for what a crash or
 * another process left (the guarantee). One sendBatch is in flight at a time; only acknowledged entries are cleared.
 */
export class Relay {
  readonly id = randomBytes(9).toString('base64url');
  /** Plain numbers for metrics; they only grow. */
  readonly counters = { published: 0, batches: 0, failedBatches: 0, cleared: 0, swept: 0, refused: 0 };
  private readonly logger = new Logger('Relay');
  private readonly clock: Clock;
  private readonly leaseMs: number;
  private readonly sweepMs: number;
  private readonly publisher: Publisher;
  private readonly sources = new Map<string, RelaySource>();
  private readonly held = new HeldDocuments();
  /** Documents of which the broker refused a message, and until when (monotonic ms) they are left alone. */
  private readonly refused = new Map<string, { until: number; times: number }>();
  private running = false;
  private pumping: Promise<void> | undefined;
  private clearing: Promise<void> | undefined;
  private sweeping: Promise<void> | undefined;
  private sweepTimer: NodeJS.Timeout | undefined;
  private clearTimer: NodeJS.Timeout | undefined;
  private readonly lingerMs: number;
  private readonly longestLingerMs: number;
  /** Monotonic ms. */
  private publishedAt = 0;
  /** What was published by then (monotonic ms) does not linger. */
  private dueBy = 0;
  private failuresInARow = 0;
  private stopping = new AbortController();

  constructor(private readonly options: RelayOptions) {
    this.clock = options.clock ?? systemClock;
    this.leaseMs = options.leaseMs ?? 25_000;
    this.sweepMs = options.sweepMs ?? 1000;
    this.lingerMs = options.lingerMs ?? 500;
    this.longestLingerMs = options.longestLingerMs ?? 5000;
    if (this.leaseMs <= SEND_MARGIN_MS) throw new TypeError(`Relay: leaseMs must be over ${SEND_MARGIN_MS}`);
    this.publisher = new Publisher(options.kafka);
  }

  /** Documents with entries to publish or to clear in this process: a gauge for metrics. */
  get holding(): number {
    return this.held.size;
  }

  /** Documents that this relay leaves alone for a while because the broker refused a message of theirs. */
  get refusing(): number {
    // Those whose time is long over were published, or let go, by another instance.
    const since = performance.now() - 5 * this.sweepMs;
    return [...this.refused.values()].filter(({ until }) => until > since).length;
  }

  /** All collections of documents that may have something to publish. */
  get watched(): readonly RelaySource[] {
    return [...this.sources.values()];
  }

  /** Makes a collection known to the sweep. Called by every DocumentStore. */
  watch(
    collection: Collection<OutboxedDocument>,
    source: string,
    onOutbox: RelaySource['onOutbox'] = () => undefined,
  ): RelaySource {
    const made = { key: collection.namespace, collection, source, onOutbox };
    this.sources.set(made.key, made);
    return made;
  }

  start(): void {
    if (this.running) return;
    this.running = true;
    this.stopping = new AbortController();
    this.scheduleSweep(0);
  }

  /** Publishes and clears what is under way, gives leases back, disconnects. Waits at most `graceMs` for the broker. */
  async stop(graceMs = 5000): Promise<void> {
    if (!this.running) return;
    this.running = false;
    clearTimeout(this.sweepTimer);
    await this.sweeping;
    await Promise.race([this.idle(), delay(graceMs, undefined, { ref: false })]);
    this.stopping.abort();
    clearTimeout(this.clearTimer);
    this.clearTimer = undefined;
    await Promise.allSettled([this.pumping, this.clearing]);
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
  accept(source: RelaySource, waiting: Waiting): void {
    // Beyond the cap entries wait in the database, where the sweep finds them.
    const known = this.held.has(keyOf(source, waiting.id));
    if (!known && (this.held.bytes > MAX_HELD_BYTES || this.stopping.signal.aborted)) return;
    const held = this.held.accept(source, waiting);
    if (held && isWhole(held)) source.onOutbox(waiting.id, waiting.version, 'published');
    if (held && held.waiting.length > 0) this.pump();
    else this.clear();
  }

  /** Looks soon for entries that another relay may have left. */
  nudge(): void {
    if (this.running) this.scheduleSweep(20);
  }

  /** Resolves when nothing is held any more. */
  async idle(): Promise<void> {
    while (this.held.size > 0 && !this.stopping.signal.aborted) {
      this.dueBy = performance.now();
      this.clear();
      await (this.pumping ?? this.clearing ?? delay(10, undefined, { ref: false }));
    }
  }

  /** Takes what this relay has published so far out of its documents, so that what is in outboxes then waits for being published. */
  async clearPublished(): Promise<void> {
    this.dueBy = performance.now();
    await this.clearing;
    this.clear();
    await this.clearing;
  }

  private pump(): void {
    this.pumping ??= this.publishAll()
      .catch((error: unknown) => this.logger.error(`publishing stopped: ${nameFailure(error)}`))
      .finally(() => {
        this.pumping = undefined;
        if (this.held.ready().length > 0 && !this.stopping.signal.aborted) this.pump();
      });
  }

  private async publishAll(): Promise<void> {
    // A turn of the event loop lets writes that end together go out together.
    await new Promise((resolve) => setImmediate(resolve));
    while (!this.stopping.signal.aborted) {
      const ready = await this.keepLeases(this.held.ready());
      if (ready.length === 0) return;
      if (!(await this.learnPartitions(ready))) {
        await this.backOff();
        continue;
      }
      // From here to `begin` nothing awaits: what is picked is what is marked as under way.
      const partitions = new Map<OutboxEntry, number>();
      const picked = pick(ready, (entry) => {
        const partition = this.options.kafka.partitionFor(entry.topic, entry.partitionBy ?? entry.key);
        if (partition === undefined) return undefined;
        partitions.set(entry, partition);
        return `${entry.topic}/${partition}`;
      });
      if (picked.length === 0) continue;
      const batch = picked.map(({ document, count }) => this.held.begin(document, count));
      await this.send(batch, partitions);
    }
  }

  /** False when the broker cannot be asked. */
  private async learnPartitions(ready: readonly Held[]): Promise<boolean> {
    for (const held of ready) {
      try {
        await this.options.kafka.learnPartitions(held.waiting.map(({ topic }) => topic));
      } catch (error) {
        this.logger.warn(`partitions are not known: ${nameFailure(error)}`);
        if (isBrokerUnreachable(error)) return false;
        this.refuse([held]);
      }
    }
    return true;
  }

  private async send(batch: Held[], partitions: ReadonlyMap<OutboxEntry, number>): Promise<void> {
    const publications: Publication[] = [];
    for (const { sending, source } of batch) {
      for (const entry of sending) {
        const partition = partitions.get(entry);
        if (partition === undefined) throw new Error('an entry is under way without a partition');
        publications.push({ entry, source: source.source, partition });
      }
    }
    try {
      await this.publisher.send(publications);
    } catch (error) {
      this.counters.failedBatches += 1;
      this.logger.warn(
        `${publications.length} message(s) of ${batch.length} document(s) not published: ${nameFailure(error)}`,
      );
      if (isBrokerUnreachable(error)) {
        for (const held of batch) this.held.putBack(held);
        await this.backOff();
      } else if (batch.length > 1) {
        // One of them is at fault: each alone, so that only that one waits.
        for (const held of batch) await this.send([held], partitions);
      } else this.refuse(batch);
      return;
    }
    this.failuresInARow = 0;
    this.publishedAt = performance.now();
    this.counters.batches += 1;
    this.counters.published += publications.length;
    for (const held of batch) {
      this.held.acknowledge(held);
      this.refused.delete(keyOf(held.source, held.id));
      if (isWhole(held)) held.source.onOutbox(held.id, held.version, 'published');
    }
    this.clear();
  }

  /** The broker will not take a message of these documents: they wait in the database and are tried again later. */
  private refuse(batch: Held[]): void {
    this.counters.refused += batch.length;
    for (const held of batch) {
      const key = keyOf(held.source, held.id);
      const times = (this.refused.get(key)?.times ?? 0) + 1;
      this.refused.set(key, { until: performance.now() + Math.min(1000 * 2 ** times, 300_000), times });
      this.held.drop(held);
    }
  }

  private async backOff(): Promise<void> {
    this.failuresInARow += 1;
    const wait = Math.min(100 * 2 ** this.failuresInARow, 3000) * (0.75 + Math.random() / 2);
    await delay(wait, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }

  /** A document whose lease would end while a send is under way is leased anew, or left to whoever has it now. */
  private async keepLeases(ready: Held[]): Promise<Held[]> {
    const now = this.clock.now().getTime();
    const ending = ready.filter((held) => held.until - now < SEND_MARGIN_MS);
    if (ending.length === 0) return ready;
    const until = new Date(now + this.leaseMs);
    for (const [source, documents] of bySource(ending)) {
      const ids = documents.map(({ id }) => id);
      const renewed = await renew(source, ids, this.id, until).catch((error: unknown) => {
        this.logger.warn(`leases not renewed: ${nameFailure(error)}`);
        return new Set<string>();
      });
      for (const held of documents) {
        if (renewed.has(held.id)) held.until = until.getTime();
        else this.held.drop(held);
      }
    }
    return ready.filter((held) => held.waiting.length > 0);
  }

  /**
   * Removes acknowledged entries from documents that were not written to again while they lingered; what is acknowledged meanwhile goes
   * into the next round.
   */
  private clear(): void {
    if (this.clearing) return;
    if (this.clearable().length === 0) {
      this.clearLater();
      return;
    }
    this.clearing = this.clearAll()
      .catch((error: unknown) => this.logger.warn(`outboxes not cleared, the sweep will: ${nameFailure(error)}`))
      .finally(() => {
        this.clearing = undefined;
        this.clear();
      });
  }

  /** When nothing was published for a while, or what was published first has lingered for long; what came shortly after it is cleared with it. */
  private clearLater(): void {
    const first = this.held.firstPublishedAt();
    if (first === undefined || this.clearTimer || !this.running) return;
    const at = Math.min(first + this.longestLingerMs, this.publishedAt + this.lingerMs);
    const wait = Math.max(at - performance.now(), this.lingerMs / 4);
    this.clearTimer = setTimeout(() => {
      this.clearTimer = undefined;
      this.clear();
    }, wait).unref();
  }

  private clearable(): Held[] {
    const now = performance.now();
    const quiet = now - this.publishedAt >= this.lingerMs;
    return this.held.clearable(quiet ? now : Math.max(this.dueBy, now - this.longestLingerMs));
  }

  private async clearAll(): Promise<void> {
    for (;;) {
      const due = this.clearable();
      if (due.length === 0) return;
      for (const [source, documents] of bySource(due)) await this.clearIn(source, documents);
    }
  }

  private async clearIn(source: RelaySource, documents: Held[]): Promise<void> {
    const cleared = documents.map((held) => ({
      held,
      version: held.version,
      entries: new Set(held.sent),
      whole: isWhole(held),
    }));
    let left: ReadonlySet<string>;
    try {
      left = await clear(source, documents, this.id);
    } catch (error) {
      // Published but not cleared: the sweep finds them and only clears them.
      for (const held of documents) this.held.drop(held);
      throw error;
    }
    for (const { held, version, entries, whole } of cleared) {
      if (left.has(held.id)) continue;
      if (whole) source.onOutbox(held.id, version, 'emptied');
      this.counters.cleared += entries.size;
      this.held.cleared(held, version, entries);
    }
    if (left.size === 0) return;
    const writtenTo = documents.filter(
      ({ id, waiting, sending }) => left.has(id) && waiting.length + sending.length === 0,
    );
    await this.reread(source, writtenTo);
  }

  /** Documents that were written to since: goes on with what is in them now, where the lease is still this relay's. */
  private async reread(source: RelaySource, documents: Held[]): Promise<void> {
    const ids = documents.map(({ id }) => id);
    const found = await stillWaiting(source, ids);
    for (const held of documents) {
      const document = found.get(held.id);
      if (document?.outboxLease?.by === this.id) {
        const { version, outbox, outboxLease } = document;
        this.accept(source, { id: held.id, version, outbox, until: outboxLease.until });
      } else if (held.waiting.length + held.sending.length === 0) {
        this.held.drop(held);
        this.nudge();
      }
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
      if (this.held.bytes > MAX_HELD_BYTES || !this.running) return;
      const now = this.clock.now();
      const until = new Date(now.getTime() + this.leaseMs);
      const leaveAlone = (id: string) => {
        const key = keyOf(source, id);
        return this.held.has(key) || (this.refused.get(key)?.until ?? 0) > monotonic;
      };
      const wanted = { by: this.id, now, until, leaseMs: this.leaseMs, limit: SWEEP_LIMIT, leaveAlone };
      for (const { _id, version, outbox } of await claim(source, wanted)) {
        this.counters.swept += 1;
        this.accept(source, { id: _id, version, outbox, until });
      }
    }
  }
}
