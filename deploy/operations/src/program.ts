import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { lag } from './commands/lag.js';
import { outbox } from './commands/outbox.js';
import { changeParked, listParked, showParked, type ParkedFilter } from './commands/parked.js';
import { sideIndex, sweepIndexes } from './commands/side-index.js';
import { status } from './commands/status.js';
import { timers } from './commands/timers.js';
import { chooseServices, findInstallation } from './installation.js';
import { NotAnswered, Operator } from './operator.js';
import { report, type Findings, type OutputOptions, type Terminal } from './output.js';
import { UsageFault } from './usage-fault.js';
import { durationOf } from './words.js';

const WHERE = `
Where the services are: a start of Kenri that runs here ("npm start") is found by itself. Otherwise by the environment:
  KENRI_URL_INTAKE, KENRI_URL_CASES, KENRI_URL_CONNECTOR_AUTO, …   base address of each service
  KENRI_OIDC_ISSUER, KENRI_OIDC_CLIENT_ID, KENRI_OIDC_CLIENT_SECRET, KENRI_OIDC_SCOPE   a client with the role sre
  KENRI_TOKEN                        an access token instead
  KAFKA_BROKERS, KENRI_TOPIC_PREFIX  for lag

Exit code: 0 fine; 1 a service did not answer, or something asked for did not come about, or with --check something
needs attention; 2 wrong usage. Nothing personal is shown. docs/operating.md says what to do about what is found.`;

interface Common extends OutputOptions {
  service?: string[];
  url?: string[];
  patience: number;
}

const several = (value: string, before: string[] = []): string[] => [
  ...before,
  ...value.split(',').map((one) => one.trim()),
];
const each = (value: string, before: string[] = []): string[] => [...before, value];

function duration(text: string): number {
  const ms = durationOf(text);
  if (ms === undefined) throw new InvalidArgumentError('give a duration such as 30s, 10m, 2h or 1d.');
  return ms;
}

function atMost(most: number) {
  return (text: string): number => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (!(number >= 1 && number <= most)) throw new InvalidArgumentError(`give a whole number from 1 to ${most}.`);
    return number;
  };
}

/** Runs one command line; resolves with the exit code. */
export async function run(args: readonly string[], env: NodeJS.ProcessEnv, terminal: Terminal): Promise<number> {
  let code = 0;
  const program = new Command('kenri')
    .usage('<command> [options]     (npm run --silent kenri -- <command> [options])')
    .description('Operations of a running Kenri: what is parked, what waits, what is late, and what to do about it.')
    .addHelpText('after', WHERE)
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .configureHelp({ helpWidth: Math.min(terminal.width, 120), showGlobalOptions: false })
    .showHelpAfterError('("--help" after any command explains it)');

  /** What each command takes, and what comes of it. */
  const command = <O extends Common>(
    parent: Command,
    name: string,
    description: string,
    work: (operator: Operator, services: string[], options: O, args: string[]) => Promise<Findings>,
    isDefault = false,
  ): Command =>
    parent
      .command(name, { isDefault })
      .description(description)
      .addOption(new Option('--service <name>', 'only this service; may be repeated').argParser(several))
      .addOption(
        new Option('--url <service=url>', 'address of a service, added or instead; may be repeated').argParser(each),
      )
      .option('--json', 'one JSON document instead of a table')
      .option('--check', 'exit with 1 when something needs attention')
      .addOption(
        new Option('--patience <duration>', 'how long something may wait before it needs attention')
          .default(60_000, '60s')
          .argParser(duration),
      )
      .helpOption('-h, --help', 'this text')
      .action(async (...given: unknown[]) => {
        const [options] = given.slice(-2) as [O, Command];
        const words = given
          .slice(0, -2)
          .flat()
          .filter((word): word is string => typeof word === 'string');
        const installation = await findInstallation(env, options.url ?? []);
        const services = chooseServices(installation, options.service ?? []);
        code = report(await work(new Operator(installation), services, options, words), options, terminal);
      });

  command(program, 'status', 'all of it at a glance, one line per service', (operator, services, { patience }) =>
    status(operator, services, patience, terminal.width),
  );
  addParked(program, command, terminal);
  command(program, 'outbox', 'messages that wait to be published', (operator, services, { patience }) =>
    outbox(operator, services, patience, terminal.width),
  );
  command(
    program,
    'timers',
    'timers by kind: how many, how many overdue, when the next is due',
    (operator, services, { patience }) => timers(operator, services, patience, terminal.width),
  );
  command<Common & { partitions?: boolean }>(
    program,
    'lag',
    'messages that services have not read yet, by Kafka itself',
    (operator, services, { patience, partitions }) =>
      lag(operator, services, { patienceMs: patience, width: terminal.width, byPartition: partitions ?? false }),
  ).option('--partitions', 'one line per partition');
  addIndex(program, command, terminal);

  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    return exitCodeOf(error, terminal);
  }
}

type Define = <O extends Common>(
  parent: Command,
  name: string,
  description: string,
  work: (operator: Operator, services: string[], options: O, args: string[]) => Promise<Findings>,
  isDefault?: boolean,
) => Command;

type ParkedOptions = Common & {
  reason?: string;
  type?: string;
  limit: number;
  discarded?: boolean;
  all?: boolean;
  yes?: boolean;
  because?: string;
};

function addParked(program: Command, define: Define, terminal: Terminal): void {
  const parked = program
    .command('parked')
    .description('messages that a service could not handle, kept until replayed or discarded');
  const filterOf = ({ reason, type }: ParkedOptions): ParkedFilter => ({ reason, type });
  const filtered = (made: Command) =>
    made
      .option('--reason <code>', 'only those parked for this reason')
      .option('--type <ce_type>', 'only those of this type');

  filtered(
    define<ParkedOptions>(
      parked,
      'list',
      'parked messages, the longest parked first',
      (operator, services, options) =>
        listParked(operator, services, {
          filter: { ...filterOf(options), state: options.discarded ? 'discarded' : undefined },
          limit: options.limit,
          width: terminal.width,
        }),
      true,
    ),
  )
    .option('--discarded', 'those given up, instead')
    .addOption(new Option('--limit <n>', 'how many to show').default(50).argParser(atMost(100_000)));

  define(
    parked,
    'show',
    'headers, reason and times of messages; never their content',
    (operator, _services, _options, ids) => showParked(operator, ids),
  ).argument('<id...>', 'as "parked list" shows them');

  const changing = (verb: 'replay' | 'discard', description: string) =>
    filtered(
      define<ParkedOptions>(parked, verb, description, (operator, services, options, ids) => {
        const filter = filterOf(options);
        const chosen = options.reason ?? options.type ?? (options.service ?? [])[0];
        if (ids.length === 0 && chosen === undefined && !options.all)
          throw new UsageFault(`say which: ids, or --service, --reason, --type, or --all`);
        if (ids.length > 0 && (chosen !== undefined || options.all))
          throw new UsageFault('give either ids or --service, --reason, --type, --all, not both');
        const { yes = false, json = false, because } = options;
        return changeParked(verb, operator, { ids, services, filter, yes, because }, terminal, json);
      }),
    )
      .argument('[id...]', 'as "parked list" shows them')
      .option('--all', 'every parked message of every service')
      .option('--yes', 'without a question, for scripts');
  changing('replay', 'handles messages once more, under the same id, in the order of each partition');
  changing('discard', 'gives messages up: their content is destroyed, that they were there stays').option(
    '--because <code>',
    'why: a ticket number or a code such as OPS-1234, nothing personal',
  );
}

function addIndex(program: Command, define: Define, terminal: Terminal): void {
  const index = program.command('index').description('side indexes, by which connectors find people in their stores');
  const connectors = (services: readonly string[]) => {
    const found = services.filter((service) => service.startsWith('connector-'));
    if (found.length === 0) throw new UsageFault('only connectors have a side index');
    return found;
  };
  define(
    index,
    'show',
    'how far each side index is, and whether answers are fresh',
    (operator, services, { patience }) => sideIndex(operator, connectors(services), patience, terminal.width),
    true,
  );
  define<Common & { all?: boolean; wait?: boolean; within: number }>(
    index,
    'sweep',
    'reads whole business stores again (at the rate of KENRI_SWEEP_RATE); the indexes serve meanwhile as they are',
    (operator, services, { all, wait, within }, systems) => {
      if (systems.length === 0 && !all) throw new UsageFault('say which systems, e.g. "index sweep flower", or --all');
      const chosen = systems.length > 0 ? chooseServices(operator.installation, systems) : services;
      return sweepIndexes(operator, connectors(chosen), { waitMs: wait ? within : undefined, terminal });
    },
  )
    .argument('[system...]', 'e.g. auto, flower')
    .option('--all', 'every connector')
    .option('--wait', 'until it is done')
    .addOption(new Option('--within <duration>', 'how long to wait').default(3_600_000, '1h').argParser(duration));
}

const WRONG_USAGE = 2;

function exitCodeOf(error: unknown, terminal: Terminal): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
  if (error instanceof UsageFault) {
    terminal.err(`${error.message}\n`);
    return WRONG_USAGE;
  }
  if (error instanceof NotAnswered) {
    terminal.err(`${error.message}\n`);
    return 1;
  }
  throw error;
}
