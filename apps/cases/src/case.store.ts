import { Inject, Injectable } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import type { AnyOutgoing, Change, Decision, Situation } from '@kenri/messaging';
import { DocumentStore, NOT_YET, Relay } from '@kenri/messaging';
import { CLOCK, databaseOf, type Clock } from '@kenri/service';
import type { TraceContext } from '@kenri/telemetry';
import { Vault } from '@kenri/vault';
import type { Connection } from 'mongoose';
import { apply, decide, emptyCase } from './decisions/case.js';
import type { CaseCommand } from './decisions/case-command.js';
import type { CaseEvent } from './decisions/case-events.js';
import type { CaseState } from './decisions/case-state.js';
import type { CasePolicy } from './decisions/policy.js';
import { timersOf } from './decisions/timers.js';
import { DecisionListStore } from './effects/decision-lists.store.js';
import { intentsOf, conclude, type Intent, type Prepared } from './effects/intents.js';
import { PrepareEffects } from './effects/prepare-effects.js';
import { POLICY } from './setup/settings.js';

export interface CaseWork {
  id: string;
  command: CaseCommand;
  /** The message it follows from: what is sent continues its trace. */
  cause?: TraceContext;
}

export interface CaseFilter {
  phase?: string | undefined;
  kind?: string | undefined;
  system?: string | undefined;
  /** Only together with `system`. */
  systemState?: string | undefined;
  reference?: string | undefined;
  attention?: string | undefined;
}

/**
 * Largest case in bytes of BSON: what people decide at most (staff.ts), once in the case and once in its plans, with its history and the
 * tokens of its records, takes less than half of it; the rest is for answers to come.
 */
export const MOST_BYTES = 8 * 1024 * 1024;

/** Deciding anew after keys were prepared, or after a lost race; more than two are never needed without a race. */
const MOST_PASSES = 8;

/**
 * One document per case: state, history, outgoing messages and timers change in one write. Decisions are synchronous; what needs keys
 * (sealing, signing, tokens) is prepared between two passes, for exactly the content that was decided.
 */
@Injectable()
export class CaseStore {
  readonly documents: DocumentStore<CaseState>;
  readonly effects: PrepareEffects;

  constructor(
    @InjectConnection() connection: Connection,
    relay: Relay,
    vault: Vault,
    decisionLists: DecisionListStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(POLICY) readonly policy: CasePolicy,
  ) {
    const cases = databaseOf(connection).collection('cases');
    this.documents = new DocumentStore<CaseState>(cases, {
      source: '/kenri/cases',
      relay,
      clock,
      maxBytes: MOST_BYTES,
    });
    this.effects = new PrepareEffects(vault, decisionLists);
  }

  async onModuleInit(): Promise<void> {
    await this.documents.ensureIndexes();
    const { collection } = this.documents;
    await collection.createIndexes([
      { key: { 'shown.phase': 1, _id: -1 }, name: 'phase' },
      { key: { 'request.reference': 1 }, name: 'reference' },
    ]);
  }

  get(id: string): Promise<CaseState | null> {
    return this.documents.get(id);
  }

  /** Opened cases, newest first, after a case id. */
  async list(filter: CaseFilter, limit: number, after?: string): Promise<CaseState[]> {
    const { phase, kind, system, systemState, reference, attention } = filter;
    const found = await this.documents.collection
      .find({
        request: { $ne: null },
        ...(after !== undefined && { _id: { $lt: after } }),
        ...(phase !== undefined && { 'shown.phase': phase }),
        ...(kind !== undefined && { 'request.kinds': kind }),
        ...(reference !== undefined && { 'request.reference': reference }),
        ...(attention !== undefined && { 'shown.attention': attention }),
        ...(system !== undefined && { expected: system }),
        ...(system !== undefined && systemState !== undefined && { [`systems.${system}.state`]: systemState }),
      } as never)
      .sort({ _id: -1 })
      .limit(limit)
      .project({ history: 0, outbox: 0, writers: 0 })
      .toArray();
    return found as unknown as CaseState[];
  }

  /** Every case's history, one after another. */
  histories(): AsyncIterable<Pick<CaseState, '_id' | 'history' | 'historyHead'>> {
    const projection = { history: 1, historyHead: 1 };
    return this.documents.collection.find({}, { projection }) as unknown as AsyncIterable<CaseState>;
  }

  /**
   * Carries out commands, those of one case in order and in one write; durable when it resolves. Gives each case's state after it.
   * @param now by which is decided what is due
   * @throws DecisionRefused for a person's command that the case does not allow; nothing was written then
   */
  async handle(work: readonly CaseWork[], now = this.clock.now()): Promise<Map<string, CaseState | null>> {
    const prepared = new Map<string, AnyOutgoing[]>();
    const outcome = new Map<string, CaseState | null>();
    let open = [...Map.groupBy(work, ({ id }) => id)];
    for (let pass = 0; open.length > 0; pass += 1) {
      if (pass === MOST_PASSES)
        throw new Error(`cases ${open.map(([id]) => id).join(', ')} were not decided in ${pass} passes`);
      const lacking = new Map<string, Map<string, Prepared>>();
      const changes = open.map(([id, commands]) => this.change(id, commands, now.toISOString(), prepared, lacking));
      for (const { id, state } of await this.documents.commit(changes)) outcome.set(id, state);
      open = open.filter(([id]) => lacking.has(id));
      const wanted = new Map([...lacking.values()].flatMap((intents) => [...intents]));
      await Promise.all(
        [...wanted].map(async ([key, intent]) => prepared.set(key, await this.effects.prepare(intent))),
      );
    }
    return outcome;
  }

  private change(
    id: string,
    work: readonly CaseWork[],
    now: string,
    prepared: ReadonlyMap<string, AnyOutgoing[]>,
    lacking: Map<string, Map<string, Prepared>>,
  ): Change<CaseState> {
    const cause = work.at(-1)?.cause;
    return {
      id,
      ...(cause && { cause }),
      decide: (state, situation) => {
        lacking.delete(id);
        const decided = this.decideAll(state, id, work, now);
        if (!decided) return undefined;
        const missing = new Map<string, Prepared>();
        const send = decided.intents.flatMap((intent) => {
          if (intent.kind === 'message') return [intent.message];
          const key = JSON.stringify(intent);
          const messages = prepared.get(key);
          if (!messages) missing.set(key, intent);
          return messages ?? [];
        });
        if (missing.size > 0) {
          lacking.set(id, missing);
          return NOT_YET;
        }
        return { state: decided.state, send, timers: this.timers(decided.state, situation) };
      },
    };
  }

  private decideAll(before: CaseState | null, id: string, work: readonly CaseWork[], now: string) {
    let state = before;
    const all: CaseEvent[] = [];
    for (const { command } of work) {
      const events = decide(state, id, command, now, this.policy);
      if (events.length === 0) continue;
      state = events.reduce(apply, state ?? emptyCase(id, now));
      all.push(...events);
    }
    if (!state || all.length === 0) return undefined;
    const concluded = conclude(before, state, this.policy);
    const intents: Intent[] = [...intentsOf(all, state), ...concluded.intents];
    return { state: concluded.state, intents };
  }

  /** The difference between the timers that the state wants and those the document has. */
  private timers(state: CaseState, { timers, now }: Situation): NonNullable<Decision<CaseState>['timers']> {
    const wanted = timersOf(state, this.policy);
    const known = new Map(timers.map((timer) => [timer.id, timer]));
    return {
      cancel: timers.filter(({ id }) => !wanted.some((timer) => timer.id === id)).map(({ id }) => id),
      set: wanted.filter((timer) => {
        const present = known.get(timer.id);
        if (!present) return true;
        // One that is due and stands later was claimed or postponed by the sweep: it is being carried out.
        const underWay = timer.at <= now && present.at > timer.at;
        return !underWay && present.at.getTime() !== timer.at.getTime();
      }),
    };
  }
}
