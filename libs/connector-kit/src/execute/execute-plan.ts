import type { Operation, PlanExecuted } from '@kenri/contracts';
import type { Change } from '@kenri/messaging';
import { withSpan } from '@kenri/telemetry';
import { readable } from '../documents/comparable.js';
import { openHeld, under, type Connector, type Held } from '../connector.js';
import { blockersOf, holdsOf } from '../dry-run/dry-run.js';
import { locate } from '../locate/locate.js';
import { applicantOf } from '../people.js';
import { withArtifacts } from '../units/collect-orphans.js';
import { TIMER, withPlan, type PlanProgress, type Unit } from '../units/unit.js';
import { carryOut, carryOutChunk, type Intended } from './carry-out.js';
import { exportRecords, type Exported } from './export-records.js';
import {
  carriedOut,
  ORDER,
  expectations,
  inOrder,
  journalDigest,
  leftAlone,
  type Chunk,
  type JournaledOperation,
} from './journal.js';
import { blockersIn, correctWith, eraseWith, restrictWith, suppressWith, type Apply } from './operations.js';
import { executedAnswer, failed, nextLook, NotFresh, readDecisions, refused } from './plan-outcome.js';
import { readSelected, type LiveDocument } from './read-documents.js';
import { excludedFrom, rowKeyOf, select, type Decisions, type Plan, type SelectedDocument } from './selection.js';
import { SparedRows } from './spared-rows.js';

type Progress = PlanProgress & { plan: Plan };

/**
 * Executes an approved plan, or goes on where a killed process stopped: acts once, reports true counts (architecture.md, Exactly-once
 * effect 4–6). Returns the change that answers, or that tries again later.
 */
export async function executePlan(connector: Connector, id: string, planId: string): Promise<Change<Unit> | undefined> {
  const unit = await connector.units.get(id);
  const progress = unit?.plans[planId];
  if (!unit || !progress?.plan || (progress.state !== 'approved' && progress.state !== 'executing')) return undefined;
  const attributes = { 'kenri.system': connector.map.system, 'kenri.operations': progress.plan.operations.join('.') };
  const { trace } = progress;
  const change = await withSpan('execute plan', { attributes, ...(trace && { parent: trace }) }, async (span) => {
    try {
      return await new Execution(connector, unit, planId, progress as Progress).run();
    } catch (error) {
      span.fail(error instanceof Error ? error.name : 'unknown');
      return failed(connector, unit, planId, error);
    }
  });
  return trace ? { ...change, cause: trace } : change;
}

/** Up to so many documents are not read again between the look for blockers and the first operation. */
const READ_ONCE = 50;

class Execution {
  private readonly connector: Connector;
  private readonly plan: Plan;
  private readonly startedAt: Date;
  private decisions: Decisions;
  private held: Held;
  private documents: SelectedDocument[];
  private chunks: Chunk[];
  private appeared = 0;
  private readonly changed = new Set<string>();
  /** What looking for blockers has just read, for the operation that comes first; only of a plan with few documents. */
  private read: LiveDocument[] | undefined;

  constructor(
    connector: Connector,
    private readonly unit: Unit,
    private readonly planId: string,
    private readonly progress: Progress,
  ) {
    this.connector = under(connector, unit);
    this.plan = progress.plan;
    this.startedAt = progress.startedAt ?? connector.clock.now();
  }

  async run(): Promise<Change<Unit>> {
    const { connector, unit, plan, planId } = this;
    const now = connector.clock.now();
    this.held = await openHeld(connector, unit);
    this.decisions = await readDecisions(connector, plan, this.progress.messageId ?? '');
    this.documents = select(this.held.manifest, this.decisions);
    this.chunks = await connector.journal.ofUnit(unit._id);
    const begun = this.mine().length > 0 || this.progress.exported !== undefined;
    if (!begun) {
      if (now > new Date(plan.validUntil)) return refused(connector, unit, planId, 'expired', []);
      const blockers = await this.blockers();
      if (blockers.length > 0)
        return refused(connector, unit, planId, 'blocked', blockersOf(blockers.map(({ blocker }) => blocker)));
      await this.tryCorrections();
      const lost = await this.claim();
      if (lost) return lost;
    } else this.progress.changed?.forEach((ref) => this.changed.add(ref));
    const exported = plan.operations.includes('export') ? await this.export() : undefined;
    if (plan.operations.includes('correct')) await this.operate('correct', correctWith(connector.map));
    if (plan.operations.includes('suppress'))
      await this.operate('suppress', suppressWith(connector.map, plan.scope.purposes));
    if (plan.operations.includes('erase')) await this.erase();
    else if (this.mine().length > 0) await connector.journal.dropIntents(unit._id, planId);
    return this.answer(exported);
  }

  /** What erases can be undone within the undo window; anything else never. */
  private get undoable(): boolean {
    return this.plan.operations.includes('erase');
  }

  private keep(chunks: readonly Chunk[]): void {
    const kept = new Map([...this.chunks, ...chunks].map((chunk) => [chunk._id, chunk]));
    this.chunks = inOrder([...kept.values()]);
  }

  private mine(): Chunk[] {
    return this.chunks.filter(({ planId, part }) => planId === this.planId && part === 0);
  }

  /** The first conditional write wins: an intent to execute, or a cancellation. */
  private async claim(): Promise<Change<Unit> | undefined> {
    const { connector, unit, planId } = this;
    const [outcome] = await connector.units.commit([
      {
        id: unit._id,
        decide: (state) => {
          const progress = state?.plans[planId];
          if (!state || progress?.state !== 'approved') return undefined;
          return {
            state: withPlan(state, planId, {
              ...progress,
              state: 'executing',
              startedAt: this.startedAt,
              changed: [...this.changed].slice(0, 2000),
            }),
          };
        },
      },
    ]);
    const state = outcome?.state?.plans[planId]?.state;
    return state === 'executing' ? undefined : { id: unit._id, decide: () => undefined };
  }

  private async blockers() {
    const found = [];
    const reads: LiveDocument[] = [];
    for await (const read of readSelected(this.connector, this.documents, expectations(this.chunks))) {
      found.push(...blockersIn(this.connector.map, read, this.plan.operations, this.connector.clock.now()));
      read.changed
        .filter((row) => this.plan.operations.some((operation) => !excludedFrom(row, operation)))
        .forEach(({ ref }) => this.changed.add(ref));
      if (reads.length < READ_ONCE) reads.push(read);
    }
    if (this.documents.length <= READ_ONCE) this.read = reads;
    return found;
  }

  /** Documents as they stand now, at most as old as the claim; every write is guarded by what was read. */
  private live(documents: readonly SelectedDocument[]): AsyncIterable<LiveDocument> | Iterable<LiveDocument> {
    const read = this.read;
    this.read = undefined;
    if (read && documents.length === this.documents.length) return read;
    return readSelected(this.connector, documents, expectations(this.chunks));
  }

  /** A correction that cannot be written is known before anything is done. */
  private async tryCorrections(): Promise<void> {
    if (!this.plan.operations.includes('correct')) return;
    const apply = correctWith(this.connector.map);
    const concerned = this.documents.filter(({ rows }) => rows.some(({ corrections }) => corrections.length > 0));
    for await (const read of readSelected(this.connector, concerned, expectations(this.chunks))) apply(read);
  }

  /** Durable before anything is changed, so that a restart does not disclose corrected or erased data. */
  private async export(): Promise<Exported> {
    if (this.progress.exported) {
      this.progress.exported.changed.forEach((ref) => this.changed.add(ref));
      return this.progress.exported;
    }
    this.read = undefined;
    const exported = await exportRecords(this.connector, this.plan, this.documents, expectations(this.chunks));
    exported.changed.forEach((ref) => this.changed.add(ref));
    if (this.plan.operations.length > 1) {
      await this.connector.units.commit([
        {
          id: this.unit._id,
          decide: (state) => {
            const progress = state?.plans[this.planId];
            if (!state || progress?.state !== 'executing') return undefined;
            return {
              state: withArtifacts(
                withPlan(state, this.planId, {
                  ...progress,
                  exported: { ...exported, changed: exported.changed.slice(0, 1000) },
                }),
              ),
            };
          },
        },
      ]);
    }
    return exported;
  }

  /** Finishes the chunks that a killed process left, then acts on the documents that no chunk covers. */
  private async operate(operation: JournaledOperation, apply: Apply, documents = this.documents): Promise<void> {
    const { connector, unit, planId } = this;
    const executing = { unit: unit._id, caseId: unit.caseId, planId, part: 0, operation, undoable: this.undoable };
    // A later operation has begun: this one was complete.
    if (this.mine().some((chunk) => ORDER[chunk.operation] > ORDER[operation])) return;
    const before = this.mine().filter((chunk) => chunk.operation === operation);
    // Chunks follow each other, so that only the last can be unfinished.
    const last = before.at(-1);
    if (last) this.keep([await carryOutChunk(connector, last)]);
    const covered = new Set(before.flatMap((chunk) => chunk.documents.map(({ name: document }) => document)));
    const open = documents.filter(({ key }) => !covered.has(connector.journal.named(key)));
    const changed = this.changed;
    const live = this.live(open);
    async function* intended(): AsyncIterable<Intended> {
      for await (const read of live) {
        read.changed
          .filter((row) => !excludedFrom(row, operation === 'restrict' ? 'erase' : operation))
          .forEach(({ ref }) => changed.add(ref));
        const change = apply(read);
        if (change) yield change;
      }
    }
    await withSpan(
      `store ${operation}`,
      { attributes: { 'kenri.system': connector.map.system, 'kenri.documents': open.length } },
      async () => this.keep(await carryOut(connector, executing, before.length, intended())),
    );
    leftAlone(this.mine().filter((chunk) => chunk.operation === operation)).forEach((ref) => changed.add(ref));
  }

  /**
   * Restrict → look again → erase (architecture.md, Exactly-once effect 5): leaves first, the person's own row last. What could not be
   * erased keeps what leads to it.
   */
  private async erase(): Promise<void> {
    const { connector, documents } = this;
    await this.operate('restrict', restrictWith(connector.map));
    const spared = new SparedRows(documents);
    for (const [match, depth] of await this.lookAgain()) spared.spareAbove(match, depth);
    const erasing = () => this.mine().filter(({ operation }) => operation === 'erase');
    const done = new Set(carriedOut(erasing()).map(({ ref }) => ref));
    for await (const read of readSelected(connector, documents, expectations(this.chunks))) {
      const blocked = blockersIn(connector.map, read, ['erase'], connector.clock.now()).map(({ row }) => row);
      for (const row of [...read.changed, ...blocked]) {
        if (excludedFrom(row, 'erase') || row.refs.some((ref) => done.has(ref))) continue;
        spared.spare(row, read.document);
        this.changed.add(row.ref);
      }
    }
    const apply = eraseWith(connector.map, spared.refs, connector.clock.now());
    for (const depth of [...new Set(documents.map((document) => document.depth))].sort((a, b) => b - a)) {
      await this.operate(
        'erase',
        apply,
        documents.filter((document) => document.depth === depth),
      );
      spared.spareRefs(new Set(leftAlone(erasing())));
    }
  }

  /** Records that appeared since the plan was made are reported, never acted on; what they hang on stays. Match → depth from which rows may go. */
  private async lookAgain(): Promise<Map<string, number>> {
    const { connector, held, unit } = this;
    const freshness = await connector.indexer.caughtUp(this.startedAt);
    if (!freshness.fresh) throw new NotFresh('the side index is not fresh');
    const outcomes = await locate(
      [{ id: unit._id, applicant: applicantOf(held.subject.identity, connector.map.system) }],
      {
        ...connector,
        now: connector.clock.now(),
        limits: connector.settings.limits,
      },
    );
    const outcome = outcomes.get(unit._id)!;
    if ('failure' in outcome) throw new NotFresh(outcome.failure);
    const known = new Set(held.manifest.matches.flatMap(({ rows }) => rows.map(rowKeyOf)));
    const matchOf = new Map(held.manifest.matches.map(({ ref, rows }) => [rowKeyOf(rows[0]!), ref]));
    const kept = new Map<string, number>();
    const appeared = new Set<string>();
    for (const { match, rows } of outcome.located.matches) {
      if (match.verdict !== 'certain') continue;
      for (const row of rows) {
        const key = rowKeyOf(row);
        if (known.has(key)) continue;
        appeared.add(key);
        const root = matchOf.get(rowKeyOf(rows[0]!));
        if (root !== undefined) kept.set(root, Math.max(kept.get(root) ?? 0, row.depth));
      }
    }
    this.appeared = appeared.size;
    return kept;
  }

  private answer(exported: Exported | undefined): Change<Unit> {
    const { connector, unit, planId, plan } = this;
    const mine = this.mine();
    const effects = (operation: JournaledOperation) =>
      carriedOut(mine.filter((chunk) => chunk.operation === operation));
    const firstRefs = new Set(this.documents.flatMap(({ rows }) => rows.map(({ ref }) => ref)));
    const counted = (operation: JournaledOperation, kind: string) =>
      effects(operation).filter(({ ref, effect }) => effect.kind === kind && firstRefs.has(ref)).length;
    const corrections = effects('correct').filter(({ ref }) => firstRefs.has(ref));
    const held = mine
      .filter(({ operation }) => operation === 'erase')
      .flatMap(({ documents, left }) =>
        documents.filter((_, i) => !left?.includes(i)).flatMap(({ holds }) => holds ?? []),
      );
    const now = connector.clock.now();
    const wants = (operation: Operation) => plan.operations.includes(operation);
    const data: PlanExecuted = {
      caseId: unit.caseId,
      system: connector.map.system,
      round: unit.round,
      planId,
      stage: 'plan',
      part: 0,
      startedAt: this.startedAt.toISOString(),
      finishedAt: now.toISOString(),
      done: {
        ...(wants('export') && {
          export: { records: exported!.records, files: exported!.files, artifact: exported!.artifact },
        }),
        ...(wants('correct') && {
          correct: {
            records: corrections.length,
            fields: corrections.reduce((sum, { effect }) => sum + (effect.kind === 'corrected' ? effect.fields : 0), 0),
          },
        }),
        ...(wants('suppress') && {
          suppress: { records: counted('suppress', 'suppressed'), publishedOnly: this.publishedOnly() },
        }),
        ...(wants('erase') && {
          erase: {
            deleted: counted('erase', 'deleted'),
            personRemoved: counted('erase', 'personRemoved'),
            fieldsRemoved: counted('erase', 'fieldsRemoved'),
            restricted: counted('erase', 'held'),
          },
        }),
      },
      deferred: holdsOf([held]),
      changed: [...this.changed].filter((ref) => firstRefs.has(ref)).length,
      appeared: this.appeared,
      recordTokens: this.recordTokens(),
      journal: journalDigest(mine),
    };
    return {
      id: unit._id,
      decide: (state) => {
        const progress = state?.plans[planId];
        if (!state || progress?.state !== 'executing') return undefined;
        const erases = wants('erase');
        const undo = erases && plan.undoDays > 0 ? new Date(now.getTime() + plan.undoDays * 86_400_000) : undefined;
        const firstSweep = connector.settings.verifyAfter[0];
        const { exported: _exported, ...rest } = progress;
        return {
          state: withArtifacts(
            withPlan(state, planId, {
              ...rest,
              state: 'executed',
              executed: data,
              ...(undo && { undoUntil: undo }),
            }),
          ),
          send: [executedAnswer(connector, data)],
          timers: {
            cancel: [TIMER.execute(planId)],
            set: [
              ...(erases && mine.length > 0 ? [{ id: TIMER.undo(planId), kind: 'undo', at: undo ?? now }] : []),
              ...(erases && firstSweep !== undefined
                ? [{ id: TIMER.verify(planId), kind: 'verify', at: new Date(now.getTime() + firstSweep) }]
                : []),
              ...(held.length > 0
                ? [
                    {
                      id: TIMER.deferred(planId),
                      kind: 'deferred',
                      at: nextLook(held, now, connector.settings.reviewHoldsEvery),
                    },
                  ]
                : []),
            ],
          },
        };
      },
    };
  }

  /** Of the person's own top-level records that the plan includes. */
  private recordTokens(): string[] {
    const { map, vault } = this.connector;
    const roots = this.documents.filter(({ rows }) =>
      rows.some(({ depth, elements }) => depth === 0 && elements.length === 0),
    );
    return roots.slice(0, 200).map(({ id }) => vault.tokens.token('record', `${map.system}:${readable(id)}`));
  }

  /** Purposes for which no row that is left has a place: the wish stands on the group's topic alone, and the case says so. */
  private publishedOnly(): Plan['scope']['purposes'] {
    const applied = new Set(
      this.documents.flatMap(({ rows, collection }) => {
        const about = this.connector.map.collections[collection];
        const rules = about?.use === 'mapped' ? (about.suppress ?? []) : [];
        return rows
          .filter((row) => !excludedFrom(row, 'suppress'))
          .flatMap((row) =>
            rules.filter(
              ({ set }) => row.elements.length === 0 || Object.keys(set).every((path) => path.startsWith('@.')),
            ),
          )
          .map(({ purpose }) => purpose);
      }),
    );
    return this.plan.scope.purposes.filter((purpose) => !applied.has(purpose));
  }
}
