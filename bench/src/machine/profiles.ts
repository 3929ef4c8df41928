import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { pidsOf } from './process-usage.js';

/**
 * V8 CPU profiles of processes, each in a file named after its service. Node names them by process id, and all services share one
 * environment: so they go to a folder of their own first.
 */
export class Profiles {
  private readonly raw: string;
  private readonly names = new Map<number, string>();

  constructor(private readonly folder: string) {
    this.raw = path.join(folder, 'by-process');
  }

  /** What the services are started with. */
  get nodeOptions(): string {
    return `--cpu-prof --cpu-prof-dir=${this.raw}`;
  }

  async open(): Promise<void> {
    await rm(this.raw, { recursive: true, force: true });
    await mkdir(this.raw, { recursive: true });
  }

  /** Call while they run. */
  async note(build: string, groups: ReadonlyMap<string, number>): Promise<void> {
    for (const [name, group] of groups) for (const pid of await pidsOf(group)) this.names.set(pid, `${build}-${name}`);
  }

  /** Call when they have ended: a profile is written at the end of its process. What belongs to no service goes. */
  async close(): Promise<string[]> {
    const kept: string[] = [];
    for (const file of await readdir(this.raw)) {
      const name = this.names.get(Number(/^CPU\.\d+\.\d+\.(\d+)\./.exec(file)?.[1]));
      if (name === undefined) continue;
      await rename(path.join(this.raw, file), path.join(this.folder, `${name}.cpuprofile`));
      kept.push(name);
    }
    await rm(this.raw, { recursive: true });
    return kept.sort();
  }
}
