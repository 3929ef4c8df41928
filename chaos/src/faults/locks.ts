/** Faults that would be in each other's way wait for one another: first come, first served. */
export class Locks {
  private readonly held = new Set<string>();
  private waiting: { names: readonly string[]; go: () => void }[] = [];

  async with<T>(names: readonly string[], work: () => Promise<T>): Promise<T> {
    if (!this.take(names)) await new Promise<void>((go) => this.waiting.push({ names, go }));
    try {
      return await work();
    } finally {
      for (const name of names) this.held.delete(name);
      this.waiting = this.waiting.filter(({ names: wanted, go }) => {
        if (!this.take(wanted)) return true;
        go();
        return false;
      });
    }
  }

  private take(names: readonly string[]): boolean {
    if (names.some((name) => this.held.has(name))) return false;
    for (const name of names) this.held.add(name);
    return true;
  }
}
