const EVERY_MS = 1000;

/** Keeps a consumer in its group while handlers work on a chunk. */
export class Heartbeat {
  private readonly timer: NodeJS.Timeout;

  /** @param onHung a handler that takes longer than `longestMs` is taken for hung */
  constructor(beat: () => Promise<void>, longestMs: number, onHung: () => void) {
    const started = performance.now();
    let beating = true;
    this.timer = setInterval(() => {
      if (performance.now() - started > longestMs) {
        this.stop();
        onHung();
      }
      // A failed beat means rebalancing or a lost connection: the beat after the chunk meets the same and reports it.
      else if (beating) beat().catch(() => (beating = false));
    }, EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
