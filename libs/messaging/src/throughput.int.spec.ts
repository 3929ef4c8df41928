import { Controller } from '@nestjs/common';
import type { DocumentStore } from './document-store.js';
import type { Received } from './message.js';
import { OnEvent } from './on-event.js';
import { Relay } from './relay.js';
import { cancelled, caseId, eventually, Fixture, withdrawn, type CaseNote } from './testing/fixture.js';

let fixture: Fixture;
beforeEach(async () => {
  fixture = await Fixture.open();
});
afterEach(async () => {
  await fixture.close();
});

it('a thousand messages go through outbox, relay, consumer and document, each once (figures are printed, not judged)', async () => {
  const cases: { store?: DocumentStore<CaseNote> } = {};
  let batches = 0;
  @Controller()
  class Aggregating {
    @OnEvent('dsr.plan.cancelled.v1', { batch: true })
    async note(messages: Received<'dsr.plan.cancelled.v1'>[]): Promise<void> {
      batches += 1;
      await cases.store!.commit(
        messages.map((message) => ({
          id: message.caseId,
          cause: message,
          decide: (state) => {
            const notes = state?.notes ?? [];
            if (notes.includes(message.id)) return undefined;
            return { state: { _id: message.caseId, notes: [...notes, message.id] }, send: [withdrawn(message.caseId)] };
          },
        })),
      );
    }
  }
  const service = await fixture.service(Aggregating, { group: 'aggregating' });
  const store = await fixture.store(service.app.get(Relay));
  cases.store = store;
  const senderRelay = fixture.relay();
  const senderStore = await fixture.store(senderRelay);
  const ids = Array.from({ length: 500 }, caseId);
  const started = performance.now();
  const cpu = process.cpuUsage();
  await Promise.all(
    ids.map((id) =>
      senderStore.commit([
        {
          id: `sender-${id}`,
          decide: () => ({
            state: { _id: `sender-${id}`, notes: [] },
            send: [cancelled(id, undefined, 1), cancelled(id, undefined, 2)],
          }),
        },
      ]),
    ),
  );
  const middle = performance.now();
  const relays = [senderRelay, service.app.get(Relay)];
  await eventually('all are handled', () => service.strategy.processor.counters.handled >= 1000, 60_000);
  await Promise.all(relays.map((relay) => relay.idle()));
  const seconds = (performance.now() - started) / 1000;
  const committed = ((middle - started) / 1000).toFixed(2);
  const { user, system } = process.cpuUsage(cpu);
  console.log(
    `1,000 messages in, 1,000 out in ${seconds.toFixed(2)} s, of which ${committed} s to accept (${Math.round(1000 / seconds)}/s), ` +
      `${((user + system) / 1_000_000).toFixed(2)} ms of CPU per message, ${batches} batches`,
  );
  expect(await store.collection.countDocuments({ _id: { $in: ids }, notes: { $size: 2 } })).toBe(ids.length);
  expect(await store.collection.countDocuments({ outboxAt: { $exists: true } })).toBe(0);
  expect(relays.map(({ counters }) => counters.published)).toEqual([1000, 1000]);
  expect(await service.parking.count()).toBe(0);
  expect(service.strategy.processor.counters.handled).toBe(1000);
}, 120_000);
