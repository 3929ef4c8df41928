import path from 'node:path';
import { logTo } from './backing/index.js';
import { ACCOUNTS, LOCAL_CLIENT_SECRET } from './identity/accounts.js';
import { messageOf } from './processes/error-code.js';
import { requireSupportedNode } from './supported-node.js';
import { startStack, type Stack } from './stack/index.js';
import { readableLine } from './stack/log-lines.js';
import { isBuilt, runScript } from './stack/one-off.js';
import { USAGE, parseStartOptions, type StartOptions } from './stack/options.js';
import { ROOT } from './stack/services.js';
import { dataDirOf, makeDataDir } from './data-dir.js';

const log = logTo(process.stdout);
const STOP_WHILE_STARTING_MS = 10_000;
const SAME_KEY_PRESS_MS = 500;

/** `npm start`: everything on this machine, until Ctrl-C. */
async function start(options: StartOptions): Promise<void> {
  const began = Date.now();
  const dataDir = dataDirOf(process.env);
  await makeDataDir(dataDir);
  const abort = new AbortController();
  const now: { up?: Stack; stopping: boolean; askedAt: number } = { stopping: false, askedAt: 0 };

  const stop = (why: string) => {
    if (now.stopping) {
      // npm passes on the signal that the terminal has sent us already: one key press arrives twice.
      if (Date.now() - now.askedAt < SAME_KEY_PRESS_MS) return;
      log.line('stopping at once');
      // What we started ends by itself when this process is gone (guarded-process.ts).
      process.exit(1);
    }
    now.stopping = true;
    now.askedAt = Date.now();
    log.line(`${why}: stopping in order (again to stop at once)`);
    abort.abort(new Error('stopped while starting'));
    if (now.up) {
      void now.up.stop().then(() => {
        log.line('stopped');
        process.exit(0);
      });
    } else {
      // A start under way ends at its next step; whatever hangs is left to the guards.
      setTimeout(() => process.exit(1), STOP_WHILE_STARTING_MS).unref();
    }
  };
  process.on('SIGINT', () => stop('Ctrl-C'));
  process.on('SIGTERM', () => stop('asked to end'));
  process.on('SIGHUP', () => {
    // A terminal that closes is no second key press: what is stopping goes on in order.
    if (!now.stopping) stop('terminal closed');
  });

  const colours = process.stdout.isTTY && !process.env['NO_COLOR'];
  const stack = await startStack({
    dataDir,
    people: options.people,
    seed: options.seed,
    portBase: options.portBase,
    log,
    signal: abort.signal,
    onServiceLine: (service, line) => {
      const shown = options.jsonLogs ? line : readableLine(service, line, colours);
      if (shown !== undefined) log.line(shown);
    },
  });
  now.up = stack;
  log.line(`services: ${stack.services.size} of ${stack.services.size} ready`);
  if (options.feed) await feedOnce(stack, dataDir, abort.signal);
  if (now.stopping) return;
  sayWhereItIs(stack, dataDir, (Date.now() - began) / 1000);
}

/** Feeds the sample applications once per database server, and shows their fan-out. */
async function feedOnce(stack: Stack, dataDir: string, signal: AbortSignal): Promise<void> {
  const script = path.join(ROOT, 'samples', 'dist', 'feed.js');
  if (!(await isBuilt(script))) {
    log.line('no sample applications are fed: samples/dist/feed.js is not there');
    return;
  }
  if (typeof (await stack.firstStart.stateOf('feed')) === 'object') return;
  log.line('feeding the sample applications');
  const env = { ...process.env, ...stack.clientEnvironment };
  try {
    await stack.firstStart.run('feed', {}, () => runScript({ name: 'feed', script, args: [], env, dataDir, signal }));
  } catch (error) {
    if (signal.aborted) return;
    log.line(`${messageOf(error)}; the services stay up, and the next start feeds again`);
  }
}

function sayWhereItIs({ addresses, issuer }: Stack, dataDir: string, seconds: number): void {
  const lines = [
    '',
    `Kenri is up after ${seconds.toFixed(1)} s.`,
    `  intake    ${addresses.intake}/docs    applications, identity check, acceptance`,
    `  cases     ${addresses.cases}/docs    cases, decisions, plans, packages`,
    `  identity  ${issuer}    accounts: ${ACCOUNTS.map((one) => one.id).join(', ')}`,
    `  a token   curl -s -u clerk:${LOCAL_CLIENT_SECRET} -d grant_type=client_credentials ${issuer}/token`,
    `  data      ${path.relative(process.cwd(), dataDir) || dataDir} ("npm run reset" clears it); Ctrl-C stops everything`,
    '',
  ];
  log.line(lines.join('\n'));
}

try {
  requireSupportedNode();
  const options = parseStartOptions(process.argv.slice(2), process.env);
  if (options.help) log.line(USAGE);
  else await start(options);
} catch (error) {
  log.line(messageOf(error));
  process.exit(1);
}
