import { Inject, Injectable } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import { eventId, MOST_TOKENS } from '@kenri/contracts';
import { DocumentStore, Relay, type Outgoing } from '@kenri/messaging';
import type { SuppressedPurpose } from '@kenri/rights';
import { CLOCK, databaseOf, type Clock } from '@kenri/service';
import type { Connection } from 'mongoose';

/** What the group was told of one case's suppression: tokens only, no personal data. It outlives the case's identity. */
export interface SuppressionRecord {
  /** Case id. */
  _id: string;
  set: string;
  revision: number;
  purposes: SuppressedPurpose[];
  since: string;
  tokens: string[];
}

/** The register of suppressions: the truth that the compacted topic is compared with (architecture.md, Exactly-once effect 8). */
@Injectable()
export class SuppressionStore {
  readonly documents: DocumentStore<SuppressionRecord>;

  constructor(@InjectConnection() connection: Connection, relay: Relay, @Inject(CLOCK) clock: Clock) {
    const suppressions = databaseOf(connection).collection('suppressions');
    this.documents = new DocumentStore<SuppressionRecord>(suppressions, { source: '/kenri/cases', relay, clock });
  }

  async onModuleInit(): Promise<void> {
    await this.documents.ensureIndexes();
  }

  /**
   * Writes a revision and publishes one entry per token, in one write. Repeating a revision publishes it again, under the same ids; an
   * older one changes nothing. Tokens once published stay: lifting publishes every one of them without purposes.
   */
  async record(wanted: SuppressionRecord): Promise<void> {
    await this.documents.commit([
      {
        id: wanted._id,
        decide: (known) => {
          if (known && known.revision > wanted.revision) return undefined;
          const tokens = [...new Set([...(known?.tokens ?? []), ...wanted.tokens])].slice(0, MOST_TOKENS);
          const state = { ...wanted, tokens };
          return { state, send: entriesOf(state) };
        },
      },
    ]);
  }

  /** Publishes these cases' entries once more, as they stand. */
  async republish(ids: readonly string[]): Promise<void> {
    await this.documents.commit(
      ids.map((id) => ({ id, decide: (state) => (state ? { state, send: entriesOf(state) } : undefined) })),
    );
  }

  /** Every record, in order of case id. */
  all(): AsyncIterable<SuppressionRecord> {
    const projection = { set: 1, revision: 1, purposes: 1, since: 1, tokens: 1 };
    return this.documents.collection.find(
      {},
      { projection, sort: { _id: 1 } },
    ) as unknown as AsyncIterable<SuppressionRecord>;
  }
}

export const entriesOf = ({
  _id: caseId,
  set,
  revision,
  purposes,
  since,
  tokens,
}: SuppressionRecord): Outgoing<'dsr.suppression.set.v1'>[] =>
  tokens.map((token) => ({
    id: eventId(caseId, 'cases', 'suppression', revision, token),
    type: 'dsr.suppression.set.v1',
    caseId,
    key: `${token}#${caseId}`,
    partitionBy: caseId,
    data: { token, set, caseId, purposes, since, until: null, revision },
  }));
