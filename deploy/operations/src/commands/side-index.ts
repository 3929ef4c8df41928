import { setTimeout as delay } from 'node:timers/promises';
import { asJson, askEach, failuresOf, type Asked } from '../each-service.js';
import { NotAnswered, type Operator } from '../operator.js';
import type { Findings, Terminal } from '../output.js';
import { table, type Column } from '../table.js';
import { age, count, instant, span } from '../words.js';

/** What `GET /health/index` of a connector answers. */
export interface SideIndexState {
  asOf: string;
  system: string;
  state: 'starting' | 'sweeping' | 'following' | 'sweeps-only' | 'failing';
  complete: boolean;
  documentsSwept: number;
  indexedUntil: string | null;
  sweep: { collection: string; documents: number; startedAt: string } | null;
  swept: { startedAt: string; endedAt: string; documents: number } | null;
  sweepAskedAt: string | null;
}

/** Without a change feed everything is swept every ten minutes: this much later something is wrong. */
const SWEEPS_ONLY_MS = 30 * 60_000;
const LOOK_EVERY_MS = 500;

const COLUMNS: Column[] = [
  { title: 'service' },
  { title: 'state' },
  { title: 'answers' },
  { title: 'behind', align: 'right' },
  { title: 'sweep now', shrinkTo: 12 },
  { title: 'last sweep (UTC)', shrinkTo: 10 },
  { title: 'documents', align: 'right' },
];

/** How far the side index of each connector is. */
export async function sideIndex(
  operator: Operator,
  services: readonly string[],
  patienceMs: number,
  width: number,
): Promise<Findings> {
  const asked = await askIndexes(operator, services);
  const rows = asked.map((one) =>
    one.ok ? rowOf(one.service, one.answer) : [one.service, 'down', '?', '', one.error],
  );
  return {
    json: { services: asJson(operator, asked) },
    lines: table(COLUMNS, rows, width),
    attention: [...failuresOf(asked), ...indexAttention(asked, patienceMs)],
    failed: asked.some(({ ok }) => !ok),
  };
}

export const askIndexes = (operator: Operator, services: readonly string[]): Promise<Asked<SideIndexState>[]> =>
  askEach(services, (service) => operator.get<SideIndexState>(service, '/health/index', { anonymous: true }));

function rowOf(
  service: string,
  { asOf, state, complete, indexedUntil, sweep, swept, sweepAskedAt }: SideIndexState,
): string[] {
  const sweeping =
    sweep && `${sweep.collection}, ${count(sweep.documents, 'document')}, ${span(age(sweep.startedAt, asOf))}`;
  return [
    service,
    state,
    complete ? 'fresh' : 'not fresh',
    indexedUntil === null ? 'never' : span(age(indexedUntil, asOf)),
    sweeping ?? (sweepAskedAt ? 'asked for' : ''),
    swept ? `${instant(swept.endedAt)} in ${span(age(swept.startedAt, swept.endedAt))}` : '',
    swept ? String(swept.documents) : '',
  ];
}

export function indexAttention(asked: readonly Asked<SideIndexState>[], patienceMs: number): string[] {
  return asked.flatMap((one) => {
    if (!one.ok) return [];
    const { asOf, state, complete, indexedUntil } = one.answer;
    const behind = indexedUntil === null ? Infinity : age(indexedUntil, asOf);
    const patience = state === 'sweeps-only' ? Math.max(patienceMs, SWEEPS_ONLY_MS) : patienceMs;
    if (state === 'failing')
      return [`${one.service}: the index fails: does the business store answer? Its log names the error`];
    if (!complete) return [`${one.service}: answers are not fresh until a sweep is done (${state})`];
    if (behind > patience)
      return [`${one.service}: the index is ${span(behind)} behind its store, so answers may not be fresh`];
    return [];
  });
}

interface Ordered {
  askedAt: string;
  /** Absent where it was not waited for. */
  swept?: NonNullable<SideIndexState['swept']>;
}

/** Has connectors sweep their whole store again; with `waitMs` waits at most so long for the end of each. */
export async function sweepIndexes(
  operator: Operator,
  services: readonly string[],
  { waitMs, terminal }: { waitMs: number | undefined; terminal: Terminal },
): Promise<Findings> {
  const asked = await askEach(services, async (service): Promise<Ordered> => {
    const { askedAt } = await operator.post<Ordered>(service, '/index/sweep');
    return waitMs === undefined
      ? { askedAt }
      : { askedAt, swept: await awaitSweep(operator, service, askedAt, waitMs, terminal) };
  });
  const lines = asked.map((one) => {
    if (!one.ok) return `${one.service}  ${one.error}`;
    const { askedAt, swept } = one.answer;
    return swept
      ? `${one.service}  swept ${count(swept.documents, 'document')} in ${span(age(swept.startedAt, swept.endedAt))}`
      : `${one.service}  asked for at ${instant(askedAt)} UTC; "index" shows how far it is`;
  });
  return {
    json: { services: asJson(operator, asked) },
    lines,
    attention: failuresOf(asked),
    failed: asked.some(({ ok }) => !ok),
  };
}

async function awaitSweep(
  operator: Operator,
  service: string,
  askedAt: string,
  waitMs: number,
  terminal: Terminal,
): Promise<NonNullable<SideIndexState['swept']>> {
  const interrupted = terminal.watchInterrupts();
  let told = '';
  for (const deadline = Date.now() + waitMs; ; await delay(LOOK_EVERY_MS)) {
    const { swept, sweep } = await operator.get<SideIndexState>(service, '/health/index', { anonymous: true });
    if (swept && swept.startedAt >= askedAt) return swept;
    const now = sweep ? `${sweep.collection}, ${count(sweep.documents, 'document')}` : 'not begun';
    if (terminal.live && now !== told) terminal.err(`${service}: ${now}\n`);
    told = now;
    if (interrupted()) throw new NotAnswered('refused', `not waited for any longer (${now}); the sweep goes on`);
    if (Date.now() > deadline)
      throw new NotAnswered('refused', `not done within ${span(waitMs)} (${now}); the sweep goes on`);
  }
}
