import { eventId, type AbsenceVerified } from '@kenri/contracts';
import type { Change } from '@kenri/messaging';
import { withSpan } from '@kenri/telemetry';
import { openHeld, type Connector } from '../connector.js';
import { outlook } from '../dry-run/outlook.js';
import { locate } from '../locate/locate.js';
import { wholeRows } from '../locate/whole-rows.js';
import { applicantOf } from '../people.js';
import { TIMER, withPlan, type Unit } from '../units/unit.js';
import { readDecisions } from './plan-outcome.js';
import { excludedFrom, rowKeyOf, select } from './selection.js';

const RETRY_MS = 10 * 60_000;

/**
 * Looks again after an erasure: what ought to be gone and is there is counted. Rows that a law keeps, that people rejected or
 * excluded, and rows in which nothing personal is left, are expected to remain.
 */
export async function verifyAbsence(
  connector: Connector,
  id: string,
  planId: string,
): Promise<Change<Unit> | undefined> {
  return withSpan('verify absence', { attributes: { 'kenri.system': connector.map.system } }, () =>
    verify(connector, id, planId),
  );
}

async function verify(connector: Connector, id: string, planId: string): Promise<Change<Unit> | undefined> {
  const { map, clock, settings, indexer } = connector;
  const unit = await connector.units.get(id);
  const progress = unit?.plans[planId];
  if (!unit || progress?.state !== 'executed' || !progress.plan || unit.disposedAt) return undefined;
  const now = clock.now();
  const { subject, manifest } = await openHeld(connector, unit);
  const freshness = await indexer.caughtUp(now);
  const outcomes = await locate([{ id, applicant: applicantOf(subject.identity, map.system) }], {
    ...connector,
    now,
    limits: settings.limits,
  });
  const outcome = outcomes.get(id)!;
  if ('failure' in outcome || !freshness.fresh) return later(id, planId, new Date(now.getTime() + RETRY_MS));

  const selected = select(manifest, await readDecisions(connector, progress.plan, progress.messageId ?? ''));
  const acted = new Set(
    selected.flatMap(({ rows }) => rows.filter((row) => !excludedFrom(row, 'erase')).map(rowKeyOf)),
  );
  const spared = new Set(manifest.matches.flatMap(({ rows }) => rows.map(rowKeyOf)).filter((key) => !acted.has(key)));
  const asked = { operations: ['erase'] as const, exportScopes: [], purposes: [], claims: [] };
  const found = new Set<string>();
  for (const { match, rows } of outcome.located.matches) {
    if (match.verdict !== 'certain') continue;
    for await (const row of wholeRows(connector.store, rows)) {
      const key = rowKeyOf(row);
      if (spared.has(key)) continue;
      const { action } = outlook(map, row, row.document, asked, now).erase;
      if (action !== 'none' && action !== 'hold') found.add(key);
    }
  }
  const sweep = progress.sweeps + 1;
  const data: AbsenceVerified = {
    caseId: unit.caseId,
    system: map.system,
    round: unit.round,
    planId,
    sweep,
    verifiedAt: now.toISOString(),
    freshness,
    found: found.size,
  };
  return {
    id,
    decide: (state) => {
      const before = state?.plans[planId];
      if (!state || before?.state !== 'executed' || before.sweeps !== sweep - 1) return undefined;
      const next = settings.verifyAfter[sweep];
      const first = settings.verifyAfter[sweep - 1] ?? 0;
      return {
        state: withPlan(state, planId, { ...before, sweeps: sweep }),
        send: [
          {
            id: eventId(unit.caseId, map.system, 'verified', unit.round, `${planId}-${sweep}`),
            type: 'dsr.absence.verified.v1',
            caseId: unit.caseId,
            data,
          },
        ],
        timers: {
          cancel: [TIMER.verify(planId)],
          set:
            next === undefined
              ? []
              : [{ id: TIMER.verify(planId), kind: 'verify', at: new Date(now.getTime() + Math.max(0, next - first)) }],
        },
      };
    },
  };
}

const later = (id: string, planId: string, at: Date): Change<Unit> => ({
  id,
  decide: (state) =>
    state ? { state: state, timers: { set: [{ id: TIMER.verify(planId), kind: 'verify', at }] } } : undefined,
});
