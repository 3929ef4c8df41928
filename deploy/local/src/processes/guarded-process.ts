import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { processesOfGroup, signalGroup, signalTo } from './process-identity.js';

/**
 * Runs a command so that it cannot outlive us. The guard (POSIX sh, about 1 MB) holds the other end of a pipe from this
 * process: when the pipe closes — because we asked, ended, or were killed with -9 — it asks the command to end and, when
 * the grace is over, kills it. Arguments: grace in seconds, then the command.
 */
const GUARD = `
grace=$1; shift
exec 3<&0
"$@" </dev/null 3<&- & child=$!
(
  read -r _ <&3
  kill -TERM "$child" 2>/dev/null
  waited=0
  while kill -0 "$child" 2>/dev/null && [ "$waited" -lt "$grace" ]; do sleep 1; waited=$((waited + 1)); done
  kill -KILL "$child" 2>/dev/null
) </dev/null >/dev/null 2>&1 & watcher=$!
exec 3<&-
trap 'kill -TERM "$child" 2>/dev/null' TERM INT HUP
wait "$child"; code=$?
while kill -0 "$child" 2>/dev/null; do wait "$child"; code=$?; done
kill "$watcher" 2>/dev/null
exit "$code"
`;

export interface GuardedCommand {
  /** Short name: names the record and appears in messages. */
  name: string;
  command: string;
  args: string[];
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Where what it prints goes: a file (appended), `pipe` to read it here, or this process's own terminal. */
  output: { file: string } | 'pipe' | 'inherit';
  /** Seconds between asking it to end and killing it. */
  graceSeconds: number;
  /** Folder of records, by which a later start finds what a crash may have left (`leftovers.ts`). */
  records: string;
}

export interface GuardedProcess {
  name: string;
  /** The guard's process id, which is the id of the process group of everything the command starts. */
  group: number;
  stdout: Readable | null;
  stderr: Readable | null;
  /** Settles when the command has ended, however it ended. */
  ended: Promise<string>;
  hasEnded: () => boolean;
  /** Asks it to end, kills it when the grace is over, and resolves once it is gone. */
  stop: () => Promise<void>;
  /** Kills it at once: the signal is sent before this returns its promise. */
  kill: () => Promise<void>;
  /** Stops the command where it is (SIGSTOP). Its guard goes on, so that even a frozen command ends with us. */
  freeze: () => Promise<void>;
  /** Lets a frozen command go on. */
  thaw: () => Promise<void>;
}

/** What is recorded of a started command, to recognise it later beyond doubt. */
export interface ProcessRecord {
  name: string;
  group: number;
  command: string;
}

/** Starts a command under the guard. Throws when it cannot be started at all. */
export function startGuarded(wanted: GuardedCommand): GuardedProcess {
  const { name, records } = wanted;
  const output = typeof wanted.output === 'string' ? wanted.output : openLog(wanted.output.file);
  const child = spawn(
    'sh',
    ['-c', GUARD, `kenri-${name}`, String(wanted.graceSeconds), wanted.command, ...wanted.args],
    {
      stdio: ['pipe', output, output],
      // A group of its own: Ctrl-C in the terminal reaches only the supervisor, which then stops things in order.
      detached: true,
      ...(wanted.env && { env: wanted.env }),
      ...(wanted.cwd && { cwd: wanted.cwd }),
    },
  );
  if (typeof output === 'number') closeSync(output);
  const record = path.join(records, `${name}.json`);
  let done = false;
  const ended = new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      done = true;
      // A guard that was killed leaves its command behind: the record may only go when that goes too.
      if (signal && child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
      rmSync(record, { force: true });
      resolve(signal ? `ended by ${signal}` : `ended with exit code ${code}`);
    });
  });
  const group = child.pid;
  if (group === undefined) {
    ended.catch(() => undefined);
    throw new Error(`cannot start ${name}: no POSIX shell "sh" on this machine`);
  }
  mkdirSync(records, { recursive: true });
  const written: ProcessRecord = { name, group, command: [wanted.command, ...wanted.args].join(' ') };
  writeFileSync(record, JSON.stringify(written));
  // The guard's end of the pipe goes away when the command ends by itself: that is no error of ours.
  child.stdin?.on('error', () => undefined);

  const killGroup = () => signalGroup(group, 'SIGKILL');
  const signalCommand = async (signal: NodeJS.Signals) => {
    const found = (await processesOfGroup(group)).filter(({ command }) => command.startsWith(wanted.command));
    if (found.length === 0) throw new Error(`${name} does not run: ${signal} reaches nobody`);
    for (const { pid } of found) signalTo(pid, signal);
  };
  return {
    name,
    group,
    stdout: child.stdout,
    stderr: child.stderr,
    ended,
    hasEnded: () => done,
    async stop() {
      child.stdin?.end();
      const timer = setTimeout(killGroup, (wanted.graceSeconds + 2) * 1000);
      await ended;
      clearTimeout(timer);
    },
    async kill() {
      if (!done) killGroup();
      await ended;
    },
    freeze: () => signalCommand('SIGSTOP'),
    thaw: () => signalCommand('SIGCONT'),
  };
}

function openLog(file: string): number {
  mkdirSync(path.dirname(file), { recursive: true });
  return openSync(file, 'a');
}
