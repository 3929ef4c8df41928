import type { CollectionMap } from '@kenri/connector-kit';
import { ANTIQUES, CORPORATION_TAX } from '../laws.js';
import { field, written } from './field.js';

const auctioning = { ja: '中古車のオークション及び販売', en: 'Auctioning and selling used cars' };
const consignorOfListing = {
  as: 'consignor',
  from: { collection: 'consignors', role: 'consignor' },
  on: { consignorId: '_id' },
} as const;

/** What hangs on a consignor: cars, their images and inspections, deals and the ledger the law asks for. */
export const dealings: Readonly<Record<string, CollectionMap>> = {
  listings: {
    use: 'mapped',
    label: { ja: '出品車両', en: 'Listings' },
    reached: [consignorOfListing],
    fields: {
      listingNo: field('出品番号', 'Listing number', 'reference'),
      consignorId: field('出品者', 'Consignor', 'technical', { onErase: 'unset' }),
      'vehicle.maker': field('メーカー', 'Maker', 'transaction'),
      'vehicle.model': field('車名', 'Model', 'transaction'),
      'vehicle.year': field('年式', 'Model year', 'transaction'),
      'vehicle.mileageKm': field('走行距離', 'Mileage (km)', 'transaction'),
      'vehicle.colour': field('車体色', 'Colour', 'transaction'),
      'vehicle.chassisNo': field('車台番号', 'Chassis number', 'identity'),
      'vehicle.plateNo': field('登録番号', 'Licence plate', 'identity'),
      'auction.code': field('開催回', 'Auction', 'transaction'),
      'auction.startsAt': field('開始日時', 'Auction starts', 'transaction'),
      'auction.endsAt': field('終了日時', 'Auction ends', 'transaction'),
      startPrice: field('スタート価格', 'Start price', 'transaction'),
      reservePrice: field('希望価格', 'Reserve price', 'transaction'),
      sellerComment: field('出品者コメント', 'Seller’s comment', 'free-text'),
      status: field('状態', 'Status', 'transaction'),
      ...written,
    },
    purposes: [auctioning],
    erase: { action: 'remove-fields' },
    blockers: [
      {
        code: 'auction-running',
        label: { ja: 'オークションに出品中（予約済みを含む）', en: 'Scheduled or live in an auction' },
        when: [{ path: 'status', is: 'in', value: ['scheduled', 'live'] }],
        operations: ['erase'],
      },
    ],
    mentions: ['sellerComment'],
  },

  'listing-images': {
    use: 'mapped',
    label: { ja: '車両画像', en: 'Images of cars' },
    reached: [{ as: 'consignor', from: { collection: 'listings', role: 'consignor' }, on: { listingId: '_id' } }],
    fields: {
      listingId: field('出品', 'Listing', 'technical'),
      angle: field('撮影方向', 'Angle', 'transaction'),
      fileName: field('ファイル名', 'File name', 'image'),
      contentType: field('形式', 'Content type', 'technical'),
      bytes: field('画像', 'Image', 'image'),
      takenAt: field('撮影日', 'Taken on', 'transaction'),
      plateVisible: field('ナンバープレートの写り込み', 'Licence plate visible', 'transaction'),
      published: field('会員への公開', 'Shown to members', 'transaction'),
      ...written,
    },
    purposes: [{ ja: '会員及び顧客への車両画像の提供', en: 'Showing images of cars to members and customers' }],
    erase: { action: 'delete' },
    suppress: [
      { purpose: 'third-party-provision', set: { published: false } },
      { purpose: 'all-use', set: { published: false } },
    ],
    restrict: { set: { published: false } },
    file: { bytes: 'bytes', name: 'fileName', contentType: 'contentType' },
  },

  inspections: {
    use: 'mapped',
    label: { ja: '車両検査', en: 'Inspections' },
    // The certificate may name a relative or a finance company: only where it is the consignor are those fields theirs.
    reached: [
      {
        as: 'owner',
        from: { collection: 'listings', role: 'consignor' },
        on: { listingId: '_id' },
        when: [{ path: 'ownerRelation', is: 'equal', value: 'self' }],
      },
      {
        as: 'consignor',
        from: { collection: 'listings', role: 'consignor' },
        on: { listingId: '_id' },
        when: [{ path: 'ownerRelation', is: 'not-equal', value: 'self' }],
      },
    ],
    fields: {
      inspectionNo: field('検査番号', 'Inspection number', 'reference'),
      listingId: field('出品', 'Listing', 'technical'),
      inspectedAt: field('検査日', 'Inspected on', 'transaction'),
      inspectorName: field('検査員', 'Inspector', 'identity', { of: 'other' }),
      grade: field('評価点', 'Grade', 'transaction'),
      report: field('検査所見', 'Report', 'free-text', { onErase: 'keep' }),
      ownerRelation: field('所有者との関係', 'Owner is', 'transaction'),
      'certificate.ownerName': field('車検証の所有者', 'Owner on the certificate', 'identity', {
        of: 'owner',
        kind: 'full-name',
        correctable: true,
      }),
      'certificate.ownerAddress': field('所有者の住所', 'Owner’s address', 'contact', {
        of: 'owner',
        kind: 'address',
        correctable: true,
      }),
      'certificate.registrationNo': field('登録番号', 'Registration number', 'identity', { of: 'owner' }),
      'certificate.expiresOn': field('車検満了日', 'Certificate expires', 'transaction'),
      ...written,
    },
    purposes: [{ ja: '車両の検査及び品質情報の提供', en: 'Inspecting cars and reporting their condition' }],
    erase: { action: 'remove-fields' },
  },

  deals: {
    use: 'mapped',
    label: { ja: '成約', en: 'Deals' },
    reached: [
      { as: 'seller', from: { collection: 'consignors', role: 'consignor' }, on: { consignorId: '_id' } },
      {
        as: 'buyer',
        from: { collection: 'members', role: 'contact' },
        on: { buyerMemberId: '_id', buyerContactNo: '@.contactNo' },
      },
    ],
    fields: {
      dealNo: field('成約番号', 'Deal number', 'reference'),
      listingId: field('出品', 'Listing', 'technical'),
      consignorId: field('出品者', 'Consignor', 'technical', { of: 'seller', onErase: 'unset' }),
      'seller.name': field('売主氏名', 'Seller', 'identity', { of: 'seller', kind: 'full-name' }),
      'seller.address': field('売主住所', 'Seller’s address', 'contact', { of: 'seller', kind: 'address' }),
      'seller.tel': field('売主電話番号', 'Seller’s telephone', 'contact', {
        of: 'seller',
        kind: 'phone',
        correctable: true,
      }),
      'seller.email': field('売主メール', 'Seller’s e-mail', 'contact', {
        of: 'seller',
        kind: 'email',
        correctable: true,
      }),
      buyerMemberId: field('落札会員', 'Buying member', 'technical'),
      buyerContactNo: field('落札担当者', 'Buying contact', 'technical', { of: 'buyer', onErase: 'unset' }),
      'buyer.companyName': field('落札会社', 'Buying company', 'reference', { of: 'buyer' }),
      'buyer.contactName': field('落札担当者氏名', 'Buyer’s contact', 'identity', { of: 'buyer', kind: 'full-name' }),
      'buyer.mobile': field('落札担当者電話', 'Buyer’s mobile', 'contact', {
        of: 'buyer',
        kind: 'phone',
        correctable: true,
      }),
      soldAt: field('成約日', 'Sold on', 'transaction'),
      price: field('成約価格', 'Price', 'transaction'),
      fee: field('手数料', 'Fee', 'transaction'),
      recyclingDeposit: field('リサイクル預託金', 'Recycling deposit', 'transaction'),
      'settlement.status': field('精算状態', 'Settlement', 'transaction'),
      'settlement.dueOn': field('支払期日', 'Due on', 'transaction'),
      'settlement.settledAt': field('精算日', 'Settled on', 'transaction'),
      restricted: field('利用制限', 'Use restricted', 'technical'),
      ...written,
    },
    purposes: [auctioning, { ja: '代金の精算及び名義変更', en: 'Settlement and change of registration' }],
    erase: { action: 'remove-fields' },
    retention: [
      {
        rule: 'antiques-deal',
        law: ANTIQUES,
        article: '16–18',
        years: 3,
        from: 'soldAt',
        counted: 'date',
        keeps: ['seller.name', 'seller.address', 'consignorId'],
      },
      {
        rule: 'tax-voucher',
        law: CORPORATION_TAX,
        article: '59',
        years: 7,
        from: 'soldAt',
        counted: 'fiscal-year-filing',
        keeps: ['seller.name', 'seller.address', 'consignorId', 'buyer.companyName'],
      },
    ],
    blockers: [
      {
        code: 'deal-unsettled',
        label: { ja: '精算が完了していない成約', en: 'Deal not yet settled' },
        when: [{ path: 'settlement.status', is: 'in', value: ['unpaid', 'paid'] }],
        operations: ['erase'],
      },
    ],
    restrict: { set: { restricted: true } },
  },

  'antique-ledger': {
    use: 'mapped',
    label: { ja: '古物台帳', en: 'Secondhand articles ledger' },
    reached: [
      { as: 'counterparty', from: { collection: 'consignors', role: 'consignor' }, on: { consignorId: '_id' } },
    ],
    fields: {
      ledgerNo: field('台帳番号', 'Ledger number', 'reference'),
      entry: field('受入・払出', 'Received or delivered', 'transaction'),
      consignorId: field('出品者', 'Consignor', 'technical', { onErase: 'unset' }),
      tradedAt: field('取引年月日', 'Traded on', 'transaction'),
      lastEntryAt: field('最終記載日', 'Last entry on', 'transaction'),
      'item.category': field('区分', 'Class of article', 'transaction'),
      'item.description': field('品目', 'Article', 'transaction'),
      'item.features': field('特徴', 'Features', 'transaction'),
      'item.quantity': field('数量', 'Quantity', 'transaction'),
      price: field('代価', 'Price', 'transaction'),
      'counterparty.name': field('相手方氏名', 'Name', 'identity', { kind: 'full-name' }),
      'counterparty.kana': field('相手方フリガナ', 'Reading of name', 'identity', {
        kind: 'full-kana',
        correctable: true,
      }),
      'counterparty.address': field('相手方住所', 'Address', 'contact', { kind: 'address' }),
      'counterparty.age': field('相手方年齢', 'Age', 'identity'),
      'counterparty.occupation': field('相手方職業', 'Occupation', 'identity', { kind: 'occupation' }),
      'counterparty.tel': field('相手方電話番号', 'Telephone', 'contact', { kind: 'phone', correctable: true }),
      'counterparty.email': field('相手方メール', 'E-mail', 'contact', { kind: 'email', correctable: true }),
      'counterparty.identityCheck': field('確認の区分', 'Identity checked by', 'transaction'),
      restricted: field('利用制限', 'Use restricted', 'technical'),
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
        // Art. 16(4): address, name, occupation and age of the counterparty; (5): how the identity was checked.
        keeps: [
          'counterparty.name',
          'counterparty.address',
          'counterparty.age',
          'counterparty.occupation',
          'consignorId',
        ],
      },
    ],
    restrict: { set: { restricted: true } },
  },
};
