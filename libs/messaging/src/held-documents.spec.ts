import { HeldDocuments } from './held-documents.js';
import type { OutboxEntry } from './message.js';
import type { RelaySource } from './relay-sources.js';

const source = { key: 'db.notes', source: '/kenri/test' } as RelaySource;
const entry = (n: string): OutboxEntry => ({
  n,
  id: n,
  type: 'dsr.request.withdrawn.v1',
  topic: 'dsr.requests.v1',
  caseId: 'c',
  key: 'c',
  time: new Date(0),
  value: '{}',
});
const until = new Date(1000);

it('a document of which something is under way is not ready, so that its entries keep their order', () => {
  const held = new HeldDocuments();
  const document = held.accept(source, { id: 'a', version: 1, outbox: [entry('1')], until })!;
  held.begin(document, 1);
  held.accept(source, { id: 'a', version: 2, outbox: [entry('1'), entry('2')], until });
  expect(document.waiting.map(({ n }) => n)).toEqual(['2']);
  expect(held.ready()).toEqual([]);
  held.putBack(document);
  expect(held.ready()[0]?.waiting.map(({ n }) => n)).toEqual(['1', '2']);
});

it('entries acknowledged already are not taken again by a writer that read before they were cleared', () => {
  const held = new HeldDocuments();
  const document = held.accept(source, { id: 'a', version: 1, outbox: [entry('1')], until })!;
  held.acknowledge(held.begin(document, 1));
  held.cleared(document, 1, new Set(['1']));
  expect(held.size).toBe(0);
  const again = held.accept(source, { id: 'a', version: 2, outbox: [entry('1'), entry('2')], until })!;
  expect(again.waiting.map(({ n }) => n)).toEqual(['2']);
});

it('a document written to while it was cleared stays held until the later entries are cleared too', () => {
  const held = new HeldDocuments();
  const document = held.accept(source, { id: 'a', version: 1, outbox: [entry('1')], until })!;
  held.acknowledge(held.begin(document, 1));
  held.accept(source, { id: 'a', version: 2, outbox: [entry('1'), entry('2')], until });
  held.cleared(document, 1, new Set(['1']));
  held.acknowledge(held.begin(document, 1));
  expect(held.clearable(performance.now())).toEqual([document]);
  held.cleared(document, 2, new Set(['1', '2']));
  expect(held.size).toBe(0);
});

it('what is published is due to be cleared when it has lingered, and no more once something waits again', () => {
  const held = new HeldDocuments();
  const document = held.accept(source, { id: 'a', version: 1, outbox: [entry('1')], until })!;
  expect(held.firstPublishedAt()).toBeUndefined();
  const before = performance.now();
  held.acknowledge(held.begin(document, 1));
  const published = held.firstPublishedAt()!;
  expect(published).toBeGreaterThanOrEqual(before);
  expect(held.clearable(published - 1)).toEqual([]);
  expect(held.clearable(published)).toEqual([document]);
  // The next write took the first entry out.
  held.accept(source, { id: 'a', version: 2, outbox: [entry('2')], until });
  expect(held.clearable(performance.now())).toEqual([]);
  expect([...document.sent]).toEqual([]);
});

it('the bytes held are those of entries not yet acknowledged', () => {
  const held = new HeldDocuments();
  const document = held.accept(source, { id: 'a', version: 1, outbox: [entry('1'), entry('2'), entry('3')], until })!;
  const all = held.bytes;
  held.acknowledge(held.begin(document, 1));
  expect(held.bytes).toBe((all / 3) * 2);
  held.begin(document, 1);
  held.drop(document);
  expect(held.bytes).toBe(0);
});
