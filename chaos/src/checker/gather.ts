import { lagOf, type KenriClient } from '@kenri/samples';
import { SERVICE_NAMES } from '@kenri/local';
import { BSON } from 'mongodb';
import type { SentPoison } from '../faults/messages.js';
import type { Business } from '../load/business.js';
import type { CaseRun } from '../load/case-run.js';
import type { DocumentKey } from '../load/stores.js';
import type { ClearWatch } from '../observer/clear-watch.js';
import { snapshotOf, type StoreObserver } from '../observer/store-observer.js';
import type { ChaosPlatform } from '../platform/index.js';
import type { Evidence, FinalCase, ParkedEntry } from './evidence.js';

export const GROUPS = SERVICE_NAMES.map((name) => `kenri-${name}`);
/** A timer may wait for the next sweep, and for a clock that was put ahead. */
const OVERDUE_MS = 60_000;
const AT_A_TIME = 6;

export interface Watched {
  readonly platform: ChaosPlatform;
  readonly runs: readonly CaseRun[];
  readonly before: ReadonlyMap<DocumentKey, Buffer>;
  readonly observer: StoreObserver;
  readonly business: Business;
  readonly poison: readonly SentPoison[];
  readonly watch: ClearWatch;
  readonly publishedHeads: Evidence['publishedHeads'];
  readonly traffic: Evidence['traffic'];
  readonly subscriber: string;
  readonly openEvery: number;
}

/** Gathers what can be seen from outside, once all is quiet. */
export async function gather(watched: Watched): Promise<Evidence> {
  const { platform, runs, watch } = watched;
  const { mongo, kafka, client, traces } = platform.trial;
  await watched.observer.caughtUp();
  const after = await snapshotOf(mongo);
  const accepted = runs.flatMap(({ id, accepted: was }) => (was && id !== undefined ? [id] : []));
  const cases = new Map<string, FinalCase>();
  const told = new Map<string, { state: string; outcome?: string }>();
  const chains = new Map<string, Set<string>>();
  await each(accepted, async (id) => {
    const found = await foundAt<FinalCase>(client, 'auditor', `${client.addresses.cases}/cases/${id}`);
    if (found) cases.set(id, found);
    const own = await foundAt<{ case?: { state: string; outcome?: string } }>(
      client,
      'clerk',
      `${client.addresses.intake}/applications/${id}`,
    );
    if (own?.case) told.set(id, own.case);
    const chain = await foundAt<{ entries: { digest: string }[] }>(
      client,
      'auditor',
      `${client.addresses.cases}/cases/${id}/history`,
    );
    if (chain) chains.set(id, new Set(chain.entries.map(({ digest }) => digest)));
  });
  const history = await verifyHistories(platform, accepted);
  const waiting = await readOwnDatabases(platform, watch);
  for (const body of traces.bodies) watch.look('traces', 'a span', body);
  const { lag, messages } = await lagOf(kafka, GROUPS);
  return {
    runs,
    cases,
    told,
    publishedHeads: watched.publishedHeads,
    traffic: watched.traffic,
    chains,
    before: watched.before,
    after,
    effects: watched.observer.effects,
    business: watched.business.writes,
    poison: watched.poison,
    parked: await parkedEverywhere(platform),
    subscriber: watched.subscriber,
    ...waiting,
    lag,
    messages,
    history,
    sightings: watch.sightings,
    searched: watch.searched,
    openEvery: watched.openEvery,
  };
}

async function foundAt<T>(client: KenriClient, who: 'auditor' | 'clerk', url: string): Promise<T | undefined> {
  try {
    return (await client.call<T>(who, 'GET', url)).body;
  } catch (error) {
    if ((error as { status?: number }).status === 404) return undefined;
    throw error;
  }
}

async function each<T>(values: readonly T[], work: (value: T) => Promise<void>): Promise<void> {
  const rest = values.values();
  const worker = async () => {
    for (const value of rest) await work(value);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
}

async function parkedEverywhere({ trial: { client, stack } }: ChaosPlatform): Promise<ParkedEntry[]> {
  const found: ParkedEntry[] = [];
  for (const service of SERVICE_NAMES) {
    for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
      const url = `${stack.addresses[service]}/parked${cursor === undefined ? '' : `?cursor=${encodeURIComponent(cursor)}`}`;
      const { body } = await client.call<{
        items: { id: string; reason: { code: string }; attributes: { ce_id?: string } }[];
        nextCursor?: string;
      }>('sre', 'GET', url);
      for (const { id, reason, attributes } of body.items)
        found.push({ service, id, reason: reason.code, ceId: attributes.ce_id });
      cursor = body.nextCursor;
    }
  }
  return found;
}

/** Every chain, then one entry altered in the database, then put back. */
async function verifyHistories(
  { trial: { client, mongo } }: ChaosPlatform,
  ids: readonly string[],
): Promise<Evidence['history']> {
  const verify = async () => {
    const url = `${client.addresses.cases}/history-verification`;
    return (await client.call<{ cases: number; altered: { caseId: string }[] }>('auditor', 'GET', url)).body;
  };
  const whole = await verify();
  const altered = whole.altered.map(({ caseId }) => caseId);
  const cases = mongo.db('kenri_cases').collection<{ _id: string; history: { who: string }[] }>('cases');
  const _id = ids.find((id) => !altered.includes(id)) ?? '';
  const who = (await cases.findOne({ _id }))?.history[0]?.who;
  if (who === undefined) return { cases: whole.cases, altered, alterationCaught: false };
  await cases.updateOne({ _id }, { $set: { 'history.0.who': 'staff:nobody' } });
  try {
    const caught = (await verify()).altered.some(({ caseId }) => caseId === _id);
    return { cases: whole.cases, altered, alterationCaught: caught };
  } finally {
    await cases.updateOne({ _id }, { $set: { 'history.0.who': who } });
  }
}

/** Kenri's own databases, once through: nothing personal in clear, nothing unpublished, nothing overdue. */
async function readOwnDatabases(
  { trial: { mongo } }: ChaosPlatform,
  watch: ClearWatch,
): Promise<Pick<Evidence, 'outboxes' | 'overdueTimers' | 'documentsLookedAt'>> {
  const outboxes: string[] = [];
  const overdueTimers: string[] = [];
  let documentsLookedAt = 0;
  const { databases } = await mongo.db().admin().listDatabases({ nameOnly: true });
  for (const { name } of databases.filter(({ name }) => name.startsWith('kenri_'))) {
    for (const { name: collection } of await mongo.db(name).listCollections().toArray()) {
      const where = `${name}.${collection}`;
      const found = mongo.db(name).collection(collection).find({}, { raw: true, batchSize: 500 });
      for await (const raw of found as AsyncIterable<unknown>) {
        const bytes = raw as Uint8Array;
        documentsLookedAt += 1;
        watch.look('databases', where, bytes);
        if (!isOutboxed(bytes)) continue;
        const { _id, outbox, timerAt } = BSON.deserialize(bytes) as {
          _id: unknown;
          outbox?: unknown[];
          timerAt?: Date;
        };
        if ((outbox?.length ?? 0) > 0) outboxes.push(`${where} ${String(_id)}`);
        if (timerAt && timerAt.getTime() < Date.now() - OVERDUE_MS) overdueTimers.push(`${where} ${String(_id)}`);
      }
    }
  }
  return { outboxes, overdueTimers, documentsLookedAt };
}

const OUTBOX = Buffer.from('\u0004outbox\u0000', 'latin1');
/** By the field's name in the raw bytes: most documents are no outboxed ones and need not be decoded. */
const isOutboxed = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(OUTBOX);
