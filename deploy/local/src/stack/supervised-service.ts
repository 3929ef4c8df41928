import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { awaitOutcome } from '../processes/await-outcome.js';
import { startGuarded, type GuardedProcess } from '../processes/guarded-process.js';
import { decideRestart } from '../processes/restart-policy.js';
import { ROOT, type ServiceDefinition, type ServiceName } from './services.js';

const READY_WITHIN_MS = 90_000;
const TELEMETRY = '@kenri/telemetry/register';
/**
 * By default short-lived buffers fill 100 MB and more before anything is collected, and the heap may grow to four times what is in use
 * (docs/performance.md); also in deploy/docker/Dockerfile.
 */
const SMALL_HEAP = ['--max-semi-space-size=16', '--heap-growing-percent=50'];

/** glibc's allocator otherwise keeps some 70 MB of freed buffers in arenas of many threads (docs/performance.md); also in deploy/docker/Dockerfile. */
export const ALLOCATION: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_TRIM_THRESHOLD_: '131072',
  MALLOC_MMAP_THRESHOLD_: '131072',
};

/** How Node runs a service's script. */
export const serviceArguments = (script: string): string[] => [
  '--disable-warning=TimeoutNegativeWarning',
  ...SMALL_HEAP,
  '--import',
  TELEMETRY,
  script,
];

export interface SupervisedService {
  name: ServiceName;
  /** `http://127.0.0.1:port` */
  address: string;
  /** Starts the process and resolves once it is ready. Throws with the last lines it printed. */
  start: () => Promise<void>;
  /** Stops the process in order; it stays stopped until `start`. */
  stop: () => Promise<void>;
  /** Kills the process with -9, as a fault for demonstrations and tests; it is then restarted like after a crash. */
  crash: () => Promise<void>;
  /** Kills the process with -9, sent before this returns its promise; it stays down until `start`. */
  kill: () => Promise<void>;
  /** Stops the process where it is (SIGSTOP), as a fault. */
  freeze: () => Promise<void>;
  thaw: () => Promise<void>;
}

export interface SupervisionOptions {
  definition: ServiceDefinition;
  port: number;
  env: NodeJS.ProcessEnv;
  dataDir: string;
  /** Every line the service prints. */
  onLine: (service: ServiceName, line: string) => void;
  /** What happens to the service, in words. */
  onEvent: (text: string) => void;
  /** The script to run; default the app's built `main.js`. */
  script?: string;
  /** Tells a further instance of a service from the first in records and log files, e.g. `-2`. */
  suffix?: string;
}

/** Keeps one service running: restarts it with a growing delay when it ends without being asked to. */
export function superviseService(options: SupervisionOptions): SupervisedService {
  const { definition, port, env, dataDir, onLine, onEvent } = options;
  const { name } = definition;
  const recordedAs = `${name}${options.suffix ?? ''}`;
  const script = options.script ?? path.join(ROOT, 'apps', name, 'dist', 'main.js');
  const address = `http://127.0.0.1:${port}`;
  let running: GuardedProcess | undefined;
  let wanted = false;
  let attempts = 0;
  let restarting: NodeJS.Timeout | undefined;
  let lastLines: string[] = [];

  const launch = (): GuardedProcess => {
    const startedAt = Date.now();
    lastLines = [];
    const guarded = startGuarded({
      name: recordedAs,
      command: process.execPath,
      args: serviceArguments(script),
      env: { ...ALLOCATION, ...env },
      cwd: ROOT,
      output: 'pipe',
      graceSeconds: 5,
      records: path.join(dataDir, 'processes'),
    });
    running = guarded;
    const log = openServiceLog(dataDir, recordedAs);
    const outputs = [guarded.stdout, guarded.stderr].filter((stream) => stream !== null);
    let open = outputs.length;
    for (const stream of outputs) {
      createInterface({ input: stream })
        .on('line', (line) => {
          log.write(`${line}\n`);
          lastLines = [...lastLines, line].slice(-15);
          onLine(name, line);
        })
        .once('close', () => {
          open -= 1;
          if (open === 0) log.end();
        });
    }
    void guarded.ended.then((ending) => {
      if (running === guarded) running = undefined;
      if (wanted) restartAfter(ending, Date.now() - startedAt);
    });
    return guarded;
  };

  const current = () => {
    if (!running) throw new Error(`${recordedAs} does not run`);
    return running;
  };

  const restartAfter = (ending: string, ranForMs: number) => {
    const restart = decideRestart(ending, attempts, ranForMs);
    if (!restart.again) {
      onEvent(`${name} ${ending}: its configuration cannot be used, so it is not restarted`);
      return;
    }
    attempts = restart.attempt;
    onEvent(`${name} ${ending}; starting it again in ${restart.afterMs / 1000} s (attempt ${attempts})`);
    restarting = setTimeout(() => {
      if (!wanted) return;
      launch();
      awaitReady().then(
        () => onEvent(`${name} is ready again`),
        (error: unknown) => onEvent((error as Error).message),
      );
    }, restart.afterMs);
  };

  const awaitReady = () =>
    awaitOutcome(
      `${name} at ${address}/health/ready`,
      async () => {
        const response = await fetch(`${address}/health/ready`, { signal: AbortSignal.timeout(2000) });
        if (response.ok) return true;
        throw new Error(`HTTP ${response.status}`);
      },
      {
        withinMs: READY_WITHIN_MS,
        everyMs: 250,
        giveUp: () => (running ? undefined : `it ended while starting:\n  ${lastLines.join('\n  ')}`),
      },
    );

  return {
    name,
    address,
    async start() {
      await access(script).catch(() => {
        throw new Error(`${name} is not built (${path.relative(ROOT, script)} is missing): run "npm run build"`);
      });
      wanted = false;
      attempts = 0;
      launch();
      await awaitReady();
      wanted = true;
      // It may have ended between its last answer and now.
      if (!running) restartAfter('ended', 0);
    },
    async stop() {
      wanted = false;
      clearTimeout(restarting);
      await running?.stop();
    },
    async crash() {
      await running?.kill();
    },
    async kill() {
      wanted = false;
      clearTimeout(restarting);
      await running?.kill();
    },
    freeze: () => current().freeze(),
    thaw: () => current().thaw(),
  };
}

/** The raw lines of a service, kept for looking back. */
function openServiceLog(dataDir: string, name: string): WriteStream {
  const dir = path.join(dataDir, 'logs');
  mkdirSync(dir, { recursive: true });
  return createWriteStream(path.join(dir, `${name}.log`), { flags: 'a' });
}
