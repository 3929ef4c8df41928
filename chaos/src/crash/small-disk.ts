import { spawnSync } from 'node:child_process';
import { appendFile, mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { once } from 'node:events';
import { startGuarded } from '@kenri/local';

/** Whether this machine lets us mount a file system in a name space of our own (root on Linux). */
export const canMount = (): boolean =>
  spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()], { stdio: 'ignore' }).status === 0;

/** A disk of a few megabytes, which can be filled to its last byte. */
export interface SmallDisk {
  /** Absolute path, good for every process of this machine. */
  readonly dir: string;
  /** @returns how many bytes it took */
  fill(): Promise<number>;
  free(): Promise<void>;
  remove(): Promise<void>;
}

/**
 * Mounts it in memory, in the name space of a guarded process of ours: whatever ends us, that ends too, and the disk is gone.
 * Others reach it by that process's root in /proc.
 */
export async function mountSmallDisk(megabytes: number): Promise<SmallDisk> {
  const records = await mkdtemp(path.join(tmpdir(), 'kenri-small-disk-'));
  const holder = startGuarded({
    name: 'small-disk',
    command: 'unshare',
    args: [
      '-m',
      'sh',
      '-c',
      'mount -t tmpfs -o size="$1"m tmpfs "$2" && echo $$ && exec sleep 100000',
      'small-disk',
      String(megabytes),
      records,
    ],
    output: 'pipe',
    graceSeconds: 1,
    records: path.join(records, 'processes'),
  });
  if (!holder.stdout) throw new Error('the output of the process that holds the disk cannot be read');
  const [pid] = (await once(createInterface({ input: holder.stdout }), 'line', {
    signal: AbortSignal.timeout(10_000),
  })) as [string];
  const dir = `/proc/${pid}/root${records}`;
  const filler = path.join(dir, 'filler');
  return {
    dir,
    async fill() {
      let size = 1 << 20;
      while (size >= 512) {
        try {
          await appendFile(filler, Buffer.alloc(size));
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
          size >>= 1;
        }
      }
      const { bavail, bsize } = await statfs(dir);
      return bavail * bsize;
    },
    free: () => rm(filler, { force: true }),
    async remove() {
      await holder.stop();
      await rm(records, { recursive: true, force: true });
    },
  };
}
