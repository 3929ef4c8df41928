import { DocumentStore, type Clock, type Relay } from '@kenri/messaging';
import type { Vault } from '@kenri/vault';
import type { Db } from 'mongodb';
import { requireSoundMap, type StoreSchemas } from './check-map.js';
import type { Connector, ConnectorSettings } from './connector.js';
import type { DataMap } from './data-map.js';
import { Journal } from './execute/journal.js';
import { IndexKeys } from './index/generation.js';
import { Indexer, INDEXER_DEFAULTS, type IndexerOptions } from './index/indexer.js';
import { SideIndex } from './index/side-index.js';
import { LOCATE_LIMITS } from './locate/locate-context.js';
import { MongoStore } from './store/mongo-store.js';
import type { StoreAdapter } from './store/store-adapter.js';
import type { Unit } from './units/unit.js';

const DAY = 86_400_000;

export const CONNECTOR_DEFAULTS: ConnectorSettings = {
  verifyAfter: [DAY, 30 * DAY],
  executeWithin: 120_000,
  reviewHoldsEvery: 30 * DAY,
  limits: LOCATE_LIMITS,
};

export interface ConnectorParts {
  readonly map: DataMap;
  readonly schemas: StoreSchemas;
  /** The connector's own database. */
  readonly database: Db;
  /** The business store: its MongoDB database, or an adapter for something else. */
  readonly store: Db | StoreAdapter;
  readonly vault: Vault;
  readonly relay: Relay;
  readonly clock: Clock;
  readonly settings?: Partial<ConnectorSettings>;
  readonly indexing?: Partial<IndexerOptions>;
  readonly log: Connector['log'];
}

/**
 * Puts a connector together, without starting anything.
 * @throws FaultyDataMap where the map does not fit the schemas
 */
export async function openConnector(parts: ConnectorParts): Promise<Connector> {
  const { map, schemas, database, vault, clock, log } = parts;
  requireSoundMap(map, schemas);
  const store = 'collection' in parts.store ? new MongoStore(parts.store) : parts.store;
  const index = new SideIndex(database, map, store, new IndexKeys(vault));
  const units = new DocumentStore<Unit>(database.collection('units'), {
    source: `/kenri/connector-${map.system}`,
    relay: parts.relay,
    clock,
    // Two plans with two thousand changed rows each, as many given back, and a manifest of its own: 400 KB.
    maxBytes: 1024 * 1024,
  });
  const indexer = new Indexer(database, store, index, clock, {
    ...INDEXER_DEFAULTS,
    onError: (code, error) => log.warn(code, { failure: error instanceof Error ? error.name : 'unknown' }),
    ...parts.indexing,
  });
  const journal = Journal.in(database, vault);
  await Promise.all([index.ensureIndexes(), units.ensureIndexes(), journal.ensureIndexes()]);
  await Promise.all([
    units.collection.createIndex({ caseId: 1 }, { name: 'caseId' }),
    units.collection.createIndex({ artifacts: 1 }, { name: 'artifacts', sparse: true }),
  ]);
  return {
    map,
    store,
    index,
    indexer,
    units,
    journal,
    vault,
    clock,
    settings: { ...CONNECTOR_DEFAULTS, ...parts.settings },
    log,
  };
}
