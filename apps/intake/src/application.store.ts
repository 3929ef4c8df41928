import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import type { Channel, Kind } from '@kenri/contracts';
import { DocumentStore, Relay, type Decision, type OutboxedDocument, type Situation } from '@kenri/messaging';
import { CLOCK, databaseOf, type Clock } from '@kenri/service';
import type { Connection, mongo } from 'mongoose';
import type { Application, ApplicationState } from './decisions/application.js';

type Stored = Application & OutboxedDocument;
type Decide = (application: Readonly<Application> | null, situation: Situation) => Decision<Application> | undefined;

export interface ApplicationFilter {
  state?: ApplicationState;
  kind?: Kind;
  channel?: Channel;
  reference?: string;
}

/** How a document is left where outbox, timers and the applicant's secret do not matter. */
const SHOWN = {
  outbox: 0,
  outboxAt: 0,
  outboxLease: 0,
  timers: 0,
  timerAt: 0,
  writers: 0,
  version: 0,
  message: 0,
} as const;

@Injectable()
export class ApplicationStore implements OnModuleInit {
  readonly documents: DocumentStore<Application>;
  private readonly collection: mongo.Collection<Stored>;

  constructor(@InjectConnection() connection: Connection, relay: Relay, @Inject(CLOCK) clock: Clock) {
    this.collection = databaseOf(connection).collection<Stored>('applications');
    this.documents = new DocumentStore<Application>(this.collection, { source: '/kenri/intake', relay, clock });
  }

  async onModuleInit(): Promise<void> {
    await this.documents.ensureIndexes();
    await this.collection.createIndexes([
      { key: { reference: 1 }, name: 'reference', unique: true },
      { key: { tokens: 1 }, name: 'tokens' },
      { key: { state: 1, _id: -1 }, name: 'state' },
    ]);
  }

  /** Applies one decision durably; the application after it, also where nothing happened. */
  async change(id: string, decide: Decide): Promise<Application> {
    const [committed] = await this.documents.commit([{ id, decide }]);
    if (!committed?.state) throw new Error(`application ${id}: nothing was written`);
    return committed.state;
  }

  async read(id: string): Promise<Application | null> {
    return this.collection.findOne({ _id: id } as mongo.Filter<Stored>, { projection: SHOWN });
  }

  async readByReference(reference: string): Promise<Application | null> {
    return this.collection.findOne({ reference } as mongo.Filter<Stored>, { projection: SHOWN });
  }

  /** Newest first; `before` is the id of the last entry of the page before. One entry more than `limit` is found. */
  async list(filter: ApplicationFilter, limit: number, before?: string): Promise<Application[]> {
    const wanted: Record<string, unknown> = {
      ...(filter.state && { state: filter.state }),
      ...(filter.kind && { kinds: filter.kind }),
      ...(filter.channel && { channel: filter.channel }),
      ...(filter.reference && { reference: filter.reference }),
      ...(before && { _id: { $lt: before } }),
    };
    return this.collection
      .find(wanted as mongo.Filter<Stored>, {
        projection: { ...SHOWN, form: 0, secret: 0 },
        sort: { _id: -1 },
        limit: limit + 1,
      })
      .toArray();
  }

  /** Other undecided applications that share a token and a kind. */
  async sharing(application: Application, tokens: readonly string[]): Promise<Application[]> {
    if (tokens.length === 0) return [];
    const wanted = {
      _id: { $ne: application._id },
      tokens: { $in: tokens },
      kinds: { $in: application.kinds },
      state: { $in: ['received', 'accepted'] },
      'case.state': { $nin: ['closed', 'cancelled'] },
    };
    return this.collection
      .find(wanted as unknown as mongo.Filter<Stored>, {
        projection: { ...SHOWN, form: 0, secret: 0 },
        sort: { _id: -1 },
        limit: 50,
      })
      .toArray();
  }
}
