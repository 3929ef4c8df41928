import type { Clock } from './clock.js';
import { systemClock } from './clock.js';
import type { Relay } from './relay.js';
import type { RelaySource } from './relay-sources.js';

/** What waits to be published, over all documents of a service. */
export interface OutboxReport {
  /** The service's clock when it was counted: ages are differences to this. */
  asOf: Date;
  /** Documents with entries. */
  documents: number;
  entries: number;
  /** Since when the document that waits longest waits; null when nothing does. */
  oldestAt: Date | null;
  /** Entries per event type, most first. */
  types: { type: string; entries: number }[];
  /** Documents by whether a relay has them: under a lease that runs, under one that ran out, under none. */
  leases: { running: number; expired: number; none: number };
  /** Documents of which the broker refused a message when this instance tried: it tries again, at longest every five minutes. */
  refused: number;
}

/** Timers of one kind, over all documents of a service. */
export interface TimerKind {
  kind: string;
  timers: number;
  /** Whose time has come, and which have not fired yet. */
  overdue: number;
  /** Whose handler failed when it last fired: they fire again, later each time. */
  failing: number;
  /** The earliest due time of all of this kind, past or to come. */
  nextAt: Date;
}

export interface TimersReport {
  asOf: Date;
  /** Kinds with overdue timers first, then by their next due time. */
  kinds: TimerKind[];
}

/** Counting must never hold up what it counts. */
const WITHIN_MS = 10_000;

/**
 * How much work waits in a service's documents, for operators: counts, times and types only, nothing of what the documents hold.
 * Read from the database each time, so that it is true for all instances and after any crash.
 */
export class Backlog {
  constructor(
    private readonly relay: Relay,
    private readonly clock: Clock = systemClock,
  ) {}

  /** What this instance published is taken out first; what another one published may be counted for `longestLingerMs` more. */
  async outbox(): Promise<OutboxReport> {
    await this.relay.clearPublished();
    const asOf = this.clock.now();
    const sources = await Promise.all(this.relay.watched.map((source) => waitingIn(source, asOf)));
    const sum = (count: (waiting: WaitingIn) => number) => sources.reduce((total, each) => total + count(each), 0);
    const entries = new Map<string, number>();
    for (const { _id, count } of sources.flatMap(({ types }) => types))
      entries.set(_id, (entries.get(_id) ?? 0) + count);
    const documents = sum((each) => each.documents);
    const running = sum((each) => each.running);
    const none = sum((each) => each.none);
    return {
      asOf,
      documents,
      entries: [...entries.values()].reduce((total, count) => total + count, 0),
      oldestAt: earliest(sources.map(({ oldestAt }) => oldestAt)),
      types: [...entries].map(([type, count]) => ({ type, entries: count })).sort((a, b) => b.entries - a.entries),
      leases: { running, expired: documents - running - none, none },
      refused: this.relay.refusing,
    };
  }

  async timers(): Promise<TimersReport> {
    const asOf = this.clock.now();
    const kinds = new Map<string, TimerKind>();
    for (const found of (await Promise.all(this.relay.watched.map((source) => timersIn(source, asOf)))).flat()) {
      const known = kinds.get(found.kind);
      kinds.set(found.kind, known ? joined(known, found) : found);
    }
    const sorted = [...kinds.values()].sort(
      (a, b) => Number(b.overdue > 0) - Number(a.overdue > 0) || a.nextAt.getTime() - b.nextAt.getTime(),
    );
    return { asOf, kinds: sorted };
  }
}

interface WaitingIn {
  documents: number;
  running: number;
  none: number;
  oldestAt: Date | null;
  types: { _id: string; count: number }[];
}

const given = (field: string) => ({ $ifNull: [field, null] });
const countWhere = (condition: object) => ({ $sum: { $cond: [condition, 1, 0] } });

async function waitingIn({ collection }: RelaySource, asOf: Date): Promise<WaitingIn> {
  const waiting = { $match: { outboxAt: { $exists: true } } };
  const [totals, types] = await Promise.all([
    collection
      .aggregate<Omit<WaitingIn, 'types'>>(
        [
          waiting,
          { $project: { outboxAt: 1, until: given('$outboxLease.until') } },
          {
            $group: {
              _id: null,
              documents: { $sum: 1 },
              running: countWhere({ $gt: ['$until', asOf] }),
              none: countWhere({ $eq: ['$until', null] }),
              oldestAt: { $min: '$outboxAt' },
            },
          },
        ],
        { maxTimeMS: WITHIN_MS },
      )
      .toArray(),
    collection
      .aggregate<{ _id: string; count: number }>(
        [
          waiting,
          { $project: { 'outbox.type': 1 } },
          { $unwind: '$outbox' },
          { $group: { _id: '$outbox.type', count: { $sum: 1 } } },
        ],
        { maxTimeMS: WITHIN_MS },
      )
      .toArray(),
  ]);
  return { documents: 0, running: 0, none: 0, oldestAt: null, ...totals[0], types };
}

async function timersIn({ collection }: RelaySource, asOf: Date): Promise<TimerKind[]> {
  const found = await collection
    .aggregate<Omit<TimerKind, 'kind'> & { _id: string }>(
      [
        { $match: { timerAt: { $exists: true } } },
        { $project: { 'timers.kind': 1, 'timers.at': 1, 'timers.failures': 1 } },
        { $unwind: '$timers' },
        {
          $group: {
            _id: '$timers.kind',
            timers: { $sum: 1 },
            overdue: countWhere({ $lte: ['$timers.at', asOf] }),
            failing: countWhere({ $gt: [{ $ifNull: ['$timers.failures', 0] }, 0] }),
            nextAt: { $min: '$timers.at' },
          },
        },
      ],
      { maxTimeMS: WITHIN_MS },
    )
    .toArray();
  return found.map(({ _id, timers, overdue, failing, nextAt }) => ({ kind: _id, timers, overdue, failing, nextAt }));
}

const joined = (a: TimerKind, b: TimerKind): TimerKind => ({
  kind: a.kind,
  timers: a.timers + b.timers,
  overdue: a.overdue + b.overdue,
  failing: a.failing + b.failing,
  nextAt: a.nextAt < b.nextAt ? a.nextAt : b.nextAt,
});

const earliest = (dates: readonly (Date | null)[]): Date | null =>
  dates.reduce((first, date) => (date !== null && (first === null || date < first) ? date : first), null);
