import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Outcome } from './play-all.js';
import type { SeenEvent } from './subscriber.js';

const expectedWord = (met: boolean | null) => (met === null ? null : met ? 'met' : 'not met');

/** A table for the terminal: a line per application, then the differences. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ file, played, met }) => {
    const systems = Object.entries(played?.result.systems ?? {}).map(
      ([system, { state, found, acted }]) => `${system} ${state} ${acted}/${found}`,
    );
    return [
      file.replace(/\.json$/, ''),
      played?.result.outcome ?? played?.result.state ?? 'failed',
      expectedWord(met) ?? '–',
      systems.join(', ') || '(no fan-out)',
    ];
  });
  const head = ['application', 'outcome', 'expected', 'systems: state, acted/found rows'];
  const widths = [0, 1, 2].map((column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: string[]) =>
    row.map((cell, column) => (column < 3 ? cell.padEnd(widths[column] ?? 0) : cell)).join('  ');
  const wrong = outcomes.flatMap(({ file, differences }) =>
    differences.map((difference) => `  ${file}: ${difference}`),
  );
  return [
    line(head),
    line(head.map((cell, column) => '─'.repeat(widths[column] ?? cell.length))),
    ...rows.map(line),
    ...(wrong.length > 0 ? ['', 'Not as expected:', ...wrong] : []),
  ].join('\n');
}

/** Writes `demo.json` (format: samples/README.md). @returns its path */
export async function writeReport(
  out: string,
  outcomes: readonly Outcome[],
  seen: readonly SeenEvent[],
): Promise<string> {
  const count = (topic: string) => seen.filter((event) => event.topic === topic).length;
  const report = {
    applications: outcomes.map(({ file, title, played, met, differences }) => ({
      file,
      title,
      caseId: played?.result.caseId ?? null,
      kinds: played?.result.kinds ?? [],
      state: played?.result.state ?? null,
      outcome: played?.result.outcome ?? null,
      systems: played?.result.systems ?? {},
      events: played?.result.events ?? null,
      expected: expectedWord(met),
      differences,
    })),
    events: {
      erasures: count('dsr.erasures.v1'),
      suppressions: count('dsr.suppressions.v1'),
      corrections: count('dsr.corrections.v1'),
    },
  };
  await mkdir(out, { recursive: true });
  const file = path.join(out, 'demo.json');
  await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
  return file;
}

/** Writes a package as the applicant got it, and beside it the password, as if read off the letter. */
export async function writePackage(
  out: string,
  file: string,
  { zip, password }: { zip: Buffer; password: string },
): Promise<string> {
  const folder = path.join(out, 'packages');
  await mkdir(folder, { recursive: true });
  const name = file.replace(/\.json$/, '');
  await writeFile(path.join(folder, `${name}.zip`), zip);
  await writeFile(path.join(folder, `${name}.password.txt`), `${password}\n`);
  return path.join(folder, `${name}.zip`);
}
