import type { DataMap } from '@kenri/connector-kit';
import { dealings } from './map/dealings.js';
import { people } from './map/people.js';

/** What the motorcycle store holds about people (systems.md, motorcycle). Ads and third-party provision have no place here: published only. */
export const map: DataMap = {
  system: 'motorcycle',
  label: { ja: 'オートバイオークション', en: 'Motorcycle auctions' },
  controller: 'aucnet-motorcycle',
  reviewers: 'cases',
  fiscalYearEndsIn: 12,
  collections: { ...people, ...dealings },
};
