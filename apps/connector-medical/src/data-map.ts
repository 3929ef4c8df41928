import type { DataMap } from '@kenri/connector-kit';
import { dealings } from './map/dealings.js';
import { people } from './map/people.js';

/**
 * What the medical store holds about people (systems.md, medical). Only the medical reviewer may see what is found. The group's joint use
 * (policy §5) does not cover medical data, so joint use, third-party provision and ads have no place here: published only.
 */
export const map: DataMap = {
  system: 'medical',
  label: { ja: '中古医療機器', en: 'Used medical devices' },
  controller: 'aucnet-medical',
  reviewers: 'cases/medical',
  fiscalYearEndsIn: 12,
  collections: {
    ...people,
    ...dealings,
    'residual-data-reports': {
      use: 'processor',
      label: { ja: '残存データ報告', en: 'Residual data reports' },
      reason: {
        ja: '中古機器に残っていた患者の情報を医療機関の委託により消去した記録。開示等の請求は当該医療機関へ',
        en: 'Patients’ data found on used devices and wiped on behalf of the facility: requests go to the facility',
      },
    },
  },
};
