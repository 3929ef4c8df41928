import { SERVICE_NAMES, type ServiceName } from '@kenri/local';
import type { Random } from '@kenri/testing';

/** Messages that no handler can take. */
export const POISONS = [
  'bad-json',
  'unknown-version',
  'unknown-type',
  'wrong-key',
  'oversized',
  'tombstone',
  'garbage-headers',
] as const;
export type Poison = (typeof POISONS)[number];

export interface FaultKind {
  /** How often it is drawn beside the others. */
  readonly weight: number;
  readonly what: string;
  readonly target?: (random: Random) => ServiceName;
  /** For how long, in ms. */
  readonly ms?: readonly [least: number, most: number];
  /** How many messages, cases or records. */
  readonly count?: readonly [least: number, most: number];
  readonly poison?: Poison;
}

const CONNECTORS = SERVICE_NAMES.filter((name) => name.startsWith('connector-'));
const anyService = (random: Random) => random.pick(SERVICE_NAMES);
const anyConnector = (random: Random) => random.pick(CONNECTORS);
/** Each service reads the clock for something else; those whose timers and leases matter most come first. */
const anyClock = (random: Random) => random.pick([...SERVICE_NAMES, 'cases', 'cases'] as const);
const anyRelay = (random: Random) => random.pick(['cases', 'cases', 'intake', ...CONNECTORS] as const);

const poison = (what: Poison): FaultKind => ({ weight: 1.2, what: `poison: ${what}`, poison: what });

/** What can befall an installation (design/quality.md, Reliability). Cheap ones come often, those that stop everything seldom. */
export const FAULTS = {
  kill: { weight: 16, what: 'kill -9 of a service', target: anyService },
  'kill-midway': { weight: 3, what: 'kill -9 of a connector that has just erased a record', target: anyConnector },
  'late-write': {
    weight: 3,
    what: 'a write of a service that is killed arrives after it is back',
    target: anyRelay,
    // Its consumer group waits ten seconds for the one that was killed: only then is there something to be overwritten.
    ms: [12_000, 18_000],
  },
  freeze: { weight: 3, what: 'a service stands still', target: anyService, ms: [2000, 14_000] },
  'rolling-restart': { weight: 0.7, what: 'all services restarted in order, one after the other' },
  'two-relays': { weight: 3, what: 'a second instance of a service', target: anyRelay, ms: [6000, 15_000] },
  'broker-stopped': { weight: 1, what: 'the broker is stopped', ms: [1000, 6000] },
  'broker-frozen': { weight: 1.2, what: 'the broker stands still', ms: [2000, 8000] },
  'database-killed': { weight: 1.5, what: 'kill -9 of the database', ms: [0, 3000] },
  'database-frozen': { weight: 1.5, what: 'the database stands still', ms: [1500, 6000] },
  'kafka-half-open': { weight: 3, what: 'bytes to and from the broker vanish', target: anyService, ms: [3000, 9000] },
  'kafka-reset': { weight: 4, what: 'connections to the broker are reset', target: anyService, ms: [0, 2500] },
  'kafka-slow': { weight: 4, what: 'the broker answers late', target: anyService, ms: [3000, 9000] },
  'mongodb-half-open': {
    weight: 3,
    what: 'bytes to and from the database vanish',
    target: anyService,
    ms: [2000, 7000],
  },
  'mongodb-reset': { weight: 4, what: 'connections to the database are reset', target: anyService, ms: [0, 2500] },
  'mongodb-slow': { weight: 4, what: 'the database answers late', target: anyService, ms: [3000, 9000] },
  'store-slow': { weight: 3, what: 'a business store answers late', target: anyConnector, ms: [3000, 9000] },
  'store-failing': { weight: 3, what: 'a business store refuses connections', target: anyConnector, ms: [1000, 8000] },
  duplicates: { weight: 5, what: 'messages come again', count: [5, 60] },
  reordered: { weight: 4, what: 'messages come again, backwards', count: [5, 60] },
  late: { weight: 4, what: 'messages of long ago come again', count: [5, 60] },
  'poison-bad-json': poison('bad-json'),
  'poison-unknown-version': poison('unknown-version'),
  'poison-unknown-type': poison('unknown-type'),
  'poison-wrong-key': poison('wrong-key'),
  'poison-oversized': poison('oversized'),
  'poison-tombstone': poison('tombstone'),
  'poison-garbage-headers': poison('garbage-headers'),
  'clock-ahead': { weight: 2, what: 'a clock runs ahead', target: anyClock, ms: [5000, 12_000] },
  'clock-behind': { weight: 2, what: 'a clock runs behind', target: anyClock, ms: [5000, 12_000] },
  withdrawals: { weight: 4, what: 'applicants withdraw while their cases run', count: [1, 3] },
  holds: { weight: 3, what: 'legal holds are placed while cases run', count: [1, 2] },
  'topics-wiped': { weight: 0.8, what: 'topics are deleted and made anew' },
} as const satisfies Record<string, FaultKind>;

export type FaultName = keyof typeof FAULTS;
export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[];
export const kindOf = (name: FaultName): FaultKind => FAULTS[name];
