import type { ParkedMessage, ParkedSummary, Replayed } from '@kenri/messaging';
import { asJson, askEach, failuresOf, type Asked } from '../each-service.js';
import type { OnTheWire } from '../on-the-wire.js';
import { NotAnswered, type Operator } from '../operator.js';
import type { Findings, Terminal } from '../output.js';
import { blocks, table, type Column } from '../table.js';
import { UsageFault } from '../usage-fault.js';
import { count, instant } from '../words.js';

type Parked = OnTheWire<ParkedMessage> & { service: string };
type Summary = OnTheWire<ParkedSummary>;

/** Which messages are meant. */
export interface ParkedFilter {
  reason?: string | undefined;
  type?: string | undefined;
  state?: 'discarded' | undefined;
}

const PAGE = 200;
const COLUMNS: Column[] = [
  { title: 'id' },
  { title: 'parked (UTC)' },
  { title: 'reason', shrinkTo: 14 },
  { title: 'detail', shrinkTo: 10 },
  { title: 'type', shrinkTo: 10 },
  { title: 'case', shrinkTo: 8 },
  { title: 'replays', align: 'right' },
];

/** Parked messages of services, the longest parked first, and how many there are of each sort. */
export async function listParked(
  operator: Operator,
  services: readonly string[],
  { filter, limit, width }: { filter: ParkedFilter; limit: number; width: number },
): Promise<Findings> {
  const asked = await askEach(services, async (service) => {
    const [messages, summary] = await Promise.all([
      fetchParked(operator, service, filter, limit),
      filter.state === 'discarded' ? undefined : operator.get<Summary[]>(service, '/parked/summary'),
    ]);
    return { messages, ...(summary && { summary: summary.filter((one) => meets(one, filter)) }) };
  });
  const answers = asked.flatMap((one) => (one.ok ? [one.answer] : []));
  const messages = answers
    .flatMap(({ messages }) => messages)
    .sort((a, b) => a.parkedAt.localeCompare(b.parkedAt))
    .slice(0, limit);
  const rows = messages.map(({ id, parkedAt, reason, attributes, replays, discarded }) => [
    id,
    instant(parkedAt),
    discarded ? `discarded: ${discarded.reason}` : reason.code,
    reason.detail ?? '',
    attributes.ce_type ?? '',
    attributes.ce_subject ?? '',
    String(replays),
  ]);
  const total = answers.reduce((sum, { summary }) => sum + totalOf(summary ?? []), 0);
  const what = filter.state === 'discarded' ? 'discarded' : 'parked';
  const lines = [
    ...(rows.length > 0 ? [...table(COLUMNS, rows, width), ''] : []),
    ...asked.map((one) =>
      one.ok
        ? `${one.service}: ${wordsOf(one.answer.messages.length, one.answer.summary, what)}`
        : `${one.service}: ${one.error}`,
    ),
    ...(total > messages.length && filter.state === undefined
      ? [`${messages.length.toLocaleString('en')} of ${count(total, 'message')} shown; --limit shows more`]
      : []),
  ];
  return {
    json: {
      messages,
      services: asJson(
        operator,
        asked.map((one) => (one.ok ? { ...one, answer: { summary: one.answer.summary ?? [] } } : one)),
      ),
    },
    lines,
    attention:
      filter.state === 'discarded' ? failuresOf(asked) : [...failuresOf(asked), ...parkedAttention(summaries(asked))],
    failed: asked.some(({ ok }) => !ok),
  };
}

const meets = (one: Summary, { reason, type }: ParkedFilter): boolean =>
  (reason === undefined || one.reason === reason) && (type === undefined || one.type === type);
export const totalOf = (summary: readonly Summary[]): number =>
  summary.reduce((sum, { messages }) => sum + messages, 0);
const summaries = (asked: readonly Asked<{ summary?: Summary[] }>[]): Asked<Summary[]>[] =>
  asked.map((one) => (one.ok ? { ...one, answer: one.answer.summary ?? [] } : one));

function wordsOf(found: number, summary: readonly Summary[] | undefined, what: string): string {
  if (!summary) return found === 0 ? `none ${what}` : `${count(found, 'message')} ${what}`;
  if (summary.length === 0) return `none ${what}`;
  const sorts = summary.map(
    ({ reason, type, messages }) => `${messages.toLocaleString('en')} ${reason}${type ? ` (${type})` : ''}`,
  );
  return `${count(totalOf(summary), 'message')} ${what}: ${sorts.join(', ')}`;
}

export const askSummaries = (operator: Operator, services: readonly string[]): Promise<Asked<Summary[]>[]> =>
  askEach(services, (service) => operator.get<Summary[]>(service, '/parked/summary'));

export const parkedAttention = (asked: readonly Asked<Summary[]>[]): string[] =>
  asked.flatMap((one) => {
    const total = one.ok ? totalOf(one.answer) : 0;
    return total > 0
      ? [`${one.service}: ${count(total, 'message')} parked: "parked list --service ${one.service}" says why`]
      : [];
  });

async function fetchParked(
  operator: Operator,
  service: string,
  filter: ParkedFilter,
  limit: number,
): Promise<Parked[]> {
  const found: Parked[] = [];
  for (let cursor: string | undefined; found.length < limit;) {
    const query = new URLSearchParams({ limit: String(Math.min(PAGE, limit - found.length)) });
    for (const [name, value] of Object.entries({ ...filter, cursor })) if (value !== undefined) query.set(name, value);
    const page = await operator.get<{ items: OnTheWire<ParkedMessage>[]; nextCursor?: string }>(
      service,
      `/parked?${query.toString()}`,
    );
    found.push(...page.items.map((message) => ({ service, ...message })));
    if (page.nextCursor === undefined) break;
    cursor = page.nextCursor;
  }
  return found;
}

/** The service that parked a message, by the consumer group in its id. @throws UsageFault */
export function serviceOfId(id: string, known: readonly string[]): string {
  const [, service] = /^kenri-([a-z0-9-]+)\/[A-Za-z0-9._-]+\/\d{1,6}\/\d{1,19}@-?\d{1,15}$/.exec(id) ?? [];
  if (!service)
    throw new UsageFault(
      `${id}: an id looks like kenri-cases/dsr.answers.v1/3/17@1767225600000 ("parked list" shows them)`,
    );
  if (!known.includes(service))
    throw new UsageFault(`${id}: there is no service ${service}; known: ${known.join(', ')}`);
  return service;
}

/** Everything that may be known of messages, and never their content. */
export async function showParked(operator: Operator, ids: readonly string[]): Promise<Findings> {
  const known = [...operator.installation.services.keys()];
  const services = ids.map((id) => serviceOfId(id, known));
  const messages: Parked[] = [];
  const faults: string[] = [];
  for (const [index, id] of ids.entries()) {
    const service = services[index]!;
    try {
      messages.push({ service, ...(await operator.get<OnTheWire<ParkedMessage>>(service, `/parked/${id}`)) });
    } catch (error) {
      if (!(error instanceof NotAnswered)) throw error;
      faults.push(
        error.kind === 'unknown' ? `${id}: no such message (a replayed one is gone)` : `${id}: ${error.message}`,
      );
    }
  }
  const lines = messages.flatMap((message, index) => {
    const rows = factsOf(message);
    return [
      ...(index > 0 ? [''] : []),
      ...blocks(
        rows.map(([title]) => ({ title })),
        [rows.map(([, value]) => value)],
      ),
    ];
  });
  return { json: { messages, faults }, lines, attention: faults, failed: faults.length > 0 };
}

const factsOf = ({
  service,
  id,
  parkedAt,
  reason,
  attributes,
  key,
  bytes,
  replays,
  state,
  discarded,
}: Parked): [string, string][] => [
  ['id', id],
  ['service', service],
  ['state', discarded ? `discarded ${instant(discarded.at)} UTC by ${discarded.by}: ${discarded.reason}` : state],
  ['parked', `${instant(parkedAt)} UTC`],
  ['reason', reason.detail ? `${reason.code} (${reason.detail})` : reason.code],
  ['replays', String(replays)],
  ['key', key ?? '(not of a form that may be shown)'],
  ['value', bytes === null ? 'none (a tombstone)' : `${count(bytes, 'byte')}, sealed, not shown`],
  ...Object.entries(attributes).map(([name, value]): [string, string] => [name, value]),
];

/** What is to be done with messages, and to which. */
export interface ParkedChange {
  ids: readonly string[];
  services: readonly string[];
  filter: ParkedFilter;
  /** Discarding: why. */
  because?: string | undefined;
  /** Nobody is to be asked. */
  yes: boolean;
}

type Outcome = {
  id: string;
  outcome: 'handled' | 'parked-again' | 'discarded' | 'gone' | 'failed' | 'not-tried';
  why?: string;
};
const DONE: readonly Outcome['outcome'][] = ['handled', 'discarded'];

/** Replays or discards messages one after the other, in the order in which they came, and tells what became of each. */
export async function changeParked(
  verb: 'replay' | 'discard',
  operator: Operator,
  change: ParkedChange,
  terminal: Terminal,
  quiet: boolean,
): Promise<Findings> {
  const ids = await meant(operator, change);
  const nothing = (line: string, failed: boolean): Findings => ({
    json: { messages: [] },
    lines: [line],
    attention: [],
    failed,
  });
  if (ids.length === 0) return nothing('nothing is parked that fits', false);
  const because = await becauseOf(verb, change, terminal);
  if (!change.yes && !(await agreed(verb, ids, terminal))) return nothing('nothing was done', true);

  const known = [...operator.installation.services.keys()];
  const interrupted = terminal.watchInterrupts();
  const outcomes: Outcome[] = [];
  const down = new Set<string>();
  for (const id of ids) {
    const service = serviceOfId(id, known);
    const outcome: Outcome =
      interrupted() || down.has(service)
        ? { id, outcome: 'not-tried', why: interrupted() ? 'interrupted' : `${service} is down` }
        : await changeOne(verb, operator, service, id, because, () => down.add(service));
    outcomes.push(outcome);
    const line = `[${outcomes.length}/${ids.length}] ${id}  ${outcome.outcome}${outcome.why ? `: ${outcome.why}` : ''}\n`;
    if (!quiet) terminal.out(line);
    else if (terminal.live) terminal.err(line);
  }
  const counts = [...Map.groupBy(outcomes, ({ outcome }) => outcome)].map(
    ([outcome, all]) => `${all.length} ${outcome}`,
  );
  return {
    json: { messages: outcomes },
    lines: [`${count(ids.length, 'message')}: ${counts.join(', ')}`],
    attention: [],
    failed: outcomes.some(({ outcome }) => !DONE.includes(outcome)),
  };
}

async function changeOne(
  verb: 'replay' | 'discard',
  operator: Operator,
  service: string,
  id: string,
  because: string | undefined,
  isDown: () => void,
): Promise<Outcome> {
  try {
    if (verb === 'discard') {
      await operator.post(service, '/parked/discard', { id, reason: because });
      return { id, outcome: 'discarded' };
    }
    const { outcome, reason } = await operator.post<Replayed>(service, '/parked/replay', { id });
    if (outcome !== 'parked-again') return { id, outcome: 'handled' };
    return {
      id,
      outcome,
      why: reason ? `${reason.code}${reason.detail ? ` (${reason.detail})` : ''}` : 'no reason given',
    };
  } catch (error) {
    if (!(error instanceof NotAnswered)) throw error;
    if (error.kind === 'down') isDown();
    return error.kind === 'unknown'
      ? { id, outcome: 'gone', why: 'it was replayed or discarded already' }
      : { id, outcome: 'failed', why: error.message };
  }
}

/** The ids given, or those that fit the filter now; in the order of each partition. @throws UsageFault, NotAnswered */
async function meant(operator: Operator, { ids, services, filter }: ParkedChange): Promise<string[]> {
  if (ids.length > 0) {
    for (const id of ids) serviceOfId(id, [...operator.installation.services.keys()]);
    return [...new Set(ids)];
  }
  const found = await Promise.all(services.map((service) => fetchParked(operator, service, filter, Infinity)));
  return found
    .flat()
    .sort(
      (a, b) =>
        a.service.localeCompare(b.service) ||
        a.topic.localeCompare(b.topic) ||
        a.partition - b.partition ||
        Number(BigInt(a.offset) - BigInt(b.offset)),
    )
    .map(({ id }) => id);
}

const BECAUSE = /^[A-Za-z][A-Za-z0-9]*([._:#/-][A-Za-z0-9]+)*$/;

async function becauseOf(verb: string, { because, yes }: ParkedChange, { ask }: Terminal): Promise<string | undefined> {
  if (verb !== 'discard') return undefined;
  const how = 'a ticket number or a code, beginning with a letter, without blanks, e.g. OPS-1234; nothing personal';
  const given = because ?? (yes ? undefined : await ask?.(`Why are they given up? (${how}) `))?.trim();
  if (!given) throw new UsageFault(`say why with --because: ${how}`);
  if (given.length > 80 || !BECAUSE.test(given)) throw new UsageFault(`--because: must be ${how}`);
  return given;
}

async function agreed(verb: 'replay' | 'discard', ids: readonly string[], { ask }: Terminal): Promise<boolean> {
  if (!ask)
    throw new UsageFault(
      `nobody can be asked here: give --yes to ${verb} ${count(ids.length, 'message')} without a question`,
    );
  const groups = [...Map.groupBy(ids, (id) => id.split('/')[0])].map(([group, all]) => `${all.length} of ${group}`);
  const warning = verb === 'discard' ? ' Their content is destroyed.' : '';
  const answer = await ask(`${verb} ${count(ids.length, 'message')} (${groups.join(', ')})?${warning} [y/N] `);
  return /^y(es)?$/i.test(answer.trim());
}
