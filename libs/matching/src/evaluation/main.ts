import { CATEGORIES } from './categories.js';
import { add, emptyMeasure, figures, measurePair, type Measured } from './measure.js';
import { nameLists } from './name-lists.js';
import { Random } from './random.js';

const show = (value: number | null) => (value === null ? '     -' : `${(value * 100).toFixed(1).padStart(5)}%`);
const misses = Number(/--misses=(\d+)/.exec(process.argv.join(' '))?.[1] ?? 0);
const only = /--only=(.+)/.exec(process.argv.join('\n'))?.[1]?.split('\n')[0];
const perCategory = Number(/--pairs=(\d+)/.exec(process.argv.join(' '))?.[1] ?? 5000);
const part = process.argv.includes('--tuning') ? 'tuning' : 'held-out';

const total = emptyMeasure();
const rows: [string, Measured][] = [];
let seed = part === 'tuning' ? 1 : 100_001;
for (const [name, category] of Object.entries(CATEGORIES)) {
  seed += 1;
  if (only !== undefined && name !== only) continue;
  const random = new Random(seed);
  const lists = nameLists(part);
  const measured = emptyMeasure();
  let shown = 0;
  for (let i = 0; i < perCategory; i += 1) {
    const pair = category(random, lists);
    const match = measurePair(measured, pair);
    const missed = pair.same ? match.verdict === 'different' : match.verdict !== 'different';
    const wrong = match.verdict === 'certain' && !(pair.same && pair.allowed);
    const timid = pair.allowed && match.verdict !== 'certain';
    if (shown < misses && (missed || wrong || timid)) {
      shown += 1;
      console.log(
        JSON.stringify({
          name,
          verdict: match.verdict,
          allowed: pair.allowed,
          reasons: match.reasons.map((r) => r.code),
          a: pair.applicant,
          r: pair.record,
        }),
      );
    }
  }
  rows.push([name, measured]);
  add(total, measured);
}
console.log(`${'category'.padEnd(28)} pairs  wrong  forbid  recall  certain  different`);
for (const [name, measured] of [...rows, ['all', total] as [string, Measured]]) {
  const f = figures(measured);
  console.log(
    `${name.padEnd(28)} ${String(measured.pairs).padStart(6)} ${String(measured.wrongCertain).padStart(5)} ${String(measured.forbiddenCertain).padStart(6)}  ${show(f.recall)}  ${show(f.certainOfAllowed)}  ${show(f.differentOfDifferent)}`,
  );
}
