import type { Document, ObjectId } from 'mongodb';
import type { RecordedMessage, RecordedWrite, Recording } from './recording.js';

/** Texts, and the stores' ObjectIds. */
export type Id = string | ObjectId;

/** A write to be done for one case. */
export interface Write {
  /** As ours names it; a replica puts its own prefix before it. */
  database: string;
  collection: string;
  op: 'insert' | 'update';
  id: Id;
  /** The whole document, or what to set, by dotted path: so it ends as ours does. */
  document: Document;
  /** Paths to remove. */
  removed: string[];
}
export interface Outgoing {
  /** As in the contracts. */
  topic: string;
  key: string;
  headers: Record<string, string>;
  value: Record<string, unknown>;
}
/** What belongs together: durable before the next stage begins. */
export type Stage = { writes: Write[] } | { send: Outgoing[] };

/** Where a person's rows are, as a connector's index holds it: collection → ids. */
export type Rows = Readonly<Record<string, readonly Id[]>>;

export type Role = 'intake' | 'cases' | `connector-${string}`;
export interface Incoming {
  type: string;
  caseId: string;
  /** Whose answer it is. */
  system?: string | undefined;
}

const SYSTEM_ANSWERS = 5;

/**
 * What each service writes and sends for one case, taken from a recording of ours: the same collections, documents of the same shape
 * and size, the same messages. Nothing is decided, checked or sealed; floor and naive build differ only in how they carry it out.
 */
export class Script {
  private readonly progress = new Map<string, { located: number; executed: number }>();
  /** How much of each case intake has heard. */
  private readonly heard = new Map<string, number>();

  private readonly recording: Recording;

  constructor(recording: Recording) {
    this.recording = { ...recording, writes: withRoom(recording.writes) };
  }

  /** The application as it is before being accepted. */
  application(caseId: string): Document {
    return { ...this.renew(this.recording.application, caseId), _id: caseId };
  }

  /** For an accepted application. */
  accepted(caseId: string): Stage[] {
    const [accepted] = this.updates('applications');
    return [
      { writes: [this.of(accepted, caseId)] },
      { send: this.messages('dsr.request.accepted.v1', caseId) },
      ...this.clearing('kenri_intake', 'applications', caseId, 1),
    ];
  }

  /** For a message; none where it concerns nobody here. `rows`: those of the person in a connector's store. */
  handle(role: Role, { type, caseId, system }: Incoming, rows: Rows = {}): Stage[] {
    if (role === 'intake') return this.inIntake(caseId);
    if (role === 'cases') return this.inCases(type, caseId, system);
    return this.inConnector(role.slice('connector-'.length), type, caseId, rows);
  }

  private inIntake(caseId: string): Stage[] {
    const updates = this.updates('applications');
    const heard = Math.min((this.heard.get(caseId) ?? 0) + 1, updates.length - 1);
    this.heard.set(caseId, heard);
    return [{ writes: [this.of(updates[heard], caseId)] }];
  }

  private inCases(type: string, caseId: string, system: string | undefined): Stage[] {
    const { writes } = this.recording;
    const changed = this.messages('dsr.case.changed.v1', caseId);
    const clear = (left: number) => this.clearing('kenri_cases', 'cases', caseId, left);
    if (type === 'dsr.request.accepted.v1') {
      const key = writes.filter(
        ({ collection, document }) => collection === 'datakeys' && document['service'] === 'cases',
      );
      const opened = writes.find(({ collection, op }) => collection === 'cases' && op === 'insert');
      const send = [...this.messages('dsr.case.opened.v1', caseId), ...changed.slice(0, 1)];
      return [
        { writes: key.map((write) => this.of(write, caseId)) },
        { writes: [this.of(opened, caseId)] },
        { send },
        ...clear(SYSTEM_ANSWERS + 2),
      ];
    }
    const progress = this.progress.get(caseId) ?? { located: 0, executed: 0 };
    this.progress.set(caseId, progress);
    const answers = this.updates('cases').filter(({ document }) => touches(document, 'systems'));
    // Each answer its own update: one that sets what is there already would be no write at all.
    const open = (before: number) =>
      this.open(
        answers.at(Math.min(Math.floor((answers.length * before) / (2 * SYSTEM_ANSWERS)), answers.length - 1)),
        caseId,
      );
    if (type === 'dsr.records.located.v1') {
      const first = progress.located === 0;
      // Another system's plan could overtake its request there.
      const plan = this.messages('dsr.plan.approved.v1', caseId, ({ value }) => value['system'] === system);
      const write = open(progress.located);
      progress.located += 1;
      const send = [...plan, ...(first ? changed.slice(1, -1) : [])];
      const stages: Stage[] = [{ writes: [write] }, { send }, ...clear(SYSTEM_ANSWERS + 2 - progress.located)];
      return first ? [...stages, ...this.suppression(caseId, 0)] : stages;
    }
    if (type !== 'dsr.plan.executed.v1') return [];
    progress.executed += 1;
    if (progress.executed < SYSTEM_ANSWERS) return [{ writes: [open(SYSTEM_ANSWERS - 1 + progress.executed)] }];
    this.progress.delete(caseId);
    return [
      { writes: [this.of(answers.at(-1), caseId)] },
      { send: changed.slice(-1) },
      ...clear(1),
      ...this.suppression(caseId, 1),
    ];
  }

  /** The group's register and what it is told, at the first approved plan and again when every system's records are known. */
  private suppression(caseId: string, half: 0 | 1): Stage[] {
    const inHalf = <T>(all: readonly T[]) => {
      const middle = Math.ceil(all.length / 2);
      return half === 0 ? all.slice(0, middle) : all.slice(middle);
    };
    const told = this.updates('cases').filter(({ document }) => !touches(document, 'systems'));
    const registered = this.recording.writes.filter(
      (write) => write.collection === 'suppressions' && !isClearing(write),
    );
    const revisions = new Set(
      this.recording.messages
        .filter(({ type }) => type === 'dsr.suppression.set.v1')
        .map(({ value }) => value['revision']),
    );
    const mine = new Set(inHalf([...revisions]));
    const send = this.messages('dsr.suppression.set.v1', caseId, ({ value }) => mine.has(value['revision']));
    if (send.length === 0) return [];
    return [
      { writes: inHalf(told).map((write) => this.open(write, caseId)) },
      { writes: inHalf(registered).map((write) => this.of(write, caseId)) },
      { send },
      ...this.clearing('kenri_cases', 'suppressions', caseId, 2 - half),
    ];
  }

  private inConnector(system: string, type: string, caseId: string, rows: Rows): Stage[] {
    const own = this.ofConnector(system);
    const sent = own.findIndex((write) => isSending(write, 'dsr.records.located.v1'));
    if (sent < 0) throw new Error(`the recording shows no answer of ${system}: none stood in an outbox`);
    if (type === 'dsr.request.accepted.v1')
      return this.around(own.slice(0, sent + 1), 'dsr.records.located.v1', system, caseId, rows);
    if (type === 'dsr.plan.approved.v1')
      return this.around(own.slice(sent + 1), 'dsr.plan.executed.v1', system, caseId, rows);
    return [];
  }

  /** The recorded writes in their order, and the answer sent once it stood in an outbox. */
  private around(writes: RecordedWrite[], type: string, system: string, caseId: string, rows: Rows): Stage[] {
    const store = `store_${system.replaceAll('-', '_')}`;
    const stages: Stage[] = [];
    for (const write of writes) {
      const wanted =
        write.database === store
          ? (rows[write.collection] ?? []).map((id): Write => ({
              ...write,
              op: 'update',
              id,
              document: write.document,
            }))
          : [this.of(write, caseId, system)];
      const last = stages.at(-1);
      // Documents of the store are written together, as ours does; every other write waits for the one before it.
      if (write.database === store && last && 'writes' in last && last.writes[0]?.database === store)
        last.writes.push(...wanted);
      else stages.push({ writes: wanted });
      if (isSending(write, type))
        stages.push({ send: this.messages(type, caseId, ({ value }) => value['system'] === system) });
    }
    return stages;
  }

  private connectorWrites = new Map<string, RecordedWrite[]>();
  private ofConnector(system: string): RecordedWrite[] {
    let own = this.connectorWrites.get(system);
    if (!own) {
      const name = `connector-${system}`;
      const id = system.replaceAll('-', '_');
      own = this.recording.writes.filter(
        ({ database, document, id: written }) =>
          database === `kenri_connector_${id}` ||
          database === `store_${id}` ||
          (database === 'kenri_keys' && String(written).startsWith(`${name}:`)) ||
          (database === 'kenri_artifacts' && (document['metadata'] as Document | undefined)?.['putBy'] === name),
      );
      this.connectorWrites.set(system, own);
    }
    return own;
  }

  /** Updates of a collection that change more than the outbox, in their order. */
  private updates(collection: string): RecordedWrite[] {
    return this.recording.writes.filter(
      (write) => write.collection === collection && write.op === 'update' && !isClearing(write),
    );
  }

  private messages(type: string, caseId: string, fits: (message: RecordedMessage) => boolean = () => true): Outgoing[] {
    return this.recording.messages
      .filter((message) => message.type === type && fits(message))
      .map(({ topic, key, headers, value }) => ({
        topic,
        key: this.text(key, caseId),
        headers: { ...headers, ce_id: this.text(headers['ce_id'] ?? '', caseId), ce_subject: caseId },
        value: { ...value, caseId },
      }));
  }

  private of(write: RecordedWrite | undefined, caseId: string, system = ''): Write {
    if (!write || write.op === 'delete') throw new Error('the recording lacks a write that the script needs');
    const { database, collection, op } = write;
    const recorded = String(write.id);
    const id = recorded.includes(this.recording.caseId) ? this.text(recorded, caseId) : `${caseId}.${system}`;
    return { database, collection, op, id, document: this.renew(write.document, caseId), removed: write.removed };
  }

  /** An answer before the last: it must not say of a closed case where it had been, since the naive build's writes may overtake. */
  private open(write: RecordedWrite | undefined, caseId: string): Write {
    const { document, ...rest } = this.of(write, caseId);
    return {
      ...rest,
      document: Object.fromEntries(Object.entries(document).filter(([path]) => !isAtOrBelow(path, 'shown'))),
    };
  }

  /**
   * A clearing by itself, after as many of the last steps as the recording has: ours takes out what was published by the document's next
   * write where that comes soon.
   * @param left steps from this one to the last
   */
  private clearing(database: string, collection: string, id: string, left: number): Stage[] {
    const recorded = this.recording.writes.filter((write) => write.collection === collection && isClearing(write));
    if (left > recorded.length) return [];
    const document = { outbox: [] };
    return [{ writes: [{ database, collection, op: 'update', id, document, removed: ['outboxAt', 'outboxLease'] }] }];
  }

  /** What names the recorded case names this one: at the top, and one level below, where indexes reach. */
  private renew(document: Document, caseId: string, deep = true): Document {
    const renewed: Document = {};
    for (const [recorded, value] of Object.entries(document) as [string, unknown][]) {
      const name = this.text(recorded, caseId);
      if (typeof value === 'string') renewed[name] = this.text(value, caseId);
      else if (deep && isPlain(value)) renewed[name] = this.renew(value, caseId, false);
      else renewed[name] = value;
    }
    return renewed;
  }

  private text(text: string, caseId: string): string {
    if (text === this.recording.reference) return `R-${caseId}`;
    return text.includes(this.recording.caseId) ? text.replace(this.recording.caseId, caseId) : text;
  }
}

/**
 * Inserted documents in which what is null at first, and has fields set below it later, is empty instead: a replica's updates may come in
 * another order, and nothing can be set below null.
 */
function withRoom(writes: readonly RecordedWrite[]): RecordedWrite[] {
  return writes.map((write) => {
    if (write.op !== 'insert') return write;
    const same = writes.filter(
      ({ op, collection, id }) => op === 'update' && collection === write.collection && id === write.id,
    );
    const below = new Set(
      same
        .flatMap(({ document }) => Object.keys(document))
        .map((path) => path.split('.'))
        .filter(({ length }) => length > 1)
        .map(([top]) => top!),
    );
    const document: Document = { ...write.document };
    for (const name of below) document[name] ??= {};
    return { ...write, document };
  });
}

/** The relay's removal of what was published. */
export const isClearing = ({ op, document }: Pick<RecordedWrite, 'op' | 'document'>): boolean =>
  op === 'update' && Object.keys(document).join() === 'outbox' && (document['outbox'] as unknown[]).length === 0;

/** Whether a write puts a message of this type into an outbox. */
const isSending = ({ document }: Pick<RecordedWrite, 'document'>, type: string): boolean =>
  Object.entries(document)
    .filter(([path]) => isAtOrBelow(path, 'outbox'))
    .flatMap(([, entries]) => entries as unknown)
    .some((entry) => (entry as { type?: string } | null)?.type === type);

/** Whether a dotted path leads to a field of the document, or below it. */
export const isAtOrBelow = (path: string, field: string): boolean => path === field || path.startsWith(`${field}.`);
const touches = (document: Document, field: string): boolean =>
  Object.keys(document).some((path) => isAtOrBelow(path, field));

const isPlain = (value: unknown): value is Document =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
