import { nameFailure } from '@kenri/messaging';
import type { Connector } from '../connector.js';
import { collectOrphans } from '../units/collect-orphans.js';

/** After a start there is more urgent work, and several connectors often start together. */
const FIRST_AFTER_MS = 10 * 60_000;

/** Collects orphaned artifacts some time after the start and every so many milliseconds; 0: never. */
export class OrphansJob {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly connector: Connector,
    private readonly everyMs: number,
  ) {}

  start(): void {
    if (this.everyMs > 0) this.schedule(FIRST_AFTER_MS * (0.5 + Math.random()));
  }

  async stop(): Promise<void> {
    clearTimeout(this.timer);
    await this.running;
    clearTimeout(this.timer);
  }

  private schedule(inMs: number): void {
    this.timer = setTimeout(() => {
      this.running = this.collect().then(() => this.schedule(this.everyMs));
    }, inMs);
    this.timer.unref();
  }

  private async collect(): Promise<void> {
    try {
      await collectOrphans(this.connector);
    } catch (error) {
      // The next time finds the same ones.
      this.connector.log.warn('orphans-not-collected', { failure: nameFailure(error) });
    }
  }
}
