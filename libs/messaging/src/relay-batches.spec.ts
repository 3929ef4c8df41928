import type { OutboxEntry } from './message.js';
import { MAX_PARTITION_BYTES, pick, sizeOf } from './relay-batches.js';

const entry = (n: string, bytes = 10): OutboxEntry => ({
  n,
  id: n,
  type: 'dsr.plan.approved.v1',
  topic: 'dsr.plans.v1',
  caseId: 'c',
  key: 'k',
  time: new Date(0),
  value: 'x'.repeat(bytes),
});
const document = (...waiting: OutboxEntry[]) => ({ waiting });

it('a partition gets no more than its cap; documents of other partitions still go', () => {
  const large = Array.from({ length: 12 }, (_, n) => document(entry(`large-${n}`, 60_000)));
  const small = document(entry('small'));
  const picked = pick([...large, small], (found) => (found.n === 'small' ? 'p1' : 'p0'));
  const sent = picked.flatMap(({ document: { waiting }, count }) => waiting.slice(0, count));
  const bytes = sent.filter(({ n }) => n !== 'small').reduce((sum, found) => sum + sizeOf(found), 0);
  expect(bytes).toBeLessThanOrEqual(MAX_PARTITION_BYTES);
  expect(sent).toHaveLength(9);
  expect(sent.at(-1)?.n).toBe('small');
});

it('an entry that does not fit holds back the later ones of its document, so that they keep their order', () => {
  const first = document(...Array.from({ length: 8 }, (_, n) => entry(`a${n}`, 64_000)));
  const second = document(entry('b0', 64_000), entry('b1'));
  expect(pick([first, second], () => 'p0').map(({ count }) => count)).toEqual([8]);
});

it('a single entry always goes, whatever its size', () => {
  expect(pick([document(entry('huge', 10 * MAX_PARTITION_BYTES))], () => 'p0')).toHaveLength(1);
});

it('entries whose partition is not known wait', () => {
  expect(pick([document(entry('a'), entry('b'))], (found) => (found.n === 'a' ? 'p0' : undefined))[0]?.count).toBe(1);
  expect(pick([document(entry('a'))], () => undefined)).toEqual([]);
});
