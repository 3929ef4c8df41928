import type { DataMap } from '@kenri/connector-kit';
import { consigning } from './map/consigning.js';
import { people } from './map/people.js';
import { records } from './map/records.js';

/** What the brand-item store holds about people (systems.md, brand-item). */
export const map: DataMap = {
  system: 'brand-item',
  label: { ja: 'ブランド品オークション', en: 'Brand-item auctions' },
  controller: 'aucnet-consumer-products',
  reviewers: 'cases',
  fiscalYearEndsIn: 12,
  collections: { ...people, ...consigning, ...records },
};
