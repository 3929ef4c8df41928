import { setTimeout as delay } from 'node:timers/promises';
import type { RawRecord } from '@kenri/samples';
import { randomOf, type Random } from '@kenri/testing';
import { type Kafka, Partitioners, type IHeaders } from 'kafkajs';
import { CHAOS_HEADER, type TopicTap } from '../observer/topic-tap.js';
import type { Poison } from './kinds.js';

/** Topics that Kenri's own services read; those for business systems are theirs to read twice. */
const READ_BY_KENRI = ['dsr.requests.v1', 'dsr.plans.v1', 'dsr.answers.v1', 'dsr.cases.v1', 'dsr.receipts.v1'] as const;
/** On each, a type that somebody handles. */
const HANDLED: Readonly<Record<(typeof READ_BY_KENRI)[number], string>> = {
  'dsr.requests.v1': 'dsr.request.accepted.v1',
  'dsr.plans.v1': 'dsr.plan.approved.v1',
  'dsr.answers.v1': 'dsr.records.located.v1',
  'dsr.cases.v1': 'dsr.case.changed.v1',
  'dsr.receipts.v1': 'dsr.receipt.recorded.v1',
};
const PARTITIONS = 8;
const isRead = ({ topic }: RawRecord) => READ_BY_KENRI.some((name) => name === topic);

/** A poison on its way: known by its `ce_id` wherever it is parked. */
export interface SentPoison {
  readonly id: string;
  readonly poison: Poison;
  readonly topic: string;
  /** Its topic was wiped right after it was sent: perhaps nobody ever got it. */
  wiped: boolean;
}

/** Read by everybody within this time, unless something stands still. */
const READ_WITHIN_MS = 60_000;

/** What a hostile or broken publisher puts on the topics. */
export class Messages {
  readonly poison: SentPoison[] = [];
  private readonly sentAt = new Map<SentPoison, number>();
  private readonly random: Random;

  constructor(
    private readonly kafka: Kafka,
    private readonly tap: TopicTap,
    seed: number,
  ) {
    this.random = randomOf('chaos messages', seed);
  }

  /** Real messages of the given kind once more. @returns how many there were to repeat */
  async again(how: 'duplicates' | 'reordered' | 'late', count: number): Promise<number> {
    const known = (how === 'late' ? this.tap.early : this.tap.last).filter(isRead);
    const from =
      how === 'late' ? this.random.between(0, Math.max(0, known.length - count)) : Math.max(0, known.length - count);
    const chosen = known.slice(from, from + count);
    if (how === 'reordered') chosen.reverse();
    for (const { topic, partition, key, value, headers } of chosen) {
      const message = { partition, key, value, headers: { ...headers, [CHAOS_HEADER]: 'again' } };
      await this.send(topic, [message]);
    }
    return chosen.length;
  }

  /** Topics are deleted: what was put there a moment ago may be gone unread. */
  wiping(topics: readonly string[]): void {
    for (const [sent, at] of this.sentAt)
      if (topics.includes(sent.topic) && Date.now() - at < READ_WITHIN_MS) sent.wiped = true;
  }

  async poisonous(poison: Poison): Promise<SentPoison> {
    const caseId = Array.from({ length: 26 }, () => this.random.pick([...'0123456789ABCDEFGHJKMNPQRSTVWXYZ'])).join('');
    const real = this.tap.last.filter((record) => isRead(record) && record.value !== null && typeIn(record) in KEYED);
    const base = poison === 'wrong-key' && real.length > 0 ? this.random.pick(real) : undefined;
    const topic = base?.topic ?? this.random.pick(READ_BY_KENRI);
    const type = HANDLED[topic as keyof typeof HANDLED];
    const id = `${caseId}:chaos:poison:${this.poison.length + 1}`;
    const headers: IHeaders = {
      ce_specversion: '1.0',
      ce_id: id,
      ce_type: type,
      ce_source: '/kenri/chaos',
      ce_subject: caseId,
      ce_time: new Date().toISOString(),
      'content-type': 'application/json',
    };
    const json = JSON.stringify({ caseId, at: 'chaos' });
    const message = {
      'bad-json': () => ({ key: caseId, value: json.slice(0, -5), headers }),
      'unknown-version': () => ({
        key: caseId,
        value: json,
        headers: { ...headers, ce_type: type.replace(/v1$/, 'v9') },
      }),
      'unknown-type': () => ({ key: caseId, value: json, headers: { ...headers, ce_type: 'dsr.case.eaten.v1' } }),
      'wrong-key': () =>
        base
          ? { key: `x${String(base.key)}`, value: base.value, headers: { ...base.headers, ce_id: id } }
          : { key: 'x', value: json, headers },
      oversized: () => ({
        key: caseId,
        value: JSON.stringify({ caseId, padding: 'x'.repeat(100_000) }),
        headers,
      }),
      tombstone: () => ({ key: caseId, value: null, headers }),
      'garbage-headers': () => ({
        key: caseId,
        value: json,
        headers: {
          ce_id: id,
          ce_specversion: Buffer.from([0xff, 0xfe, 0x00, 0x80]),
          ce_type: '\u0000\u0001',
          'ce_\u30c4': '',
        },
      }),
    }[poison]();
    await this.send(topic, [
      {
        partition: this.random.between(0, PARTITIONS - 1),
        ...message,
        headers: { ...message.headers, [CHAOS_HEADER]: 'poison' },
      },
    ]);
    const sent = { id, poison, topic, wiped: false };
    this.poison.push(sent);
    this.sentAt.set(sent, Date.now());
    return sent;
  }

  private async send(
    topic: string,
    messages: { partition: number; key: Buffer | string | null; value: Buffer | string | null; headers: IHeaders }[],
  ): Promise<void> {
    for (const deadline = Date.now() + 60_000; ; await delay(500)) {
      const producer = this.kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
      try {
        await producer.connect();
        await producer.send({ topic, acks: -1, messages });
        return;
      } catch (error) {
        if (Date.now() > deadline) throw error;
      } finally {
        await producer.disconnect().catch(() => undefined);
      }
    }
  }
}

/** Types whose key is their case's id. */
const KEYED: Readonly<Record<string, true>> = Object.fromEntries(Object.values(HANDLED).map((type) => [type, true]));
const typeIn = ({ headers }: RawRecord): string => String(headers['ce_type'] ?? '');
