import { field, LAWS, written, type CollectionMap } from '@kenri/connector-kit';

const ofConsignor = { from: { collection: 'consignors', role: 'consignor' }, on: { consignorId: '_id' } } as const;
const restricted = field('利用制限', 'Processing restricted', 'technical');
const consignorId = field('委託者', 'Consignor', 'technical', { onErase: 'unset' });

/** Records that laws ask for: identity verification, the secondhand ledger, provision to third parties. */
export const records: Readonly<Record<string, CollectionMap>> = {
  'identity-verifications': {
    use: 'mapped',
    label: { ja: '取引時確認記録', en: 'Identity verifications' },
    reached: [{ as: 'customer', ...ofConsignor }],
    fields: {
      verificationNo: field('確認番号', 'Verification number', 'reference'),
      consignorId,
      fullName: field('氏名', 'Name', 'identity', { kind: 'full-name' }),
      birthDate: field('生年月日', 'Date of birth', 'identity', { kind: 'birth-date' }),
      address: field('住所', 'Address', 'contact', { kind: 'address' }),
      occupation: field('職業', 'Occupation', 'identity', { kind: 'occupation' }),
      purpose: field('取引の目的', 'Purpose of the dealing', 'transaction'),
      method: field('確認方法', 'Method', 'transaction'),
      documentType: field('本人確認書類', 'Identity document', 'identity'),
      documentNo: field('書類番号', 'Document number', 'identity'),
      phone: field('電話番号', 'Telephone', 'contact', { kind: 'phone', correctable: true }),
      verifiedAt: field('確認日', 'Verified on', 'transaction'),
      dealingEndedAt: field('取引終了日', 'Dealing ended on', 'transaction'),
      'image.fileName': field('書類画像のファイル名', 'Image file name', 'image'),
      'image.contentType': field('書類画像の形式', 'Image content type', 'technical', { onErase: 'unset' }),
      'image.bytes': field('書類画像', 'Image of the document', 'image'),
      processingRestricted: restricted,
      ...written,
    },
    purposes: [{ ja: '犯罪収益移転防止法に基づく取引時確認', en: 'Verification at the time of transaction' }],
    erase: { action: 'delete' },
    retention: [
      {
        rule: 'criminal-proceeds-verification',
        law: LAWS.criminalProceeds,
        article: '6(2)',
        years: 7,
        from: 'dealingEndedAt',
        counted: 'date',
        keeps: ['fullName', 'birthDate', 'address', 'occupation', 'documentType', 'documentNo', 'image', 'consignorId'],
      },
    ],
    restrict: { set: { processingRestricted: true } },
    file: { bytes: 'image.bytes', name: 'image.fileName', contentType: 'image.contentType' },
  },

  'antique-ledger': {
    use: 'mapped',
    label: { ja: '古物台帳', en: 'Secondhand articles ledger' },
    reached: [{ as: 'counterparty', ...ofConsignor }],
    fields: {
      ledgerNo: field('台帳番号', 'Ledger number', 'reference'),
      consignorId,
      itemNo: field('品番', 'Item number', 'reference'),
      lastEntryAt: field('最終記載日', 'Last entry on', 'transaction'),
      article: field('品目', 'Article', 'transaction'),
      features: field('特徴', 'Features', 'transaction'),
      price: field('代価', 'Price', 'transaction'),
      'counterparty.fullName': field('相手方氏名', 'Name', 'identity', { kind: 'full-name' }),
      'counterparty.address': field('相手方住所', 'Address', 'contact', { kind: 'address' }),
      'counterparty.age': field('相手方年齢', 'Age', 'identity'),
      'counterparty.occupation': field('相手方職業', 'Occupation', 'identity', { kind: 'occupation' }),
      'counterparty.phone': field('相手方電話番号', 'Telephone', 'contact', { kind: 'phone', correctable: true }),
      'counterparty.email': field('相手方メール', 'E-mail', 'contact', { kind: 'email', correctable: true }),
      identification: field('確認の区分', 'Identity checked by', 'transaction'),
      processingRestricted: restricted,
      ...written,
    },
    purposes: [
      { ja: '古物営業法に基づく帳簿の記載', en: 'Keeping the ledger the Secondhand Articles Dealer Act asks for' },
    ],
    erase: { action: 'delete' },
    retention: [
      {
        rule: 'antiques-ledger',
        law: LAWS.antiques,
        article: '16, 18(1)',
        years: 3,
        from: 'lastEntryAt',
        counted: 'date',
        keeps: [
          'counterparty.fullName',
          'counterparty.address',
          'counterparty.age',
          'counterparty.occupation',
          'consignorId',
        ],
      },
    ],
    restrict: { set: { processingRestricted: true } },
  },

  'provision-records': {
    use: 'mapped',
    label: { ja: '第三者提供記録', en: 'Records of provision to third parties' },
    provisionRecord: true,
    reached: [{ as: 'subject', ...ofConsignor }],
    fields: {
      recordNo: field('記録番号', 'Record number', 'reference'),
      consignorId,
      subjectName: field('本人の氏名', 'Name of the person', 'identity', { kind: 'full-name' }),
      providedAt: field('提供年月日', 'Provided on', 'transaction'),
      recipientName: field('提供先', 'Recipient', 'reference'),
      recipientAddress: field('提供先の住所', 'Recipient’s address', 'reference'),
      items: field('提供した項目', 'Items provided', 'transaction'),
      ground: field('提供の根拠', 'Ground', 'transaction'),
      processingRestricted: restricted,
      ...written,
    },
    purposes: [{ ja: '第三者提供の記録の作成及び保存', en: 'Keeping records of provision to third parties' }],
    erase: { action: 'delete' },
    retention: [
      {
        rule: 'provision-record',
        law: LAWS.personalInformation,
        article: '29(2)',
        years: 3,
        from: 'providedAt',
        counted: 'date',
        keeps: ['subjectName', 'consignorId'],
      },
    ],
    restrict: { set: { processingRestricted: true } },
  },
};
