import type { Document } from '../documents/paths.js';
import type { ChangeFeed, GuardedWrite, StoreAdapter } from '../store/store-adapter.js';

/** What a process that was killed leaves behind: nothing after this happens. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

/** A store in the hands of a process that is killed at its n-th document written: before the effect, or right after it. */
export class DyingStore implements StoreAdapter {
  private writes = 0;
  /** Whether it came so far. */
  killed = false;
  constructor(
    private readonly real: StoreAdapter,
    private readonly at: number,
    private readonly when: 'before' | 'after',
  ) {}

  /** One document at a time, so that the process can die in the middle of a chunk. */
  async write(writes: readonly GuardedWrite[]): Promise<boolean[]> {
    const done: boolean[] = [];
    for (const write of writes) {
      this.writes += 1;
      if (this.killed || (this.writes === this.at && this.when === 'before')) this.die();
      done.push(...(await this.real.write([write])));
      if (this.writes === this.at) this.die();
    }
    return done;
  }

  private die(): never {
    this.killed = true;
    throw new Killed('killed');
  }

  page(collection: string, after: unknown, limit: number, paths?: readonly string[]): Promise<Document[]> {
    return this.real.page(collection, after, limit, paths);
  }
  byId(collection: string, ids: readonly unknown[]): AsyncIterable<Document> {
    return this.real.byId(collection, ids);
  }
  having(collection: string, path: string, values: readonly unknown[]): AsyncIterable<Document> {
    return this.real.having(collection, path, values);
  }
  changes(collections: readonly string[], resumeToken: unknown): Promise<ChangeFeed | null> {
    return this.real.changes(collections, resumeToken);
  }
  heartbeat(instance: string, number: number): Promise<void> {
    return this.real.heartbeat(instance, number);
  }
  ping(): Promise<void> {
    return this.real.ping();
  }
}
