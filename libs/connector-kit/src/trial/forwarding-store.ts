import type { Document } from '../documents/paths.js';
import type { ChangeFeed, GuardedWrite, StoreAdapter } from '../store/store-adapter.js';

/** A real store behind the port, for tests that put something between: everything goes through. */
export class ForwardingStore implements StoreAdapter {
  constructor(protected readonly real: StoreAdapter) {}

  write(writes: readonly GuardedWrite[]): Promise<boolean[]> {
    return this.real.write(writes);
  }
  ids(collection: string, after: unknown, atATime: number): AsyncIterable<unknown[]> {
    return this.real.ids(collection, after, atATime);
  }
  byId(collection: string, ids: readonly unknown[], paths?: readonly string[]): AsyncIterable<Document> {
    return this.real.byId(collection, ids, paths);
  }
  read(collection: string, ids: readonly unknown[]): Promise<Document[]> {
    return this.real.read(collection, ids);
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

/** Another writer of the business gets in between the kit's reading and its write. */
export class ContestedStore extends ForwardingStore {
  constructor(
    real: StoreAdapter,
    private readonly meddle: (write: GuardedWrite) => Promise<unknown>,
  ) {
    super(real);
  }
  override async write(writes: readonly GuardedWrite[]): Promise<boolean[]> {
    for (const write of writes) await this.meddle(write);
    return this.real.write(writes);
  }
}
