import { asJson, askEach, failuresOf, type Asked } from '../each-service.js';
import type { Operator } from '../operator.js';
import type { Findings } from '../output.js';
import { table, type Column } from '../table.js';
import { age, span } from '../words.js';
import { askLag, lagAttention, unreadOf } from './lag.js';
import { askOutboxes, outboxAttention } from './outbox.js';
import { askSummaries, parkedAttention, totalOf } from './parked.js';
import { askIndexes, indexAttention } from './side-index.js';
import { askTimers, timersAttention } from './timers.js';

const COLUMNS: Column[] = [
  { title: 'service' },
  { title: 'state', shrinkTo: 12 },
  { title: 'parked', align: 'right' },
  { title: 'to publish', align: 'right' },
  { title: 'oldest', align: 'right' },
  { title: 'overdue', align: 'right' },
  { title: 'failing', align: 'right' },
  { title: 'unread', align: 'right' },
  { title: 'index' },
];

const isConnector = (service: string) => service.startsWith('connector-');

/** All of it at a glance: is somebody needed? */
export async function status(
  operator: Operator,
  services: readonly string[],
  patienceMs: number,
  width: number,
): Promise<Findings> {
  const ready = await askEach(services, (service) =>
    operator.get<{ status: string }>(service, '/health/ready', { anonymous: true }),
  );
  // Whoever does not answer is not asked four times more. One that answers "not ready" may still tell what waits.
  const up = services.filter((service) =>
    ready.some((one) => one.service === service && (one.ok || one.kind !== 'down')),
  );
  const [parked, outboxes, timers, indexes, lag] = await Promise.all([
    askSummaries(operator, up),
    askOutboxes(operator, up),
    askTimers(operator, up),
    askIndexes(operator, up.filter(isConnector)),
    operator.installation.brokers ? askLag(operator, services) : undefined,
  ]);
  const groups = lag && 'groups' in lag ? lag.groups : [];
  const answerOf = <T>(asked: readonly Asked<T>[], service: string): T | undefined => {
    const found = asked.find((one) => one.service === service);
    return found?.ok ? found.answer : undefined;
  };
  const rows = ready.map((one) => {
    const { service } = one;
    const outbox = answerOf(outboxes, service);
    const kinds = answerOf(timers, service)?.kinds;
    const summary = answerOf(parked, service);
    const index = answerOf(indexes, service);
    const group = groups.find(({ group }) => group === `kenri-${service}`);
    const number = (value: number | undefined) => (value === undefined ? '?' : String(value));
    return [
      service,
      one.ok ? 'ready' : one.error,
      number(summary && totalOf(summary)),
      number(outbox?.entries),
      outbox?.oldestAt ? span(age(outbox.oldestAt, outbox.asOf)) : '',
      number(kinds?.reduce((sum, { overdue }) => sum + overdue, 0)),
      number(kinds?.reduce((sum, { failing }) => sum + failing, 0)),
      number(group && unreadOf(group)),
      index ? (index.complete ? index.state : `${index.state}, not fresh`) : isConnector(service) ? '?' : '',
    ];
  });
  const failed = [
    ...new Set([ready, parked, outboxes, timers, indexes].flatMap((asked) => failuresOf<unknown>(asked))),
  ];
  const withoutKafka = lag && 'error' in lag ? [lag.error] : [];
  const attention = [
    ...failed,
    ...withoutKafka,
    ...parkedAttention(parked),
    ...outboxAttention(outboxes, patienceMs),
    ...timersAttention(timers, patienceMs),
    ...indexAttention(indexes, patienceMs),
    ...lagAttention(
      groups.filter(({ group }) => up.includes(group.replace(/^kenri-/, ''))),
      patienceMs,
    ),
  ];
  return {
    json: {
      source: operator.installation.source,
      services: asJson(operator, ready),
      parked: asJson(
        operator,
        parked.map((one) => (one.ok ? { ...one, answer: { summary: one.answer } } : one)),
      ),
      outbox: asJson(operator, outboxes),
      timers: asJson(operator, timers),
      index: asJson(operator, indexes),
      lag: groups,
    },
    lines: [...table(COLUMNS, rows, width), ...(attention.length === 0 ? ['', 'all is well'] : [])],
    attention,
    failed: failed.length + withoutKafka.length > 0,
  };
}
