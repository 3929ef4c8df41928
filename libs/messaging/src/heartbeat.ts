const EVERY_MS = 1000;
/** A handler that takes longer than this is taken for hung: the group gives its partitions to another member. */
const LONGEST_MS = 5 * 60_000;

/** Keeps a consumer in its group while handlers work on a chunk. */
export class Heartbeat {
  private readonly timer: NodeJS.Timeout;

  constructor(beat: () => Promise<void>) {
    const started = performance.now();
    this.timer = setInterval(() => {
      if (performance.now() - started > LONGEST_MS) this.stop();
      // A failed beat means rebalancing or a lost connection: the beat after the chunk meets the same and reports it.
      else beat().catch(() => this.stop());
    }, EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
