import type { Language } from '@kenri/contracts';
import { REFUSAL_GROUNDS } from '@kenri/rights';

/** Everything a package says in its own words, in both languages. */
export const TEXTS = {
  title: { ja: '保有個人データの開示', en: 'Disclosure of personal data held' },
  reference: { ja: '受付番号', en: 'Reference' },
  created: { ja: '作成日時', en: 'Created' },
  intro: {
    ja: 'あなたからの開示の請求に基づき、グループ各社が保有するあなたの個人データを以下のとおり開示します。同じ内容を、機械で読み取れる形式（JSON・CSV）でも同封しています。',
    en: 'As you requested, this is the personal data that the companies of the group hold about you. The same content is enclosed in machine-readable form (JSON and CSV).',
  },
  contents: { ja: '目次', en: 'Contents' },
  records: { ja: '件', en: 'records' },
  nothing: {
    ja: 'このシステムには、あなたのデータは見つかりませんでした。',
    en: 'No data about you was found in this system.',
  },
  field: { ja: '項目', en: 'Item' },
  value: { ja: '内容', en: 'Content' },
  empty: { ja: '（空欄）', en: '(empty)' },
  yes: { ja: 'はい', en: 'Yes' },
  no: { ja: 'いいえ', en: 'No' },
  purposes: { ja: '利用目的', en: 'Purposes of use' },
  files: { ja: 'ファイル', en: 'Files' },
  withheld: { ja: '開示しない部分', en: 'Withheld' },
  withheldRecord: { ja: 'この記録の全部', en: 'This record as a whole' },
  truncated: {
    ja: '読みやすさのため、この報告書には先頭の記録だけを載せています。すべての記録は同封のJSON・CSVにあります。',
    en: 'To stay readable this report shows only the first records. All of them are in the enclosed JSON and CSV files.',
  },
  complain: {
    ja: '内容についてのお問合せ・苦情は、個人情報お問合せ窓口（電話 03-6440-2500）までご連絡ください。',
    en: 'For questions or complaints, contact the personal information desk (telephone 03-6440-2500).',
  },
  collection: { ja: '記録の種類', en: 'Kind of record' },
  record: { ja: '記録番号', en: 'Record no.' },
} as const satisfies Record<string, Record<Language, string>>;

/** A ground for withholding, as the applicant reads it; a code that the register does not know stands for itself. */
export const groundText = (ground: string, language: Language): string =>
  REFUSAL_GROUNDS.find(({ code }) => code === ground)?.text[language] ?? ground;
