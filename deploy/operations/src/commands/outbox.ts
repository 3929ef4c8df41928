import type { OutboxReport } from '@kenri/messaging';
import { asJson, askEach, failuresOf, type Asked } from '../each-service.js';
import type { OnTheWire } from '../on-the-wire.js';
import type { Operator } from '../operator.js';
import type { Findings } from '../output.js';
import { table, type Column } from '../table.js';
import { age, count, span } from '../words.js';

type Outbox = OnTheWire<OutboxReport>;

const COLUMNS: Column[] = [
  { title: 'service' },
  { title: 'documents', align: 'right' },
  { title: 'messages', align: 'right' },
  { title: 'oldest', align: 'right' },
  { title: 'leased', align: 'right' },
  { title: 'lease over', align: 'right' },
  { title: 'refused', align: 'right' },
  { title: 'types', shrinkTo: 16 },
];

/** What waits to be published, per service. */
export async function outbox(
  operator: Operator,
  services: readonly string[],
  patienceMs: number,
  width: number,
): Promise<Findings> {
  const asked = await askOutboxes(operator, services);
  const rows = asked.map((one) => {
    if (!one.ok) return [one.service, '?', '', '', '', '', '', one.error];
    const { documents, entries, oldestAt, leases, refused, types, asOf } = one.answer;
    return [
      one.service,
      String(documents),
      String(entries),
      oldestAt === null ? '' : span(age(oldestAt, asOf)),
      String(leases.running),
      String(leases.expired),
      String(refused),
      types.map(({ type, entries }) => `${type} ${entries}`).join(', '),
    ];
  });
  return {
    json: { services: asJson(operator, asked) },
    lines: table(COLUMNS, rows, width),
    attention: [...failuresOf(asked), ...outboxAttention(asked, patienceMs)],
    failed: asked.some(({ ok }) => !ok),
  };
}

export const askOutboxes = (operator: Operator, services: readonly string[]): Promise<Asked<Outbox>[]> =>
  askEach(services, (service) => operator.get<Outbox>(service, '/outbox'));

export function outboxAttention(asked: readonly Asked<Outbox>[], patienceMs: number): string[] {
  return asked.flatMap((one) => {
    if (!one.ok) return [];
    const { entries, oldestAt, asOf, refused } = one.answer;
    const waits = oldestAt === null ? 0 : age(oldestAt, asOf);
    return [
      ...(waits > patienceMs
        ? [`${one.service}: ${count(entries, 'message')} to publish, the oldest for ${span(waits)}: does Kafka answer?`]
        : []),
      ...(refused > 0
        ? [`${one.service}: the broker refuses a message of ${count(refused, 'document')}: its log names the error`]
        : []),
    ];
  });
}
