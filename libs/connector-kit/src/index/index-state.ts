import type { Collection, Db, UpdateFilter } from 'mongodb';
import { generationName } from './generation.js';
import type { SideIndex } from './side-index.js';

/** How far the index is; kept in the connector's own database, so that a restart goes on where it stopped. */
export interface IndexState {
  _id: 'state';
  /** Generation under which a completed sweep indexed everything. */
  serving?: string;
  /** What of each collection that sweep indexed (`SideIndex.layout`). */
  layout?: string;
  /** Generations that entries may be under: noted before the first entry is written under one, one alone after a completed sweep. */
  generations?: string[];
  /** The store has no change feed: sweeps alone keep the index. */
  sweepsOnly?: boolean;
  sweep?: SweepState;
  resumeToken?: unknown;
  /** The index holds every change up to here. */
  indexedUntil?: Date;
  /** Instance → its latest heartbeat that came by. */
  seen?: Record<string, number>;
  lease?: { by: string; until: Date };
  /** The last sweep that was completed. */
  swept?: { startedAt: Date; endedAt: Date; documents: number };
  /** When an operator last asked for everything to be swept again. */
  sweepAskedAt?: Date;
}

export interface SweepState {
  readonly generation: string;
  readonly layout: string;
  readonly collection: string;
  readonly after?: unknown;
  readonly documents: number;
  readonly startedAt: Date;
}

/** Another instance leads the index now: what this one was about to write is no longer its to write. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
  constructor() {
    super('another instance leads the index');
  }
}

/** The common state of all instances: read by everyone, written by the one that holds the lease. */
export class IndexStates {
  private readonly collection: Collection<IndexState>;
  private leasedUntil = 0;
  /** As last read or written. */
  known: Partial<IndexState> = {};

  constructor(
    database: Db,
    private readonly instance: string,
    private readonly leaseFor: number,
  ) {
    this.collection = database.collection<IndexState>('index_state');
  }

  /** Takes the lease where it is free; either way the state is known afterwards. */
  async takeLease(): Promise<boolean> {
    await this.collection.updateOne({ _id: 'state' }, { $setOnInsert: { _id: 'state' } }, { upsert: true });
    const free = [{ lease: { $exists: false } }, { 'lease.until': { $lt: new Date() } }];
    const taken = await this.lease({ $or: [...free, { 'lease.by': this.instance }] });
    this.take(await this.collection.findOne({ _id: 'state' }));
    return taken;
  }

  /** Learns what was asked of whoever leads, too. @throws LeaseLost */
  async renewLease(): Promise<void> {
    if (!(await this.lease({ 'lease.by': this.instance }))) throw new LeaseLost();
  }

  private async lease(where: Record<string, unknown>): Promise<boolean> {
    const asked = Date.now();
    const lease = { by: this.instance, until: new Date(asked + this.leaseFor) };
    const leased = await this.collection.findOneAndUpdate(
      { _id: 'state', ...where },
      { $set: { lease } },
      { projection: { sweepAskedAt: 1 } },
    );
    this.leasedUntil = leased ? asked + this.leaseFor : 0;
    if (leased?.sweepAskedAt) this.known.sweepAskedAt = leased.sweepAskedAt;
    return leased !== null;
  }

  /** Asks whoever leads to sweep everything again, from now on. Durable. */
  async askForSweep(at: Date): Promise<void> {
    await this.collection.updateOne({ _id: 'state' }, { $max: { sweepAskedAt: at } }, { upsert: true });
  }

  /** Whether a sweep was asked for that has not been completed: one that had begun before does not count. */
  get sweepIsAsked(): boolean {
    const { sweepAskedAt, swept } = this.known;
    return sweepAskedAt !== undefined && (swept === undefined || swept.startedAt < sweepAskedAt);
  }

  async release(): Promise<void> {
    this.leasedUntil = 0;
    await this.collection.updateOne({ _id: 'state', 'lease.by': this.instance }, { $unset: { lease: '' } });
  }

  /** Stops a writer whose lease ran out while it was held up, before it writes. @throws LeaseLost */
  readonly requireLease = (): void => {
    if (Date.now() >= this.leasedUntil) throw new LeaseLost();
  };

  /** For an instance that does not lead; one that leads knows better than the database. */
  async read(): Promise<void> {
    const state = await this.collection.findOne({ _id: 'state' });
    if (Date.now() >= this.leasedUntil) this.take(state);
  }

  private take(state: IndexState | null): void {
    const own = Math.max(state?.seen?.[this.instance] ?? 0, this.known.seen?.[this.instance] ?? 0);
    this.known = { ...state, seen: { ...state?.seen, [this.instance]: own } };
  }

  /** Writes as the leader, and only as that. @throws LeaseLost */
  async save(set: Partial<IndexState>, unset: readonly (keyof IndexState)[] = []): Promise<void> {
    this.known = { ...this.known, ...set };
    for (const name of unset) delete this.known[name];
    const given = Object.entries(set).filter(([, value]) => value !== undefined && value !== null);
    const update: UpdateFilter<IndexState> = {
      ...(given.length > 0 && { $set: Object.fromEntries(given) as Partial<IndexState> }),
      ...(unset.length > 0 && { $unset: Object.fromEntries(unset.map((name) => [name, ''])) as Record<string, ''> }),
    };
    const { matchedCount } = await this.collection.updateOne({ _id: 'state', 'lease.by': this.instance }, update);
    if (matchedCount === 0) throw new LeaseLost();
  }

  /** Generations that entries may be under. A state of before they were noted tells them by what was swept. */
  get generations(): string[] {
    const { generations, serving, sweep } = this.known;
    return [...new Set(generations ?? [serving, sweep?.generation].filter((name) => name !== undefined))];
  }

  /**
   * Whether the index, once caught up, holds everybody under keys that this process can make: a completed sweep indexed what this
   * map names, and every entry's keys come from values that this version of matching makes. Under another version the same person
   * has other values, so a former index serves as far as it goes, but what it misses may still be there.
   */
  complete({ keys, layout }: SideIndex): boolean {
    return (
      this.known.serving !== undefined &&
      this.known.layout === layout &&
      this.generations.every((name) => keys.makes(name))
    );
  }

  /** Whether everything has to be swept before the index is of the current generation and layout throughout. */
  needsSweep({ keys, layout }: SideIndex): boolean {
    const current = generationName(keys.current);
    const { serving, indexedUntil } = this.known;
    return (
      serving !== current ||
      this.known.layout !== layout ||
      !indexedUntil ||
      this.generations.some((name) => name !== current)
    );
  }
}
