import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createInterface } from 'node:readline';
import type { FaultName } from '../faults/kinds.js';
import type { Twist } from '../load/applicants.js';
import type { ChaosReport } from '../run/chaos.js';
import { build, copyRepository, remove } from './copy.js';
import { GUARDS, type Guard } from './guards.js';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const HELP = `npm run chaos:prove -- [--only NAME,…] [--seed S] [--json FILE]

Takes the guards away one at a time, in a copy of the repository, and aims chaos at each: the checker must report a broken invariant for
every guard that is gone, and none for the copy that has them all.

  --only LIST   only these, separated by commas: none (the whole copy), ${GUARDS.map(({ name }) => name).join(', ')}
  --seed S      a whole number (default 1)
  --json FILE   where the table goes as JSON (default out/chaos-prove.json)

Exit code 0: proved; 1: not; 2: wrong usage; 130: interrupted. Interrupted, it stops what runs and removes the copy; again to stop at once.
`;
const INTERRUPTED = 130;

interface Aim {
  readonly cases: number;
  readonly faults: number;
  readonly only: readonly FaultName[];
  readonly twists?: readonly Twist[];
}
interface Row {
  readonly guard: string;
  readonly broken: readonly string[];
  readonly proved: boolean;
  readonly seconds: number;
}

/** The whole copy is put under everything that any of the others is. */
const WHOLE: Aim = { cases: 60, faults: 24, only: [...new Set(GUARDS.flatMap(({ only }) => only))] };
const out = (line: string) => process.stdout.write(`${line}\n`);
const interrupt = new AbortController();
const stop = () => {
  out('interrupted: stopping what runs, removing the copy');
  interrupt.abort(new Error('interrupted'));
};

async function main(): Promise<number> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { only: text, seed: text, json: text, help: { type: 'boolean' } } });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const seed = values.seed ?? '1';
  if (!/^\d+$/.test(seed)) throw new TypeError(`--seed ${seed}: must be a whole number`);
  const known = ['none', ...GUARDS.map(({ name }) => name)];
  const wanted = values.only?.split(',').map((name) => name.trim()) ?? known;
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new TypeError(`--only ${unknown.join(',')}: no such guard; there are ${known.join(', ')}`);

  const copy = await mkdtemp(path.join(tmpdir(), 'kenri-chaos-prove-'));
  const rows: Row[] = [];
  try {
    out(`copying the repository to ${copy}`);
    await copyRepository(ROOT, copy);
    await build(copy);
    interrupt.signal.throwIfAborted();
    if (wanted.includes('none')) rows.push(await aim(copy, 'none', WHOLE, seed, (broken) => broken.length === 0));
    for (const guard of GUARDS.filter(({ name }) => wanted.includes(name))) rows.push(await without(guard, copy, seed));
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
  out('\nremoved                            proved  seconds  invariants reported as broken');
  for (const { guard, proved, seconds, broken } of rows)
    out(
      `${guard.padEnd(34)} ${(proved ? 'yes' : 'NO').padEnd(7)} ${String(Math.round(seconds)).padStart(7)}  ${broken.join('; ') || '–'}`,
    );
  const json = values.json ?? 'out/chaos-prove.json';
  await mkdir(path.dirname(path.resolve(json)), { recursive: true });
  await writeFile(json, JSON.stringify({ seed: Number(seed), rows }, null, 2));
  return rows.every(({ proved }) => proved) ? 0 : 1;
}

async function without(guard: Guard, copy: string, seed: string): Promise<Row> {
  const putBack = await remove(guard, copy);
  try {
    interrupt.signal.throwIfAborted();
    return await aim(copy, guard.name, guard, seed, (broken) => broken.some((name) => guard.noticedBy.includes(name)));
  } finally {
    await putBack();
  }
}

async function aim(
  copy: string,
  name: string,
  { cases, faults, only, twists }: Aim,
  seed: string,
  isProof: (broken: string[]) => boolean,
): Promise<Row> {
  const began = Date.now();
  out(`\nremoved: ${name}`);
  const json = path.join(copy, 'out', `${name.replaceAll(' ', '-')}.json`);
  const args = ['chaos/dist/run/main.js', '--cases', String(cases), '--faults', String(faults), '--seed', seed];
  args.push(
    '--people',
    String(Math.ceil(cases * 1.5)),
    '--only',
    only.join(','),
    '--json',
    json,
    ...(twists ? ['--twists', twists.join(',')] : []),
  );
  await started(copy, args);
  const report = JSON.parse(await readFile(json, 'utf8')) as ChaosReport;
  const broken = report.verdicts.filter((verdict) => verdict.broken.length > 0).map(({ invariant }) => invariant);
  return { guard: name, broken, proved: isProof(broken), seconds: (Date.now() - began) / 1000 };
}

/** What a run prints is printed, a little to the right. @throws Error when it could not be carried out */
function started(cwd: string, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--disable-warning=TimeoutNegativeWarning', ...args], {
      cwd,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const end = () => child.kill('SIGTERM');
    interrupt.signal.addEventListener('abort', end);
    createInterface({ input: child.stdout }).on('line', (line) => out(`    ${line}`));
    child.once('error', reject);
    child.once('exit', (code) => {
      interrupt.signal.removeEventListener('abort', end);
      if (code === 0 || code === 1) resolve();
      else reject(new Error(`chaos ended with ${code ?? 'a signal'}`));
    });
  });
}

process.once('SIGINT', stop).once('SIGTERM', stop);
main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    if (interrupt.signal.aborted) process.exit(INTERRUPTED);
    const wrongUsage = error instanceof TypeError;
    process.stderr.write(`chaos:prove: ${wrongUsage ? error.message : (error as Error).stack}\n`);
    process.exit(wrongUsage ? 2 : 1);
  },
);
