import { isDeepStrictEqual } from 'node:util';
import type { AnyBulkWriteOperation } from 'mongodb';
import { NOT_YET, RESERVED, type Change, type Decision, type OutboxedDocument, type Timer } from './document.js';
import { RefusedWrite } from './errors.js';
import type { OutboxEntry } from './message.js';

// Pure: what changes make of a document, and the one write that says so.

/** A document as it is being decided upon. */
export interface Draft<S> {
  readonly id: string;
  /** As read; null for one that does not exist. */
  readonly stored: (OutboxedDocument & Record<string, unknown>) | null;
  state: S | null;
  timers: readonly Timer[];
  entries: OutboxEntry[];
  changed: boolean;
}

export function draftOf<S>(id: string, stored: (OutboxedDocument & Record<string, unknown>) | null): Draft<S> {
  return {
    id,
    stored,
    state: stored ? deepFreeze(stateOf<S>(stored)) : null,
    timers: stored?.timers ?? [],
    entries: [],
    changed: false,
  };
}

/** A document's own state, without what the store keeps in it. */
export function stateOf<S>(stored: OutboxedDocument & Record<string, unknown>): S {
  const state: Record<string, unknown> = { ...stored };
  for (const name of RESERVED) delete state[name];
  return state as S;
}

/** Applies one change to a draft; returns the new draft, the same one for "nothing happened", or that nothing was decided yet. */
export function fold<S extends { _id: string }>(
  draft: Draft<S>,
  change: Change<S>,
  now: Date,
  entriesOf: (decision: Decision<S>) => OutboxEntry[],
): Draft<S> | typeof NOT_YET {
  const version = draft.stored?.version ?? 0;
  const decision = change.decide(draft.state, { version, timers: draft.timers, now });
  if (decision === NOT_YET) return NOT_YET;
  if (!decision) return draft;
  if (decision.state._id !== change.id) {
    throw new RefusedWrite(`the decision on document ${change.id} returned a state with another _id`);
  }
  const reserved = RESERVED.find((name) => name in decision.state);
  if (reserved)
    throw new RefusedWrite(`the state of document ${change.id} has a field named ${reserved}: it is reserved`);
  return {
    ...draft,
    state: deepFreeze(decision.state),
    timers: applyTimers(draft.timers, decision.timers),
    entries: [...draft.entries, ...entriesOf(decision)],
    changed: true,
  };
}

function applyTimers(timers: readonly Timer[], change: Decision<unknown>['timers']): readonly Timer[] {
  if (!change) return timers;
  const gone = new Set([...(change.cancel ?? []), ...(change.set ?? []).map((timer) => timer.id)]);
  const setLast = new Map((change.set ?? []).map((timer) => [timer.id, timer]));
  return [...timers.filter((timer) => !gone.has(timer.id)), ...setLast.values()];
}

export const earliest = (timers: readonly Timer[]): Date | undefined =>
  timers.reduce<Date | undefined>((soonest, { at }) => (!soonest || at < soonest ? at : soonest), undefined);

export interface WriteMark {
  /** Tells this write from all others. */
  token: string;
  now: Date;
  /** The relay of this process, which publishes what this write adds; absent while it is not running. */
  lease?: { by: string; until: Date };
}

const KEPT_WRITERS = 4;

/** The lease a write may take: free, or already this relay's. Another relay's is left alone, that relay will go on. */
export const mayLease = (stored: OutboxedDocument | null, mark: WriteMark): boolean =>
  mark.lease !== undefined &&
  (!stored || stored.outbox.length === 0 || !stored.outboxLease || stored.outboxLease.by === mark.lease.by);

/** The one write that carries a draft's whole effect: state, timers, outgoing messages, guarded by the version read. */
export function toWrite<S extends { _id: string }>(
  draft: Draft<S>,
  mark: WriteMark,
): AnyBulkWriteOperation<OutboxedDocument> {
  const { stored, state, timers, entries } = draft;
  if (!state) throw new RefusedWrite(`document ${draft.id} has no state to write`);
  const timerAt = earliest(timers);
  const waiting = entries.length > 0 ? { outboxAt: mark.now, ...(mark.lease && { outboxLease: mark.lease }) } : {};
  if (!stored) {
    const document = {
      ...withoutUndefined(state),
      version: 1,
      outbox: entries,
      ...waiting,
      timers: [...timers],
      ...(timerAt && { timerAt }),
      writers: [mark.token],
    };
    return { insertOne: { document } };
  }
  const { set, unset } = difference(stored, withoutUndefined(state));
  if (!isDeepStrictEqual(timers, stored.timers)) {
    set.timers = [...timers];
    if (timerAt) set.timerAt = timerAt;
    else unset.timerAt = '';
  }
  const filter: Record<string, unknown> = { _id: draft.id, version: stored.version };
  if (entries.length > 0) {
    set.outboxAt = stored.outbox.length > 0 && stored.outboxAt ? stored.outboxAt : mark.now;
    if (mark.lease && mayLease(stored, mark)) {
      set.outboxLease = mark.lease;
      // Entries of others may be under way: then only with the lease still as it was read.
      if (stored.outbox.length > 0) filter['outboxLease.by'] = { $in: [mark.lease.by, null] };
    }
  }
  return {
    updateOne: {
      filter,
      update: {
        ...(Object.keys(set).length > 0 && { $set: set }),
        ...(Object.keys(unset).length > 0 && { $unset: unset }),
        $inc: { version: 1 },
        $push: {
          writers: { $each: [mark.token], $slice: -KEPT_WRITERS },
          // Pushed, never replaced: the relay takes entries out at the same time.
          ...(entries.length > 0 && { outbox: { $each: entries } }),
        },
      },
    },
  };
}

const withoutUndefined = (state: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(state).filter(([, value]) => value !== undefined));

function difference(stored: Record<string, unknown>, state: Record<string, unknown>) {
  const set: Record<string, unknown> = {};
  const unset: Record<string, ''> = {};
  for (const [name, value] of Object.entries(state)) {
    if (name !== '_id' && !isDeepStrictEqual(value, stored[name])) set[name] = value;
  }
  const reserved: ReadonlySet<string> = new Set(RESERVED);
  for (const name of Object.keys(stored)) if (!(name in state) && !reserved.has(name)) unset[name] = '';
  return { set, unset };
}

/** Freezes plain objects and arrays all the way down, so that a decision that is not pure fails loudly. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return value;
  for (const part of Object.values(value)) deepFreeze(part);
  return Object.freeze(value);
}
