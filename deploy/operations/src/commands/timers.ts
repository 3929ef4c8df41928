import type { TimersReport } from '@kenri/messaging';
import { asJson, askEach, failuresOf, type Asked } from '../each-service.js';
import type { OnTheWire } from '../on-the-wire.js';
import type { Operator } from '../operator.js';
import type { Findings } from '../output.js';
import { table, type Column } from '../table.js';
import { age, count, instant, span } from '../words.js';

type Timers = OnTheWire<TimersReport>;

const COLUMNS: Column[] = [
  { title: 'service' },
  { title: 'kind', shrinkTo: 12 },
  { title: 'timers', align: 'right' },
  { title: 'overdue', align: 'right' },
  { title: 'failing', align: 'right' },
  { title: 'next (UTC)' },
  { title: 'in', align: 'right' },
];

/** Timers by service and kind. */
export async function timers(
  operator: Operator,
  services: readonly string[],
  patienceMs: number,
  width: number,
): Promise<Findings> {
  const asked = await askTimers(operator, services);
  const rows = asked.flatMap((one) => {
    if (!one.ok) return [[one.service, one.error, '?', '', '', '', '']];
    const { kinds, asOf } = one.answer;
    if (kinds.length === 0) return [[one.service, '', '0', '', '', '', '']];
    return kinds.map(({ kind, timers, overdue, failing, nextAt }) => {
      const late = age(nextAt, asOf);
      const until = late > 0 ? `-${span(late)}` : span(-late);
      return [one.service, kind, String(timers), String(overdue), String(failing), instant(nextAt), until];
    });
  });
  return {
    json: { services: asJson(operator, asked) },
    lines: table(COLUMNS, rows, width),
    attention: [...failuresOf(asked), ...timersAttention(asked, patienceMs)],
    failed: asked.some(({ ok }) => !ok),
  };
}

export const askTimers = (operator: Operator, services: readonly string[]): Promise<Asked<Timers>[]> =>
  askEach(services, (service) => operator.get<Timers>(service, '/timers'));

export function timersAttention(asked: readonly Asked<Timers>[], patienceMs: number): string[] {
  return asked.flatMap((one) => {
    if (!one.ok) return [];
    const { kinds, asOf } = one.answer;
    return kinds.flatMap(({ kind, overdue, failing, nextAt }) => {
      const late = age(nextAt, asOf);
      return [
        ...(overdue > 0 && late > patienceMs
          ? [`${one.service}: ${count(overdue, 'timer')} of kind ${kind} overdue, the oldest since ${span(late)}`]
          : []),
        ...(failing > 0
          ? [
              `${one.service}: ${count(failing, 'timer')} of kind ${kind} failed and will be tried again: its log names the error`,
            ]
          : []),
      ];
    });
  });
}
