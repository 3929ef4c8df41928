import type { DataMap } from '../data-map.js';
import type { Indexer } from '../index/indexer.js';
import type { SideIndex } from '../index/side-index.js';
import type { StoreAdapter } from '../store/store-adapter.js';

export interface LocateLimits {
  /** Documents that share the applicant's keys and are read and compared. */
  readonly hits: number;
  /** Rows of one request: a dealer's whole business life fits. */
  readonly rows: number;
  /** Possible mentions offered. */
  readonly mentions: number;
}

export const LOCATE_LIMITS: LocateLimits = { hits: 1_000, rows: 250_000, mentions: 50 };

export interface LocateContext {
  readonly map: DataMap;
  readonly store: StoreAdapter;
  readonly index: SideIndex;
  readonly indexer: Pick<Indexer, 'serving'>;
  readonly now: Date;
  readonly limits?: LocateLimits;
}
