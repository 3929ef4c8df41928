import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceName } from '@kenri/local';
import { kanaName, kanjiName, personAt } from '@kenri/testing';
import fc from 'fast-check';
import kafkajs, { type Admin, type Producer } from 'kafkajs';
import type { CaseAnswer } from '../case-answer.js';
import { readTopics, type RawRecord } from '../raw-data.js';
import { eventually, SUBSCRIBER, type TrialPlatform } from '../trial-platform.js';
import { recordOf, recordPlans, type BadRecord, type RecordPlan } from './bad-records.js';
import { groupOf, reads, TYPES, topicOf } from './consumers.js';
import { expectedOf } from './expected.js';
import { seedOf, type Findings } from './findings.js';

export interface MessageCounts {
  sent: number;
  parked: number;
  passedOver: number;
  /** Odd ones: taken or refused, as the service sees fit. */
  either: number;
}

interface Sent {
  record: BadRecord;
  offset: bigint;
}
interface Fault {
  where: string;
  rule: string;
  detail: string;
}
class BrokenRules extends Error {
  constructor(readonly faults: readonly Fault[]) {
    super(faults.map(({ where, rule }) => `${where}: ${rule}`).join('; '));
  }
}

const MOST_IN_A_BATCH = 40;
const PASSED_WITHIN_MS = 60_000;
const ANSWERED_WITHIN_MS = 120_000;
const LONGEST_ROUND_MS = 240_000;
/** Too large to share a record batch with others: the broker takes about a megabyte. */
const LARGE = 100_000;

/** Messages of all kinds on every topic, between real requests. */
export class MessagesFuzz {
  readonly counts = new Map<string, MessageCounts>();
  realRequests = 0;
  /** Set where a partition is stuck: nothing behind it can be judged any more. */
  blocked = false;
  private readonly services: ServiceName[];
  private readonly batches: fc.Arbitrary<RecordPlan[]>;
  private readonly parkedBefore = new Map<ServiceName, Set<string>>();
  private people = 0;

  private constructor(
    private readonly platform: TrialPlatform,
    private readonly findings: Findings,
    private readonly judged: readonly ServiceName[],
    private readonly systems: readonly string[],
    private readonly sent: readonly RawRecord[],
    private readonly producer: Producer,
    private readonly admin: Admin,
  ) {
    this.services = [...platform.stack.services.keys()];
    this.batches = fc.array(recordPlans(systems, sent), { minLength: 1, maxLength: MOST_IN_A_BATCH, size: 'max' });
  }

  /** @param judged the services whose reaction is looked at; all read all the same */
  static async over(
    platform: TrialPlatform,
    findings: Findings,
    judged: readonly ServiceName[] = [...platform.stack.services.keys()],
  ): Promise<MessagesFuzz> {
    const systems = [...platform.stack.services.keys()].flatMap((name) =>
      name.startsWith('connector-') ? [name.slice('connector-'.length)] : [],
    );
    const known = new Set<string>(TYPES);
    const sent = (await readTopics(platform.kafka)).filter(
      ({ value, headers }) =>
        value !== null &&
        value.length < 60_000 &&
        known.has(String(headers['ce_type'])) &&
        String(headers['ce_source']).startsWith('/kenri/'),
    );
    const producer = platform.kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    await producer.connect();
    const admin = platform.kafka.admin();
    await admin.connect();
    const fuzz = new MessagesFuzz(platform, findings, judged, systems, someOfEach(sent), producer, admin);
    for (const service of fuzz.services) fuzz.parkedBefore.set(service, new Set((await fuzz.parkedAt(service)).keys()));
    return fuzz;
  }

  async close(): Promise<void> {
    await this.producer.disconnect();
    await this.admin.disconnect();
  }

  async round(seed: number, batches: number, isOver: () => boolean = () => false): Promise<void> {
    const since = Date.now();
    while (!this.blocked && !isOver() && Date.now() - since < LONGEST_ROUND_MS) {
      const property = fc.asyncProperty(this.batches, async (plans) => {
        // Ends the shrinking too; fast-check's own limit would leave a batch under way.
        if (this.blocked || isOver() || Date.now() - since > LONGEST_ROUND_MS) return;
        const faults = (await this.tried(plans)).filter(({ where, rule }) => !this.findings.isKnown(where, rule));
        if (faults.length > 0) throw new BrokenRules(faults);
      });
      const details = await fc.check(property, {
        seed: seedOf(seed, 'messages'),
        numRuns: batches,
      });
      if (!details.failed || details.counterexample === null) return;
      const error = details.errorInstance;
      if (!(error instanceof BrokenRules)) throw error;
      const counterexample = JSON.stringify(details.counterexample[0]);
      for (const fault of error.faults) this.findings.add({ area: 'messages', ...fault, counterexample, seed });
    }
  }

  private async tried(plans: readonly RecordPlan[]): Promise<Fault[]> {
    const since = new Date();
    const records = plans.map((plan) => recordOf(plan, this.sent));
    const [caseId, sent] = await Promise.all([this.acceptSomebody(), this.send(records)]);
    for (const { topic } of records) this.countsOf(topic).sent += 1;
    const stuck = await this.stuck(sent);
    if (stuck.length > 0) {
      this.blocked = true;
      return stuck;
    }
    const unanswered = await this.unanswered(caseId);
    const faults: Fault[] = [...unanswered];
    for (const service of this.services) faults.push(...(await this.judge(service, sent, since)));
    return faults;
  }

  private async send(records: readonly BadRecord[]): Promise<Sent[]> {
    const sizeOf = ({ value, headers }: BadRecord) => (value?.length ?? 0) + JSON.stringify(headers).length;
    const together = records.filter((record) => sizeOf(record) < LARGE);
    const alone = records.filter((record) => sizeOf(record) >= LARGE);
    const sent: Sent[] = [];
    for (const group of [together, ...alone.map((record) => [record])]) {
      if (group.length === 0) continue;
      const answer = await this.producer.sendBatch({
        acks: -1,
        topicMessages: [...Map.groupBy(group, ({ topic }) => topic)].map(([topic, messages]) => ({
          topic,
          messages: messages.map(({ key, value, headers, partition }) => ({ key, value, headers, partition })),
        })),
      });
      for (const [at, inPartition] of Map.groupBy(group, ({ topic, partition }) => `${topic}/${partition}`)) {
        const { baseOffset } = answer.find(({ topicName, partition }) => `${topicName}/${partition}` === at) ?? {};
        if (baseOffset === undefined) throw new Error(`the broker did not say where messages on ${at} went`);
        inPartition.forEach((record, index) => sent.push({ record, offset: BigInt(baseOffset) + BigInt(index) }));
      }
    }
    return sent;
  }

  /** Groups that have not come past a message in time, with the message before which they stand. */
  private async stuck(sent: readonly Sent[]): Promise<Fault[]> {
    const ends = new Map<string, bigint>();
    for (const { record, offset } of sent) {
      const at = `${record.topic}/${record.partition}`;
      if ((ends.get(at) ?? -1n) < offset) ends.set(at, offset);
    }
    const readers = [
      ...this.services.map((service) => ({
        groupId: groupOf(service),
        reads: (topic: string) => reads(service, topic),
      })),
      {
        groupId: `business-system-${SUBSCRIBER}`,
        reads: (topic: string) => /erasures|suppressions|corrections/.test(topic),
      },
    ];
    const faults: Fault[] = [];
    const deadline = Date.now() + PASSED_WITHIN_MS;
    for (const reader of readers) {
      const topics = [...new Set(sent.map(({ record }) => record.topic))].filter((topic) => reader.reads(topic));
      if (topics.length === 0) continue;
      for (;;) {
        const behind = (await this.admin.fetchOffsets({ groupId: reader.groupId, topics })).flatMap(
          ({ topic, partitions }) =>
            partitions.flatMap(({ partition, offset }) => {
              const end = ends.get(`${topic}/${partition}`);
              return end !== undefined && BigInt(offset) <= end ? [{ topic, partition, offset: BigInt(offset) }] : [];
            }),
        );
        if (behind.length === 0) break;
        if (Date.now() > deadline) {
          faults.push(
            ...behind.map(({ topic, partition, offset }) => {
              const [first] = sent
                .filter(
                  ({ record, offset: at }) => record.topic === topic && record.partition === partition && at >= offset,
                )
                .sort((left, right) => Number(left.offset - right.offset));
              return {
                where: `${reader.groupId} on ${topic}`,
                rule: 'a partition that does not move on',
                detail: `${PASSED_WITHIN_MS / 1000} s before ${first ? JSON.stringify(first.record.plan) : 'a message of Kenri’s own'}`,
              };
            }),
          );
          break;
        }
        await delay(50);
      }
    }
    return faults;
  }

  private async judge(service: ServiceName, sent: readonly Sent[], since: Date): Promise<Fault[]> {
    const parked = await this.parkedAt(service, since);
    const before = this.parkedBefore.get(service)!;
    const news = [...parked].filter(([id]) => !before.has(id));
    for (const [id] of news) before.add(id);
    const fresh = new Map(news.map(([id, code]) => [id.replace(/@-?\d+$/, ''), code]));
    const isJudged = this.judged.includes(service);
    const faults: Fault[] = [];
    for (const { record, offset } of sent) {
      const id = `${groupOf(service)}/${record.topic}/${record.partition}/${offset}`;
      const code = fresh.get(id);
      fresh.delete(id);
      const expected = expectedOf(record, service);
      const counts = this.countsOf(record.topic);
      if (expected.is === 'parked') counts.parked += 1;
      else if (expected.is === 'either') counts.either += 1;
      else counts.passedOver += 1;
      const rule = ruleOf(expected, code);
      if (rule === undefined || !isJudged) continue;
      faults.push({
        where: `${kindOf(service)}, ${record.plan.type}, ${faultName(record.plan)}`,
        rule,
        detail: `offset ${offset}`,
      });
    }
    for (const [id, code] of isJudged ? fresh : [])
      faults.push({ where: service, rule: `a message of Kenri’s own is parked: ${code}`, detail: id });
    return faults;
  }

  /** A real application on its way while bad messages come in. */
  private async acceptSomebody(): Promise<string> {
    const person = personAt('fuzz', (this.people += 1));
    const { id } = await this.platform.accept(
      {
        fullName: kanjiName(person),
        fullKana: kanaName(person),
        birthDate: person.birthDate,
        emails: [`fuzz-${this.people}@example.jp`],
        address: '東京都港区北青山2-5-8',
      },
      ['disclosure'],
    );
    this.realRequests += 1;
    return id;
  }

  private async unanswered(caseId: string): Promise<Fault[]> {
    try {
      await eventually(
        `all systems have answered in case ${caseId}`,
        async () => {
          const { body } = await this.platform.ask<CaseAnswer>('auditor', 'GET', `cases/cases/${caseId}`);
          const parts = Object.values(body.systems ?? {});
          return parts.length === this.systems.length && parts.every(({ state }) => state !== 'awaiting')
            ? true
            : undefined;
        },
        ANSWERED_WITHIN_MS,
      );
      return [];
    } catch (error) {
      return [{ where: 'a real request', rule: 'not answered by all systems', detail: (error as Error).message }];
    }
  }

  private async parkedAt(service: ServiceName, since = new Date(0)): Promise<Map<string, string>> {
    const database = `kenri_${service.replaceAll('-', '_')}`;
    const found = await this.platform.mongo
      .db(database)
      .collection<{ _id: string; reason: { code: string; detail?: string } }>('parked')
      .find({ parkedAt: { $gte: since } } as object, { projection: { reason: 1 } })
      .toArray();
    return new Map(
      found.map(({ _id, reason }) => [
        _id,
        `${reason.code}${reason.code === 'handler-failed' ? ` (${reason.detail})` : ''}`,
      ]),
    );
  }

  private countsOf(topic: string): MessageCounts {
    let found = this.counts.get(topic);
    if (!found) this.counts.set(topic, (found = { sent: 0, parked: 0, passedOver: 0, either: 0 }));
    return found;
  }
}

/** Some of each type: a long run has thousands of the same. */
function someOfEach(records: readonly RawRecord[]): RawRecord[] {
  const byType = Map.groupBy(records, ({ headers }) => String(headers['ce_type']));
  return [...byType.values()]
    .flatMap((all) => all.slice(0, 6))
    .filter(({ topic }) => TYPES.some((type) => topicOf(type) === topic));
}

const kindOf = (service: ServiceName) => (service.startsWith('connector-') ? 'connectors' : service);

function faultName({ fault }: RecordPlan): string {
  if (fault.in === 'nothing') return 'right';
  return fault.in === 'payload' ? 'payload spoilt' : `${fault.in}: ${fault.which}`;
}

function ruleOf(expected: ReturnType<typeof expectedOf>, code: string | undefined): string | undefined {
  if (code?.startsWith('handler-failed'))
    return `parked because the handler failed ${code.slice('handler-failed'.length).trim()}`;
  switch (expected.is) {
    case 'parked':
      if (code === undefined) return `not parked, expected ${expected.codes.join(' or ')}`;
      return expected.codes.includes(code) ? undefined : `parked for ${code}, expected ${expected.codes.join(' or ')}`;
    case 'passed over':
      return code === undefined ? undefined : `parked for ${code}, expected nothing`;
    case 'either':
      return undefined;
  }
}
