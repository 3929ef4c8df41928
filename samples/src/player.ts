import type { NamedApplication } from './application-file.js';
import { type CaseAnswer, hasAnswered, isAtRest, type PartAnswer } from './case-answer.js';
import type { ApplicationResult, SystemResult } from './expectations.js';
import { type KenriClient, ProblemAnswer } from './kenri-client.js';
import { isRace, Office } from './office.js';
import type { SeenEvent } from './subscriber.js';

export interface PlayOptions {
  client: KenriClient;
  say: (text: string) => void;
  /** Stops and starts a connector; absent where the services are not ours to stop. */
  outage?: { stop: (system: string) => Promise<void>; start: (system: string) => Promise<void> };
  /** What the business system has seen so far; absent where none listens. */
  subscriber?: { id: string; seen: readonly SeenEvent[] };
  /** How long one application may take, in ms. */
  withinMs: number;
  signal: AbortSignal;
}

export interface Played {
  result: ApplicationResult;
  package?: { zip: Buffer; password: string };
}

interface Submitted {
  id: string;
  reference: string;
  secret: string;
}

const LOOK_EVERY_MS = 250;

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve, reject) => {
    const stop = () => reject(signal.reason as Error);
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
    signal.addEventListener('abort', stop, { once: true });
  });

/** Plays one application from the post room to its end, over HTTP, as the people at the office would. */
export async function play(named: NamedApplication, options: PlayOptions): Promise<Played> {
  const { client, say, outage } = options;
  const { content } = named;
  const submitted = await submit(content.application, client, say);
  const stopped = outage ? content.outage?.system : undefined;
  if (stopped && outage) {
    say(`connector-${stopped} is stopped`);
    await outage.stop(stopped);
  }
  const back = { done: false };
  const comeBack = async () => {
    if (!stopped || !outage || back.done) return;
    back.done = true;
    say(`connector-${stopped} comes back`);
    await outage.start(stopped);
  };
  try {
    await accept(submitted, client, say);
    return await handle(named, submitted, options, comeBack, stopped);
  } finally {
    await comeBack();
  }
}

async function submit(
  form: NamedApplication['content']['application'],
  client: KenriClient,
  say: (text: string) => void,
): Promise<Submitted> {
  const byPublic = form.channel === 'web';
  const body = byPublic ? form : { ...form, enclosed: ['identity-proof'] };
  const url = `${client.addresses.intake}/applications`;
  const { body: submitted } = await client.call<Submitted>(byPublic ? null : 'clerk', 'POST', url, { body });
  say(
    `${byPublic ? 'sent by the applicant' : `transcribed by the clerk (${form.channel})`}: ${form.kinds.join(', ')} → ${submitted.reference}`,
  );
  return submitted;
}

async function accept({ id }: Submitted, client: KenriClient, say: (text: string) => void): Promise<void> {
  const url = `${client.addresses.intake}/applications/${id}`;
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Tokyo' }).format(new Date());
  const { body: shown } = await client.call<{ fee: { amount: number; paid: number } }>('clerk', 'GET', url);
  if (shown.fee.amount > shown.fee.paid) {
    await client.call('clerk', 'POST', `${url}/fee`, {
      body: { amount: shown.fee.amount - shown.fee.paid, paidOn: today },
    });
    say(`fee of ¥${shown.fee.amount} recorded`);
  }
  const expiresOn = `${Number(today.slice(0, 4)) + 3}${today.slice(4, 8)}01`;
  const check = {
    person: 'data-subject',
    proof: 'driving-licence',
    shows: ['name', 'address'],
    checkedOn: today,
    expiresOn,
    result: 'confirmed',
  };
  await client.call('clerk', 'POST', `${url}/identity-check`, { body: check });
  await client.call('clerk', 'POST', `${url}/accept`);
  say('identity confirmed, accepted: the request goes out');
}

async function handle(
  { file, content }: NamedApplication,
  submitted: Submitted,
  options: PlayOptions,
  comeBack: () => Promise<void>,
  stopped: string | undefined,
): Promise<Played> {
  const { client, say, signal } = options;
  const office = new Office(
    client,
    submitted.id,
    content.decisions ?? {},
    content.application.particulars?.claims ?? [],
    say,
  );
  const deadline = Date.now() + options.withinMs;
  const shown = new Map<string, string>();
  let withdrawn = false;
  let fetched: Played['package'];
  let state: CaseAnswer | undefined;
  for (;;) {
    if (Date.now() > deadline) throw new Error(`not at rest after ${options.withinMs / 1000} s: ${describe(state)}`);
    state = await look(client, submitted.id);
    if (!state) {
      await pause(LOOK_EVERY_MS, signal);
      continue;
    }
    for (const part of Object.values(state.systems)) {
      if (shown.get(part.system) === part.state) continue;
      shown.set(part.system, part.state);
      say(
        `${part.system}: ${part.state}${part.found && part.state !== 'awaiting' ? ` (${part.found.records.certain} certain, ${part.found.records.candidate} candidate rows)` : ''}`,
      );
    }
    const parts = Object.values(state.systems);
    if (stopped && parts.length > 0 && parts.every((part) => part.system === stopped || hasAnswered(part)))
      await comeBack();
    if (content.withdraw && !withdrawn && parts.every(hasAnswered)) {
      withdrawn = true;
      say('withdrawn by the applicant, with reference and secret');
      await client.call(null, 'POST', `${client.addresses.intake}/status/${submitted.reference}/withdraw`, {
        secret: submitted.secret,
      });
    }
    const acted = content.withdraw
      ? false
      : await actOnce(office, state, fetched !== undefined, (got) => (fetched = got));
    if (!acted) {
      if (isFinished(state, fetched !== undefined) && newsArrived(state, options.subscriber)) break;
      await pause(LOOK_EVERY_MS, signal);
    }
  }
  const result = resultOf(file, state, options.subscriber?.seen ?? []);
  say(`${state.state}${state.outcome ? `: ${state.outcome}` : ''}`);
  return { result, ...(fetched && { package: fetched }) };
}

/** What the office does next; a lost race is simply looked at again. */
async function actOnce(
  office: Office,
  state: CaseAnswer,
  fetched: boolean,
  keep: (got: NonNullable<Played['package']>) => void,
): Promise<boolean> {
  try {
    let acted = false;
    for (const part of Object.values(state.systems)) acted = (await office.actOn(part)) || acted;
    if (!fetched) {
      const got = await office.package(state);
      if (got && got !== 'acted') keep(got);
      acted = acted || got !== undefined;
    }
    const asks = state.kinds.some((kind) => kind === 'complaint' || kind === 'inquiry');
    if (asks && !state.question && state.state !== 'closed') {
      await office.answerQuestion();
      acted = true;
    }
    return acted;
  } catch (error) {
    if (isRace(error)) return false;
    throw error;
  }
}

async function look(client: KenriClient, caseId: string): Promise<CaseAnswer | undefined> {
  try {
    return (await client.call<CaseAnswer>('auditor', 'GET', `${client.addresses.cases}/cases/${caseId}`)).body;
  } catch (error) {
    // The case opens when the message has arrived.
    if (error instanceof ProblemAnswer && error.status === 404) return undefined;
    throw error;
  }
}

const isFinished = (state: CaseAnswer, fetched: boolean): boolean => {
  if (state.state === 'closed' || state.state === 'cancelled') return fetched || state.package.state !== 'released';
  return (
    Object.values(state.systems).length > 0 &&
    Object.values(state.systems).every(isAtRest) &&
    state.package.state === 'none'
  );
};

/** True when the business system has seen what the case has published, and its receipts show in the case (R-43). */
function newsArrived(state: CaseAnswer, subscriber: PlayOptions['subscriber']): boolean {
  if (!subscriber) return true;
  if (state.suppression && !state.suppression.published) return false;
  const erased = Object.values(state.systems).some(
    ({ acted: { erased: e } }) => e.deleted + e.personRemoved + e.fieldsRemoved > 0,
  );
  const settled = state.state === 'closed';
  if (erased && settled && !state.events.some(({ type }) => type === 'erased')) return false;
  return state.events.every(({ receipts }) => receipts.some((receipt) => receipt.subscriber === subscriber.id));
}

const describe = (state: CaseAnswer | undefined): string =>
  state === undefined
    ? 'the case never opened'
    : `${state.state}, package ${state.package.state}, ${Object.values(state.systems)
        .map(({ system, state: part }) => `${system} ${part}`)
        .join(
          ', ',
        )}; events ${state.events.map(({ type, receipts }) => `${type} (${receipts.length} receipts)`).join(', ') || 'none'}`;

export function resultOf(file: string, state: CaseAnswer, seen: readonly SeenEvent[]): ApplicationResult {
  const events = seen.filter(({ caseId }) => caseId === state.caseId);
  const count = (topic: string) => events.filter((event) => event.topic === topic).length;
  return {
    file,
    caseId: state.caseId,
    kinds: state.kinds,
    state: state.state,
    outcome: state.outcome,
    systems: Object.fromEntries(Object.values(state.systems).map((part) => [part.system, systemResult(part)])),
    events: {
      erasures: count('dsr.erasures.v1'),
      suppressions: count('dsr.suppressions.v1'),
      corrections: count('dsr.corrections.v1'),
    },
  };
}

function systemResult({ state, found, acted, blockers, deferredUntil }: PartAnswer): SystemResult {
  const erased = acted.erased.deleted + acted.erased.personRemoved + acted.erased.fieldsRemoved;
  const exported = acted.exported.records;
  const corrected = acted.corrected.records;
  const suppressed = acted.suppressed.records;
  return {
    state,
    found: found ? found.records.certain + found.records.candidate : 0,
    candidates: found?.matches.candidate ?? 0,
    exported,
    files: acted.exported.files,
    corrected,
    suppressed,
    erased,
    held: acted.erased.restricted,
    acted: exported + corrected + suppressed + erased,
    blockers: [...new Set(blockers.map(({ code }) => code))].sort(),
    deferredUntil,
  };
}
