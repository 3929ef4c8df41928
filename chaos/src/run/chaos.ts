import { setTimeout as delay } from 'node:timers/promises';
import { lagOf } from '@kenri/samples';
import { checkInvariants, isBroken } from '../checker/check.js';
import type { Verdict } from '../checker/evidence.js';
import { gather, GROUPS } from '../checker/gather.js';
import { Clocks } from '../faults/clocks.js';
import { Injector } from '../faults/inject.js';
import { Messages } from '../faults/messages.js';
import type { FaultName } from '../faults/kinds.js';
import { inWords, planFaults, type PlannedFault } from '../faults/plan.js';
import { peopleFor, planCases, type Twist } from '../load/applicants.js';
import { Business } from '../load/business.js';
import { plansIn } from '../load/case-flow.js';
import { Load } from '../load/load.js';
import { ClearWatch } from '../observer/clear-watch.js';
import { GroupTraffic } from '../observer/group-traffic.js';
import { PublishedHeads } from '../observer/published-heads.js';
import { snapshotOf, StoreObserver } from '../observer/store-observer.js';
import { TopicTap } from '../observer/topic-tap.js';
import { ChaosPlatform } from '../platform/index.js';

export interface ChaosRun {
  readonly cases: number;
  readonly faults: number;
  readonly seed: number;
  readonly people?: number | undefined;
  readonly only?: readonly FaultName[] | undefined;
  /** Only applications with these twists. */
  readonly twists?: readonly Twist[] | undefined;
  readonly atATime: number;
  readonly signal: AbortSignal;
  /** A line for whoever watches. */
  readonly say: (text: string) => void;
  /** Every line that a service prints. */
  readonly onLine?: (service: string, line: string) => void;
  /** How far it is; called every few seconds. */
  readonly progress: (at: Progress) => void;
}

export interface Progress {
  readonly phase: 'starting' | 'running' | 'settling' | 'checking';
  readonly cases: number;
  readonly ofCases: number;
  readonly faults: number;
  readonly ofFaults: number;
  readonly seconds: number;
}

export interface FaultReport {
  readonly number: number;
  readonly what: string;
  /** Seconds since the load began. */
  readonly at: number;
  readonly lasted: number;
  readonly outcome: string;
  /** Why it could not be carried out. */
  readonly failed?: string;
}

export interface ChaosReport {
  readonly seed: number;
  readonly cases: number;
  readonly faults: readonly FaultReport[];
  readonly verdicts: readonly Verdict[];
  /** Of the load alone, without start, settling and checking. */
  readonly loadSeconds: number;
  readonly holds: boolean;
}

/** Nothing ends for so long: something is stuck, and the checker shall say what. */
const STUCK_MS = 240_000;
const QUIET_WITHIN_MS = 240_000;
const QUIET_FOR_MS = 2500;
const AT_ONCE = 4;

/** Times by which a trial waits short where an office waits long; nothing else differs from production. */
const SETTINGS = {
  LOG_LEVEL: 'info',
  KENRI_REASK_SECONDS: '3',
  KENRI_REPUBLISH_SECONDS: '5',
  KENRI_EXECUTE_WITHIN: '15s',
  KENRI_PUBLIC_PER_MINUTE: '100000',
  OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
  OTEL_TRACES_SAMPLER_ARG: '0.05',
};

/** Of pino: error and fatal. */
const isError = (line: string): boolean => /^\{"level":[56]0,/.test(line);

/** A whole run: start, load under fire, quiet, check. Everything that it started is gone when it returns or throws. */
export async function runChaos(run: ChaosRun): Promise<ChaosReport> {
  const people = run.people ?? peopleFor(run.cases);
  const cases = planCases({ seed: run.seed, cases: run.cases, people, twists: run.twists });
  const faults = planFaults(run);
  const stops: (() => Promise<unknown>)[] = [];
  const watch = new ClearWatch(cases);
  const began = Date.now();
  const seconds = () => (Date.now() - began) / 1000;
  const tell = (phase: Progress['phase'], ended = 0, struck = 0) =>
    run.progress({
      phase,
      cases: ended,
      ofCases: cases.length,
      faults: struck,
      ofFaults: faults.length,
      seconds: seconds(),
    });
  try {
    tell('starting');
    const clocks = await Clocks.open();
    stops.push(() => clocks.close());
    const platform = await ChaosPlatform.start({
      people,
      seed: run.seed,
      signal: run.signal,
      log: { line: run.say, progress: () => undefined },
      settings: { ...SETTINGS, ...clocks.settings },
      onServiceLine: (service, line) => {
        watch.look('logs', service, line);
        run.onLine?.(service, line);
        if (isError(line)) run.say(`${service}: ${line}`);
      },
    });
    stops.push(() => platform.stop());
    const { mongo, kafka, client } = platform.trial;
    const business = new Business(mongo);
    const plans = plansIn();
    const heads = new PublishedHeads();
    const traffic = new GroupTraffic();
    const tap = await TopicTap.start(kafka, (record) => {
      watch.lookAt(record);
      plans.take(record);
      heads.take(record);
      traffic.take(record);
    });
    stops.push(() => tap.stop());
    const before = await snapshotOf(mongo);
    const observer = await StoreObserver.start(mongo);
    stops.push(() => observer.stop());
    const stuck = new AbortController();
    const signal = AbortSignal.any([run.signal, stuck.signal]);
    const openEvery = Math.max(1, Math.floor(cases.length / 100));
    const load = new Load(cases, { client, business, onPlan: plans.onPlan, openEvery, signal }, run.atATime);
    const messages = new Messages(kafka, tap, run.seed);
    const injector = new Injector(platform, clocks, messages, load);

    const loadBegan = Date.now();
    const struck: FaultReport[] = [];
    const ticker = setInterval(() => tell('running', load.ended, struck.length), 3000);
    const stuckCheck = watchForStandstill(
      () => load.ended,
      () => stuck.abort(new Error('stuck')),
    );
    try {
      const playing = load.play();
      await strike(faults, injector, load, playing, loadBegan, struck, run.say, signal);
      await playing;
    } finally {
      clearInterval(ticker);
      clearInterval(stuckCheck);
      await injector.heal();
    }
    run.signal.throwIfAborted();
    const loadSeconds = (Date.now() - loadBegan) / 1000;
    if (stuck.signal.aborted) run.say(`no case has ended for ${STUCK_MS / 1000} s: the checker says which are stuck`);
    tell('settling', load.ended, struck.length);
    if (!(await becomesQuiet(platform, run.signal))) run.say(`not quiet within ${QUIET_WITHIN_MS / 1000} s`);
    tell('checking', load.ended, struck.length);
    const { runs } = load;
    const subscriber = 'ais';
    const evidence = await gather({
      platform,
      runs,
      before,
      observer,
      business,
      poison: messages.poison,
      watch,
      publishedHeads: heads.byCase,
      traffic,
      subscriber,
      openEvery,
    });
    const failed = struck.filter((fault) => fault.failed !== undefined);
    const verdicts = [
      {
        invariant: 'every fault was carried out, and what it stopped came back',
        checked: struck.length,
        broken: failed.map((fault) => `fault ${fault.number} (${fault.what}): ${fault.failed}`),
      },
      ...checkInvariants(evidence),
    ];
    return {
      seed: run.seed,
      cases: runs.length,
      faults: struck,
      verdicts,
      loadSeconds,
      holds: !verdicts.some(isBroken),
    };
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

/** Faults strike as the cases progress, a few at a time. */
async function strike(
  faults: readonly PlannedFault[],
  injector: Injector,
  load: Load,
  playing: Promise<void>,
  began: number,
  struck: FaultReport[],
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const running = new Set<Promise<void>>();
  let over = false;
  void playing.finally(() => (over = true));
  for (const fault of faults) {
    while (((load.ended < fault.after && !over) || running.size >= AT_ONCE) && !signal.aborted) await delay(50);
    if (signal.aborted) break;
    let at = 0;
    const report = (done: Pick<FaultReport, 'outcome' | 'failed'>) =>
      struck.push({
        number: fault.number,
        what: inWords(fault),
        at: (at - began) / 1000,
        lasted: (Date.now() - at) / 1000,
        ...done,
      });
    const one: Promise<void> = injector
      .inject(fault, () => {
        at = Date.now();
        say(
          `fault ${fault.number} at ${((at - began) / 1000).toFixed(1)} s, after ${load.ended} cases: ${inWords(fault)}`,
        );
      })
      .then(
        (outcome) => void report({ outcome }),
        (error: unknown) => void report({ outcome: '', failed: (error as Error).message }),
      )
      .finally(() => running.delete(one));
    running.add(one);
  }
  await Promise.all(running);
}

function watchForStandstill(ended: () => number, stuck: () => void): NodeJS.Timeout {
  let last = { count: -1, since: Date.now() };
  return setInterval(() => {
    if (ended() !== last.count) last = { count: ended(), since: Date.now() };
    else if (Date.now() - last.since > STUCK_MS) stuck();
  }, 1000);
}

/** Every group has handled everything, nothing waits in an outbox, and nothing new came for a while. */
async function becomesQuiet({ trial: { kafka, mongo } }: ChaosPlatform, signal: AbortSignal): Promise<boolean> {
  let calm: { messages: bigint; since: number } | undefined;
  const { databases } = await mongo.db().admin().listDatabases({ nameOnly: true });
  const outboxed: (() => Promise<boolean>)[] = [];
  for (const { name } of databases.filter(({ name }) => name.startsWith('kenri_')))
    for (const collection of await mongo.db(name).listCollections().toArray())
      outboxed.push(
        async () =>
          (await mongo
            .db(name)
            .collection(collection.name)
            .findOne({ outboxAt: { $exists: true } })) !== null,
      );
  for (const deadline = Date.now() + QUIET_WITHIN_MS; Date.now() < deadline; await delay(250, undefined, { signal })) {
    const { lag, messages } = await lagOf(kafka, GROUPS);
    if (lag > 0n || calm?.messages !== messages) calm = { messages, since: Date.now() };
    if (Date.now() - calm.since < QUIET_FOR_MS) continue;
    const waiting = await Promise.all(outboxed.map((look) => look()));
    if (!waiting.some(Boolean)) return true;
  }
  return false;
}
