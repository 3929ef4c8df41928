import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { logTo, readableLine, startStack, type ServiceName, type Stack } from '@kenri/local';
import { ApplicationFileFault, readApplications } from './application-file.js';
import { parseDemoOptions, ROOT, USAGE, UsageFault, type DemoOptions } from './demo-options.js';
import { KenriClient } from './kenri-client.js';
import { openPackage } from './open-package.js';
import { playAll, type Outcome } from './play-all.js';
import { tableOf, writePackage, writeReport } from './report.js';
import { startSubscriber, type SeenEvent, type Subscriber } from './subscriber.js';

const log = logTo(process.stdout);
const SUBSCRIBER = 'ais';

/** Settings of the demo's own stack: what takes days in the office takes seconds here. */
const DEMO_SETTINGS = {
  KENRI_UNDO_DAYS: '0',
  KENRI_REASK_SECONDS: '5',
  KENRI_PUBLIC_PER_MINUTE: '1000',
  LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'warn',
};

async function demo(options: DemoOptions): Promise<boolean> {
  const applications = await readApplications(options.applications);
  log.line(`${applications.length} applications from ${path.relative(process.cwd(), options.applications) || '.'}`);
  const abort = new AbortController();
  const interrupted = () => abort.abort(new Error('interrupted'));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  await mkdir(path.join(ROOT, '.kenri'), { recursive: true });
  const dataDir = await mkdtemp(path.join(ROOT, '.kenri', 'demo-'));
  let stack: Stack | undefined;
  let subscriber: Subscriber | undefined;
  try {
    stack = await startStack({
      dataDir,
      purpose: 'test',
      people: options.people,
      seed: options.seed,
      portBase: 4300,
      log,
      signal: abort.signal,
      env: { ...process.env, ...DEMO_SETTINGS },
      onServiceLine: (service, line) => {
        const shown = readableLine(service, line, false);
        if (shown !== undefined) log.line(shown);
      },
    });
    subscriber = await startSubscriber({
      brokers: stack.kafkaBrokers.split(','),
      subscriber: SUBSCRIBER,
      onEvent: announceOncePerSet(),
      outcomeOf: () => 'done',
    });
    return await playOn(stack, subscriber, applications, options, abort.signal);
  } finally {
    log.line('stopping the demo’s stack');
    await subscriber?.stop();
    await stack?.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function playOn(
  stack: Stack,
  subscriber: Subscriber,
  applications: Awaited<ReturnType<typeof readApplications>>,
  options: DemoOptions,
  signal: AbortSignal,
): Promise<boolean> {
  const client = new KenriClient({
    intake: stack.addresses.intake,
    cases: stack.addresses.cases,
    issuer: stack.issuer,
  });
  const serviceOf = (system: string) => {
    const service = stack.services.get(`connector-${system}` as ServiceName);
    if (!service) throw new Error(`there is no connector for ${system}`);
    return service;
  };
  const outcomes = await playAll(
    applications,
    ({ file }) => ({
      client,
      say: (text) =>
        log.line(
          `${file
            .replace(/\.json$/, '')
            .slice(0, 24)
            .padEnd(24)} │ ${text}`,
        ),
      outage: { stop: (system) => serviceOf(system).stop(), start: (system) => serviceOf(system).start() },
      subscriber: { id: SUBSCRIBER, seen: subscriber.seen },
      withinMs: options.timeoutMs,
      signal,
    }),
    options.parallel,
    (outcome) => keepPackage(outcome, options.out),
  );
  const file = await writeReport(options.out, outcomes, subscriber.seen);
  log.line(`\n${tableOf(outcomes)}\n`);
  const met = outcomes.filter((outcome) => outcome.met === true).length;
  const notMet = outcomes.filter((outcome) => outcome.met === false || outcome.differences.length > 0).length;
  log.line(
    `${met} as expected, ${notMet} not, ${outcomes.length - met - notMet} without expectation; details in ${path.relative(process.cwd(), file)}`,
  );
  return notMet === 0;
}

/** Stores the package and opens it once with its password: what the applicant could not open would be no answer. */
async function keepPackage(outcome: Outcome, out: string): Promise<void> {
  const fetched = outcome.played?.package;
  if (!fetched) return;
  const file = await writePackage(out, outcome.file, fetched);
  try {
    const entries = await openPackage(fetched.zip, fetched.password);
    log.line(
      `${'applicant'.padEnd(24)} │ ${path.relative(process.cwd(), file)} opens: ${entries} files, digests as in its manifest`,
    );
  } catch (error) {
    outcome.met = false;
    outcome.differences.push(`package: ${(error as Error).message}`);
  }
}

/** A suppression is one entry per token: one line per set and revision says enough. */
function announceOncePerSet(): (event: SeenEvent) => void {
  const said = new Set<string>();
  return (event) => {
    const set =
      event.type === 'dsr.suppression.set.v1'
        ? `${String(event.data['set'])}/${String(event.data['revision'])}`
        : event.id;
    if (said.has(set)) return;
    said.add(set);
    log.line(`${'business system'.padEnd(24)} │ ${describeEvent(event)}`);
  };
}

function describeEvent({ type, data, caseId }: SeenEvent): string {
  const tokens = Array.isArray(data['tokens'])
    ? `${data['tokens'].length} tokens`
    : `${String(data['token']).slice(0, 24)}… (one entry per token)`;
  const purposes = Array.isArray(data['purposes'])
    ? ` ${(data['purposes'] as { purpose: string }[]).map(({ purpose }) => purpose).join(', ') || 'lifted'}`
    : '';
  return `${type} case ${caseId.slice(-6)} ${tokens}${purposes}`;
}

try {
  const options = parseDemoOptions(process.argv.slice(2));
  if (options === 'help') log.line(USAGE);
  else if (!(await demo(options))) process.exitCode = 1;
} catch (error) {
  log.line(
    error instanceof ApplicationFileFault
      ? `The application files cannot be played:\n${error.message}`
      : (error as Error).message,
  );
  process.exitCode = error instanceof UsageFault || error instanceof ApplicationFileFault ? 2 : 1;
}
