import type { GuardedWrite, StoreAdapter } from '../store/store-adapter.js';
import { ForwardingStore } from './forwarding-store.js';

/** What a process that was killed leaves behind: nothing after this happens. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

/** A store in the hands of a process that is killed at its n-th document written: before the effect, or right after it. */
export class DyingStore extends ForwardingStore {
  private writes = 0;
  /** Whether it came so far. */
  killed = false;
  constructor(
    real: StoreAdapter,
    private readonly at: number,
    private readonly when: 'before' | 'after',
  ) {
    super(real);
  }

  /** One document at a time, so that the process can die in the middle of a chunk. */
  override async write(writes: readonly GuardedWrite[]): Promise<boolean[]> {
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
}
