import type { Freshness, Identity } from '@kenri/contracts';
import type { Clock } from '@kenri/messaging';
import { openVault, rotateKeys, type Vault } from '@kenri/vault';
import { MongoClient, type CommandStartedEvent } from 'mongodb';
import type { DataMap } from '../data-map.js';
import type { Document } from '../documents/paths.js';
import { locate } from '../locate/locate.js';
import type { LocatedMatch, Mention } from '../locate/located.js';
import { applicantOf } from '../people.js';
import { MongoStore } from '../store/mongo-store.js';
import type { ChangeFeed, StoreAdapter } from '../store/store-adapter.js';
import { ForwardingStore } from '../trial/forwarding-store.js';
import { eventually, type TrialConnector } from '../trial/trial-connector.js';
import { trialMap } from '../trial/trial-store.js';
import { IndexKeys } from './generation.js';
import { Indexer, INDEXER_DEFAULTS, type IndexerOptions } from './indexer.js';
import { SideIndex } from './side-index.js';
import type { SweepProgress } from './sweep.js';

const now: Clock = { now: () => new Date() };

export interface IndexProcessOptions {
  readonly vault?: Vault;
  /** Of the values under the keys: another one is another version of matching. */
  readonly version?: string;
  readonly map?: DataMap;
  readonly store?: (real: StoreAdapter) => StoreAdapter;
  readonly indexing?: Partial<IndexerOptions>;
}

/** One process that keeps and asks the side index, on connections of its own, so that it can be killed. */
export class IndexProcess {
  told: SweepProgress[] = [];
  errors: string[] = [];
  /** What it asked of the side index. */
  readonly finds: { filter: unknown; limit: unknown }[] = [];
  private constructor(
    private readonly client: MongoClient,
    readonly map: DataMap,
    readonly store: StoreAdapter,
    readonly index: SideIndex,
    readonly indexer: Indexer,
  ) {}

  static async open(trial: TrialConnector, options: IndexProcessOptions = {}): Promise<IndexProcess> {
    const client = await MongoClient.connect(process.env['MONGODB_URI']!, { monitorCommands: true });
    const real = new MongoStore(client.db(`${trial.name}_store`));
    const store = options.store?.(real) ?? real;
    const map = options.map ?? trialMap;
    const database = client.db(trial.name);
    const index = new SideIndex(database, map, store, new IndexKeys(options.vault ?? trial.vault, options.version));
    const told: SweepProgress[] = [];
    const errors: string[] = [];
    const indexer = new Indexer(database, store, index, now, {
      ...INDEXER_DEFAULTS,
      lookEvery: 50,
      leaseFor: 600,
      pageSize: 10,
      onError: (code) => errors.push(code),
      onProgress: (progress) => told.push(progress),
      ...options.indexing,
    });
    await index.ensureIndexes();
    const opened = new IndexProcess(client, map, store, index, indexer);
    opened.told = told;
    opened.errors = errors;
    client.on('commandStarted', ({ command }: CommandStartedEvent) => {
      if (command['find'] === 'side_index') opened.finds.push({ filter: command['filter'], limit: command['limit'] });
    });
    return opened;
  }

  start(): this {
    this.indexer.start();
    return this;
  }

  async reaches(state: string): Promise<this> {
    await eventually(`the index is ${state}`, () => Promise.resolve(this.indexer.progress.state === state));
    return this;
  }

  fresh(requestedAt = new Date()): Promise<Freshness> {
    return this.indexer.caughtUp(requestedAt);
  }

  async find(
    identities: readonly Identity[],
  ): Promise<{ matches: readonly LocatedMatch[]; mentions: readonly Mention[] }[]> {
    const requests = identities.map((identity, at) => ({ id: `r${at}`, applicant: applicantOf(identity, 'trial') }));
    const { map, store, index, indexer } = this;
    const outcomes = await locate(requests, { map, store, index, indexer, now: new Date() });
    return requests.map(({ id }) => {
      const outcome = outcomes.get(id)!;
      if ('failure' in outcome) throw new Error(outcome.failure);
      return outcome.located;
    });
  }

  /** Of how many of them exactly their own record is found, as certain. */
  async found(identities: readonly Identity[]): Promise<number> {
    const located = await this.find(identities);
    return located.filter(({ matches }) => matches.length === 1 && matches[0]!.match.verdict === 'certain').length;
  }

  async stop(): Promise<void> {
    await this.indexer.stop();
    await this.client.close();
  }

  /** Its connections are cut in the middle of whatever it does: it releases nothing. */
  async kill(): Promise<void> {
    await this.client.close(true);
    await this.indexer.stop().catch(() => undefined);
  }
}

/** A store whose calls can be held up, and which tells what was asked. */
export class GatedStore extends ForwardingStore {
  readonly pages: { collection: string; after: unknown }[] = [];
  private gate: { wait: Promise<void>; open: () => void } | null = null;
  private remaining = Infinity;
  /** Somebody waits at the gate. */
  held = false;
  /** Between the listing of a page's ids and the reading of its documents. */
  afterListing: (() => Promise<void>) | undefined;
  /** After documents were read by id, before anything is done with them. */
  afterReading: (() => Promise<void>) | undefined;
  /** Instead of a heartbeat's write, which it is given. */
  aroundHeartbeat: ((number: number, write: () => Promise<void>) => Promise<void>) | undefined;
  sweepsOnly = false;

  /** Lets so many more pages through, then holds. */
  holdAfter(pages: number): void {
    let open = () => {};
    const wait = new Promise<void>((resolve) => (open = resolve));
    this.remaining = pages;
    this.gate = { wait, open };
  }
  release(): void {
    this.remaining = Infinity;
    this.held = false;
    this.gate?.open();
    this.gate = null;
  }

  override async *ids(collection: string, after: unknown, atATime: number): AsyncIterable<unknown[]> {
    let last = after;
    for await (const page of this.real.ids(collection, after, atATime)) {
      this.remaining -= 1;
      if (this.remaining < 0 && this.gate) {
        this.held = true;
        await this.gate.wait;
      }
      this.pages.push({ collection, after: last });
      await this.afterListing?.();
      yield page;
      last = page.at(-1);
    }
  }

  override async *byId(
    collection: string,
    ids: readonly unknown[],
    paths?: readonly string[],
  ): AsyncIterable<Document> {
    const documents: Document[] = [];
    for await (const document of this.real.byId(collection, ids, paths)) documents.push(document);
    await this.afterReading?.();
    yield* documents;
  }

  override async heartbeat(instance: string, number: number): Promise<void> {
    const write = () => super.heartbeat(instance, number);
    return this.aroundHeartbeat ? this.aroundHeartbeat(number, write) : write();
  }

  override changes(collections: readonly string[], resumeToken: unknown): Promise<ChangeFeed | null> {
    return this.sweepsOnly ? Promise.resolve(null) : super.changes(collections, resumeToken);
  }
}

const FAMILY = ['佐藤', '鈴木', '高橋', '田中', '伊藤', '渡部', '山本', '中村', '小林', '加藤'];
const GIVEN = ['健一', '花子', '直樹', '美咲', '大輔', '裕子', '拓也', '恵', '翔太', '由美'];

/** Somebody of whom name, birth date, e-mail address and telephone are nobody else's in this combination. */
export function somebody(n: number): { identity: Identity; document: Record<string, unknown> & { name: string } } {
  const fullName = `${FAMILY[n % 10]}${GIVEN[Math.floor(n / 10) % 10]}`;
  const birthDate = `${1950 + (n % 45)}-0${1 + (n % 9)}-1${n % 10}`;
  const email = `person${n}@example.jp`;
  const phone = `0803${String(1_000_003 + n * 7919).slice(-7)}`;
  return {
    identity: { fullName, birthDate, emails: [email], phones: [phone] },
    document: { number: `P-${n}`, name: fullName, birthDate, email, phones: [phone], status: 'member' },
  };
}

export const crowd = (from: number, to: number): ReturnType<typeof somebody>[] =>
  Array.from({ length: to - from }, (_, at) => somebody(from + at));

/** A new blocking secret for the trial's connector, and the vault as a process opens it that starts afterwards. */
export async function rotated(trial: TrialConnector): Promise<Vault> {
  const { KENRI_KEYS_DIR: keysDir, KENRI_PUBLIC_KEYS_DIR: publicKeysDir } = trial.keyFolders;
  const service = `connector-${trial.map.system}`;
  await rotateKeys({ service, keysDir, publicKeysDir, clock: now }, 'blocking');
  return openVault({
    service,
    keysDir,
    publicKeysDir,
    mongo: trial.client,
    keysDatabase: `${trial.name}_keys`,
    artifactsDatabase: `${trial.name}_artifacts`,
  });
}
