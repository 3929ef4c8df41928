import { isDeepStrictEqual } from 'node:util';
import { Binary, BSON, type AnyBulkWriteOperation } from 'mongodb';
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
  /** Bytes of BSON that the state has at most; undefined where that is not known. */
  bytes: number | undefined;
  /** The outbox is empty but for what was published, which the write takes out. */
  readonly published: boolean;
}

export function draftOf<S>(
  id: string,
  stored: (OutboxedDocument & Record<string, unknown>) | null,
  { bytes, published = false }: { bytes?: number; published?: boolean } = {},
): Draft<S> {
  return {
    id,
    stored,
    state: stored ? asStored(stateOf<S>(stored)) : null,
    timers: stored?.timers ?? [],
    entries: [],
    changed: false,
    bytes,
    published,
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
    state: asStored(decision.state),
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
const mayLease = (stored: OutboxedDocument | null, mark: WriteMark): boolean =>
  mark.lease !== undefined &&
  (!stored || stored.outbox.length === 0 || !stored.outboxLease || stored.outboxLease.by === mark.lease.by);

/** The lease that this process's relay has on a document's outbox after a write; undefined: it has none. */
export const leaseAfter = ({ stored, entries }: Draft<unknown>, mark: WriteMark): OutboxedDocument['outboxLease'] => {
  if (entries.length > 0) return mayLease(stored, mark) ? mark.lease : undefined;
  return stored?.outboxLease?.by === mark.lease?.by ? stored?.outboxLease : undefined;
};

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
      ...state,
      version: 1,
      outbox: entries,
      ...waiting,
      timers: [...timers],
      ...(timerAt && { timerAt }),
      writers: [mark.token],
    };
    return { insertOne: { document } };
  }
  const { set, unset, push } = difference(stored, state);
  if (!isDeepStrictEqual(timers, stored.timers)) {
    set.timers = [...timers];
    if (timerAt) set.timerAt = timerAt;
    else unset.timerAt = '';
  }
  const filter: Record<string, unknown> = { _id: draft.id, version: stored.version };
  const replaced = draft.published && mark.lease !== undefined;
  if (replaced) {
    set.outbox = entries;
    if (entries.length === 0) Object.assign(unset, { outboxAt: '', outboxLease: '' });
    // Who took the lease over meanwhile may be publishing them once more.
    filter['outboxLease.by'] = { $in: [mark.lease?.by, null] };
  }
  if (entries.length > 0) {
    set.outboxAt = !replaced && stored.outbox.length > 0 && stored.outboxAt ? stored.outboxAt : mark.now;
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
          ...push,
          // Pushed beside what waits, which the relay takes out at the same time; what is published already it need not.
          ...(entries.length > 0 && !replaced && { outbox: { $each: entries } }),
        },
      },
    },
  };
}

/** What a write changes, by dotted paths where names allow: a case's whole history is not written anew for each of its entries. */
interface Difference {
  readonly set: Record<string, unknown>;
  readonly unset: Record<string, ''>;
  readonly push: Record<string, { $each: unknown[] }>;
}

function difference(stored: Record<string, unknown>, state: Record<string, unknown>): Difference {
  const found: Difference = { set: {}, unset: {}, push: {} };
  const { _id: _same, ...own } = state;
  const before: Record<string, unknown> = { ...stored };
  for (const name of ['_id', ...RESERVED]) delete before[name];
  compare(before, own, '', found);
  return found;
}

function compare(before: Record<string, unknown>, after: Record<string, unknown>, below: string, found: Difference) {
  for (const [name, value] of Object.entries(after)) {
    const old = before[name];
    if (value === old) continue;
    const path = below + name;
    if (isPlain(value) && isPlain(old) && arePaths(value) && arePaths(old)) compare(old, value, `${path}.`, found);
    else if (Array.isArray(value) && Array.isArray(old) && isContinued(old, value))
      found.push[path] = { $each: value.slice(old.length) };
    else if (!isDeepStrictEqual(value, old)) found.set[path] = value;
  }
  for (const name of Object.keys(before)) if (!(name in after)) found.unset[below + name] = '';
}

const isPlain = (value: unknown): value is Record<string, unknown> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

/** Whether a path can name each field: no name is empty, a number (as of an array's element), or has a dot or dollar in it. */
const arePaths = (value: Record<string, unknown>): boolean =>
  Object.keys(value).every((name) => !/^\d*$|[.$]/.test(name));

const isContinued = (old: readonly unknown[], value: readonly unknown[]): boolean =>
  value.length > old.length && old.every((part, index) => isDeepStrictEqual(part, value[index]));

/**
 * A value as the database gives it back (no undefined, bytes as `Binary`), frozen all the way down: a decision that is not pure fails loudly,
 * and what was written can be recalled without a read. What is frozen already is taken to be so.
 */
export function asStored<T>(value: T): T {
  return canonical(value) as T;
}

function canonical(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (value instanceof Uint8Array) return new Binary(value);
  if (Array.isArray(value)) {
    let parts: unknown[] | undefined;
    for (const [index, part] of (value as unknown[]).entries()) {
      const kept = part === undefined ? null : canonical(part);
      if (kept !== part) (parts ??= [...(value as unknown[])])[index] = kept;
    }
    return Object.freeze(parts ?? value);
  }
  if (!isPlain(value)) return value;
  let copy: Record<string, unknown> | undefined;
  for (const name of Object.keys(value)) {
    const part = value[name];
    const kept = canonical(part);
    if (kept === part && part !== undefined) continue;
    copy ??= { ...value };
    if (kept === undefined) delete copy[name];
    else copy[name] = kept;
  }
  return Object.freeze(copy ?? value);
}

/** Bytes of BSON by which a value can have grown at most; what it shares with the one before costs nothing. */
export function growth(after: unknown, before: unknown): number {
  if (after === before) return 0;
  if (!(isPlain(after) && isPlain(before)) && !(Array.isArray(after) && Array.isArray(before)))
    return BSON.calculateObjectSize({ after });
  const known = before as Record<string, unknown>;
  const now = after as Record<string, unknown>;
  return Object.keys(now).reduce(
    (sum, name) =>
      sum + (name in known ? growth(now[name], known[name]) : BSON.calculateObjectSize({ [name]: now[name] })),
    0,
  );
}
