import type { CollectionMap } from '@kenri/connector-kit';
import { ANTIQUES, CORPORATION_TAX } from '../laws.js';
import { field, written } from './field.js';

const ofSeller = { from: { collection: 'sellers', role: 'seller' }, on: { sellerId: '_id' } } as const;

/** What hangs on a seller or on a shop's staff: motorcycles, bids, deals, ledger, push tokens. */
export const dealings: Readonly<Record<string, CollectionMap>> = {
  bikes: {
    use: 'mapped',
    label: { ja: '出品車両', en: 'Motorcycles' },
    reached: [{ as: 'seller', ...ofSeller }],
    fields: {
      bikeNo: field('車両番号', 'Motorcycle number', 'reference'),
      sellerId: field('出品者', 'Seller', 'technical', { onErase: 'unset' }),
      maker: field('メーカー', 'Maker', 'transaction'),
      model: field('車種', 'Model', 'transaction'),
      displacementCc: field('排気量（cc）', 'Displacement (cc)', 'transaction'),
      firstYear: field('初度登録年', 'First registered', 'transaction'),
      frameNo: field('車台番号', 'Frame number', 'identity'),
      plateNo: field('標識番号', 'Licence plate', 'identity'),
      ownerComment: field('出品者コメント', 'Seller’s comment', 'free-text'),
      'photo.fileName': field('写真ファイル名', 'Photo file name', 'image'),
      'photo.contentType': field('写真の形式', 'Photo content type', 'technical'),
      'photo.bytes': field('写真', 'Photo', 'image'),
      'photo.onSite': field('サイト掲載', 'Shown on the site', 'transaction'),
      'sale.lane': field('レーン', 'Lane', 'transaction'),
      'sale.startsAt': field('開始日時', 'Starts', 'transaction'),
      'sale.endsAt': field('終了日時', 'Ends', 'transaction'),
      'sale.startPrice': field('スタート価格', 'Start price', 'transaction'),
      status: field('状態', 'Status', 'transaction'),
      ...written,
    },
    purposes: [{ ja: 'オートバイのオークション及び販売', en: 'Auctioning and selling motorcycles' }],
    erase: { action: 'remove-fields' },
    blockers: [
      {
        code: 'auction-running',
        label: { ja: 'オークションに出品中', en: 'Live in an auction' },
        when: [{ path: 'status', is: 'equal', value: 'live' }],
        operations: ['erase'],
      },
    ],
    file: { bytes: 'photo.bytes', name: 'photo.fileName', contentType: 'photo.contentType' },
  },

  bids: {
    use: 'mapped',
    label: { ja: '入札', en: 'Bids' },
    reached: [
      {
        as: 'bidder',
        from: { collection: 'member-shops', role: 'staff' },
        on: { shopId: '_id', staffNo: '@.staffNo' },
      },
    ],
    fields: {
      bidNo: field('入札番号', 'Bid number', 'reference'),
      bikeNo: field('車両番号', 'Motorcycle number', 'reference'),
      shopId: field('会員店', 'Member shop', 'technical'),
      staffNo: field('スタッフ番号', 'Staff number', 'technical', { onErase: 'unset' }),
      bidderName: field('入札者', 'Bidder', 'identity', { kind: 'full-name', correctable: true }),
      amount: field('入札額', 'Amount', 'transaction'),
      bidAt: field('入札日時', 'Bid at', 'transaction'),
      status: field('状態', 'Status', 'transaction'),
      ...written,
    },
    purposes: [{ ja: '入札の受付及び落札の決定', en: 'Taking bids and deciding who won' }],
    erase: { action: 'remove-fields' },
    blockers: [
      {
        code: 'bid-leading',
        label: { ja: '最高入札中', en: 'Leading bid' },
        when: [{ path: 'status', is: 'equal', value: 'leading' }],
        operations: ['erase'],
      },
    ],
  },

  deals: {
    use: 'mapped',
    label: { ja: '成約', en: 'Deals' },
    reached: [
      { as: 'seller', ...ofSeller },
      {
        as: 'buyer',
        from: { collection: 'member-shops', role: 'staff' },
        on: { buyerShopId: '_id', buyerStaffNo: '@.staffNo' },
      },
    ],
    fields: {
      dealNo: field('成約番号', 'Deal number', 'reference'),
      bikeId: field('車両', 'Motorcycle', 'technical'),
      sellerId: field('出品者', 'Seller', 'technical', { of: 'seller', onErase: 'unset' }),
      sellerName: field('売主氏名', 'Seller', 'identity', { of: 'seller', kind: 'full-name' }),
      sellerAddress: field('売主住所', 'Seller’s address', 'contact', { of: 'seller', kind: 'address' }),
      sellerTel: field('売主電話番号', 'Seller’s telephone', 'contact', {
        of: 'seller',
        kind: 'phone',
        correctable: true,
      }),
      buyerShopId: field('落札店', 'Buying shop', 'technical'),
      buyerStaffNo: field('落札スタッフ番号', 'Buyer’s staff number', 'technical', { of: 'buyer', onErase: 'unset' }),
      buyerShopName: field('落札店名', 'Buying shop’s name', 'reference', { of: 'buyer' }),
      buyerName: field('落札者氏名', 'Buyer', 'identity', { of: 'buyer', kind: 'full-name' }),
      buyerTel: field('落札者電話番号', 'Buyer’s telephone', 'contact', {
        of: 'buyer',
        kind: 'phone',
        correctable: true,
      }),
      contractedAt: field('成約日', 'Contracted on', 'transaction'),
      price: field('成約価格', 'Price', 'transaction'),
      fee: field('手数料', 'Fee', 'transaction'),
      paidToSellerAt: field('売主への支払日', 'Paid to the seller on', 'transaction'),
      settled: field('精算済み', 'Settled', 'transaction'),
      frozen: field('利用凍結', 'Use frozen', 'technical'),
      ...written,
    },
    purposes: [{ ja: '売買契約の履行及び代金の精算', en: 'Performing the sale and settling the price' }],
    erase: { action: 'remove-fields' },
    retention: [
      {
        rule: 'antiques-deal',
        law: ANTIQUES,
        article: '16–18',
        years: 3,
        from: 'contractedAt',
        counted: 'date',
        keeps: ['sellerName', 'sellerAddress', 'sellerId'],
      },
      {
        rule: 'tax-voucher',
        law: CORPORATION_TAX,
        article: '59',
        years: 7,
        from: 'contractedAt',
        counted: 'fiscal-year-filing',
        keeps: ['sellerName', 'sellerAddress', 'sellerId', 'buyerShopName'],
      },
    ],
    blockers: [
      {
        code: 'deal-unsettled',
        label: { ja: '精算が完了していない成約', en: 'Deal not yet settled' },
        when: [{ path: 'settled', is: 'equal', value: false }],
        operations: ['erase'],
      },
    ],
    restrict: { set: { frozen: true } },
  },

  'antique-ledger': {
    use: 'mapped',
    label: { ja: '古物台帳', en: 'Secondhand articles ledger' },
    reached: [{ as: 'counterparty', ...ofSeller }],
    fields: {
      ledgerNo: field('台帳番号', 'Ledger number', 'reference'),
      sellerId: field('出品者', 'Seller', 'technical', { onErase: 'unset' }),
      lastEntryAt: field('最終記載日', 'Last entry on', 'transaction'),
      article: field('品目', 'Article', 'transaction'),
      features: field('特徴', 'Features', 'transaction'),
      quantity: field('数量', 'Quantity', 'transaction'),
      price: field('代価', 'Price', 'transaction'),
      name: field('相手方氏名', 'Name', 'identity', { kind: 'full-name' }),
      kana: field('相手方フリガナ', 'Reading of name', 'identity', { kind: 'full-kana', correctable: true }),
      address: field('相手方住所', 'Address', 'contact', { kind: 'address' }),
      age: field('相手方年齢', 'Age', 'identity'),
      occupation: field('相手方職業', 'Occupation', 'identity', { kind: 'occupation' }),
      tel: field('相手方電話番号', 'Telephone', 'contact', { kind: 'phone', correctable: true }),
      identification: field('確認の区分', 'Identity checked by', 'transaction'),
      frozen: field('利用凍結', 'Use frozen', 'technical'),
      ...written,
    },
    purposes: [
      { ja: '古物営業法に基づく帳簿の記載', en: 'Keeping the ledger the Secondhand Articles Dealer Act asks for' },
    ],
    erase: { action: 'delete' },
    retention: [
      {
        rule: 'antiques-ledger',
        law: ANTIQUES,
        article: '16, 18(1)',
        years: 3,
        from: 'lastEntryAt',
        counted: 'date',
        keeps: ['name', 'address', 'age', 'occupation', 'sellerId'],
      },
    ],
    restrict: { set: { frozen: true } },
  },

  'push-tokens': {
    use: 'mapped',
    label: { ja: 'アプリ通知', en: 'Push notifications' },
    reached: [{ as: 'seller', ...ofSeller }],
    fields: {
      token: field('通知トークン', 'Push token', 'contact'),
      sellerId: field('出品者', 'Seller', 'technical'),
      platform: field('端末種別', 'Platform', 'transaction'),
      enabled: field('通知許可', 'Enabled', 'transaction'),
      targeting: field('おすすめ配信', 'Targeted messages', 'transaction'),
      lastUsedAt: field('最終利用', 'Last used', 'transaction', { watched: false }),
      ...written,
    },
    purposes: [{ ja: 'アプリによる通知', en: 'Notifications in the app' }],
    erase: { action: 'delete' },
    endings: [
      {
        code: 'push',
        label: { ja: 'アプリの通知が届かなくなります', en: 'Notifications in the app end' },
        when: [{ path: 'enabled', is: 'equal', value: true }],
      },
    ],
    suppress: [
      { purpose: 'marketing', set: { targeting: false } },
      { purpose: 'all-use', set: { enabled: false } },
    ],
    restrict: { set: { enabled: false } },
  },
};
