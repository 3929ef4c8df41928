import type { PlanExecuted } from '@kenri/contracts';
import type { Change } from '@kenri/messaging';
import { withSpan } from '@kenri/telemetry';
import { under, type Connector } from '../connector.js';
import { holdsOf } from '../dry-run/dry-run.js';
import { documentKey } from '../rows.js';
import { TIMER, withPlan, type Unit } from '../units/unit.js';
import { carryOut, carryOutChunk, type Intended } from './carry-out.js';
import { executedAnswer, nextLook } from './plan-outcome.js';
import { carriedOut, expectations, journalDigest, leftAlone, type Chunk, type DeferredRow } from './journal.js';
import { blockersIn, eraseWith } from './operations.js';
import { readSelected } from './read-documents.js';
import type { SelectedDocument } from './selection.js';

/**
 * A retention period may have ended: looks at the holds again, erases what nothing keeps any more, and answers. What is still kept, or
 * blocked now, waits on; what a person has changed meanwhile goes back to a person.
 */
export async function eraseDeferred(
  connector: Connector,
  id: string,
  planId: string,
): Promise<Change<Unit> | undefined> {
  return withSpan('erase deferred', { attributes: { 'kenri.system': connector.map.system } }, () =>
    look(connector, id, planId),
  );
}

async function look(anyUnits: Connector, id: string, planId: string): Promise<Change<Unit> | undefined> {
  const unit = await anyUnits.units.get(id);
  const progress = unit?.plans[planId];
  if (!unit || progress?.state !== 'executed') return undefined;
  const connector = under(anyUnits, unit);
  const { journal, map, clock, settings } = connector;
  const now = clock.now();
  const part = progress.parts + 1;
  let chunks = await journal.ofUnit(id);
  const own = () => chunks.filter((chunk) => chunk.planId === planId && chunk.part === part);
  const last = own().at(-1);
  if (last) await carryOutChunk(connector, last);
  chunks = await journal.ofUnit(id);

  const open = await stillHeld(
    connector,
    chunks.filter((chunk) => chunk.planId === planId),
  );
  const expected = expectations(chunks);
  const changed: string[] = [];
  const waiting: { until: string | null }[] = [];
  const stillKept: Parameters<typeof holdsOf>[0][number][number][] = [];
  const apply = eraseWith(map, new Set(), now);
  async function* intended(): AsyncIterable<Intended> {
    for await (const read of readSelected(connector, open, expected)) {
      if (!read.live) continue;
      if (read.changed.length > 0) {
        changed.push(...read.changed.map(({ ref }) => ref));
        continue;
      }
      if (blockersIn(map, read, ['erase'], now).length > 0) {
        waiting.push({ until: null });
        continue;
      }
      const change = apply(read);
      if (change?.holds) {
        waiting.push(...change.holds);
        stillKept.push(...change.holds);
      } else if (change) yield change;
    }
  }
  const executing = { unit: id, caseId: unit.caseId, planId, part, operation: 'erase', undoable: true } as const;
  await carryOut(connector, executing, own().length, intended());
  chunks = await journal.ofUnit(id);
  const mine = own();
  changed.push(...leftAlone(mine));
  // Where nothing waits any more it is told, also when the business or a further round had let the records go before.
  if (mine.length === 0 && changed.length === 0 && waiting.length > 0)
    return again(connector, id, planId, waiting, now);
  const effects = carriedOut(mine);
  const counted = (kind: string) => effects.filter(({ effect }) => effect.kind === kind).length;
  const data: PlanExecuted = {
    caseId: unit.caseId,
    system: map.system,
    round: unit.round,
    planId,
    stage: 'deferred',
    part,
    startedAt: now.toISOString(),
    finishedAt: clock.now().toISOString(),
    done: {
      erase: {
        deleted: counted('deleted'),
        personRemoved: counted('personRemoved'),
        fieldsRemoved: counted('fieldsRemoved'),
        restricted: 0,
      },
    },
    deferred: holdsOf([stillKept]),
    changed: new Set(changed).size,
    appeared: 0,
    recordTokens: [],
    journal: journalDigest(mine),
  };
  return {
    id,
    decide: (state) => {
      const before = state?.plans[planId];
      if (!state || before?.state !== 'executed' || before.parts !== part - 1) return undefined;
      const undo =
        (before.plan?.undoDays ?? 0) > 0 ? new Date(now.getTime() + before.plan!.undoDays * 86_400_000) : now;
      return {
        state: withPlan(state, planId, {
          ...before,
          parts: part,
          passed: [...(before.passed ?? []), ...new Set(changed)].slice(0, 2000),
        }),
        send: [executedAnswer(connector, data)],
        timers: {
          cancel: [TIMER.deferred(planId)],
          set: [
            { id: TIMER.undo(planId), kind: 'undo', at: undo },
            ...(waiting.length > 0
              ? [
                  {
                    id: TIMER.deferred(planId),
                    kind: 'deferred',
                    at: nextLook(waiting, now, settings.reviewHoldsEvery),
                  },
                ]
              : []),
          ],
        },
      };
    },
  };

  /** Held rows that no later part has acted on or given back. */
  async function stillHeld({ journal: held }: Connector, plan: readonly Chunk[]): Promise<SelectedDocument[]> {
    const done = new Set([
      ...carriedOut(plan.filter((chunk) => chunk.part > 0)).map(({ ref }) => ref),
      ...leftAlone(plan.filter((chunk) => chunk.part > 0)),
      ...(progress?.passed ?? []),
    ]);
    const rows: DeferredRow[] = [];
    for (const chunk of plan) {
      if (!chunk.documents.some(({ holds }) => holds)) continue;
      const effective = new Set(
        carriedOut([chunk])
          .filter(({ effect }) => effect.kind === 'held')
          .map(({ ref }) => ref),
      );
      rows.push(...(await held.deferredRows(chunk)).filter(({ ref }) => effective.has(ref) && !done.has(ref)));
    }
    return documentsOf(rows);
  }
}

function again(
  connector: Connector,
  id: string,
  planId: string,
  waiting: readonly { until: string | null }[],
  now: Date,
): Change<Unit> {
  return {
    id,
    decide: (state) =>
      state
        ? {
            state,
            timers: {
              set: [
                {
                  id: TIMER.deferred(planId),
                  kind: 'deferred',
                  at: nextLook(waiting, now, connector.settings.reviewHoldsEvery),
                },
              ],
            },
          }
        : undefined,
  };
}

function documentsOf(rows: readonly DeferredRow[]): SelectedDocument[] {
  const documents = Map.groupBy(rows, ({ collection, id }) => documentKey(collection, id));
  return [...documents]
    .map(([key, own]): SelectedDocument => ({
      key,
      collection: own[0]!.collection,
      id: own[0]!.id,
      depth: Math.min(...own.map(({ depth }) => depth)),
      matches: new Set(),
      rows: own.map((row) => ({
        ...row,
        digest: '',
        action: 'hold' as const,
        holds: [],
        refs: [row.ref],
        seen: [{ ref: row.ref, roles: row.roles, digest: '' }],
        exclusions: new Map(),
        corrections: [],
      })),
    }))
    .sort((a, b) => b.depth - a.depth);
}
