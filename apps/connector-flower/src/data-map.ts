import type { DataMap } from '@kenri/connector-kit';
import { people } from './map/people.js';
import { trading } from './map/trading.js';

/** What the flower store holds about people (systems.md, flower). Ads and joint use have no place here: published only. */
export const map: DataMap = {
  system: 'flower',
  label: { ja: '花きオークション', en: 'Flower auctions' },
  controller: 'aucnet-agri',
  reviewers: 'cases',
  fiscalYearEndsIn: 12,
  collections: { ...people, ...trading },
};
