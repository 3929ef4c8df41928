import { readFile } from 'node:fs/promises';
import type { Document, UpdateFilter } from 'mongodb';
import { fromText } from './recording.js';
import { isAtOrBelow, Script, type Id, type Role, type Write } from './script.js';

/** What a process of the floor or the naive build is told, all by its environment. */
export interface ReplicaSettings {
  role: Role;
  brokers: string[];
  mongodbUri: string;
  /** Before topics (`floor.`) and databases (`bench_floor_`). */
  topicPrefix: string;
  databasePrefix: string;
  /** Intake listens here. */
  port: number;
  script: Script;
}

export async function replicaSettings(env: NodeJS.ProcessEnv): Promise<ReplicaSettings> {
  const given = (name: string): string => {
    const value = env[name];
    if (!value) throw new Error(`${name} is missing: the bench starts this program, and sets it`);
    return value;
  };
  return {
    role: given('BENCH_ROLE') as Role,
    brokers: given('KAFKA_BROKERS').split(','),
    mongodbUri: given('MONGODB_URI'),
    topicPrefix: given('BENCH_TOPIC_PREFIX'),
    databasePrefix: given('BENCH_DATABASE_PREFIX'),
    port: Number(given('PORT')),
    script: new Script(fromText(await readFile(given('BENCH_RECORDING'), 'utf8'))),
  };
}

/** Which topics a service reads, as in the contracts. */
export function topicsOf(role: Role): string[] {
  if (role === 'intake') return ['dsr.cases.v1'];
  if (role === 'cases') return ['dsr.requests.v1', 'dsr.answers.v1'];
  return ['dsr.requests.v1', 'dsr.plans.v1'];
}

/** Connectors look up the person for these; everything else needs nothing read. */
export const needsRows = (role: Role): boolean => role.startsWith('connector-');

/** A message for other systems, by its header. */
export const isForOthers = (role: Role, systems: string | undefined): boolean =>
  role.startsWith('connector-') &&
  systems !== undefined &&
  systems !== '' &&
  !systems.split(',').includes(role.slice('connector-'.length));

/** A person's entry in a replica's index. */
export interface IndexEntry {
  _id: string;
  rows: Record<string, Id[]>;
}

export type Stored = Document & { _id: Id };

export const connectorDatabase = (role: Role): string => `kenri_connector_${systemId(role)}`;
export const storeOf = (role: Role): string => `store_${systemId(role)}`;
const systemId = (role: Role) => role.slice('connector-'.length).replaceAll('-', '_');

/** `$set` and `$unset` of an update; a field that is set is not removed. */
export function updateOf({ document, removed }: Fields): UpdateFilter<Document> {
  const gone = removed.filter((name) => !(name in document));
  return {
    ...(Object.keys(document).length > 0 && { $set: document }),
    ...(gone.length > 0 && { $unset: Object.fromEntries(gone.map((name) => [name, ''])) }),
  };
}

type Fields = Pick<Write, 'document' | 'removed'>;

/** Two updates of one document, by dotted paths, as one: as the second leaves it. */
export function merged(before: Fields, later: Fields): Fields {
  const document: Document = { ...before.document };
  const dropBelow = (path: string) => {
    for (const known of Object.keys(document)) if (isAtOrBelow(known, path)) delete document[known];
  };
  for (const path of later.removed) dropBelow(path);
  for (const [path, value] of Object.entries(later.document) as [string, unknown][]) {
    dropBelow(path);
    const above = Object.keys(document).find((known) => isAtOrBelow(path, known));
    if (above === undefined) document[path] = value;
    else document[above] = withValue(document[above], path.slice(above.length + 1).split('.'), value);
  }
  const set = Object.keys(document);
  const removed = [...new Set([...before.removed, ...later.removed])].filter(
    (path) => !set.some((known) => isAtOrBelow(known, path) || isAtOrBelow(path, known)),
  );
  return { document, removed };
}

function withValue(into: unknown, [name = '', ...rest]: string[], value: unknown): unknown {
  const before: unknown = (into as Record<string, unknown> | undefined)?.[name];
  const next = rest.length > 0 ? withValue(before, rest, value) : value;
  return Array.isArray(into)
    ? Object.assign([...(into as unknown[])], { [name]: next })
    : { ...(into as object), [name]: next };
}

/** As ours writes: acknowledged by the majority, journaled. */
export const DURABLE = { writeConcern: { w: 'majority', j: true } } as const;
