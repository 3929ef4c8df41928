import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What the processes of a group have used and hold. */
export interface Usage {
  /** User and system time since they began, of children that ended too. */
  cpuSeconds: number;
  /** Resident now, of the largest process: the service itself, without the guard that ends it when we end. */
  residentBytes: number;
}

/**
 * Usage of process groups, by group id: a service runs in a group of its own together with whatever it starts.
 * Linux: /proc/<pid>/stat (proc(5)); elsewhere `ps`.
 */
export async function usageOf(groups: readonly number[]): Promise<Map<number, Usage>> {
  const wanted = new Set(groups);
  const listed = process.platform === 'linux' ? await byProc(wanted) : await byPs(wanted);
  const sums = new Map<number, Usage>();
  for (const { group, cpuSeconds, residentBytes } of listed) {
    const before = sums.get(group) ?? { cpuSeconds: 0, residentBytes: 0 };
    sums.set(group, {
      cpuSeconds: before.cpuSeconds + cpuSeconds,
      residentBytes: Math.max(before.residentBytes, residentBytes),
    });
  }
  return sums;
}

interface Listed extends Usage {
  group: number;
}

/** Process ids of a group. */
export async function pidsOf(group: number): Promise<number[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,pgid=']);
  return stdout.split('\n').flatMap((line) => {
    const [pid, of] = line.trim().split(/\s+/).map(Number);
    return pid !== undefined && of === group ? [pid] : [];
  });
}

/** Clock ticks per second as user programs see them: 100 on every Linux that Node runs on. */
const TICKS = 100;

async function byProc(wanted: ReadonlySet<number>): Promise<Listed[]> {
  const pageBytes = await pageSize();
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      try {
        return statOf(await readFile(`/proc/${pid}/stat`, 'utf8'), pageBytes);
      } catch (error) {
        // It ended while the list was read.
        if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
        throw error;
      }
    }),
  );
  return found.filter((one) => one !== undefined && wanted.has(one.group)) as Listed[];
}

/** One line of /proc/<pid>/stat; the command name stands in parentheses and may hold spaces. */
export function statOf(line: string, pageBytes: number): Listed {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const number = (field: number) => Number(fields[field - 3]);
  return {
    group: number(5),
    cpuSeconds: (number(14) + number(15) + number(16) + number(17)) / TICKS,
    residentBytes: number(24) * pageBytes,
  };
}

let pageBytes: number | undefined;
async function pageSize(): Promise<number> {
  pageBytes ??= Number((await run('getconf', ['PAGESIZE'])).stdout);
  return pageBytes;
}

async function byPs(wanted: ReadonlySet<number>): Promise<Listed[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pgid=,time=,rss='], { maxBuffer: 16 * 1024 * 1024 });
  return stdout.split('\n').flatMap((line) => {
    const [group, time, rss] = line.trim().split(/\s+/);
    if (!group || !time || !rss || !wanted.has(Number(group))) return [];
    return [{ group: Number(group), cpuSeconds: secondsOf(time), residentBytes: Number(rss) * 1024 }];
  });
}

/** `[[dd-]hh:]mm:ss[.ff]`, as ps prints it. */
export function secondsOf(time: string): number {
  const [clock = '', days = '0'] = time.split('-').reverse();
  return clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) + Number(days) * 86_400;
}
