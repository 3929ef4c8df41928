import { parseArgs } from 'node:util';
import { MongoClient, type Db, type IndexDescription } from 'mongodb';
import mongoose, { type Model, type Schema } from 'mongoose';
import type { StoreSchemas } from './check-map.js';

/** Documents that one person leaves in a store, by collection. */
export type SampleDocuments = Readonly<Record<string, readonly Record<string, unknown>[]>>;

export interface FillSource {
  readonly system: string;
  readonly schemas: StoreSchemas;
  /** One entry per person, in a fixed order for a seed; generated while being read, so that any number fits. */
  readonly samples: (options: { readonly seed: string; readonly people: number }) => Iterable<SampleDocuments>;
}

export interface FillOptions {
  readonly people: number;
  readonly seed: string;
  /** Empties the store's collections first. Without it a store that holds anything is refused. */
  readonly replace: boolean;
  readonly onProgress?: (done: number, documents: number) => void;
}

/** The store is not as `fill` needs it; the message says how to mend it. */
export class FillRefused extends Error {
  override readonly name = 'FillRefused';
}

const DOCUMENTS_AT_ONCE = 1_000;
const BYTES_AT_ONCE = 8 * 1024 * 1024;
const CHECKED_PER_COLLECTION = 20;

/**
 * Fills a business store with sample data, streaming in batches; returns how many documents of each collection were written.
 * @throws FillRefused where the store holds data and `replace` is not set, or a sample does not fit its schema
 */
export async function fillStore(store: Db, source: FillSource, options: FillOptions): Promise<Record<string, number>> {
  await prepare(store, source.schemas, options.replace);
  // Before there is anything to index: the local server makes an index of a million documents in one transaction, which does not end.
  for (const [name, schema] of Object.entries(source.schemas)) await createIndexes(store, name, schema);
  const check = checkerOf(source.schemas);
  const written: Record<string, number> = {};
  let waiting = new Map<string, Record<string, unknown>[]>();
  let count = 0;
  let size = 0;
  const flush = async () => {
    const batches = waiting;
    waiting = new Map();
    [count, size] = [0, 0];
    await Promise.all(
      [...batches].map(([name, documents]) => store.collection(name).insertMany(documents, { ordered: false })),
    );
    for (const [name, documents] of batches) written[name] = (written[name] ?? 0) + documents.length;
  };
  const total = () => Object.values(written).reduce((sum, documents) => sum + documents, 0);
  let people = 0;
  for (const documents of source.samples({ seed: options.seed, people: options.people })) {
    for (const [name, own] of Object.entries(documents)) {
      if (own.length === 0) continue;
      await check(name, own);
      waiting.set(name, [...(waiting.get(name) ?? []), ...own]);
      count += own.length;
      for (const document of own) size += bytesIn(document);
    }
    people += 1;
    if (count >= DOCUMENTS_AT_ONCE || size >= BYTES_AT_ONCE) {
      await flush();
      options.onProgress?.(people, total());
    }
  }
  await flush();
  options.onProgress?.(people, total());
  return written;
}

async function prepare(store: Db, schemas: StoreSchemas, replace: boolean): Promise<void> {
  const held = (
    await Promise.all(
      Object.keys(schemas).map((name) => store.collection(name).findOne({}, { projection: { _id: 1 } })),
    )
  ).some((document) => document !== null);
  if (!held) return;
  if (!replace)
    throw new FillRefused(
      `database ${store.databaseName} holds data already: add --replace to empty it first, or name another database`,
    );
  for (const name of Object.keys(schemas)) await store.collection(name).drop();
}

async function createIndexes(store: Db, name: string, schema: Schema): Promise<void> {
  const wanted = schema
    .indexes()
    .map(([key, { background: _background, ...options }]) => ({ ...options, key }) as IndexDescription);
  if (wanted.length > 0) await store.collection(name).createIndexes(wanted);
}

/** The first samples of each collection are held against the schema; never quoted. */
function checkerOf(
  schemas: StoreSchemas,
): (collection: string, documents: readonly Record<string, unknown>[]) => Promise<void> {
  const offline = mongoose.createConnection();
  const seen = new Map<string, number>();
  return async (collection, documents) => {
    const schema = schemas[collection];
    if (!schema) throw new FillRefused(`a sample is for collection ${collection}, which the store does not have`);
    const checked = seen.get(collection) ?? 0;
    if (checked >= CHECKED_PER_COLLECTION) return;
    seen.set(collection, checked + documents.length);
    const model = (offline.models[collection] ?? offline.model(collection, schema)) as Model<Record<string, unknown>>;
    for (const document of documents) {
      try {
        await new model(document).validate();
      } catch (error) {
        if (!(error instanceof mongoose.Error.ValidationError)) throw error;
        throw new FillRefused(
          `a sample of collection ${collection} does not fit its schema at ${Object.keys(error.errors).join(', ')}`,
        );
      }
    }
  };
}

const bytesIn = (value: unknown): number => {
  if (value instanceof Uint8Array) return value.byteLength;
  if (typeof value !== 'object' || value === null) return 16;
  return Object.values(value).reduce<number>((sum, inner) => sum + bytesIn(inner), 0);
};

/** `--people N --seed S --replace`; `MONGODB_URI` (or `KENRI_STORE_URI`) and `KENRI_STORE_DATABASE` name the store. */
export async function runFill(source: FillSource, argv: readonly string[] = process.argv.slice(2)): Promise<void> {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  let client: MongoClient | undefined;
  try {
    const { values } = parseArgs({ args: [...argv], options: { people: text, seed: text, replace: flag, help: flag } });
    if (values.help) {
      process.stdout.write(
        'fill [--people 10000] [--seed kenri] [--replace]\nenvironment: MONGODB_URI, KENRI_STORE_DATABASE\n',
      );
      return;
    }
    const people = Number(values.people ?? 10_000);
    if (!Number.isInteger(people) || people < 0 || people > 1_000_000)
      throw new FillRefused('--people must be a whole number from 0 to 1,000,000');
    const uri = process.env['KENRI_STORE_URI'] || process.env['MONGODB_URI'];
    const database = process.env['KENRI_STORE_DATABASE'];
    if (!uri) throw new FillRefused('MONGODB_URI is required: the deployment that holds the store');
    if (!database) throw new FillRefused('KENRI_STORE_DATABASE is required: the database of the store');
    client = await MongoClient.connect(uri, { serverSelectionTimeoutMS: 10_000 });
    const show = progressBar(source.system, people);
    const written = await fillStore(client.db(database), source, {
      people,
      seed: values.seed ?? 'kenri',
      replace: values.replace ?? false,
      onProgress: show,
    });
    const counts = Object.entries(written).map(([name, documents]) => `${name} ${documents.toLocaleString('en')}`);
    process.stderr.write(`${source.system}: ${counts.join(', ')}\n`);
  } catch (error) {
    process.stderr.write(`fill ${source.system}: ${(error as Error).message}\n`);
    process.exitCode = error instanceof FillRefused ? 2 : 1;
  } finally {
    await client?.close();
  }
}

const WIDTH = 30;

/** People done, documents per second, time left: rewritten in place on a terminal, a line per tenth elsewhere. */
function progressBar(system: string, people: number): (done: number, documents: number) => void {
  const startedAt = Date.now();
  let shown = -1;
  return (done, documents) => {
    const share = people === 0 ? 1 : Math.min(1, done / people);
    const seconds = Math.max(0.001, (Date.now() - startedAt) / 1000);
    const left = share === 0 ? 0 : Math.round((seconds / share) * (1 - share));
    const filled = Math.round(share * WIDTH);
    const line =
      `${system.padEnd(11)} ${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${String(Math.floor(share * 100)).padStart(3)} %  ` +
      `${done.toLocaleString('en')} people, ${documents.toLocaleString('en')} documents, ${Math.round(documents / seconds).toLocaleString('en')}/s, ${left} s left`;
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}${share === 1 ? '\n' : ''}`);
    else if (Math.floor(share * 10) > shown) process.stderr.write(`${line}\n`);
    shown = Math.floor(share * 10);
  };
}
