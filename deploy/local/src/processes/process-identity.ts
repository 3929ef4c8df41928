import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { hasCode } from './error-code.js';

const run = promisify(execFile);

/** A running process as the operating system lists it; `command` is the whole command line, joined by spaces. */
export interface RunningProcess {
  pid: number;
  group: number;
  command: string;
}

const isGone = (error: unknown) => hasCode(error, 'ENOENT', 'ESRCH');

/**
 * What tells this process from a later one that was given the same number: boot id and start time on Linux, start time
 * elsewhere. `undefined` when no such process runs (a zombie counts as not running).
 */
export async function processIdentity(pid: number): Promise<string | undefined> {
  if (process.platform !== 'linux') return startTimeByPs(pid);
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The command name stands in parentheses and may hold spaces: fields are counted from behind it (proc(5)).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return undefined;
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    return `${boot.trim()}/${fields[19]}`;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

async function startTimeByPs(pid: number): Promise<string | undefined> {
  const listed = await run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)]).catch((error: unknown) => {
    // ps exits 1 when there is no such process.
    if (hasCode(error, '1')) return { stdout: '' };
    throw error;
  });
  const line = listed.stdout.trim();
  return line === '' || line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/, '');
}

/** Every process of one process group that still runs (zombies left out). */
export async function processesOfGroup(group: number): Promise<RunningProcess[]> {
  const all = process.platform === 'linux' ? await listByProc() : await listByPs();
  return all.filter((found) => found.group === group);
}

async function listByProc(): Promise<RunningProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    pids.map(async (pid) => {
      try {
        const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        if (fields[0] === 'Z') return undefined;
        const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').join(' ').trim();
        return { pid, group: Number(fields[2]), command };
      } catch (error) {
        if (isGone(error)) return undefined;
        throw error;
      }
    }),
  );
  return found.filter((one) => one !== undefined);
}

async function listByPs(): Promise<RunningProcess[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,pgid=,stat=,args='], { maxBuffer: 16 * 1024 * 1024 });
  return stdout.split('\n').flatMap((line) => {
    const [, pid, group, state, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    if (!pid || !group || !command || state?.startsWith('Z')) return [];
    return [{ pid: Number(pid), group: Number(group), command }];
  });
}

/** Sends a signal to every process of a group; a group that is gone already is as good. */
export function signalGroup(group: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  signalTo(-group, signal);
}

/** Sends a signal to a process (to a group by its negated id); one that is gone already is as good. */
export function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}
