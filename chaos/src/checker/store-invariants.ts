import { holdIn, STORES, type DocumentKey } from '../load/stores.js';
import type { BusinessWrite } from '../load/business.js';
import type { Effect } from '../observer/store-observer.js';
import type { SystemName } from '@kenri/testing';
import type { Evidence, FinalCase, Verdict } from './evidence.js';
import { documentOf, marksOf, names, type Relations, systemIn, textsIn } from './relations.js';

const same = (a: Buffer | undefined, b: Buffer | undefined): boolean =>
  a === undefined || b === undefined ? a === b : a.equals(b);

/** Writes that the executions of a case in one system may make of one document: restrict and erase are two. */
function mostWrites(state: FinalCase | undefined, system: string): number {
  const results = state?.systems[system]?.results ?? [];
  return results.reduce(
    (sum, { operations }) =>
      sum +
      (operations.includes('correct') ? 1 : 0) +
      (operations.includes('suppress') ? 1 : 0) +
      (operations.includes('erase') ? 2 : 0),
    0,
  );
}

/** No document is changed more often than the plans over it say, none is made, none goes twice. */
export function effectsAreAppliedOnce(evidence: Evidence, relations: Relations): Verdict {
  const broken: string[] = [];
  for (const key of evidence.effects.keys()) {
    const effects = relations.byKenri(key);
    const count = (op: string) => effects.filter((effect) => effect.op === op).length;
    const made = count('insert') + count('replace');
    if (made > 0) broken.push(`${key}: written anew ${made} times`);
    if (count('delete') > 1) broken.push(`${key}: deleted ${count('delete')} times`);
    const updates = count('update');
    if (updates === 0) continue;
    const most = relations
      .runsFor(key)
      .reduce((sum, { id }) => sum + mostWrites(evidence.cases.get(String(id)), systemIn(key)), 0);
    if (updates > most) broken.push(`${key}: ${updates} updates where plans allow ${most}`);
  }
  return { invariant: 'every effect is applied once', checked: evidence.effects.size, broken };
}

/** What a case says it deleted is what the store saw go. A document of several applicants counts for any of them. */
export function reportsAreTrue(evidence: Evidence, relations: Relations): Verdict {
  const gone = new Map<string, { sure: number; shared: number }>();
  for (const key of evidence.effects.keys()) {
    if (!relations.byKenri(key).some(({ op }) => op === 'delete')) continue;
    const runs = relations.runsFor(key);
    for (const { id } of runs) {
      const slot = `${id} ${systemIn(key)}`;
      const known = gone.get(slot) ?? { sure: 0, shared: 0 };
      known[runs.length === 1 ? 'sure' : 'shared'] += 1;
      gone.set(slot, known);
    }
  }
  let checked = 0;
  const broken: string[] = [];
  for (const state of evidence.cases.values()) {
    for (const { system, results } of Object.values(state.systems)) {
      if (results.length === 0) continue;
      checked += 1;
      const told = results.reduce((sum, { done }) => sum + (done.erase?.deleted ?? 0), 0);
      const { sure, shared } = gone.get(`${state.caseId} ${system}`) ?? { sure: 0, shared: 0 };
      if (told < sure || told > sure + shared)
        broken.push(`${state.caseId} ${system}: reports ${told} deleted, the store saw ${sure}`);
    }
  }
  return { invariant: 'what cases report is what the stores saw', checked, broken };
}

/** To the byte, for every document of nobody who applied; and nothing changed that the observer did not see change. */
export function otherPeopleAreUntouched(evidence: Evidence, relations: Relations): Verdict {
  const { before, after, effects } = evidence;
  const broken: string[] = [];
  let checked = 0;
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const changed = !same(before.get(key), after.get(key));
    const seen = effects.get(key);
    if (!seen) {
      checked += 1;
      if (changed) broken.push(`${key}: changed unseen`);
      continue;
    }
    if (relations.byKenri(key).length === 0 || relations.runsFor(key).length > 0) continue;
    checked += 1;
    broken.push(`${key}: changed, and is of nobody who applied`);
  }
  return { invariant: 'records of other people are byte for byte as they were', checked, broken };
}

/** A record under legal hold stays, with every word that it had; marks of restriction may be added. */
export function heldRecordsStay(evidence: Evidence, relations: Relations): Verdict {
  const placed = evidence.business.filter(({ kind }) => kind === 'hold');
  const held = [...placed, ...heldFromTheBeginning(evidence)];
  const broken = held.flatMap(({ key, before }) => {
    const live = evidence.after.get(key);
    if (!live) return [`${key}: gone`];
    const left = new Set(textsIn(documentOf(live)));
    const rewritten = new Set(relations.writesOn(key).map(({ path }) => before[path]));
    const lost = textsIn(before).filter((text) => !left.has(text) && !rewritten.has(text)).length;
    return lost > 0 ? [`${key}: lost ${lost} texts`] : [];
  });
  return { invariant: 'no held record is erased', checked: held.length, broken };
}

/** What the business wrote after Kenri had looked is not overwritten on the strength of that look. */
export function businessChangesSurvive(evidence: Evidence, relations: Relations): Verdict {
  const changes = evidence.business.filter(({ kind }) => kind === 'change');
  const runs = new Map(evidence.runs.map((run) => [run.planned.number, run]));
  const broken = changes.flatMap((write) => {
    const { key, path, value, seenRound } = write;
    const effects = evidence.effects.get(key) ?? [];
    const at = effects.findIndex((effect) => effect.op === 'update' && effect.set[path] === value);
    if (at < 0) return [`${key}: the observer missed a change of the business`];
    const later = effects.slice(at + 1).filter((effect) => !relations.isBusiness(key, effect));
    const part = evidence.cases.get(String(runs.get(write.caseNumber)?.id))?.systems[systemIn(key)];
    // Somebody else's application may have looked at a shared document in its own time.
    if (relations.runsFor(key).length > 1) return [];
    if (later.length > 0) return part && part.round > (seenRound ?? 0) ? [] : [`${key}: overwritten unseen`];
    const live = evidence.after.get(key);
    return live && documentOf(live)[path] === value ? [] : [`${key}: lost`];
  });
  return { invariant: 'what the business changed meanwhile is not overwritten', checked: changes.length, broken };
}

/** What was done to a document, without what was in it. */
const inShort = (done: BusinessWrite | Effect): string =>
  'op' in done
    ? `${done.op} ${[...Object.keys(done.set), ...done.removed].join('+')}`
    : `${done.kind} of ${done.path} by the business for case ${done.caseNumber}`;

/** After an erasure was carried out whole, nothing of the person's own is left that names them. */
export function erasedIsGone(evidence: Evidence, relations: Relations): Verdict {
  let checked = 0;
  const broken: string[] = [];
  for (const run of evidence.runs) {
    const state = evidence.cases.get(String(run.id));
    if (!state || !run.planned.kinds.includes('erasure')) continue;
    const marks = marksOf(run);
    for (const key of run.planned.own) {
      const [system, collection] = key.split('/') as [SystemName, string];
      const part = state.systems[system];
      const about = STORES[system].map.collections[collection];
      if (part?.state !== 'executed' || about?.use !== 'mapped') continue;
      if (!part.results.some(({ operations }) => operations.includes('erase'))) continue;
      // A candidate that the office rejected is somebody else's record, as far as the case goes.
      if ((part.found?.matches.candidate ?? 0) > 0) continue;
      checked += 1;
      const live = evidence.after.get(key);
      if (live && names(live, marks)) {
        const happened = [...relations.writesOn(key), ...(evidence.effects.get(key) ?? [])].map(inShort);
        const rounds = part.results.map(({ round, operations }) => `${round}: ${operations.join('+')}`);
        broken.push(
          `${key}: still names the person (case ${state.caseId}, round ${part.round}, executed ${rounds.join(', ')}; on it: ${happened.join(', ') || 'nothing'})`,
        );
      }
    }
  }
  return { invariant: 'what was erased is gone', checked, broken };
}

const at = (document: unknown, path: string): unknown =>
  path.split('.').reduce((value, step) => (value as Record<string, unknown> | undefined)?.[step], document);

function heldFromTheBeginning({ before, runs }: Evidence): { key: DocumentKey; before: Record<string, unknown> }[] {
  return runs
    .flatMap(({ planned }) => planned.own)
    .flatMap((key) => {
      const [system, collection] = key.split('/') as [SystemName, string];
      const hold = Object.entries(holdIn(system, collection) ?? {});
      const bytes = before.get(key);
      if (hold.length === 0 || !bytes) return [];
      const document = documentOf(bytes);
      return hold.every(([path, value]) => at(document, path) === value) ? [{ key, before: document }] : [];
    });
}
