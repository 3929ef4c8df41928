import { randomBytes, randomUUID } from 'node:crypto';
import { eventId, TOPICS, type Identity, type RecordsLocated, type RequestAccepted } from '@kenri/contracts';
import type { Vault } from '@kenri/vault';
import { Kafka, logLevel, type Consumer, type Producer } from 'kafkajs';

const ACCEPTED = 'dsr.request.accepted.v1';
const LOCATED = 'dsr.records.located.v1';
const FAILED = 'dsr.answer.failed.v1';
/** A hundred thousand records take a while. */
const WITHIN_MS = 20 * 60_000;
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** 26 characters of a ULID (https://github.com/ulid/spec), all of them random. */
const newCaseId = () => Array.from(randomBytes(26), (byte) => CROCKFORD[byte % 32]).join('');

export interface Located {
  readonly answer: RecordsLocated;
  /** From the send to the answer's arrival. */
  readonly milliseconds: number;
}

/** Asks one connector as intake does, by real messages, and waits for its answer. */
export class Requests {
  private readonly waiting = new Map<string, (type: string, data: unknown) => void>();

  private constructor(
    private readonly vault: Vault,
    private readonly system: string,
    private readonly recipients: readonly string[],
    private readonly topicPrefix: string,
    private readonly producer: Producer,
    private readonly consumer: Consumer,
  ) {}

  /**
   * @param vault intake's
   * @param others who else opens the requests
   */
  static async open(
    vault: Vault,
    system: string,
    { brokers, topicPrefix, others = [] }: { brokers: string; topicPrefix: string; others?: readonly string[] },
  ): Promise<Requests> {
    const kafka = new Kafka({ clientId: 'bench-locate', brokers: brokers.split(','), logLevel: logLevel.NOTHING });
    const producer = kafka.producer();
    const consumer = kafka.consumer({ groupId: `bench-locate-${randomUUID()}`, maxWaitTimeInMs: 50 });
    const requests = new Requests(vault, system, [...others, `connector-${system}`], topicPrefix, producer, consumer);
    await Promise.all([producer.connect(), consumer.connect()]);
    await consumer.subscribe({ topics: [`${topicPrefix}${TOPICS.answers.name}`], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachMessage: ({ message: { headers, value } }) => {
        const [caseId, type] = [String(headers?.['ce_subject']), String(headers?.['ce_type'])];
        requests.told(caseId, type, value);
        return Promise.resolve();
      },
    });
    return requests;
  }

  async close(): Promise<void> {
    await Promise.all([this.producer.disconnect(), this.consumer.disconnect()]);
  }

  /** @throws Error where the connector could not answer, or not in time */
  async ask(identity: Identity): Promise<Located> {
    const caseId = newCaseId();
    const id = eventId(caseId, 'intake', 'accepted', 1);
    const now = new Date().toISOString();
    const data: RequestAccepted = {
      caseId,
      reference: 'K-BENCH',
      kinds: ['disclosure'],
      channel: 'web',
      language: 'ja',
      systems: [this.system],
      scope: { exportScopes: ['data'], purposes: [] },
      receivedAt: now,
      acceptedAt: now,
      acceptedBy: 'bench',
      subject: await this.vault.seal(
        { identity, particulars: {} },
        { recipients: [...this.recipients], id, type: ACCEPTED },
      ),
    };
    const sentAt = performance.now();
    const answered = this.answerOf(caseId);
    await this.producer.send({
      topic: `${this.topicPrefix}${TOPICS.requests.name}`,
      acks: -1,
      messages: [{ key: caseId, value: JSON.stringify(data), headers: headersOf(id, caseId, now) }],
    });
    return { answer: await answered, milliseconds: performance.now() - sentAt };
  }

  private answerOf(caseId: string): Promise<RecordsLocated> {
    return new Promise<RecordsLocated>((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`connector-${this.system} did not answer within ${WITHIN_MS / 1000} s`)),
        WITHIN_MS,
      );
      this.waiting.set(caseId, (type, data) => {
        clearTimeout(late);
        this.waiting.delete(caseId);
        if (type === LOCATED) resolve(data as RecordsLocated);
        else reject(new Error(`connector-${this.system}: ${(data as { reason: string }).reason}`));
      });
    });
  }

  /** For messages that concern a request under way. */
  private told(caseId: string, type: string, value: Buffer | null): void {
    if (type === LOCATED || type === FAILED) this.waiting.get(caseId)?.(type, JSON.parse(String(value)));
  }
}

/** CloudEvents 1.0, Kafka protocol binding, binary mode. */
const headersOf = (id: string, caseId: string, time: string) => ({
  ce_specversion: '1.0',
  ce_id: id,
  ce_type: ACCEPTED,
  ce_source: '/kenri/intake',
  ce_subject: caseId,
  ce_time: time,
  'content-type': 'application/json',
});
