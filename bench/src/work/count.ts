import { BSON, type MongoClient } from 'mongodb';
import { rounded } from '../report/figures.js';
import type { RecordedMessage, RecordedWrite } from './recording.js';

/** Documents written and messages sent, per case. */
export interface Work {
  inserted: number;
  updated: number;
  deleted: number;
  /** BSON of inserted documents and of the fields that updates set. */
  writtenBytes: number;
  messages: number;
  /** Keys, headers and values. */
  messageBytes: number;
  /** Writes by collection, all stores of one build together. */
  writesByCollection: Record<string, number>;
  messagesByType: Record<string, number>;
  /** BSON of a case's whole document in the end: what a server reads and writes for each of its updates. */
  caseBytes: number;
}

/** Mean size of closed cases. */
export async function bytesOfCases(mongo: MongoClient, database: string): Promise<number> {
  const cases = mongo.db(database).collection('cases');
  const closed = await cases.find({ 'shown.phase': 'closed' }).limit(SAMPLE).toArray();
  return rounded(closed.reduce((sum, document) => sum + BSON.calculateObjectSize(document), 0) / closed.length);
}

const SAMPLE = 30;

export function workOf(
  seen: { writes: readonly RecordedWrite[]; messages: readonly RecordedMessage[]; messageBytes: number },
  cases: number,
): Omit<Work, 'caseBytes'> {
  const { writes, messages, messageBytes } = seen;
  const per = (count: number) => rounded(count / cases);
  const count = (op: RecordedWrite['op']) => per(writes.filter((write) => write.op === op).length);
  const grouped = <T>(all: readonly T[], nameOf: (one: T) => string) =>
    Object.fromEntries(
      [...Map.groupBy(all, nameOf)].map(([name, same]) => [name, per(same.length)] as const).sort(byName),
    );
  return {
    inserted: count('insert'),
    updated: count('update'),
    deleted: count('delete'),
    writtenBytes: per(writes.reduce((sum, { document }) => sum + BSON.calculateObjectSize(document), 0)),
    messages: per(messages.length),
    messageBytes: per(messageBytes),
    writesByCollection: grouped(writes, nameOfCollection),
    messagesByType: grouped(messages, ({ type }) => type),
  };
}

const byName = ([a]: readonly [string, number], [b]: readonly [string, number]) => a.localeCompare(b);

const nameOfCollection = ({ database, collection, op }: RecordedWrite): string =>
  `${/store_/.test(database) ? 'business stores' : collection} ${op}`;
