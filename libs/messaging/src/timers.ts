import { Logger } from '@nestjs/common';
import { systemClock, type Clock } from './clock.js';
import type { Change, Committed, Decision, Situation, Timer } from './document.js';
import type { DocumentStore } from './document-store.js';
import { classify, nameFailure } from './failure.js';

export interface TimerSweepOptions {
  clock?: Clock;
  /** How often due timers are looked for, in ms. Default 1000. */
  everyMs?: number;
  /** Documents taken at a time. Default 100. */
  limit?: number;
}

/** What a due timer makes of its document. Pure. Undefined: nothing, and the timer is gone. */
export type TimerDecision<S> = (state: Readonly<S>, timer: Timer, situation: Situation) => Decision<S> | undefined;

export interface TimerWork<S> {
  /** After so long, in ms, it fires again when this process died. Work that takes longer keeps it: the claim is renewed meanwhile. */
  withinMs: number;
  /**
   * Runs outside the write, after the timer was claimed. The change it returns is committed and ends the timer, unless it sets
   * that timer anew; undefined just ends it. When it throws, the timer fires again, later each time.
   * @param now when it was claimed. Whoever asks what is due goes by this: by a clock that has been set back since, nothing would be,
   *   and the timer would be gone
   */
  work(state: Readonly<S>, timer: Timer, now: Date): Promise<Change<S> | undefined>;
}

const FIRST_POSTPONEMENT_MS = 5000;
const LONGEST_POSTPONEMENT_MS = 3_600_000;

/**
 * Fires due timers. Several instances may sweep: the version guard of the document lets one of them carry a timer out, and what
 * it does is committed in the same write that removes the timer.
 */
export class TimerSweep<S extends { _id: string }> {
  readonly counters = { fired: 0, failed: 0 };
  private readonly logger = new Logger('TimerSweep');
  private readonly clock: Clock;
  private readonly decisions = new Map<string, TimerDecision<S>>();
  private readonly works = new Map<string, TimerWork<S>>();
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<number> | undefined;
  private readonly working = new Set<Promise<void>>();
  private running = false;

  constructor(
    private readonly store: DocumentStore<S>,
    private readonly options: TimerSweepOptions = {},
  ) {
    this.clock = options.clock ?? systemClock;
  }

  /** Sets what timers of a kind do, as a pure decision in one write. */
  handle(kind: string, decide: TimerDecision<S>): this {
    if (this.decisions.has(kind) || this.works.has(kind))
      throw new Error(`timers of kind ${kind} have a handler already`);
    this.decisions.set(kind, decide);
    return this;
  }

  /** Sets what timers of a kind do where I/O is needed: at least once, by one instance at a time. */
  perform(kind: string, work: TimerWork<S>): this {
    if (this.decisions.has(kind) || this.works.has(kind))
      throw new Error(`timers of kind ${kind} have a handler already`);
    this.works.set(kind, work);
    return this;
  }

  start(): void {
    if (this.running) return;
    this.running = true;
    this.schedule(0);
  }

  /** Waits for what is under way. */
  async stop(): Promise<void> {
    this.running = false;
    clearTimeout(this.timer);
    await this.sweeping;
    await Promise.allSettled(this.working);
  }

  onApplicationBootstrap(): void {
    this.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.stop();
  }

  private schedule(inMs: number): void {
    this.timer = setTimeout(() => {
      void this.sweep().finally(() => {
        if (this.running) this.schedule((this.options.everyMs ?? 1000) * (0.8 + Math.random() * 0.4));
      });
    }, inMs);
    this.timer.unref();
  }

  /** Fires what is due now; returns the number of timers fired. Runs by itself; public for tests. */
  sweep(): Promise<number> {
    this.sweeping ??= this.sweepAll()
      .catch((error: unknown) => {
        this.logger.warn(`timers wait: ${nameFailure(error)}`);
        return 0;
      })
      .finally(() => (this.sweeping = undefined));
    return this.sweeping;
  }

  private async sweepAll(): Promise<number> {
    const limit = this.options.limit ?? 100;
    let fired = 0;
    for (;;) {
      const due = await this.store.collection
        .find({ timerAt: { $lte: this.clock.now() } }, { projection: { _id: 1 }, sort: { timerAt: 1 }, limit })
        .toArray();
      if (due.length === 0) return fired;
      const claimed: Claimed<S>[] = [];
      const ids = due.map(({ _id }) => _id);
      const outcomes = await this.store.commit(ids.map((id) => this.fire(id, claimed))).catch((error: unknown) => {
        if (classify(error) === 'unavailable') throw error;
        // What came of one timer cannot be written (too large, against its schema): each alone, so that only that one waits.
        return this.fireEach(ids, claimed);
      });
      // The last attempt at a document is the one that was written: earlier claims of the same timer lost their race.
      const written = new Map(claimed.map((claim) => [`${claim.id}/${claim.timer.id}`, claim]));
      for (const claim of written.values()) this.begin(claim);
      const now = outcomes.filter(({ changed }) => changed).length;
      fired += now;
      if (due.length < limit || now === 0) return fired;
    }
  }

  private async fireEach(ids: readonly string[], claimed: Claimed<S>[]): Promise<Committed<S>[]> {
    const outcomes = await Promise.all(
      ids.map((id) =>
        this.store.commit([this.fire(id, claimed)]).catch((error: unknown) => {
          if (classify(error) === 'unavailable') throw error;
          dropClaims(claimed, id);
          return this.store.commit([this.postponeDue(id, error)]);
        }),
      ),
    );
    return outcomes.flat();
  }

  private postponeDue(id: string, error: unknown): Change<S> {
    return {
      id,
      decide: (state, { timers, now }) => {
        const due = timers.filter(({ at }) => at <= now);
        if (!state || due.length === 0) return undefined;
        return { state, timers: { set: due.map((timer) => this.postponed(timer, now, error)) } };
      },
    };
  }

  private fire(id: string, claimed: Claimed<S>[]): Change<S> {
    return {
      id,
      decide: (state, situation) => {
        // A lost race begins again: so do its claims.
        dropClaims(claimed, id);
        const due = situation.timers.filter(({ at }) => at <= situation.now);
        if (!state || due.length === 0) return undefined;
        return due.reduce((decision, timer) => this.apply(decision, timer, situation, claimed), {
          state,
        } as Decision<S>);
      },
    };
  }

  private apply(before: Decision<S>, timer: Timer, situation: Situation, claimed: Claimed<S>[]): Decision<S> {
    const work = this.works.get(timer.kind);
    if (work) {
      const until = new Date(situation.now.getTime() + work.withinMs);
      claimed.push({ id: before.state._id, state: before.state, timer, now: situation.now, until, work });
      return withTimer(before, { ...timer, at: until });
    }
    try {
      const decide = this.decisions.get(timer.kind);
      if (!decide) throw new Error(`no handler for timers of kind ${timer.kind}`);
      const decision = decide(before.state, timer, situation) ?? { state: before.state };
      this.counters.fired += 1;
      return joined(before, decision, timer);
    } catch (error) {
      return withTimer(before, this.postponed(timer, situation.now, error));
    }
  }

  private postponed(timer: Timer, now: Date, error: unknown): Timer {
    const failures = (timer.failures ?? 0) + 1;
    const wait = Math.min(FIRST_POSTPONEMENT_MS * 2 ** (failures - 1), LONGEST_POSTPONEMENT_MS);
    this.counters.failed += 1;
    this.logger.error(`timer of kind ${timer.kind} failed (${nameFailure(error)}), again in ${wait / 1000} s`);
    return { ...timer, failures, at: new Date(now.getTime() + wait) };
  }

  private begin(claim: Claimed<S>): void {
    const work = this.carryOut(claim).finally(() => this.working.delete(work));
    this.working.add(work);
  }

  private async carryOut(claim: Claimed<S>): Promise<void> {
    const { id, state, timer, now, work } = claim;
    const renewal = this.keepRenewing(claim);
    let change: Change<S> | undefined;
    let later: Timer | undefined;
    try {
      change = await work.work(state, timer, now);
      this.counters.fired += 1;
    } catch (error) {
      later = this.postponed(timer, this.clock.now(), error);
    }
    await this.end(id, timer, await renewal.end(), later, change);
  }

  /** Moves a claimed timer on, three times before it is due, so that nobody else takes up work that goes on. */
  private keepRenewing({ id, timer, until, work }: Claimed<S>): { end: () => Promise<Date> } {
    let held = until;
    let renewing: Promise<unknown> = Promise.resolve();
    const renew = async () => {
      let next: Date | undefined;
      const outcome = await this.store.commit([
        {
          id,
          decide: (state, { timers, now }) => {
            next = undefined;
            if (!state || !timers.some((found) => found.id === timer.id && found.at.getTime() === held.getTime()))
              return undefined;
            next = new Date(now.getTime() + work.withinMs);
            return { state, timers: { set: [{ ...timer, at: next }] } };
          },
        },
      ]);
      if (outcome[0]?.changed && next) held = next;
    };
    const interval = setInterval(() => {
      renewing = renewing.then(renew).catch((error: unknown) => {
        this.logger.warn(`the claim of a timer of kind ${timer.kind} was not renewed: ${nameFailure(error)}`);
      });
    }, work.withinMs / 3);
    interval.unref();
    return {
      end: async () => {
        clearInterval(interval);
        await renewing;
        return held;
      },
    };
  }

  /** Commits what the work came to, and ends (or moves) the timer if it is still the one that was claimed. */
  private async end(
    id: string,
    timer: Timer,
    until: Date,
    later: Timer | undefined,
    change: Change<S> | undefined,
  ): Promise<void> {
    const ending: Change<S> = {
      id,
      decide: (state, situation) => {
        const mine = situation.timers.some((found) => found.id === timer.id && found.at.getTime() === until.getTime());
        if (!state || !mine) return undefined;
        return { state, timers: later ? { set: [later] } : { cancel: [timer.id] } };
      },
    };
    try {
      await this.store.commit(change ? [change, ending] : [ending]);
    } catch (error) {
      this.logger.warn(
        `the outcome of a timer of kind ${timer.kind} was not written (${nameFailure(error)}): it fires again`,
      );
    }
  }
}

interface Claimed<S> {
  id: string;
  state: Readonly<S>;
  timer: Timer;
  now: Date;
  until: Date;
  work: TimerWork<S>;
}

function dropClaims<S>(claimed: Claimed<S>[], id: string): void {
  for (let index = claimed.length - 1; index >= 0; index -= 1) if (claimed[index]?.id === id) claimed.splice(index, 1);
}

const withTimer = <S>(before: Decision<S>, timer: Timer): Decision<S> => ({
  ...before,
  timers: { cancel: before.timers?.cancel ?? [], set: [...(before.timers?.set ?? []), timer] },
});

/** Two decisions of one write, and the end of the timer that led to the second. */
const joined = <S>(before: Decision<S>, decision: Decision<S>, timer: Timer): Decision<S> => ({
  state: decision.state,
  send: [...(before.send ?? []), ...(decision.send ?? [])],
  timers: {
    cancel: [...(before.timers?.cancel ?? []), timer.id, ...(decision.timers?.cancel ?? [])],
    set: [
      ...(before.timers?.set ?? []).filter(({ id }) => !decision.timers?.cancel?.includes(id)),
      ...(decision.timers?.set ?? []),
    ],
  },
});
