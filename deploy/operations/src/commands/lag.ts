import { consumerLag, type GroupLag, type TopicLag } from '../consumer-lag.js';
import { NotAnswered, type Operator } from '../operator.js';
import type { Findings } from '../output.js';
import { table, type Column } from '../table.js';
import { age, count, span } from '../words.js';

const COLUMNS: Column[] = [
  { title: 'service' },
  { title: 'group' },
  { title: 'readers', align: 'right' },
  { title: 'topic' },
  { title: 'unread', align: 'right' },
  { title: 'oldest', align: 'right' },
  { title: 'lost', align: 'right' },
];
const PARTITION_COLUMNS: Column[] = [
  { title: 'service' },
  { title: 'topic' },
  { title: 'partition', align: 'right' },
  { title: 'committed', align: 'right' },
  { title: 'end', align: 'right' },
  { title: 'unread', align: 'right' },
  { title: 'lost', align: 'right' },
];

/** A service's consumer group. */
const groupOf = (service: string) => `kenri-${service}`;
const serviceOf = ({ group }: GroupLag) => group.replace(/^kenri-/, '');

/** How far each service is behind on each topic it reads. */
export async function lag(
  operator: Operator,
  services: readonly string[],
  { patienceMs, width, byPartition }: { patienceMs: number; width: number; byPartition: boolean },
): Promise<Findings> {
  const asked = await askLag(operator, services);
  if ('error' in asked) return { json: { error: asked.error }, lines: [asked.error], attention: [], failed: true };
  const rows = asked.groups.flatMap((group) => {
    const shown = group.topics.length === 0 ? [undefined] : group.topics;
    return shown.map((topic) => [
      serviceOf(group),
      group.state.toLowerCase(),
      String(group.members),
      topic?.topic ?? '(has read nothing yet)',
      topic ? String(topic.unread) : '',
      topic?.oldestAt ? span(age(topic.oldestAt, group.asOf)) : '',
      topic?.lost ? String(topic.lost) : '',
    ]);
  });
  const partitions = asked.groups.flatMap((group) =>
    group.topics.flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, committed, end, unread, lost }) => [
        serviceOf(group),
        topic,
        String(partition),
        committed ?? 'none',
        end,
        String(unread),
        lost > 0 ? String(lost) : '',
      ]),
    ),
  );
  return {
    json: { groups: asked.groups.map((group) => ({ service: serviceOf(group), ...group })) },
    lines: byPartition ? table(PARTITION_COLUMNS, partitions, width) : table(COLUMNS, rows, width),
    attention: lagAttention(asked.groups, patienceMs),
    failed: false,
  };
}

/** Kafka out of reach is an answer, too. */
export async function askLag(
  operator: Operator,
  services: readonly string[],
): Promise<{ groups: GroupLag[] } | { error: string }> {
  try {
    return { groups: await consumerLag(operator.installation, services.map(groupOf)) };
  } catch (error) {
    if (!(error instanceof NotAnswered)) throw error;
    return { error: error.message };
  }
}

export const unreadOf = ({ topics }: GroupLag): number => topics.reduce((sum, { unread }) => sum + unread, 0);

export function lagAttention(groups: readonly GroupLag[], patienceMs: number): string[] {
  return groups.flatMap((group) => {
    const service = serviceOf(group);
    const waits = (topic: TopicLag) => (topic.oldestAt === null ? 0 : age(topic.oldestAt, group.asOf));
    const nobody =
      group.members === 0
        ? [`${service}: nobody reads for it (${count(unreadOf(group), 'unread message')}): is it running?`]
        : [];
    const perTopic = group.topics.flatMap((topic) => [
      ...(group.members > 0 && waits(topic) > patienceMs
        ? [
            `${service}: ${count(topic.unread, 'message')} of ${topic.topic} unread, the oldest for ${span(waits(topic))}`,
          ]
        : []),
      ...(topic.lost > 0
        ? [`${service}: ${count(topic.lost, 'message')} of ${topic.topic} deleted before it had read them`]
        : []),
      ...(topic.partitions.some(({ beyondEnd }) => beyondEnd)
        ? [
            `${service}: what it has read of ${topic.topic} lies beyond the end: the topic was made anew; it reads from the beginning`,
          ]
        : []),
    ]);
    return [...nobody, ...perTopic];
  });
}
