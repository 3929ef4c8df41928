import { BSON, Binary, type Collection, type Db, type Filter } from 'mongodb';
import { systemClock, type Clock } from './clock.js';
import { header, type KafkaRecord } from './envelope.js';

/** Seals what is parked at rest (purpose `parked` of the vault). */
export interface Sealer {
  seal(bytes: Uint8Array): Promise<Uint8Array>;
  open(sealed: Uint8Array): Promise<Uint8Array>;
}

export interface ParkedReason {
  code: string;
  detail?: string;
}

/** A parked message as an operator may see it: nothing a person wrote. */
export interface ParkedMessage {
  /** `<group>/<topic>/<partition>/<offset>@<timestamp>`: a topic that was made anew has the same offsets again. */
  id: string;
  topic: string;
  partition: number;
  offset: string;
  /** Of the record, in milliseconds since 1970. */
  timestamp: string;
  parkedAt: Date;
  reason: ParkedReason;
  /** Known attributes whose value has the form it ought to have; others are left out. */
  attributes: Partial<Record<ShownAttribute, string>>;
  /** Only where it has the form of a case id or of `<token>#<case id>`. */
  key?: string;
  /** Of the value, in bytes; null for a tombstone. */
  bytes: number | null;
  replays: number;
  state: 'parked' | 'discarded';
  discarded?: { at: Date; by: string; reason: string };
}

interface ParkedDocument extends Omit<ParkedMessage, 'id'> {
  _id: string;
  /** The whole record: key, headers, value. Gone once discarded. */
  sealed?: Binary;
}

type ShownAttribute = keyof typeof SHOWN;
const SHOWN = {
  ce_specversion: /^\d\.\d$/,
  ce_id: /^[0-9A-HJKMNP-TV-Z]{26}:[a-z0-9:._-]{1,80}$/,
  ce_type: /^dsr\.[a-z.]{1,60}\.v\d{1,3}$/,
  ce_source: /^\/kenri\/[a-z-]{1,40}$/,
  ce_subject: /^[0-9A-HJKMNP-TV-Z]{26}$/,
  ce_time: /^\d{4}-\d\d-\d\dT[\d:.]{8,15}(Z|[+-]\d\d:\d\d)$/,
  ce_systems: /^[a-z0-9,-]{0,200}$/,
} as const;
const SHOWN_KEY = /^(m1\.[A-Za-z0-9_.-]{1,120}#)?[0-9A-HJKMNP-TV-Z]{26}$/;
const writeConcern = { w: 'majority', j: true } as const;

export interface Replayed {
  id: string;
  outcome: 'handled' | 'parked-again' | 'not-found';
  reason?: ParkedReason;
}

/** Parked messages that are alike, counted. */
export interface ParkedSummary {
  reason: string;
  topic: string;
  /** `ce_type`; null where the message had none of the expected form. */
  type: string | null;
  messages: number;
  oldestAt: Date;
}

export interface ParkedPage {
  messages: ParkedMessage[];
  /** Pass as `after` for the next page; null at the end. */
  next: string | null;
}

export interface ParkingOptions {
  database: Db;
  /** Consumer group of the service. */
  group: string;
  sealer: Sealer;
  clock?: Clock;
}

/** Messages that could not be handled: kept whole and sealed until somebody replays or discards them. */
export class Parking {
  readonly counters = { parked: 0, replayed: 0, discarded: 0 };
  private readonly collection: Collection<ParkedDocument>;
  private readonly clock: Clock;
  private handle: ((record: KafkaRecord) => Promise<ParkedReason | undefined>) | undefined;

  constructor(private readonly options: ParkingOptions) {
    this.collection = options.database.collection<ParkedDocument>('parked');
    this.clock = options.clock ?? systemClock;
  }

  async ensureIndexes(): Promise<void> {
    await this.collection.createIndexes([{ key: { state: 1, _id: 1 }, name: 'state' }]);
  }

  /** The strategy's own path from record to effect, for replays. */
  replayThrough(handle: (record: KafkaRecord) => Promise<ParkedReason | undefined>): void {
    this.handle = handle;
  }

  idOf({ topic, partition, offset, timestamp }: Omit<KafkaRecord, keyof Content>): string {
    return `${this.options.group}/${topic}/${partition}/${offset}@${timestamp}`;
  }

  /** Durable when it resolves. A record that is parked or was discarded already is left as it is. */
  async park(parked: readonly { record: KafkaRecord; reason: ParkedReason }[]): Promise<void> {
    if (parked.length === 0) return;
    const parkedAt = this.clock.now();
    const operations = await Promise.all(
      parked.map(async ({ record, reason }) => {
        const sealed = new Binary(await this.options.sealer.seal(toBytes(record)));
        const { topic, partition, offset, timestamp } = record;
        const key = record.key?.toString() ?? '';
        const document: Omit<ParkedDocument, '_id'> = {
          topic,
          partition,
          offset,
          timestamp,
          parkedAt,
          reason,
          attributes: shownAttributes(record),
          ...(SHOWN_KEY.test(key) && { key }),
          bytes: record.value?.length ?? null,
          replays: 0,
          state: 'parked',
          sealed,
        };
        return { updateOne: { filter: { _id: this.idOf(record) }, update: { $setOnInsert: document }, upsert: true } };
      }),
    );
    const { upsertedCount } = await this.collection.bulkWrite(operations, { ordered: false, writeConcern });
    this.counters.parked += upsertedCount;
  }

  /** Oldest id first. `after` is the last id of the page before; `reason` a code, `type` a `ce_type`. */
  async list(
    page: { after?: string; limit?: number; state?: ParkedMessage['state']; reason?: string; type?: string } = {},
  ): Promise<ParkedPage> {
    const limit = Math.min(Math.max(page.limit ?? 50, 1), 500);
    const filter: Filter<ParkedDocument> = { state: page.state ?? 'parked' };
    if (page.reason !== undefined) filter['reason.code'] = page.reason;
    if (page.type !== undefined) filter['attributes.ce_type'] = page.type;
    if (page.after !== undefined) filter._id = { $gt: page.after };
    const found = await this.collection
      .find(filter, { projection: { sealed: 0 }, sort: { _id: 1 }, limit: limit + 1 })
      .toArray();
    const messages = found.slice(0, limit).map(toMessage);
    return { messages, next: found.length > limit ? (messages.at(-1)?.id ?? null) : null };
  }

  async count(): Promise<number> {
    return this.collection.countDocuments({ state: 'parked' });
  }

  /** How many wait, by reason, topic and type, most first. */
  async summary(): Promise<ParkedSummary[]> {
    const found = await this.collection
      .aggregate<{ _id: Pick<ParkedSummary, 'reason' | 'topic' | 'type'>; messages: number; oldestAt: Date }>([
        { $match: { state: 'parked' } },
        {
          $group: {
            _id: { reason: '$reason.code', topic: '$topic', type: { $ifNull: ['$attributes.ce_type', null] } },
            messages: { $sum: 1 },
            oldestAt: { $min: '$parkedAt' },
          },
        },
        { $sort: { messages: -1, _id: 1 } },
      ])
      .toArray();
    return found.map(({ _id, messages, oldestAt }) => ({ ..._id, messages, oldestAt }));
  }

  /** One parked message, without its value. */
  async show(id: string): Promise<ParkedMessage | null> {
    const found = await this.collection.findOne({ _id: id }, { projection: { sealed: 0 } });
    return found ? toMessage(found) : null;
  }

  /** Sends it the same way once more, with the same id; it is removed after its effect is durable. */
  async replay(id: string): Promise<Replayed> {
    if (!this.handle) throw new Error('a replay needs the running consumer of this service');
    const found = await this.collection.findOne({ _id: id, state: 'parked' });
    if (!found?.sealed) return { id, outcome: 'not-found' };
    const { topic, partition, offset, timestamp } = found;
    const content = fromBytes(await this.options.sealer.open(found.sealed.buffer));
    const record = { topic, partition, offset, timestamp, ...content };
    const reason = await this.handle(record);
    if (reason) {
      await this.collection.updateOne({ _id: id }, { $set: { reason }, $inc: { replays: 1 } }, { writeConcern });
      return { id, outcome: 'parked-again', reason };
    }
    await this.collection.deleteOne({ _id: id }, { writeConcern });
    this.counters.replayed += 1;
    return { id, outcome: 'handled' };
  }

  /** Gives a parked message up: its content is destroyed, that it was there stays. False when there is none such. */
  async discard(id: string, by: { staff: string; reason: string }): Promise<boolean> {
    if (by.reason.trim() === '') throw new TypeError('discarding a message needs a reason');
    const discarded = { at: this.clock.now(), by: by.staff, reason: by.reason };
    const { matchedCount } = await this.collection.updateOne(
      { _id: id, state: 'parked' },
      { $set: { state: 'discarded', discarded }, $unset: { sealed: '' } },
      { writeConcern },
    );
    this.counters.discarded += matchedCount;
    return matchedCount > 0;
  }
}

type Content = Pick<KafkaRecord, 'key' | 'headers' | 'value'>;

/** Names of headers are kept as bytes: whoever sends may choose any, and BSON has no field name with a zero byte in it. */
const toBytes = ({ key, headers, value }: Content): Uint8Array => {
  const pairs = Object.entries(headers).filter(([, held]) => held !== undefined);
  return BSON.serialize({ key, value, headers: pairs.map(([name, held]) => ({ name: Buffer.from(name), held })) });
};

function fromBytes(bytes: Uint8Array): Content {
  const { key, value, headers } = BSON.deserialize(bytes, { promoteBuffers: true }) as Pick<
    Content,
    'key' | 'value'
  > & {
    headers: { name: Buffer; held: Content['headers'][string] }[];
  };
  return { key, value, headers: Object.fromEntries(headers.map(({ name, held }) => [name.toString(), held])) };
}

const toMessage = ({ _id, sealed: _sealed, ...shown }: ParkedDocument): ParkedMessage => ({ id: _id, ...shown });

function shownAttributes(record: KafkaRecord): ParkedMessage['attributes'] {
  const shown: ParkedMessage['attributes'] = {};
  for (const [name, form] of Object.entries(SHOWN) as [ShownAttribute, RegExp][]) {
    const value = header(record.headers, name);
    if (value !== undefined && form.test(value)) shown[name] = value;
  }
  return shown;
}
