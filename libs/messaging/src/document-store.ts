import './mended-mongodb.js';
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { injectTrace, traceOf, type TraceContext } from '@kenri/telemetry';
import DataLoader from 'dataloader';
import { BSON, MongoBulkWriteError, type AnyBulkWriteOperation, type Collection, type Filter } from 'mongodb';
import { systemClock, type Clock } from './clock.js';
import { NOT_YET, type Change, type Committed, type Decision, type OutboxedDocument } from './document.js';
import { ConflictError, TooLarge, UniqueIndexViolation } from './errors.js';
import { asStored, draftOf, fold, growth, leaseAfter, stateOf, toWrite, type Draft, type WriteMark } from './fold.js';
import { toEntry } from './outbox.js';
import { RecentDocuments, type Recalled } from './recent-documents.js';
import type { Relay } from './relay.js';
import type { RelaySource } from './relay-sources.js';

export interface DocumentStoreOptions {
  /** `ce_source` of what the documents send, e.g. `/kenri/cases`. */
  source: string;
  relay: Relay;
  clock?: Clock;
  /** Largest state of one document in bytes of BSON, without outbox and timers. Default 256 KiB. */
  maxBytes?: number;
}

export const DURABLE = { w: 'majority', j: true } as const;
const MAX_ATTEMPTS = 10;
const MAX_CHANGES_PER_WRITE = 500;
const PARALLEL_WRITES = 2;
const MAX_RECENT_BYTES = 8 * 1024 * 1024;
const DUPLICATE_KEY = 11000;

type Stored = OutboxedDocument & Record<string, unknown>;

interface Request<S> {
  changes: readonly Change<S>[];
  /** Index → outcome; absent while the change is undecided or its document lost a race. */
  outcomes: (Committed<S> | undefined)[];
  trace: TraceContext;
  attempts: number;
  resolve(committed: Committed<S>[]): void;
  reject(error: unknown): void;
  settled: boolean;
}

/** What deciding a request's open changes came to. */
type Decided<S> = { outcomes: (Committed<S> | undefined)[]; notYet: ReadonlySet<number> } | { error: unknown };

/**
 * Documents whose state, outgoing messages and timers change in one write each (architecture.md, Exactly-once effect 1, 9, 10).
 * Commits that arrive while a write is under way go together into the next one: one find, one bulkWrite, one publication.
 */
export class DocumentStore<S extends { _id: string }> {
  readonly collection: Collection<OutboxedDocument>;
  readonly source: string;
  private readonly clock: Clock;
  private readonly maxBytes: number;
  private readonly relay: Relay;
  private readonly relaySource: RelaySource;
  private readonly writer = randomBytes(6).toString('base64url');
  private written = 0;
  private queue: Request<S>[] = [];
  private readonly busy = new Set<string>();
  private readonly recent = new RecentDocuments(MAX_RECENT_BYTES);
  private running = 0;
  /** Single states that are asked for in one turn of the event loop are read together. */
  private readonly single = new DataLoader<string, S | null>(
    async (ids) => {
      const found = await this.load(ids);
      return ids.map((id) => found.get(id) ?? null);
    },
    {
      cache: false,
      maxBatchSize: MAX_CHANGES_PER_WRITE,
      batchScheduleFn: (dispatch: () => void) => setImmediate(dispatch),
    },
  );

  constructor(collection: unknown, options: DocumentStoreOptions) {
    if (!/^\/[a-z0-9/-]+$/.test(options.source)) {
      throw new TypeError(`DocumentStore: source ${JSON.stringify(options.source)} must look like "/kenri/cases"`);
    }
    this.collection = collection as Collection<OutboxedDocument>;
    this.source = options.source;
    this.clock = options.clock ?? systemClock;
    this.maxBytes = options.maxBytes ?? 256 * 1024;
    this.relay = options.relay;
    this.relaySource = this.relay.watch(this.collection, options.source, (id, version, is) =>
      this.recent.outbox(id, version, is),
    );
  }

  /** Creates the two partial indexes on which relay and timers sweep. Call once at start-up. */
  async ensureIndexes(): Promise<void> {
    await this.collection.createIndexes([
      { key: { outboxAt: 1 }, name: 'outboxAt', partialFilterExpression: { outboxAt: { $exists: true } } },
      { key: { timerAt: 1 }, name: 'timerAt', partialFilterExpression: { timerAt: { $exists: true } } },
    ]);
  }

  /** The states of the documents that exist. */
  async load(ids: readonly string[]): Promise<Map<string, S>> {
    const found = await this.read(ids);
    for (const id of ids) if (!found.has(id)) this.recent.keepAbsent(id);
    return new Map([...found].map(([id, stored]) => [id, stateOf<S>(stored)]));
  }

  /** One state, or null. */
  async get(id: string): Promise<S | null> {
    return this.single.load(id);
  }

  /**
   * Carries out changes: durable (`w: majority, j: true`) when it resolves, each document's all in one write; several changes
   * of one document fold in order. The outcomes stand in the order of the changes.
   * @throws what `decide` threw, or RefusedWrite: nothing of this commit is written unless a lost race came in between;
   * ConflictError after ten lost races; UniqueIndexViolation; the driver's errors, after which the outcome is unknown and the
   * commit may be repeated.
   */
  commit(changes: readonly Change<S>[]): Promise<Committed<S>[]> {
    if (changes.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      const outcomes = changes.map(() => undefined);
      this.queue.push({ changes, outcomes, trace: injectTrace(), attempts: 0, resolve, reject, settled: false });
      this.pump();
    });
  }

  private pump(): void {
    while (this.running < PARALLEL_WRITES) {
      const requests = this.takeNext();
      if (requests.length === 0) return;
      const ids = new Set(requests.flatMap(pendingIds));
      for (const id of ids) this.busy.add(id);
      this.running += 1;
      void this.run(requests, [...ids])
        .catch((error: unknown) => requests.forEach((request) => settle(request, error)))
        .finally(() => {
          for (const id of ids) this.busy.delete(id);
          this.running -= 1;
          this.pump();
        });
    }
  }

  /** The next requests in order of arrival, without those whose documents are being written just now. */
  private takeNext(): Request<S>[] {
    const blocked = new Set(this.busy);
    const taken: Request<S>[] = [];
    const left: Request<S>[] = [];
    let changes = 0;
    for (const request of this.queue) {
      const ids = pendingIds(request);
      const fits = taken.length === 0 || changes + ids.length <= MAX_CHANGES_PER_WRITE;
      if (fits && !ids.some((id) => blocked.has(id))) {
        taken.push(request);
        changes += ids.length;
      } else {
        for (const id of ids) blocked.add(id);
        left.push(request);
      }
    }
    this.queue = left;
    return taken;
  }

  private async run(requests: Request<S>[], ids: string[]): Promise<void> {
    const now = this.clock.now();
    const drafts = await this.decideAll(requests, ids, now);
    const changed = [...drafts.values()].filter((draft) => draft.changed);
    const lost = changed.length > 0 ? await this.write(changed, now, requests) : new Set<string>();
    for (const request of requests) {
      if (request.settled) continue;
      request.changes.forEach((change, index) => {
        if (lost.has(change.id) && drafts.get(change.id)?.changed) request.outcomes[index] = undefined;
      });
      if (pendingIds(request).length === 0) settle(request);
      else this.retry(request);
    }
  }

  /**
   * Decides by what this process wrote last, and reads the rest. A recalled document serves only what writes it, which its version
   * guards: where it led to "nothing happened" or to an error, it is read and all is decided again.
   */
  private async decideAll(requests: Request<S>[], ids: string[], now: Date): Promise<Map<string, Draft<S>>> {
    const recalled = new Map<string, Recalled | null>();
    for (const id of ids) {
      const found = this.recent.recall(id);
      if (found !== undefined) recalled.set(id, found);
    }
    const stored = new Map<string, Stored | null>([...recalled].map(([id, found]) => [id, found?.document ?? null]));
    let unread = ids.filter((id) => !recalled.has(id));
    for (;;) {
      if (unread.length > 0) for (const [id, found] of await this.read(unread)) stored.set(id, found);
      const drafts = new Map(
        ids.map((id) => [id, draftOf<S>(id, stored.get(id) ?? null, recalled.get(id) ?? undefined)]),
      );
      const decided = requests.map((request) => this.decide(request, drafts, now));
      const doubtful = new Set(
        requests
          .flatMap((request, index) => unwritten(request, decided[index]!, recalled))
          .filter((id) => recalled.has(id)),
      );
      if (doubtful.size === 0) {
        for (const [index, outcome] of decided.entries()) {
          if ('error' in outcome) settle(requests[index]!, outcome.error);
          else requests[index]!.outcomes = outcome.outcomes;
        }
        return drafts;
      }
      unread = [...doubtful];
      for (const id of unread) {
        recalled.delete(id);
        stored.delete(id);
        this.recent.forget(id);
      }
    }
  }

  /** Decides all of a request's open changes, or none: an error leaves the drafts as they were. */
  private decide(request: Request<S>, drafts: Map<string, Draft<S>>, now: Date): Decided<S> {
    const touched = new Map<string, Draft<S>>();
    const outcomes = [...request.outcomes];
    const notYet = new Set<number>();
    try {
      request.changes.forEach((change, index) => {
        if (request.outcomes[index]) return;
        const before = touched.get(change.id) ?? drafts.get(change.id);
        if (!before) throw new Error('a change of an unread document');
        const entriesOf = (decision: Decision<S>) =>
          (decision.send ?? []).map((outgoing) =>
            toEntry(outgoing, this.nextToken(), now, change.cause?.traceparent ? traceOf(change.cause) : request.trace),
          );
        const folded = fold(before, change, now, entriesOf);
        if (folded === NOT_YET) notYet.add(index);
        const after = folded === NOT_YET ? before : folded;
        touched.set(change.id, after);
        const base = after.stored?.version ?? 0;
        outcomes[index] = {
          id: change.id,
          changed: after !== before,
          state: after.state,
          version: after.changed ? base + 1 : base,
        };
      });
      for (const [id, draft] of touched) touched.set(id, this.measured(draft));
    } catch (error) {
      return { error };
    }
    for (const [id, draft] of touched) drafts.set(id, draft);
    return { outcomes, notYet };
  }

  /** Looks through the whole of a state only where what changed could have made it too large. @throws TooLarge */
  private measured(draft: Draft<S>): Draft<S> {
    const { stored, state } = draft;
    if (!draft.changed || !state) return draft;
    if (draft.bytes !== undefined && stored) {
      const bytes = draft.bytes + growth(state, stateOf(stored));
      if (bytes <= this.maxBytes) return { ...draft, bytes };
    }
    const bytes = BSON.calculateObjectSize(state);
    if (bytes <= this.maxBytes) return { ...draft, bytes };
    throw new TooLarge(
      `document ${draft.id} would have ${bytes} bytes, the limit is ${this.maxBytes}; move lists into documents or artifacts of their own`,
    );
  }

  /** Writes drafts, hands what they send to the relay, and returns the ids whose race was lost. */
  private async write(drafts: Draft<S>[], now: Date, requests: Request<S>[]): Promise<Set<string>> {
    const lease = this.relay.lease();
    const marks = drafts.map((): WriteMark => ({ token: this.nextToken(), now, ...(lease && { lease }) }));
    const operations = drafts.map((draft, index) => toWrite(draft, marks[index]!));
    for (const { id } of drafts) this.recent.forget(id);
    const lost = await this.writeAll(drafts, operations, marks, requests);
    for (const [index, draft] of drafts.entries()) {
      if (lost.has(draft.id)) continue;
      const version = (draft.stored?.version ?? 0) + 1;
      const outbox = [...(draft.stored?.outbox ?? []), ...draft.entries];
      const outboxLease = leaseAfter(draft, marks[index]!);
      if (outbox.length === 0) this.keep(draft, { version, outbox });
      else if (outboxLease) {
        this.keep(draft, { version, outbox, outboxAt: draft.stored?.outboxAt ?? now, outboxLease });
        this.relay.accept(this.relaySource, { id: draft.id, version, outbox, until: outboxLease.until });
      } else if (draft.entries.length > 0) this.relay.nudge();
    }
    return lost;
  }

  private keep(
    { state, timers, bytes }: Draft<S>,
    own: Pick<OutboxedDocument, 'version' | 'outbox' | 'outboxAt' | 'outboxLease'>,
  ): void {
    if (!state || bytes === undefined) return;
    this.recent.keep({ ...state, ...own, timers: [...asStored(timers)], writers: [] }, bytes);
  }

  private async writeAll(
    drafts: Draft<S>[],
    operations: AnyBulkWriteOperation<OutboxedDocument>[],
    marks: WriteMark[],
    requests: Request<S>[],
  ): Promise<Set<string>> {
    const lost = new Set<string>();
    const options = { ordered: false, writeConcern: DURABLE, ignoreUndefined: true };
    let result: { matchedCount: number; insertedCount: number };
    try {
      result = await this.collection.bulkWrite(operations, options);
    } catch (error) {
      if (!(error instanceof MongoBulkWriteError)) throw error;
      const failures = [error.writeErrors].flat();
      if (failures.length === 0 || failures.some((failure) => failure.code !== DUPLICATE_KEY)) throw error;
      for (const failure of failures) {
        const draft = drafts[failure.index]!;
        lost.add(draft.id);
        const index = /index: (?:\S+\.\$)?([\w.-]+)/.exec(failure.errmsg ?? '')?.[1];
        if (index === '_id_' || (index === undefined && !draft.stored)) continue;
        const violation = new UniqueIndexViolation(draft.id, index ?? 'unknown');
        for (const request of requests.filter(({ changes }) => changes.some(({ id }) => id === draft.id))) {
          settle(request, violation);
        }
      }
      result = error;
    }
    const updates = drafts.flatMap((draft, index) => (draft.stored && !lost.has(draft.id) ? [{ draft, index }] : []));
    if (result.matchedCount >= updates.length) return lost;
    if (result.matchedCount === 0) {
      for (const { draft } of updates) lost.add(draft.id);
      return lost;
    }
    // Some of many: the server does not say which. A write of ours is known by its token.
    const found = await this.collection
      .find({ _id: { $in: updates.map(({ draft }) => draft.id) } }, { projection: { writers: 1 } })
      .toArray();
    const writers = new Map(found.map((document) => [document._id, document.writers]));
    for (const { draft, index } of updates) {
      if (!writers.get(draft.id)?.includes(marks[index]!.token)) lost.add(draft.id);
    }
    return lost;
  }

  private retry(request: Request<S>): void {
    request.attempts += 1;
    if (request.attempts >= MAX_ATTEMPTS) {
      settle(request, new ConflictError(pendingIds(request), request.attempts));
      return;
    }
    // Full jitter; the first retries are immediate or nearly so, since most races are between two writers.
    const wait = Math.random() * Math.min(5 * 2 ** (request.attempts - 1), 100);
    void delay(wait).then(() => {
      this.queue.unshift(request);
      this.pump();
    });
  }

  private nextToken(): string {
    this.written += 1;
    return `${this.writer}.${this.written.toString(36)}`;
  }

  private async read(ids: readonly string[]): Promise<Map<string, Stored>> {
    const found = await this.collection.find({ _id: { $in: ids } } as Filter<OutboxedDocument>).toArray();
    return new Map(found.map((document) => [document._id, document as Stored]));
  }
}

const pendingIds = <S>(request: Request<S>): string[] =>
  request.changes.flatMap((change, index) => (request.outcomes[index] ? [] : [change.id]));

/** Documents that a request looked at and did not come to write: those that answer it by what they are. */
function unwritten<S>(request: Request<S>, decided: Decided<S>, recalled: ReadonlyMap<string, unknown>): string[] {
  if ('error' in decided) return pendingIds(request);
  return request.changes.flatMap(({ id }, index) => {
    const written = request.outcomes[index] ?? decided.outcomes[index]?.changed;
    // What was not there may be by now: then it is read before it is waited for.
    const waitsFor = decided.notYet.has(index) && recalled.get(id) !== null;
    return written || waitsFor ? [] : [id];
  });
}

function settle<S>(request: Request<S>, error?: unknown): void {
  if (request.settled) return;
  request.settled = true;
  if (error === undefined) request.resolve(request.outcomes as Committed<S>[]);
  else request.reject(error instanceof Error ? error : new Error('a decision threw something that is not an Error'));
}
