/** Runs work that concerns the same keys one after the other, in the order asked; other work goes on beside it. */
export class KeyedQueue {
  private readonly tails = new Map<string, Promise<void>>();

  async run<T>(keys: readonly string[], work: () => Promise<T>): Promise<T> {
    const before = [...new Set(keys.map((key) => this.tails.get(key)).filter((tail) => tail !== undefined))];
    let release = () => {};
    const done = new Promise<void>((resolve) => (release = resolve));
    for (const key of keys) this.tails.set(key, done);
    try {
      await Promise.all(before);
      return await work();
    } finally {
      for (const key of keys) if (this.tails.get(key) === done) this.tails.delete(key);
      release();
    }
  }
}
