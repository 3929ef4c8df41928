import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { TOPICS } from '@kenri/contracts';
import { KafkaConnection, readCompacted } from '@kenri/messaging';
import { SuppressionStore } from '../suppressions.store.js';

/** Compares the compacted suppression topic with the register and publishes what is missing or old (architecture.md, Exactly-once effect 8). */
export class ReconcileSuppressions {}

export interface Reconciled {
  /** Cases in the register. */
  cases: number;
  /** Entries that the register wants in the topic. */
  entries: number;
  /** Cases whose entries were missing or old, and were published again. */
  republished: number;
  /** Keys in the topic of which the register knows nothing: to be looked at by a person. */
  unknown: number;
}

@CommandHandler(ReconcileSuppressions)
export class ReconcileSuppressionsHandler implements ICommandHandler<ReconcileSuppressions, Reconciled> {
  constructor(
    private readonly suppressions: SuppressionStore,
    private readonly kafka: KafkaConnection,
  ) {}

  async execute(): Promise<Reconciled> {
    const found = new Map<string, number>();
    await readCompacted(this.kafka, TOPICS.suppressions.name, (record) => {
      if (record.kind === 'tombstone') found.delete(record.key);
      else if (record.kind === 'message' && record.message.type === 'dsr.suppression.set.v1') {
        const { revision } = record.message.data as { revision: number };
        found.set(record.key, Math.max(revision, found.get(record.key) ?? 0));
      }
    });
    const outdated: string[] = [];
    let [cases, entries] = [0, 0];
    for await (const { _id, tokens, revision } of this.suppressions.all()) {
      cases += 1;
      entries += tokens.length;
      const keys = tokens.map((token) => `${token}#${_id}`);
      if (keys.some((key) => (found.get(key) ?? 0) < revision)) outdated.push(_id);
      for (const key of keys) found.delete(key);
    }
    for (let from = 0; from < outdated.length; from += 100) {
      await this.suppressions.republish(outdated.slice(from, from + 100));
    }
    return { cases, entries, republished: outdated.length, unknown: found.size };
  }
}
