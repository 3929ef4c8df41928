import { setTimeout as delay } from 'node:timers/promises';
import type { Freshness } from '@kenri/contracts';
import type { Db } from 'mongodb';
import type { Clock } from '@kenri/messaging';
import { FeedHistoryLost, type ChangeFeed, type StoreAdapter } from '../store/store-adapter.js';
import { generationName, parseGeneration, type Generation } from './generation.js';
import { IndexStates, LeaseLost } from './index-state.js';
import type { SideIndex } from './side-index.js';
import { Sweep, type SweepOptions, type Term } from './sweep.js';

/** Times in milliseconds. */
export interface IndexerOptions extends SweepOptions {
  /** Documents per second that a sweep may read, so that the business store is not burdened. */
  readonly sweepRate: number;
  /** How long to wait for the change feed to catch up before an answer is given as not fresh. */
  readonly patience: number;
  /** Without a change feed: how often everything is swept. */
  readonly sweepEvery: number;
  /** How long an instance that leads is waited for before another one takes over. */
  readonly leaseFor: number;
  /** How often an instance that does not lead looks whether it may. */
  readonly lookEvery: number;
  readonly onError: (code: string, error: unknown) => void;
}

export const INDEXER_DEFAULTS = {
  sweepRate: 20_000,
  pageSize: 500,
  tellEvery: 10_000,
  patience: 5_000,
  sweepEvery: 10 * 60_000,
  leaseFor: 10_000,
  lookEvery: 1_000,
};

export interface IndexProgress {
  readonly state: 'starting' | 'sweeping' | 'following' | 'sweeps-only' | 'failing';
  /** By the sweep that runs, or by the last one. */
  readonly documentsSwept: number;
  readonly indexedUntil: Date | null;
  /** Whether everybody can be found: false until a sweep for the present map and version of matching is done. Then answers are not fresh. */
  readonly complete: boolean;
  readonly sweep: { readonly collection: string; readonly documents: number; readonly startedAt: Date } | null;
  /** The last sweep that was completed. */
  readonly swept: { readonly startedAt: Date; readonly endedAt: Date; readonly documents: number } | null;
  /** When a sweep was asked for that has not been completed. */
  readonly sweepAskedAt: Date | null;
}

/** How often the feed's position is kept: soon after changes, seldom while nothing happens. */
const PERSIST_EVERY_MS = 2_000;
const PERSIST_IDLE_EVERY_MS = 10_000;
/** How often the leader proves of itself how fresh the index is; a request that waits proves it too. */
const BEAT_EVERY_MS = 5_000;

/** A heartbeat, and when it was about to be written: what had changed by then came before it. */
interface Beat {
  readonly number: number;
  readonly at: Date;
}

/** The time in which one instance leads: ended by whatever ends it first. */
class Leading implements Term {
  private readonly ended = new AbortController();
  private readonly signal: AbortSignal;
  constructor(stopping: AbortSignal) {
    this.signal = AbortSignal.any([stopping, this.ended.signal]);
  }

  get over(): boolean {
    return this.signal.aborted;
  }
  end(): void {
    this.ended.abort();
  }
  async pause(milliseconds: number): Promise<void> {
    // Rejects only when it is over, which callers look at.
    await delay(milliseconds, undefined, { signal: this.signal }).catch(() => undefined);
  }
}

/**
 * Keeps the side index fresh: a resumable, rate-limited sweep, then the store's change feed. One instance at a time does it (a
 * lease); all instances may ask how fresh it is. Effects first, resume token after them: what is replayed is merely read again.
 */
export class Indexer {
  private readonly instance = `i${Math.random().toString(36).slice(2, 12)}`;
  private readonly states: IndexStates;
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private mode: IndexProgress['state'] = 'starting';
  private beats = 0;
  private lastBeat: Beat = { number: 0, at: new Date(0) };
  private nextBeat: Promise<Beat> | null = null;
  private waiters: { number: number; wake: () => void }[] = [];
  private leading = false;

  constructor(
    database: Db,
    private readonly store: StoreAdapter,
    private readonly index: SideIndex,
    private readonly clock: Clock,
    private readonly options: IndexerOptions,
  ) {
    this.states = new IndexStates(database, this.instance, options.leaseFor);
  }

  start(): void {
    this.running = this.loop();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    await this.states.release();
  }

  get progress(): IndexProgress {
    const { states } = this;
    const { sweep, swept, indexedUntil, sweepAskedAt } = states.known;
    return {
      state: this.mode,
      documentsSwept: sweep?.documents ?? swept?.documents ?? 0,
      indexedUntil: indexedUntil ?? null,
      complete: indexedUntil !== undefined && states.complete(this.index),
      sweep: sweep ? { collection: sweep.collection, documents: sweep.documents, startedAt: sweep.startedAt } : null,
      swept: swept ?? null,
      sweepAskedAt: states.sweepIsAsked ? (sweepAskedAt ?? null) : null,
    };
  }

  /** Asks for everything to be swept again, by whichever instance leads; the index serves meanwhile as it is. @returns when it was asked */
  async askForSweep(): Promise<Date> {
    const at = this.clock.now();
    await this.states.askForSweep(at);
    return at;
  }

  /** Generations whose keys serve now: the current one, and former ones until a sweep under the current one is complete. */
  get serving(): Generation[] {
    const { keys } = this.index;
    const former = this.states.generations.filter((name) => name !== generationName(keys.current)).map(parseGeneration);
    return [keys.current, ...former.filter((generation) => keys.knows(generation))];
  }

  /**
   * Waits until the index holds every change made before this call, at most `patience`. Fresh means: everything was swept once,
   * every entry can be found by the keys that this process makes, and a heartbeat written now has come back through the change feed.
   * Without a change feed: a sweep began after `requestedAt`.
   */
  async caughtUp(requestedAt: Date): Promise<Freshness> {
    const { states } = this;
    if (!this.leading) await states.read();
    if (states.known.sweepsOnly) {
      const until = states.known.indexedUntil ?? null;
      const fresh = states.complete(this.index) && until !== null && until >= requestedAt;
      return { fresh, indexedUntil: until?.toISOString() ?? null };
    }
    const { number, at } = await this.beat();
    const reached = await this.cameBy(number, Date.now() + this.options.patience);
    const known = states.known.indexedUntil ?? null;
    const fresh = reached && known !== null && states.complete(this.index);
    const indexedUntil = fresh && at > known ? at : known;
    return { fresh, indexedUntil: indexedUntil?.toISOString() ?? null };
  }

  /** Callers that come while a heartbeat is being written share the next one. */
  private beat(): Promise<Beat> {
    this.nextBeat ??= Promise.resolve().then(async () => {
      this.nextBeat = null;
      const beat = { number: ++this.beats, at: this.clock.now() };
      this.lastBeat = beat;
      await this.store.heartbeat(this.instance, beat.number);
      return beat;
    });
    return this.nextBeat;
  }

  /** Waits for a heartbeat: the instance that leads sees it come by, any other one reads of it in the common state. */
  private async cameBy(number: number, deadline: number): Promise<boolean> {
    const seen = () => (this.states.known.seen?.[this.instance] ?? 0) >= number;
    while (!seen()) {
      const left = deadline - Date.now();
      if (this.stopping.signal.aborted || left <= 0) return false;
      if (this.leading) await this.woken(number, left);
      else {
        await this.states.read();
        if (!seen()) await delay(20);
      }
    }
    return true;
  }

  private woken(number: number, within: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, within);
      this.waiters.push({ number, wake: () => (clearTimeout(timer), resolve()) });
    });
  }

  private wake(number: number): void {
    const due = this.waiters.filter((waiter) => waiter.number <= number);
    this.waiters = this.waiters.filter((waiter) => waiter.number > number);
    for (const { wake } of due) wake();
  }

  private async loop(): Promise<void> {
    const life = new Leading(this.stopping.signal);
    while (!life.over) {
      try {
        this.leading = await this.states.takeLease();
        if (this.leading) await this.lead();
        else {
          this.mode = this.othersMode();
          await life.pause(this.options.lookEvery);
        }
      } catch (error) {
        const lost = error instanceof LeaseLost;
        if (!lost) this.mode = 'failing';
        this.options.onError(lost ? 'index-lease-lost' : 'index-failing', error);
        await life.pause(Math.min(500, this.options.lookEvery));
      } finally {
        this.leading = false;
        this.wake(Infinity); // Whoever waits here goes on waiting in the common state.
      }
    }
  }

  /** What the instance that leads does, as far as the common state tells. */
  private othersMode(): IndexProgress['state'] {
    const { sweep, sweepsOnly, serving } = this.states.known;
    if (sweep) return 'sweeping';
    if (serving === undefined) return 'starting';
    return sweepsOnly ? 'sweeps-only' : 'following';
  }

  private async lead(): Promise<void> {
    const term = new Leading(this.stopping.signal);
    await together(term, [this.keepLease(term), this.work(this.index.keys.current, term)]);
  }

  private async keepLease(term: Leading): Promise<void> {
    while (!term.over) {
      await term.pause(this.options.leaseFor / 3);
      if (!term.over) await this.states.renewLease();
    }
  }

  private async work(generation: Generation, term: Leading): Promise<void> {
    const feed = await this.openFeed();
    if (feed === 'lost') return term.end();
    try {
      await this.announce(generation, term);
      const sweeping = this.sweepWhereNeeded(generation, feed === null, term);
      await together(term, feed ? [this.follow(feed, generation, term), sweeping] : [sweeping]);
    } finally {
      await feed?.close();
    }
  }

  private async openFeed(): Promise<ChangeFeed | null | 'lost'> {
    const { states } = this;
    let feed: ChangeFeed | null;
    try {
      feed = await this.store.changes(this.index.collections, states.known.resumeToken ?? null);
    } catch (error) {
      if (!(error instanceof FeedHistoryLost)) throw error;
      this.options.onError('change-feed-history-lost', error);
      await this.forget();
      return 'lost';
    }
    if (feed && !states.known.resumeToken) {
      // The feed's beginning is durable before a sweep begins: what changes meanwhile is not missed, even after a crash.
      await this.forget();
      await states.save({ resumeToken: feed.resumeToken });
    }
    if (feed && states.known.sweepsOnly) await states.save({}, ['sweepsOnly']);
    if (!feed && !states.known.sweepsOnly) await states.save({ sweepsOnly: true });
    return feed;
  }

  /** The feed cannot go on: sweep everything again. Until that is done nothing is answered from what is indexed. */
  private async forget(): Promise<void> {
    await this.states.save({}, ['resumeToken', 'indexedUntil', 'serving', 'sweep']);
  }

  /**
   * Before the first entry is written under a generation, all instances can know that there may be such entries. A sweep that another
   * generation began is not gone on with: what it did is undone from now on.
   */
  private async announce(generation: Generation, term: Leading): Promise<void> {
    const { states } = this;
    const name = generationName(generation);
    const before = states.generations;
    const foreign = states.known.sweep !== undefined && states.known.sweep.generation !== name;
    await states.save({ generations: [...new Set([...before, name])] }, foreign ? ['sweep'] : []);
    if (before.length > 0 && !before.includes(name)) await term.pause(2 * this.options.lookEvery);
  }

  private async follow(feed: ChangeFeed, generation: Generation, term: Leading): Promise<void> {
    const { states, index } = this;
    let persistedAt = 0;
    let beatenAt = 0;
    while (!term.over && this.isCurrent(generation)) {
      if (Date.now() - beatenAt > BEAT_EVERY_MS) {
        await this.beat();
        beatenAt = Date.now();
      }
      const asked = this.lastBeat;
      const batch = await feed.next();
      if (batch.changed.length > 0) await index.refresh(batch.changed, generation, states.requireLease);
      if (batch.upheaval) {
        term.end();
        return this.forget();
      }
      const seen = { ...states.known.seen };
      for (const [instance, number] of batch.heartbeats) seen[instance] = Math.max(number, seen[instance] ?? 0);
      states.known = { ...states.known, seen, resumeToken: batch.resumeToken };
      if ((seen[this.instance] ?? 0) >= asked.number && states.complete(index)) this.advance(asked.at);
      const foreign = [...batch.heartbeats.keys()].some((instance) => instance !== this.instance);
      const news = batch.changed.length > 0 || batch.heartbeats.size > 0;
      if (foreign || Date.now() - persistedAt > (news ? PERSIST_EVERY_MS : PERSIST_IDLE_EVERY_MS)) {
        await this.persistFeed();
        persistedAt = Date.now();
      }
      this.wake(seen[this.instance] ?? 0);
    }
    term.end();
    await this.persistFeed();
  }

  private advance(until: Date): void {
    const { known } = this.states;
    if (known.indexedUntil && until > known.indexedUntil) known.indexedUntil = until;
  }

  /** False once a secret was rotated while this process ran: then it leads anew, under the new one. */
  private isCurrent(generation: Generation): boolean {
    return generationName(generation) === generationName(this.index.keys.current);
  }

  private async persistFeed(): Promise<void> {
    const { resumeToken, indexedUntil, seen } = this.states.known;
    await this.states.save({ resumeToken, ...(indexedUntil && { indexedUntil }), ...(seen && { seen }) });
  }

  private async sweepWhereNeeded(generation: Generation, repeatedly: boolean, term: Leading): Promise<void> {
    const { states, options } = this;
    const sweep = new Sweep(states, this.index, this.clock, options);
    let due = states.needsSweep(this.index) || states.sweepIsAsked;
    while (!term.over) {
      if (due) {
        this.mode = 'sweeping';
        if (!(await sweep.run(generation, term))) return;
      }
      this.mode = repeatedly ? 'sweeps-only' : 'following';
      due = await this.nextSweep(repeatedly, term);
      if (repeatedly && !this.isCurrent(generation)) term.end();
    }
  }

  /** Waits until everything is to be swept again: because it was asked for, or without a change feed because it is time. */
  private async nextSweep(repeatedly: boolean, term: Leading): Promise<boolean> {
    const { states, options } = this;
    for (;;) {
      const since = this.clock.now().getTime() - (states.known.indexedUntil?.getTime() ?? 0);
      if (term.over || states.sweepIsAsked || (repeatedly && since >= options.sweepEvery)) return true;
      await term.pause(options.lookEvery);
    }
  }
}

/** Waits for all; the first one to fail ends the term of the others, and its failure is thrown. */
async function together(term: Leading, jobs: readonly Promise<void>[]): Promise<void> {
  let failed: { error: unknown } | undefined;
  await Promise.all(
    jobs.map((job) =>
      job.catch((error: unknown) => {
        failed ??= { error };
        term.end();
      }),
    ),
  );
  if (failed) throw failed.error;
}
