import { parseArgs } from 'node:util';

/** What `npm start` was asked for. */
export interface StartOptions {
  feed: boolean;
  /** People generated into each store at the first start. */
  people: number;
  seed: number;
  /** Services take ports from here on: identity +0, intake +1, cases +2, connectors +11 … */
  portBase: number;
  jsonLogs: boolean;
  help: boolean;
}

export const USAGE = `npm start [-- options]    starts everything Kenri needs and stays up; Ctrl-C stops it

  --no-feed       do not feed the sample applications at the first start
  --people N      people in each store, filled at the first start (default 10000)
  --seed S        seed of the generated people, a whole number (default 1)
  --port-base P   first port of the services (default 4000, or KENRI_PORT_BASE)
  --json-logs     print the services' log lines as they are (JSON)
  --help          print this

Settings by environment are listed in README.md.`;

/** Thrown for a command line or setting that cannot be used; the message names it and says how to mend it. */
export class UnusableOption extends Error {}

/** @throws UnusableOption naming the option and the range */
export function wholeNumber(name: string, text: string, least: number, most: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= least && number <= most)) {
    throw new UnusableOption(`${name} ${text} cannot be used: give a whole number from ${least} to ${most}`);
  }
  return number;
}

/** Reads the command line. @throws UnusableOption naming what is wrong */
export function parseStartOptions(args: string[], env: NodeJS.ProcessEnv): StartOptions {
  const { values } = parse(args);
  const base = values['port-base'] ?? env['KENRI_PORT_BASE'] ?? '4000';
  return {
    feed: !values['no-feed'],
    people: wholeNumber('--people', values.people ?? '10000', 1, 1_000_000),
    seed: wholeNumber('--seed', values.seed ?? '1', 0, 2 ** 31 - 1),
    portBase: wholeNumber(values['port-base'] ? '--port-base' : 'KENRI_PORT_BASE', base, 1024, 65_000),
    jsonLogs: values['json-logs'] ?? false,
    help: values.help ?? false,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        'no-feed': { type: 'boolean' },
        people: { type: 'string' },
        seed: { type: 'string' },
        'port-base': { type: 'string' },
        'json-logs': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UnusableOption(`${(error as Error).message}\n\n${USAGE}`);
  }
}
