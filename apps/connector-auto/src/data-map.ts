import type { DataMap } from '@kenri/connector-kit';
import { contracts } from './map/contracts.js';
import { dealings } from './map/dealings.js';
import { people } from './map/people.js';

/** What the auto store holds about people (systems.md, auto). */
export const map: DataMap = {
  system: 'auto',
  label: { ja: '中古車オークション', en: 'Used-car auctions' },
  controller: 'aucnet',
  reviewers: 'cases',
  fiscalYearEndsIn: 12,
  collections: {
    ...people,
    ...dealings,
    ...contracts,
    'screening-results': {
      use: 'screening',
      label: { ja: '反社会的勢力照合結果', en: 'Anti-social forces screening' },
      reason: {
        ja: '反社会的勢力に対する基本方針に基づく照合であり、いかなる方法でも検索・開示しない',
        en: 'Screening under the basic policy against anti-social forces: never located or disclosed by any path',
      },
    },
    auctions: {
      use: 'impersonal',
      label: { ja: 'オークション開催予定', en: 'Auction calendar' },
      reason: { ja: '開催日程のみで個人に関する情報を含まない', en: 'Dates and venues only, nothing about a person' },
    },
  },
};
