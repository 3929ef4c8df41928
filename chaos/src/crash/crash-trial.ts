import type { Kind } from '@kenri/contracts';
import { SERVICE_NAMES, type ServiceName } from '@kenri/local';
import { eventually, lagOf, readTopics, type RawRecord } from '@kenri/samples';
import { SYSTEMS, type SystemName } from '@kenri/testing';
import { ObjectId } from 'mongodb';
import { identityOf, type PlannedCase } from '../load/applicants.js';
import { Business } from '../load/business.js';
import { Flow } from '../load/case-flow.js';
import { begin, type CaseRun } from '../load/case-run.js';
import { databaseOf, ownDocumentsOf, peopleInStores, STORES, type DocumentKey } from '../load/stores.js';
import { snapshotOf, StoreObserver, type Effect } from '../observer/store-observer.js';
import { ChaosPlatform, type ChaosOptions } from '../platform/index.js';

const SEED = 1;
const ENDED_WITHIN_MS = 240_000;
const QUIET_WITHIN_MS = 90_000;
const OWN_DATABASE = /^kenri_(intake|cases|connector_)/;

export interface CaseInHand {
  readonly run: CaseRun;
  /** Plays to its end over HTTP, with whoever must decide at the desks. */
  readonly flow: Flow;
  /** @throws Error when the case did not come to rest in time */
  ended(): Promise<void>;
}

const mappedAs = (key: DocumentKey) => {
  const [system, collection] = key.split('/') as [SystemName, string];
  const about = STORES[system].map.collections[collection];
  return about?.use === 'mapped' ? about : undefined;
};

/** Whether a plan of that kind changes such a document, so that there is something to be killed at. */
const changes = (key: DocumentKey, kind: Kind): boolean =>
  kind === 'erasure' ? mappedAs(key)?.erase.action === 'delete' : (mappedAs(key)?.suppress ?? []).length > 0;

/** Nothing of the person's can hold an erasure up or put it off: neither a law nor an open dealing. */
const isFree = (key: DocumentKey): boolean => !mappedAs(key)?.blockers?.length && !mappedAs(key)?.retention?.length;

/** A name and a mailbox: a candidate by themselves, whom a desk would have to know. */
const MAILBOX_ONLY = /^(auto\/mail-subscriptions|brand-item\/newsletter)\//;

/** A platform under fire, with an observer past all proxies, and cases of people who each apply once. */
export class CrashTrial {
  private readonly cases: CaseInHand[] = [];
  private readonly used = new Set<number>();
  private readonly stopping = new AbortController();

  private constructor(
    readonly platform: ChaosPlatform,
    readonly observer: StoreObserver,
    private readonly before: Map<DocumentKey, Buffer>,
    private readonly people: number,
  ) {}

  static async start(options: Partial<ChaosOptions> = {}): Promise<CrashTrial> {
    const { people = 150, settings } = options;
    const platform = await ChaosPlatform.start({
      people,
      seed: SEED,
      ...options,
      settings: { LOG_LEVEL: 'info', KENRI_EXECUTE_WITHIN: '15s', ...settings },
    });
    try {
      const before = await snapshotOf(platform.trial.mongo);
      return new CrashTrial(platform, await StoreObserver.start(platform.trial.mongo), before, people);
    } catch (error) {
      await platform.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.observer.stop();
    await this.platform.stop();
  }

  /** Somebody who has not applied yet, shares no record with anybody, and whose records in that system a plan of that kind changes. */
  applicant(kind: Kind, system?: SystemName): PlannedCase {
    for (const { person, systems } of peopleInStores(String(SEED), this.people).values()) {
      // Whoever works for a company is in its record as well, which is others' too.
      if (person.office) continue;
      if (this.used.has(person.index) || person.household.role !== 'single' || !person.mobile || !person.email)
        continue;
      const own = ownDocumentsOf(person, systems);
      // A facility names its director in romaji only, a visit to a store says too little: candidates, whom a desk would have to know.
      if (own.some((key) => /^(medical\/facilities|brand-item\/store-visits)\//.test(key))) continue;
      const able = (wanted?: SystemName) =>
        own.some(
          (key) =>
            (wanted === undefined || key.startsWith(`${wanted}/`)) && changes(key, kind) && !MAILBOX_ONLY.test(key),
        );
      if (!able(system) || (kind === 'erasure' && !own.every(isFree))) continue;
      this.used.add(person.index);
      const number = this.used.size;
      const rest = { kinds: [kind], claims: [], twist: 'plain', twistAfterMs: 0 } as const;
      return { number, person, systems, identity: identityOf(person), own, ...rest };
    }
    throw new Error(`nobody is left in ${system ?? 'the stores'} for ${kind}: start with more people`);
  }

  /** Sends an application on its way. `beforeAccept`: the last moment before the request goes out. */
  open(planned: PlannedCase, beforeAccept: (caseId: string) => void = () => undefined): CaseInHand {
    const run = begin(planned);
    const flow = new Flow(run, {
      client: this.platform.trial.client,
      business: new Business(this.platform.trial.mongo),
      onPlan: () => undefined,
      openEvery: 1,
      signal: AbortSignal.any([this.stopping.signal, AbortSignal.timeout(ENDED_WITHIN_MS)]),
      beforeAccept,
    });
    const played = flow.play();
    played.catch(() => undefined);
    const inHand: CaseInHand = {
      run,
      flow,
      ended: async () => {
        await played;
        if (!run.atRest) throw new Error(`not at rest after ${ENDED_WITHIN_MS / 1000} s: ${describe(run)}`);
      },
    };
    this.cases.push(inHand);
    return inHand;
  }

  /** Effects on the documents of one case's person, as the store itself told them. */
  async effectsOf({ run }: CaseInHand): Promise<[DocumentKey, Effect[]][]> {
    await this.observer.caughtUp();
    return run.planned.own.flatMap((key) => {
      const effects = this.observer.effects.get(key);
      return effects ? [[key, effects] as [DocumentKey, Effect[]]] : [];
    });
  }

  /** The case was carried out, and every document that its answers count was changed by one write of its kind. */
  async expectOnceAndRight(inHand: CaseInHand): Promise<void> {
    const { run } = inHand;
    expect(run.oddities).toEqual([]);
    const parts = Object.values(run.seen?.systems ?? {});
    const found = parts.map(({ system, state, found: it }) => ({ system, state, matches: it?.matches }));
    const about = { case: run.id, person: run.planned.person.index, found };
    expect({ ...about, outcome: run.seen?.outcome }).toEqual({ ...about, outcome: 'carried-out' });
    expect(parts.map(({ system }) => system).sort()).toEqual([...SYSTEMS].sort());
    for (const part of parts) expect(['executed', 'nothing-found', 'nothing-to-do']).toContain(part.state);
    const changed = (await this.effectsOf(inHand)).map(([key, effects]) => ({ key, effects }));
    const twice = changed.filter(({ effects }) => new Set(effects.map(nameOf)).size < effects.length);
    expect(twice).toEqual([]);
    const sum = (count: (part: (typeof parts)[number]) => number) => parts.reduce((all, part) => all + count(part), 0);
    if (run.planned.kinds.includes('cessation-of-use')) {
      expect(changed.filter(({ effects }) => effects.length > 1)).toEqual([]);
      // A record that held the wish already is counted by the answer, but nothing was there to be changed.
      const counted = sum(({ acted }) => acted.suppressed.records);
      expect(changed.length).toBeLessThanOrEqual(counted);
      expect(await this.holdingTheWish(run.planned.own, new Set(changed.map(({ key }) => key)))).toBeGreaterThanOrEqual(
        counted,
      );
    }
    if (run.planned.kinds.includes('erasure')) {
      const deleted = changed.filter(({ effects }) => effects.some(({ op }) => op === 'delete'));
      expect(deleted.length).toBe(sum(({ acted }) => acted.erased.deleted));
    }
    expect(changed.length).toBeGreaterThan(0);
  }

  /** Own documents in which the wish to stop all use shows now: changed for it, or holding its values. */
  private async holdingTheWish(own: readonly DocumentKey[], changed: ReadonlySet<DocumentKey>): Promise<number> {
    let holding = 0;
    for (const key of own) {
      const rule = mappedAs(key)?.suppress?.find(({ purpose }) => purpose === 'all-use');
      if (!rule) continue;
      const [system, collection, id] = key.split('/') as [SystemName, string, string];
      const values = Object.entries(rule.set).map(([path, value]) => [path, { $eq: value }] as const);
      const held = { _id: new ObjectId(id), ...Object.fromEntries(values) };
      const documents = this.platform.trial.mongo.db(databaseOf(system)).collection(collection);
      if (changed.has(key) || (await documents.findOne(held))) holding += 1;
    }
    return holding;
  }

  /** Nothing is on its way or left over anywhere, nobody else's record was touched, and every history is whole. */
  async expectNothingLeft(): Promise<void> {
    const { trial } = this.platform;
    const groups = SERVICE_NAMES.map((name) => `kenri-${name}`);
    const last = { lag: -1n, outboxes: -1 };
    await eventually(
      'every message handled and every outbox empty',
      async () => {
        last.lag = (await lagOf(trial.kafka, groups)).lag;
        last.outboxes = await this.count({ outboxAt: { $exists: true } }, (name) => name !== 'parked');
        return last.lag === 0n && last.outboxes === 0 ? true : undefined;
      },
      QUIET_WITHIN_MS,
    ).catch((error: unknown) => {
      throw new Error(`${last.lag} messages not handled, ${last.outboxes} outboxes not empty`, { cause: error });
    });
    expect(await this.count({}, (name) => name === 'parked')).toBe(0);
    const overdue = { timerAt: { $lt: new Date(Date.now() - 30_000) } };
    expect(await this.count(overdue, (name) => name !== 'parked')).toBe(0);
    const { body } = await trial.ask<{ cases: number; altered: object[] }>(
      'auditor',
      'GET',
      'cases/history-verification',
    );
    expect(body.altered).toEqual([]);
    expect(body.cases).toBe(this.cases.filter(({ run }) => run.accepted).length);
    const applicants = new Set(this.cases.flatMap(({ run }) => run.planned.own));
    const after = await snapshotOf(trial.mongo);
    const touched = [...new Set([...this.before.keys(), ...after.keys()])].filter((key) => {
      const was = this.before.get(key);
      return !(was && after.get(key)?.equals(was));
    });
    expect(touched.filter((key) => !applicants.has(key))).toEqual([]);
  }

  /** Everything on the topics that belongs to a case. */
  async messagesOf({ run }: CaseInHand): Promise<RawRecord[]> {
    return (await readTopics(this.platform.trial.kafka)).filter(
      ({ headers }) => String(headers['ce_subject']) === run.id,
    );
  }

  private async count(filter: Record<string, unknown>, fits: (collection: string) => boolean): Promise<number> {
    const { mongo } = this.platform.trial;
    const { databases } = await mongo.db().admin().listDatabases({ nameOnly: true });
    let found = 0;
    for (const { name } of databases.filter(({ name }) => OWN_DATABASE.test(name))) {
      for (const collection of await mongo.db(name).listCollections().toArray())
        if (fits(collection.name)) found += await mongo.db(name).collection(collection.name).countDocuments(filter);
    }
    return found;
  }
}

const nameOf = ({ op, set, removed }: Effect) => JSON.stringify([op, set, removed]);

const describe = ({ seen, failure, accepted }: CaseRun): string =>
  seen
    ? `${seen.state}; ${Object.values(seen.systems)
        .map(({ system, state }) => `${system} ${state}`)
        .join(', ')}`
    : (failure ?? (accepted ? 'the case never opened' : 'never accepted'));

export type { ServiceName };
