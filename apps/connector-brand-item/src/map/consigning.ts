import { field, LAWS, written, type CollectionMap } from '@kenri/connector-kit';

const ofConsignor = {
  as: 'consignor',
  from: { collection: 'consignors', role: 'consignor' },
  on: { consignorId: '_id' },
} as const;
const ofItem = { as: 'consignor', from: { collection: 'items', role: 'consignor' }, on: { itemId: '_id' } } as const;
const selling = { ja: 'ブランド品の受託販売', en: 'Selling brand items on consignment' };

/** What hangs on a consignor: items, their photos and appraisals, payouts. */
export const consigning: Readonly<Record<string, CollectionMap>> = {
  items: {
    use: 'mapped',
    label: { ja: '委託品', en: 'Items' },
    reached: [ofConsignor],
    fields: {
      itemNo: field('品番', 'Item number', 'reference'),
      consignorId: field('委託者', 'Consignor', 'technical', { onErase: 'unset' }),
      brand: field('ブランド', 'Brand', 'transaction'),
      category: field('分類', 'Category', 'transaction'),
      model: field('型', 'Model', 'transaction'),
      serialNo: field('シリアル番号', 'Serial number', 'identity'),
      condition: field('状態評価', 'Condition', 'transaction'),
      storage: field('保管場所', 'Storage', 'technical'),
      receivedAt: field('受領日', 'Received on', 'transaction'),
      returnedAt: field('返却日', 'Returned on', 'transaction'),
      estimate: field('見積額', 'Estimate', 'transaction'),
      ownerStory: field('来歴（委託者申告）', 'History as told by the consignor', 'free-text'),
      status: field('状態', 'Status', 'transaction'),
      ...written,
    },
    purposes: [selling],
    erase: { action: 'remove-fields' },
    blockers: [
      {
        code: 'item-in-custody',
        label: { ja: '当社で保管中の委託品', en: 'Item in the group’s custody' },
        when: [{ path: 'status', is: 'in', value: ['in-custody', 'live'] }],
        operations: ['erase'],
      },
    ],
    mentions: ['ownerStory'],
  },

  'item-photos': {
    use: 'mapped',
    label: { ja: '委託品の写真', en: 'Photos of items' },
    reached: [ofItem],
    fields: {
      itemId: field('委託品', 'Item', 'technical'),
      position: field('番号', 'Position', 'transaction'),
      fileName: field('ファイル名', 'File name', 'image'),
      contentType: field('形式', 'Content type', 'technical'),
      bytes: field('写真', 'Photo', 'image'),
      takenAt: field('撮影日', 'Taken on', 'transaction'),
      inCatalogue: field('カタログ掲載', 'Shown in the catalogue', 'transaction'),
      ...written,
    },
    purposes: [{ ja: 'カタログへの掲載', en: 'Showing items in the catalogue' }],
    erase: { action: 'delete' },
    suppress: [
      { purpose: 'third-party-provision', set: { inCatalogue: false } },
      { purpose: 'all-use', set: { inCatalogue: false } },
    ],
    restrict: { set: { inCatalogue: false } },
    file: { bytes: 'bytes', name: 'fileName', contentType: 'contentType' },
  },

  appraisals: {
    use: 'mapped',
    label: { ja: '査定', en: 'Appraisals' },
    reached: [ofItem],
    fields: {
      itemId: field('委託品', 'Item', 'technical'),
      appraiserName: field('査定者', 'Appraiser', 'identity', { of: 'other' }),
      appraisedAt: field('査定日', 'Appraised on', 'transaction'),
      amount: field('査定額', 'Amount', 'transaction'),
      comment: field('所見', 'Comment', 'free-text'),
      ...written,
    },
    purposes: [{ ja: '委託品の査定', en: 'Appraising items' }],
    erase: { action: 'delete' },
  },

  payouts: {
    use: 'mapped',
    label: { ja: '支払い', en: 'Payouts' },
    reached: [{ ...ofConsignor, as: 'payee' }],
    fields: {
      payoutNo: field('支払番号', 'Payout number', 'reference'),
      consignorId: field('委託者', 'Consignor', 'technical', { onErase: 'unset' }),
      itemNo: field('品番', 'Item number', 'reference'),
      payee: field('受取人', 'Payee', 'identity', { kind: 'full-name' }),
      'bank.name': field('銀行名', 'Bank', 'financial'),
      'bank.branch': field('支店名', 'Branch', 'financial'),
      'bank.accountType': field('口座種別', 'Account type', 'financial'),
      'bank.accountNo': field('口座番号', 'Account number', 'financial'),
      amount: field('金額', 'Amount', 'transaction'),
      paidAt: field('支払日', 'Paid on', 'transaction'),
      bookedAt: field('計上日', 'Booked on', 'transaction'),
      status: field('状態', 'Status', 'transaction'),
      processingRestricted: field('利用制限', 'Processing restricted', 'technical'),
      ...written,
    },
    purposes: [{ ja: '売却代金の支払い', en: 'Paying out the proceeds' }],
    erase: { action: 'delete' },
    retention: [
      {
        rule: 'tax-voucher',
        law: LAWS.corporationTax,
        article: '59',
        years: 7,
        from: 'bookedAt',
        counted: 'fiscal-year-filing',
        keeps: ['payee', 'consignorId'],
      },
    ],
    blockers: [
      {
        code: 'payout-pending',
        label: { ja: '未払いの売却代金', en: 'Payout pending' },
        when: [{ path: 'status', is: 'equal', value: 'pending' }],
        operations: ['erase'],
      },
    ],
    restrict: { set: { processingRestricted: true } },
  },
};
