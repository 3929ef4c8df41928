import { Logger } from '@nestjs/common';
import type { EachBatchPayload } from 'kafkajs';
import { nameFailure } from './failure.js';

type Commits = Pick<EachBatchPayload, 'commitOffsetsIfNecessary' | 'uncommittedOffsets' | 'isRunning'>;

const AGAIN_AFTER_MS = 1000;

/**
 * Commits a consumer's resolved offsets, all partitions together and at most once in `everyMs`: a commit is a write of the broker, and one
 * after each message would be the larger part of its work at a low rate. What a crash leaves uncommitted comes again; its effect is there.
 */
export class OffsetCommits {
  private readonly logger = new Logger('OffsetCommits');
  private committedAt = -Infinity;
  private due: { payload: Commits; timer: NodeJS.Timeout } | undefined;

  constructor(private readonly everyMs: number) {}

  /** Commits now or soon. @throws the client's error where it commits now, by which kafkajs joins the group again if that is needed */
  async resolved(payload: Commits): Promise<void> {
    const wait = this.committedAt + this.everyMs - performance.now();
    if (wait <= 0) await this.commit(payload);
    else this.plan(payload, wait);
  }

  /** Commits now. @throws the client's error */
  async commit(payload: Commits): Promise<void> {
    this.stop();
    this.committedAt = performance.now();
    await payload.commitOffsetsIfNecessary(payload.uncommittedOffsets());
  }

  /** Commits what waits. Never throws: what stays uncommitted comes again. */
  async flush(): Promise<void> {
    const payload = this.due?.payload;
    if (!payload) return;
    try {
      await this.commit(payload);
    } catch (error) {
      this.logger.warn(`offsets not committed: ${nameFailure(error)}`);
    }
  }

  private plan(payload: Commits, wait: number): void {
    if (this.due) {
      this.due.payload = payload;
      return;
    }
    const timer = setTimeout(() => {
      void this.flush().then(() => {
        // Nothing more may come that would take them along; after a group was rearranged there is nothing of them left.
        const left = () => payload.isRunning() && payload.uncommittedOffsets().topics.length > 0;
        if (!this.due && left()) this.plan(payload, AGAIN_AFTER_MS);
      });
    }, wait);
    this.due = { payload, timer };
  }

  /** Nothing is planned any more. */
  stop(): void {
    clearTimeout(this.due?.timer);
    this.due = undefined;
  }
}
