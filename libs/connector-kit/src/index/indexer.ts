import { setTimeout as delay } from 'node:timers/promises';
import type { Freshness } from '@kenri/contracts';
import type { Collection, Db } from 'mongodb';
import type { Clock } from '@kenri/messaging';
import { FeedHistoryLost, type ChangeFeed, type StoreAdapter } from '../store/store-adapter.js';
import { generationName, parseGeneration, type Generation } from './generation.js';
import type { SideIndex } from './side-index.js';

/** How far the index is; kept in the connector's own database, so that a restart goes on where it stopped. */
interface IndexState {
  _id: 'state';
  /** Generation that a completed sweep indexed. */
  serving?: string;
  sweep?: { generation: string; collection: string; after?: unknown; documents: number; startedAt: Date };
  resumeToken?: unknown;
  /** The index holds every change up to here. */
  indexedUntil?: Date;
  /** Instance → its latest heartbeat that came by. */
  seen?: Record<string, number>;
  lease?: { by: string; until: Date };
}

export interface IndexerOptions {
  /** Documents per second that a sweep may read, so that the business store is not burdened. */
  readonly sweepRate: number;
  readonly pageSize: number;
  /** How long to wait for the change feed to catch up before an answer is given as not fresh, in milliseconds. */
  readonly patience: number;
  /** Without a change feed: how often everything is swept, in milliseconds. */
  readonly sweepEvery: number;
  readonly onError: (code: string, error: unknown) => void;
}

export const INDEXER_DEFAULTS = { sweepRate: 20_000, pageSize: 500, patience: 5_000, sweepEvery: 10 * 60_000 };

export interface IndexProgress {
  readonly state: 'starting' | 'sweeping' | 'following' | 'sweeps-only' | 'failing';
  readonly documentsSwept: number;
  readonly indexedUntil: Date | null;
}

const LEASE_MS = 10_000;
const PERSIST_EVERY_MS = 500;

/**
 * Keeps the side index fresh: a resumable, rate-limited sweep, then the store's change feed. One instance at a time does it (a
 * lease); all instances may ask how fresh it is. Effects first, resume token after them: what is replayed is merely read again.
 */
export class Indexer {
  private readonly state: Collection<IndexState>;
  private readonly instance = `i${Math.random().toString(36).slice(2, 12)}`;
  private stopping = false;
  private running: Promise<void> = Promise.resolve();
  private known: Partial<IndexState> = {};
  private mode: IndexProgress['state'] = 'starting';
  private swept = 0;
  private beats = 0;
  private nextBeat: Promise<number> | null = null;
  private waiters: { number: number; resolve: () => void }[] = [];
  private leading = false;

  constructor(
    database: Db,
    private readonly store: StoreAdapter,
    private readonly index: SideIndex,
    private readonly clock: Clock,
    private readonly options: IndexerOptions,
  ) {
    this.state = database.collection<IndexState>('index_state');
  }

  start(): void {
    this.running = this.loop();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.running;
    await this.state.updateOne({ _id: 'state', 'lease.by': this.instance }, { $unset: { lease: '' } });
  }

  get progress(): IndexProgress {
    return { state: this.mode, documentsSwept: this.swept, indexedUntil: this.known.indexedUntil ?? null };
  }

  /** Generations whose keys serve now: the current one, and the former until a sweep under the current one is complete. */
  get serving(): Generation[] {
    const current = this.index.keys.current;
    const former = this.known.serving ? parseGeneration(this.known.serving) : null;
    return former && generationName(former) !== generationName(current) && this.index.keys.knows(former)
      ? [current, former]
      : [current];
  }

  /**
   * Waits until the index holds every change made before this call, at most `patience`. Fresh means: a first sweep is complete, and a
   * heartbeat written now has come back through the change feed. Without a change feed: a sweep began after `requestedAt`.
   */
  async caughtUp(requestedAt: Date): Promise<Freshness> {
    const number = await this.beat();
    const deadline = Date.now() + this.options.patience;
    const reached = this.leading
      ? await this.awaitLocally(number, deadline)
      : await this.awaitInDatabase(number, deadline);
    const indexedUntil = this.known.indexedUntil ?? null;
    const swept = this.known.serving === generationName(this.index.keys.current) || this.serving.length > 1;
    const fresh =
      swept && indexedUntil !== null && (reached || (this.mode === 'sweeps-only' && indexedUntil >= requestedAt));
    return { fresh, indexedUntil: indexedUntil?.toISOString() ?? null };
  }

  /** Callers that come while a heartbeat is being written share the next one. */
  private beat(): Promise<number> {
    this.nextBeat ??= Promise.resolve().then(async () => {
      this.nextBeat = null;
      const number = ++this.beats;
      await this.store.heartbeat(this.instance, number);
      return number;
    });
    return this.nextBeat;
  }

  private awaitLocally(number: number, deadline: number): Promise<boolean> {
    if (this.mode === 'sweeps-only') return Promise.resolve(false);
    if ((this.known.seen?.[this.instance] ?? 0) >= number) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), Math.max(0, deadline - Date.now()));
      this.waiters.push({ number, resolve: () => (clearTimeout(timer), resolve(true)) });
    });
  }

  private async awaitInDatabase(number: number, deadline: number): Promise<boolean> {
    while (!this.stopping) {
      const state = await this.state.findOne({ _id: 'state' });
      this.known = { ...this.known, ...state };
      if ((state?.seen?.[this.instance] ?? 0) >= number) return true;
      if (this.leading) return this.awaitLocally(number, deadline);
      if (Date.now() >= deadline) return false;
      await delay(20);
    }
    return false;
  }

  private async loop(): Promise<void> {
    while (!this.stopping) {
      try {
        this.leading = await this.takeLease();
        if (this.leading) await this.lead();
        else await this.pause(1000);
      } catch (error) {
        this.mode = 'failing';
        this.options.onError('index-failing', error);
        await this.pause(500);
      } finally {
        this.leading = false;
      }
    }
  }

  private async pause(milliseconds: number): Promise<void> {
    const end = Date.now() + milliseconds;
    while (!this.stopping && Date.now() < end) await delay(Math.min(50, Math.max(0, end - Date.now())));
  }

  private async takeLease(): Promise<boolean> {
    const now = new Date();
    const lease = { by: this.instance, until: new Date(now.getTime() + LEASE_MS) };
    await this.state.updateOne({ _id: 'state' }, { $setOnInsert: { _id: 'state' } }, { upsert: true });
    const free = {
      $or: [{ lease: { $exists: false } }, { 'lease.by': this.instance }, { 'lease.until': { $lt: now } }],
    };
    const { matchedCount } = await this.state.updateOne({ _id: 'state', ...free }, { $set: { lease } });
    const state = await this.state.findOne({ _id: 'state' });
    const { seen, ...rest } = state ?? {};
    this.known = { ...rest, seen: { ...seen, ...this.known.seen } };
    return matchedCount === 1;
  }

  private async lead(): Promise<void> {
    let feed: ChangeFeed | null;
    try {
      feed = await this.store.changes(this.index.collections, this.known.resumeToken ?? null);
    } catch (error) {
      if (!(error instanceof FeedHistoryLost)) throw error;
      this.options.onError('change-feed-history-lost', error);
      await this.forget();
      return;
    }
    if (feed && !this.known.resumeToken) {
      // The feed's beginning is durable before a sweep begins: what changes meanwhile is not missed, even after a crash.
      await this.forget();
      this.known.resumeToken = feed.resumeToken;
      await this.persistFeed();
    }
    const abort = { stop: false };
    const sweeping = this.sweepWhereNeeded(feed === null, abort);
    try {
      if (feed) await this.follow(feed, sweeping);
      else await sweeping;
    } finally {
      abort.stop = true;
      await feed?.close();
      await sweeping.catch(() => undefined); // Its error was already thrown by `follow`.
    }
  }

  /** The feed cannot go on: sweep everything again. Old entries serve meanwhile, answers are not fresh. */
  private async forget(): Promise<void> {
    const { resumeToken: _token, indexedUntil: _until, serving: _serving, sweep: _sweep, ...rest } = this.known;
    this.known = rest;
    await this.state.updateOne(
      { _id: 'state' },
      { $unset: { resumeToken: '', indexedUntil: '', serving: '', sweep: '' } },
    );
  }

  private async follow(feed: ChangeFeed, sweeping: Promise<void>): Promise<void> {
    let failed: { error: unknown } | undefined;
    sweeping.catch((error: unknown) => (failed = { error }));
    let persistedAt = 0;
    let leaseAt = Date.now();
    while (!this.stopping && !failed) {
      const asked = this.clock.now();
      const batch = await feed.next();
      if (batch.changed.length > 0) await this.index.refresh(batch.changed, this.index.keys.current);
      if (batch.upheaval) {
        await this.forget();
        return;
      }
      const seen = { ...this.known.seen, ...Object.fromEntries(batch.heartbeats) };
      this.known = { ...this.known, seen, resumeToken: batch.resumeToken };
      if (this.mode === 'following') this.known.indexedUntil = asked;
      const foreign = [...batch.heartbeats.keys()].some((instance) => instance !== this.instance);
      if (foreign || Date.now() - persistedAt > PERSIST_EVERY_MS) {
        await this.persistFeed();
        persistedAt = Date.now();
      }
      this.wake(seen[this.instance] ?? 0);
      if (Date.now() - leaseAt > LEASE_MS / 3) {
        if (!(await this.takeLease())) return;
        leaseAt = Date.now();
      }
    }
    if (failed) throw failed.error instanceof Error ? failed.error : new Error('sweep failed');
    await this.persistFeed();
  }

  private wake(number: number): void {
    const [due, waiting] = [
      this.waiters.filter((w) => w.number <= number),
      this.waiters.filter((w) => w.number > number),
    ];
    this.waiters = waiting;
    for (const { resolve } of due) resolve();
  }

  private async persistFeed(): Promise<void> {
    const { resumeToken, indexedUntil, seen } = this.known;
    await this.state.updateOne(
      { _id: 'state', 'lease.by': this.instance },
      {
        $set: { ...(resumeToken ? { resumeToken } : {}), ...(indexedUntil && { indexedUntil }), ...(seen && { seen }) },
      },
    );
  }

  private async sweepWhereNeeded(repeatedly: boolean, abort: { stop: boolean }): Promise<void> {
    const current = generationName(this.index.keys.current);
    if (this.known.serving !== current || !this.known.indexedUntil) await this.sweep(current, abort);
    if (abort.stop || this.stopping) return;
    this.mode = repeatedly ? 'sweeps-only' : 'following';
    while (repeatedly && !abort.stop && !this.stopping) {
      await this.pause(this.options.sweepEvery);
      if (!(await this.takeLease())) return;
      await this.sweep(current, abort);
      this.mode = 'sweeps-only';
    }
  }

  private async sweep(generation: string, abort: { stop: boolean }): Promise<void> {
    this.mode = 'sweeping';
    const resumed = this.known.sweep?.generation === generation ? this.known.sweep : undefined;
    const startedAt = resumed?.startedAt ?? this.clock.now();
    const collections = this.index.collections;
    let documents = resumed?.documents ?? 0;
    for (const collection of collections.slice(resumed ? collections.indexOf(resumed.collection) : 0)) {
      let after: unknown = resumed?.collection === collection ? resumed.after : undefined;
      for (;;) {
        if (abort.stop || this.stopping) return;
        const pageAt = Date.now();
        const page = await this.index.sweepPage(collection, after, this.options.pageSize, parseGeneration(generation));
        documents += page.count;
        this.swept = documents;
        if (page.end) break;
        after = page.last;
        const sweep = { generation, collection, after, documents, startedAt };
        this.known.sweep = sweep;
        await this.state.updateOne({ _id: 'state' }, { $set: { sweep } });
        await this.pause((page.count / this.options.sweepRate) * 1000 - (Date.now() - pageAt));
      }
    }
    const { sweep: _done, ...rest } = this.known;
    this.known = { ...rest, serving: generation, indexedUntil: startedAt };
    await this.state.updateOne(
      { _id: 'state' },
      { $set: { serving: generation, indexedUntil: startedAt }, $unset: { sweep: '' } },
    );
  }
}
