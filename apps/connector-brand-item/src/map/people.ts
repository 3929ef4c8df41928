import { field, LAWS, written, type CollectionMap } from '@kenri/connector-kit';

const consigning = { ja: 'ブランド品の受託販売', en: 'Selling brand items on consignment' };
const mailing = { ja: '商品・催事の案内', en: 'News about goods and events' };
const name = {
  familyName: field('姓', 'Family name', 'identity', { kind: 'family-name', correctable: true }),
  givenName: field('名', 'Given name', 'identity', { kind: 'given-name', correctable: true }),
} as const;
const kana = {
  familyKana: field('セイ', 'Reading of family name', 'identity', { kind: 'family-kana', correctable: true }),
  givenKana: field('メイ', 'Reading of given name', 'identity', { kind: 'given-kana', correctable: true }),
} as const;
const birthDate = field('生年月日', 'Date of birth', 'identity', { kind: 'birth-date', correctable: true });
const email = field('メールアドレス', 'E-mail', 'contact', { kind: 'email', correctable: true });

/** Where people are recognised: consignors, visitors of the stores, readers of the newsletter. */
export const people: Readonly<Record<string, CollectionMap>> = {
  consignors: {
    use: 'mapped',
    label: { ja: '委託者', en: 'Consignors' },
    people: [
      {
        role: 'consignor',
        at: '',
        identify: {
          familyName: 'familyName',
          givenName: 'givenName',
          familyKana: 'familyKana',
          givenKana: 'givenKana',
          birthDate: 'birthDate',
          phones: ['mobile', 'landline'],
          emails: 'email',
          postalCode: 'postalCode',
          address: 'address',
          customerNumber: 'consignorNo',
        },
      },
    ],
    fields: {
      consignorNo: field('委託者番号', 'Consignor number', 'reference', { kind: 'customer-number' }),
      ...name,
      ...kana,
      formerFamilyName: field('旧姓', 'Former family name', 'identity'),
      birthDate,
      sex: field('性別', 'Sex', 'identity'),
      occupation: field('職業', 'Occupation', 'identity', { kind: 'occupation', correctable: true }),
      mobile: field('携帯電話', 'Mobile', 'contact', { kind: 'phone', correctable: true }),
      landline: field('固定電話', 'Landline', 'contact', { kind: 'phone', correctable: true }),
      email,
      postalCode: field('郵便番号', 'Postal code', 'contact', { kind: 'postal-code', correctable: true }),
      address: field('住所', 'Address', 'contact', { kind: 'address', correctable: true }),
      'consents.mail': field('案内への同意', 'Consent to mailings', 'transaction'),
      'consents.sharing': field('第三者提供への同意', 'Consent to provision to third parties', 'transaction'),
      'consents.groupUse': field('共同利用への同意', 'Consent to joint use', 'transaction'),
      processingRestricted: field('利用制限', 'Processing restricted', 'technical'),
      'legalHold.active': field('法的保全', 'Legal hold', 'technical'),
      'legalHold.reference': field('法的保全の根拠', 'Legal hold reference', 'technical'),
      note: field('備考', 'Note', 'free-text'),
      ...written,
    },
    purposes: [consigning, mailing],
    erase: { action: 'delete' },
    legalHold: {
      when: [{ path: 'legalHold.active', is: 'equal', value: true }],
      law: LAWS.civilProcedure,
      article: '220, 224',
    },
    endings: [
      {
        code: 'consigning',
        label: { ja: '委託販売サービスを利用できなくなります', en: 'Items can no longer be consigned' },
        when: [{ path: 'consignorNo', is: 'present' }],
      },
    ],
    suppress: [
      { purpose: 'marketing', set: { 'consents.mail': false } },
      { purpose: 'third-party-provision', set: { 'consents.sharing': false } },
      { purpose: 'joint-use', set: { 'consents.groupUse': false } },
      { purpose: 'all-use', set: { processingRestricted: true } },
    ],
    restrict: { set: { processingRestricted: true } },
    mentions: ['note'],
  },

  'store-visits': {
    use: 'mapped',
    label: { ja: '来店記録', en: 'Store visits' },
    people: [
      {
        role: 'visitor',
        at: '',
        identify: {
          familyName: 'familyName',
          givenName: 'givenName',
          familyKana: 'familyKana',
          givenKana: 'givenKana',
          phones: 'phone',
          emails: 'email',
        },
      },
    ],
    fields: {
      visitNo: field('来店番号', 'Visit number', 'reference'),
      ...name,
      ...kana,
      phone: field('電話番号', 'Telephone', 'contact', { kind: 'phone', correctable: true }),
      email,
      visitedAt: field('来店日時', 'Visited', 'transaction'),
      store: field('店舗', 'Store', 'transaction'),
      purpose: field('用件', 'Purpose', 'transaction'),
      staffName: field('応対者', 'Served by', 'identity', { of: 'other' }),
      memo: field('メモ', 'Memo', 'free-text'),
      ...written,
    },
    purposes: [{ ja: '来店時の応対', en: 'Serving visitors' }],
    erase: { action: 'delete' },
    mentions: ['memo'],
  },

  newsletter: {
    use: 'mapped',
    label: { ja: 'ニュースレター', en: 'Newsletter' },
    people: [
      {
        role: 'reader',
        at: '',
        identify: { familyName: 'familyName', givenName: 'givenName', birthDate: 'birthDate', emails: 'email' },
      },
    ],
    fields: {
      readerNo: field('購読番号', 'Reader number', 'reference'),
      email,
      ...name,
      birthDate,
      'interests[]': field('関心分野', 'Interests', 'transaction'),
      active: field('配信中', 'Active', 'transaction'),
      adMatching: field('広告配信への利用', 'Used for ad audiences', 'transaction'),
      joinedAt: field('登録日', 'Joined on', 'transaction'),
      lastOpenedAt: field('最終開封', 'Last opened', 'transaction', { watched: false }),
      ...written,
    },
    purposes: [mailing, { ja: '広告配信事業者を通じた広告', en: 'Advertising through ad platforms' }],
    erase: { action: 'delete' },
    endings: [
      {
        code: 'newsletter',
        label: { ja: 'ニュースレターの配信が終わります', en: 'The newsletter ends' },
        when: [{ path: 'active', is: 'equal', value: true }],
      },
    ],
    suppress: [
      { purpose: 'marketing', set: { active: false } },
      { purpose: 'ads', set: { adMatching: false } },
      { purpose: 'all-use', set: { active: false, adMatching: false } },
    ],
    restrict: { set: { active: false } },
  },
};
