import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { TOPICS } from '@kenri/contracts';
import type { Log } from '@kenri/local';
import { ensureTopics, KafkaConnection } from '@kenri/messaging';
import type { Kafka } from 'kafkajs';
import type { Installation } from './installation.js';
import { whereOthersAre, type CaseDocument } from './load/round.js';
import { verifyStores } from './load/stores.js';
import { percentile, rounded } from './report/figures.js';

export interface Percentiles {
  p50: number;
  p99: number;
  count: number;
}
/** All in milliseconds. */
export interface LatencyFigures {
  /** Arrivals, half of what ours did at most. */
  casesPerSecond: number;
  /** From the answer to the acceptance until the group was told that the case is closed, which its last answer does. */
  acceptedToLastAnswer: Percentiles;
  /** From the answer to the acceptance until the last message of a type was with another client, in the order of their coming. */
  stages: { type: string; after: Percentiles }[];
  /** The same way of one case at a time, without others. */
  alone: { acceptedToLastAnswer: Percentiles; stages: { type: string; after: Percentiles }[] };
  /** One message to the broker and back to another client, meanwhile. */
  roundTripUnderLoad: Percentiles;
  /** The same before the load. */
  roundTripIdle: Percentiles;
}

export interface LatencyOptions {
  casesPerSecond: number;
  seconds: number;
  log: Log;
  signal: AbortSignal;
}

const ROUND_TRIP_TOPIC = 'bench.roundtrip';
const PROBE_EVERY_MS = 50;
const IDLE_SECONDS = 5;
const FINISHED_WITHIN_MS = 60_000;
const FEWEST_CASES = 20;
const ALONE_CASES = 10;
const ALONE_PAUSE_MS = 1000;

/** Cases arrive evenly at half of the largest load, whether those before them are done or not. */
export async function benchLatency(installation: Installation, options: LatencyOptions): Promise<LatencyFigures> {
  const { seconds, log, signal } = options;
  const { ours, kafka, mongo } = installation;
  const rate = options.casesPerSecond / 2;
  const count = Math.max(FEWEST_CASES, Math.round(rate * seconds));
  const applicants = installation.applicants(ALONE_CASES + count);
  log.progress(`latency: preparing ${applicants.length} cases`);
  const caseIds = await installation.ready(ours, applicants);
  const [single, loaded] = [caseIds.slice(0, ALONE_CASES), caseIds.slice(ALONE_CASES)];
  const probe = await RoundTrip.open(kafka, ours.stack.kafkaBrokers.split(','));
  const course = await watchCourse(kafka);
  const acceptedAt = new Map<string, number>();
  const accept = async (caseId: string) => {
    await ours.accept(caseId);
    acceptedAt.set(caseId, performance.now());
  };
  const closed = async (ids: readonly string[]) => {
    const open = () => ids.filter((id) => !course.closedAt.has(id)).length;
    for (const deadline = Date.now() + FINISHED_WITHIN_MS; open() > 0;) {
      if (Date.now() > deadline)
        throw new Error(
          `latency: ${open()} cases are not done ${FINISHED_WITHIN_MS / 1000} s after the last came: ${await whereOthersAre(
            mongo.db(ours.casesDatabase).collection<CaseDocument>('cases'),
            ids.filter((id) => !course.closedAt.has(id)),
          )}`,
        );
      await delay(50, undefined, { signal });
    }
  };
  const figuresOf = (ids: readonly string[]) => ({
    acceptedToLastAnswer: percentilesOf(ids.map((id) => course.closedAt.get(id)! - acceptedAt.get(id)!)),
    stages: stagesOf(ids, acceptedAt, course.lastAt),
  });
  try {
    log.progress('latency: round trip of the idle broker');
    const idle = await probe.during(delay(IDLE_SECONDS * 1000, undefined, { signal }));
    for (const [n, caseId] of single.entries()) {
      log.progress(`latency: ${n + 1} of ${single.length} cases one at a time`);
      await accept(caseId);
      await closed([caseId]);
      // What follows a case, such as emptied outboxes, is no load for the next one.
      await delay(ALONE_PAUSE_MS, undefined, { signal });
    }
    const load = async () => {
      const startedAt = performance.now();
      const accepting: Promise<void>[] = [];
      let refused = false;
      for (const [n, caseId] of loaded.entries()) {
        const wait = startedAt + (n * 1000) / rate - performance.now();
        if (wait > 0) await delay(wait, undefined, { signal });
        if (refused) break;
        const accepted = accept(caseId);
        accepted.catch(() => (refused = true));
        accepting.push(accepted);
        log.progress(`latency: ${n + 1} of ${count} cases accepted, ${course.closedAt.size - single.length} done`);
      }
      await Promise.all(accepting);
      await closed(loaded);
    };
    const underLoad = await probe.during(load());
    await verifyStores(mongo, ours, applicants);
    return {
      casesPerSecond: rounded(rate),
      ...figuresOf(loaded),
      alone: figuresOf(single),
      roundTripUnderLoad: percentilesOf(underLoad),
      roundTripIdle: percentilesOf(idle),
    };
  } finally {
    await probe.close();
    await course.stop();
  }
}

export const percentilesOf = (values: readonly number[]): Percentiles => ({
  p50: rounded(percentile(values, 0.5)),
  p99: rounded(percentile(values, 0.99)),
  count: values.length,
});

type LastAt = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** By type of message, how long after their acceptance cases had their last one. Types that not every case has are left out. */
function stagesOf(caseIds: readonly string[], acceptedAt: ReadonlyMap<string, number>, lastAt: LastAt) {
  const stages: { type: string; after: Percentiles }[] = [];
  for (const [type, times] of lastAt) {
    const after = caseIds.flatMap((id) => (times.has(id) ? [times.get(id)! - acceptedAt.get(id)!] : []));
    if (after.length === caseIds.length) stages.push({ type, after: percentilesOf(after) });
  }
  return stages.sort((one, other) => one.after.p50 - other.after.p50);
}

/** When the last message of each type about each case came; and when a case was told to be closed: one message later than it stands in it. */
async function watchCourse(kafka: Kafka) {
  const closedAt = new Map<string, number>();
  const lastAt = new Map<string, Map<string, number>>();
  const consumer = kafka.consumer({ groupId: `bench-course-${randomUUID()}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  const { requests, plans, answers, cases } = TOPICS;
  await consumer.subscribe({ topics: [requests, plans, answers, cases].map(({ name }) => name), fromBeginning: false });
  const fetching = new Promise<void>((resolve) => consumer.on(consumer.events.FETCH, () => resolve()));
  await consumer.run({
    autoCommit: false,
    eachMessage: ({ topic, message: { key, value, headers } }) => {
      const [now, caseId, type] = [performance.now(), String(key), String(headers?.['ce_type'])];
      if (!lastAt.has(type)) lastAt.set(type, new Map());
      lastAt.get(type)!.set(caseId, now);
      if (topic !== cases.name || closedAt.has(caseId)) return Promise.resolve();
      if ((JSON.parse(String(value)) as { state?: string }).state === 'closed') closedAt.set(caseId, now);
      return Promise.resolve();
    },
  });
  await fetching;
  return { closedAt, lastAt, stop: () => consumer.disconnect() };
}

/** One message at a time, from one client to the broker and back to another. */
class RoundTrip {
  private waiting: (() => void) | undefined;

  private constructor(
    private readonly producer: ReturnType<Kafka['producer']>,
    private readonly consumer: ReturnType<Kafka['consumer']>,
  ) {}

  static async open(kafka: Kafka, brokers: string[]): Promise<RoundTrip> {
    await ensureTopics(new KafkaConnection({ brokers, clientId: 'bench' }), [
      { name: ROUND_TRIP_TOPIC, partitions: 1, config: {} },
    ]);
    const producer = kafka.producer();
    const consumer = kafka.consumer({ groupId: `bench-roundtrip-${randomUUID()}`, maxWaitTimeInMs: 100 });
    const probe = new RoundTrip(producer, consumer);
    await Promise.all([producer.connect(), consumer.connect()]);
    await consumer.subscribe({ topics: [ROUND_TRIP_TOPIC], fromBeginning: false });
    const fetching = new Promise<void>((resolve) => consumer.on(consumer.events.FETCH, () => resolve()));
    await consumer.run({
      autoCommit: false,
      eachMessage: () => {
        probe.waiting?.();
        return Promise.resolve();
      },
    });
    await fetching;
    return probe;
  }

  /** Milliseconds of every trip made until `work` is done; at least one. */
  async during(work: Promise<unknown>): Promise<number[]> {
    const trips: number[] = [];
    let over = false;
    const ended = work.finally(() => (over = true));
    ended.catch(() => undefined);
    do {
      const began = performance.now();
      const back = new Promise<void>((resolve) => (this.waiting = resolve));
      await this.producer.send({ topic: ROUND_TRIP_TOPIC, acks: -1, messages: [{ key: 'k', value: 'x'.repeat(500) }] });
      await back;
      trips.push(performance.now() - began);
      await delay(PROBE_EVERY_MS);
    } while (!over);
    await ended;
    return trips;
  }

  async close(): Promise<void> {
    await this.producer.disconnect();
    await this.consumer.disconnect();
  }
}
