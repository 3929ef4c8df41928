import { parseArgs } from 'node:util';
import { TWISTS, type Twist } from '../load/applicants.js';
import { FAULT_NAMES, kindOf, type FaultName } from '../faults/kinds.js';

export interface ChaosRunOptions {
  readonly cases: number;
  readonly faults: number;
  readonly seed: number;
  /** Generated people in each store. */
  readonly people: number | undefined;
  readonly only: readonly FaultName[] | undefined;
  readonly twists: readonly Twist[] | undefined;
  /** Cases that are open at a time. */
  readonly atATime: number;
  readonly json: string | undefined;
  /** Where every line that a service prints is kept. */
  readonly lines: string | undefined;
}

export class WrongUsage extends Error {
  override readonly name = 'WrongUsage';
}

export const HELP = `npm run chaos -- [--cases N] [--faults M] [--seed S] [--people P] [--only fault,…]
                 [--twists twist,…] [--at-a-time C] [--json FILE] [--lines FILE]

Runs all services on a Kafka and a MongoDB of its own, lets N applications flow through them, strikes with M faults drawn by the seed,
waits for quiet and checks every invariant. The same seed gives the same people, applications and plan of faults.

  --cases N      applications (default 200; 1 to 20000)
  --faults M     faults (default 30; 0 to 5000)
  --seed S       a whole number (default 1)
  --people P     generated people in each store (default: enough for the applications)
  --only LIST    only these faults, separated by commas
  --twists LIST  only applications with these: ${TWISTS.join(', ')}
  --at-a-time C  cases open at a time (default 16; 1 to 200)
  --json FILE    where the result goes as JSON (default out/chaos.json)
  --lines FILE   keeps every line that the services print, for looking into what broke

Exit code 0: every invariant holds; 1: one is broken, or the run could not be carried out; 2: wrong usage; 130: interrupted.

Faults:
${FAULT_NAMES.map((name) => `  ${name.padEnd(24)} ${kindOf(name).what}`).join('\n')}
`;

/** @throws WrongUsage naming what is wrong and how to mend it */
export function readOptions(argv: readonly string[], env: NodeJS.ProcessEnv = process.env): ChaosRunOptions | 'help' {
  const text = { type: 'string' } as const;
  let values;
  try {
    ({ values } = parseArgs({
      args: [...argv],
      options: {
        cases: text,
        faults: text,
        seed: text,
        people: text,
        only: text,
        twists: text,
        'at-a-time': text,
        json: text,
        lines: text,
        help: { type: 'boolean' },
      },
    }));
  } catch (error) {
    throw new WrongUsage((error as Error).message);
  }
  if (values.help) return 'help';
  const named = ['KAFKA_BROKERS', 'MONGODB_URI'].filter((setting) => env[setting]);
  if (named.length > 0)
    throw new WrongUsage(
      `chaos hurts only servers that it started itself: unset ${named.join(' and ')}, which name others`,
    );
  const whole = (name: 'cases' | 'faults' | 'seed' | 'people' | 'at-a-time', least: number, most: number) => {
    const given = values[name];
    if (given === undefined) return undefined;
    const number = Number(given);
    if (!/^\d+$/.test(given) || number < least || number > most)
      throw new WrongUsage(`--${name} ${given}: must be a whole number from ${least} to ${most}`);
    return number;
  };
  const some = <T extends string>(name: 'only' | 'twists', known: readonly T[]): T[] | undefined => {
    const given = values[name]?.split(',').map((one) => one.trim());
    const unknown = given?.filter((one) => !known.some((other) => other === one)) ?? [];
    if (unknown.length > 0)
      throw new WrongUsage(`--${name} ${unknown.join(',')}: unknown; there are ${known.join(', ')}`);
    return given as T[] | undefined;
  };
  return {
    cases: whole('cases', 1, 20_000) ?? 200,
    faults: whole('faults', 0, 5000) ?? 30,
    seed: whole('seed', 0, 2 ** 31) ?? 1,
    people: whole('people', 1, 100_000),
    only: some('only', FAULT_NAMES),
    twists: some('twists', TWISTS),
    atATime: whole('at-a-time', 1, 200) ?? 16,
    json: values.json ?? 'out/chaos.json',
    lines: values.lines,
  };
}
