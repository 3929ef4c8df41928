import kafkajs, { type Admin } from 'kafkajs';
import type { Installation } from './installation.js';
import { NotAnswered } from './operator.js';
import { UsageFault } from './usage-fault.js';

// kafkajs is CommonJS.
const { AssignerProtocol, Kafka, logLevel } = kafkajs;

/** A broker that hangs takes connections and answers nothing, and kafkajs asks it again and again. */
const WITHIN_MS = 15_000;

export interface PartitionLag {
  partition: number;
  /** The next offset to be read; null where the group has committed none. */
  committed: string | null;
  end: string;
  unread: number;
  /** Messages that were deleted by the topic's retention before this group had read them. */
  lost: number;
  /** What was committed lies beyond the end: the topic was deleted and made anew. */
  beyondEnd: boolean;
}

export interface TopicLag {
  topic: string;
  unread: number;
  lost: number;
  /** When the oldest unread message was written, give or take two per cent of its age; null when there is none. */
  oldestAt: string | null;
  partitions: PartitionLag[];
}

export interface GroupLag {
  group: string;
  /** As Kafka says: Stable, Empty, PreparingRebalance, CompletingRebalance, Dead (no such group). */
  state: string;
  members: number;
  asOf: string;
  topics: TopicLag[];
}

/**
 * How far consumer groups are behind, by the broker itself: nothing of a message is read, and no group is joined.
 * @throws NotAnswered when Kafka does not answer
 */
export async function consumerLag(
  { brokers, topicPrefix }: Installation,
  groups: readonly string[],
): Promise<GroupLag[]> {
  if (!brokers) throw new UsageFault('where Kafka is, is not known: set KAFKA_BROKERS to host:port[,host:port…]');
  const admin = new Kafka({
    clientId: 'kenri-operations',
    brokers: [...brokers],
    connectionTimeout: 3000,
    requestTimeout: 5000,
    retry: { retries: 1, initialRetryTime: 200, maxRetryTime: 1000 },
    logLevel: logLevel.NOTHING,
  }).admin();
  const asked = ask(admin, topicPrefix, groups);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const why = `Kafka at ${brokers.join(',')} does not answer within ${WITHIN_MS / 1000} s`;
    timer = setTimeout(() => reject(new NotAnswered('down', why)), WITHIN_MS);
  });
  try {
    return await Promise.race([asked, late]);
  } catch (error) {
    const { name, message } = error as Error;
    if (!name.startsWith('KafkaJS')) throw error;
    throw new NotAnswered('down', `Kafka at ${brokers.join(',')} does not answer: ${message.split('\n')[0]}`);
  } finally {
    clearTimeout(timer);
    // What is still asked fails with the connection; nobody waits for it any more.
    asked.catch(() => undefined);
    void admin.disconnect().catch(() => undefined);
  }
}

async function ask(admin: Admin, topicPrefix: string, groups: readonly string[]): Promise<GroupLag[]> {
  await admin.connect();
  const ends = new Map<string, Promise<Ends[]>>();
  const endsOf = (topic: string): Promise<Ends[]> => {
    const known = ends.get(topic) ?? readEnds(admin, topic);
    ends.set(topic, known);
    return known;
  };
  const described = (await admin.describeGroups(groups.map((group) => topicPrefix + group))).groups;
  return await Promise.all(
    groups.map(async (group): Promise<GroupLag> => {
      const found = described.find(({ groupId }) => groupId === topicPrefix + group);
      const members = found?.members ?? [];
      const subscribed = members.flatMap(({ memberMetadata }) => subscriptionOf(memberMetadata));
      const committed = new Map(
        (await admin.fetchOffsets({ groupId: topicPrefix + group })).map(({ topic, partitions }) => [
          topic,
          new Map(partitions.map(({ partition, offset }) => [partition, offset])),
        ]),
      );
      const names = [...new Set([...committed.keys(), ...subscribed])].sort();
      const topics = await Promise.all(
        names.map(async (topic): Promise<TopicLag> => {
          const partitions = (await endsOf(topic)).map((end) => lagOf(end, committed.get(topic)?.get(end.partition)));
          const lag = sum(partitions, ({ unread }) => unread);
          return {
            topic: topic.startsWith(topicPrefix) ? topic.slice(topicPrefix.length) : topic,
            unread: lag,
            lost: sum(partitions, ({ lost }) => lost),
            oldestAt: lag > 0 ? await oldestUnread(admin, topic, partitions) : null,
            partitions,
          };
        }),
      );
      return {
        group,
        state: found?.state ?? 'Dead',
        members: members.length,
        asOf: new Date().toISOString(),
        topics,
      };
    }),
  );
}

interface Ends {
  partition: number;
  low: string;
  high: string;
}

/** A topic that was deleted has no partitions. */
async function readEnds(admin: Admin, topic: string): Promise<Ends[]> {
  if (!(await admin.listTopics()).includes(topic)) return [];
  return admin.fetchTopicOffsets(topic);
}

function subscriptionOf(metadata: Buffer): readonly string[] {
  return metadata.length === 0 ? [] : (AssignerProtocol.MemberMetadata.decode(metadata)?.topics ?? []);
}

/** @param offset as committed; `-1` or absent where nothing was */
export function lagOf({ partition, low, high }: Ends, offset: string | undefined): PartitionLag {
  const committed = offset === undefined || BigInt(offset) < 0n ? null : offset;
  const [first, end] = [BigInt(low), BigInt(high)];
  const next = committed === null ? first : BigInt(committed);
  const beyondEnd = next > end;
  // A consumer whose offset is out of range begins with the oldest message that is left.
  const from = beyondEnd || next < first ? first : next;
  return {
    partition,
    committed,
    end: high,
    unread: Number(end - from),
    lost: committed !== null && next < first ? Number(first - next) : 0,
    beyondEnd,
  };
}

const sum = <T>(all: readonly T[], of: (one: T) => number): number => all.reduce((total, one) => total + of(one), 0);

const LONGEST_MS = 400 * 86_400_000;

/** Kafka answers which offset a time belongs to: the time of an offset is found by asking for earlier and earlier times. */
async function oldestUnread(admin: Admin, topic: string, partitions: readonly PartitionLag[]): Promise<string> {
  const first = new Map(
    partitions
      .filter(({ unread }) => unread > 0)
      .map(({ partition, end, unread }) => [partition, BigInt(end) - BigInt(unread)]),
  );
  const now = Date.now();
  const olderThan = async (ms: number): Promise<boolean> => {
    const offsets = await admin.fetchTopicOffsetsByTimestamp(topic, now - ms);
    return offsets.some(({ partition, offset }) => BigInt(offset) > (first.get(partition) ?? BigInt(offset)));
  };
  return new Date(now - (await largest(olderThan))).toISOString();
}

/** The largest span in milliseconds for which something holds that holds for all smaller ones, to a second or two per cent. */
export async function largest(holds: (ms: number) => Promise<boolean>): Promise<number> {
  let [least, most] = [0, 1000];
  while (most < LONGEST_MS && (await holds(most))) [least, most] = [most, most * 2];
  while (most - least > Math.max(1000, least * 0.02)) {
    const middle = (least + most) / 2;
    if (await holds(middle)) least = middle;
    else most = middle;
  }
  return Math.round(least);
}
