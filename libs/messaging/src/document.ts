import type { TraceContext } from '@kenri/telemetry';
import type { AnyOutgoing, OutboxEntry } from './message.js';

/** A due time inside a document; the data that goes with it lives in the document's state. */
export interface Timer {
  /** Unique within the document; setting it again moves it. */
  id: string;
  kind: string;
  at: Date;
  /** How often a handler has failed at it; kept by the sweep. */
  failures?: number;
}

/** What every document of a `DocumentStore` carries beside its state. */
export interface OutboxedDocument {
  _id: string;
  version: number;
  outbox: OutboxEntry[];
  /** Since when entries wait; absent when the outbox is empty. Indexed (partial). */
  outboxAt?: Date;
  /** Which relay publishes the entries, so that two never reorder them. */
  outboxLease?: { by: string; until: Date };
  timers: Timer[];
  /** The earliest timer; absent without timers. Indexed (partial). */
  timerAt?: Date;
  /** Tokens of the last writes: tells a writer whether its own write is among them. */
  writers: string[];
}

export const RESERVED = [
  'version',
  'outbox',
  'outboxAt',
  'outboxLease',
  'timers',
  'timerAt',
  'writers',
] as const satisfies (keyof OutboxedDocument)[];
type Reserved = (typeof RESERVED)[number];

/** A document's own state: what its service keeps in it, without outbox, timers and version. */
export type StateOf = { _id: string } & { [name in Reserved]?: never };

/** What a decision may know beside the state. */
export interface Situation {
  /** 0 for a document that does not exist yet. */
  version: number;
  timers: readonly Timer[];
  now: Date;
}

export interface Decision<S> {
  /** The whole new state; a field that is absent here is removed from the document. */
  state: S;
  send?: readonly AnyOutgoing[];
  /** Cancelled first, then set. */
  timers?: { set?: readonly Timer[]; cancel?: readonly string[] };
}

/** Returned by a decision that lacks something, with which its caller comes again: nothing is written, and nothing was decided. */
export const NOT_YET: unique symbol = Symbol('not yet');

/**
 * One change to one document. `decide` is pure: it gets a frozen state, may be called again after a lost race, and returns
 * undefined for "nothing happened". What it throws reaches the caller of `commit` before anything of that commit is written.
 */
export interface Change<S> {
  id: string;
  decide(state: Readonly<S> | null, situation: Situation): Decision<S> | typeof NOT_YET | undefined;
  /** What it follows from (a `Received`): outgoing messages continue that trace instead of the active span's. */
  cause?: TraceContext;
}

export interface Committed<S> {
  id: string;
  /** False: the decision was "nothing happened". */
  changed: boolean;
  state: S | null;
  version: number;
}
