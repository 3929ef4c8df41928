import type { Document } from '../documents/paths.js';
import type { ChangeFeed, GuardedWrite, StoreAdapter } from '../store/store-adapter.js';

/** What a process that was killed leaves behind: nothing after this happens. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

/** A store in the hands of a process that is killed at its n-th write: before the effect, or right after it. */
export class DyingStore implements StoreAdapter {
  private writes = 0;
  constructor(
    private readonly real: StoreAdapter,
    private readonly at: number,
    private readonly when: 'before' | 'after',
  ) {}

  async write(writes: readonly GuardedWrite[]): Promise<boolean[]> {
    this.writes += 1;
    if (this.writes > this.at || (this.writes === this.at && this.when === 'before')) throw new Killed('killed');
    const done = await this.real.write(writes);
    if (this.writes === this.at) throw new Killed('killed');
    return done;
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
