import type { Finding } from './findings.js';
import type { FuzzResult } from './fuzz.js';

function table(head: readonly string[], rows: readonly (string | number)[][]): string {
  const cells = [head, ...rows.map((row) => row.map(String))];
  const widths = head.map((_name, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ');
  return cells.map(line).join('\n');
}

/** The counts per operation and per topic, and what was found. */
export function reportOf(result: FuzzResult): string {
  const { http, messages, findings, looked } = result;
  const operations = Object.entries(http);
  const topics = Object.entries(messages);
  const parts: string[] = [];
  if (operations.length > 0) {
    const rows = operations.map(([name, { requests, taken, refused, compared, slowestMs }]) => [
      name,
      requests,
      taken,
      refused,
      compared,
      slowestMs,
    ]);
    parts.push(table(['operation', 'requests', 'taken', 'refused', 'compared', 'slowest ms'], rows));
  }
  if (topics.length > 0) {
    const rows = topics.map(([name, { sent, parked, passedOver, either }]) => [name, sent, parked, passedOver, either]);
    parts.push(table(['topic', 'sent', 'parked', 'passed over', 'either'], rows));
    parts.push(
      `parked, passed over and either are counted per service; ${result.realRequests} real applications went through between them`,
    );
  }
  parts.push(
    `looked at ${looked.lines} log lines, ${looked.spans} spans, ${looked.documents} documents, ${looked.parkedShown} parked messages as shown`,
  );
  parts.push(...findings.map((finding, index) => `${index + 1}. ${shown(finding)}`));
  parts.push(
    `${findings.length === 0 ? 'nothing' : findings.length} found in ${result.rounds} round(s), ${result.seconds} s, seed ${result.seed}`,
  );
  return parts.join('\n\n');
}

const shown = ({ area, where, rule, detail, counterexample, seed }: Finding): string => {
  const only = area === 'platform' ? '' : ` --only ${area}`;
  const operation =
    area === 'http' ? ` --operation "${where.slice(where.indexOf(' ') + 1)}" --service ${where.split(' ')[0]}` : '';
  const runs = area === 'messages' ? 4 : 20;
  return `${where}: ${rule}\n   ${detail}\n   by ${counterexample}\n   again: npm run fuzz -- --seed ${seed} --runs ${runs}${only}${operation}`;
};
