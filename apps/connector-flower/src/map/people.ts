import { field, LAWS, written, type CollectionMap } from '@kenri/connector-kit';

const trading = { ja: '花きの売買の仲介', en: 'Brokering flowers' };
const newsletter = { ja: '市況・商品の案内', en: 'Market news and offers' };
const legalHold = {
  when: [{ path: 'legalHold', is: 'equal', value: true }],
  law: LAWS.civilProcedure,
  article: '220, 224',
} as const;

/** Where people are recognised: growers, buyers, and those whom buyers send flowers to. */
export const people: Readonly<Record<string, CollectionMap>> = {
  growers: {
    use: 'mapped',
    label: { ja: '生産者', en: 'Growers' },
    people: [
      {
        role: 'grower',
        at: '',
        identify: {
          contact: 'contact',
          emails: 'email',
          postalCode: 'postalCode',
          address: 'address',
          organisation: 'farmName',
          customerNumber: 'growerNo',
        },
      },
    ],
    fields: {
      growerNo: field('生産者番号', 'Grower number', 'reference', { kind: 'customer-number' }),
      farmName: field('農園名', 'Farm', 'contact', { kind: 'organisation', correctable: true }),
      contact: field('連絡先（氏名・カナ・電話）', 'Contact (name, reading, telephone)', 'identity', {
        kind: 'contact',
        correctable: true,
      }),
      email: field('メールアドレス', 'E-mail', 'contact', { kind: 'email', correctable: true }),
      postalCode: field('郵便番号', 'Postal code', 'contact', { kind: 'postal-code', correctable: true }),
      address: field('住所', 'Address', 'contact', { kind: 'address', correctable: true }),
      'products[]': field('出荷品目', 'Products', 'transaction'),
      cooperative: field('所属農協', 'Cooperative', 'transaction'),
      payoutAccount: field('振込口座', 'Bank account', 'financial'),
      newsletter: field('市況メール', 'Market news by mail', 'transaction'),
      mediaConsent: field('生産者紹介への掲載', 'Shown in grower portraits', 'transaction'),
      usageStopped: field('利用停止', 'Use stopped', 'technical'),
      legalHold: field('法的保全', 'Legal hold', 'technical'),
      remarks: field('備考', 'Remarks', 'free-text'),
      ...written,
    },
    purposes: [trading, newsletter],
    erase: { action: 'delete' },
    legalHold,
    endings: [
      {
        code: 'shipping',
        label: { ja: '出荷サービスを利用できなくなります', en: 'Flowers can no longer be shipped for sale' },
        when: [{ path: 'growerNo', is: 'present' }],
      },
    ],
    suppress: [
      { purpose: 'marketing', set: { newsletter: false } },
      { purpose: 'third-party-provision', set: { mediaConsent: false } },
      { purpose: 'all-use', set: { newsletter: false, mediaConsent: false, usageStopped: true } },
    ],
    restrict: { set: { usageStopped: true } },
    mentions: ['remarks'],
  },

  buyers: {
    use: 'mapped',
    label: { ja: '買受人', en: 'Buyers' },
    people: [
      {
        role: 'buyer',
        at: '',
        identify: {
          contact: 'contact',
          emails: 'email',
          postalCode: 'postalCode',
          address: 'address',
          organisation: 'shopName',
          customerNumber: 'buyerNo',
        },
      },
    ],
    fields: {
      buyerNo: field('買受人番号', 'Buyer number', 'reference', { kind: 'customer-number' }),
      shopName: field('店名', 'Shop', 'contact', { kind: 'organisation', correctable: true }),
      contact: field('連絡先（氏名・カナ・電話）', 'Contact (name, reading, telephone)', 'identity', {
        kind: 'contact',
        correctable: true,
      }),
      email: field('メールアドレス', 'E-mail', 'contact', { kind: 'email', correctable: true }),
      fax: field('FAX', 'Fax', 'contact'),
      postalCode: field('郵便番号', 'Postal code', 'contact', { kind: 'postal-code', correctable: true }),
      address: field('住所', 'Address', 'contact', { kind: 'address', correctable: true }),
      creditLimit: field('与信限度額', 'Credit limit', 'financial'),
      bankAccount: field('引落口座', 'Bank account', 'financial'),
      newsletter: field('市況メール', 'Market news by mail', 'transaction'),
      usageStopped: field('利用停止', 'Use stopped', 'technical'),
      legalHold: field('法的保全', 'Legal hold', 'technical'),
      remarks: field('備考', 'Remarks', 'free-text'),
      ...written,
    },
    purposes: [trading, newsletter],
    erase: { action: 'delete' },
    legalHold,
    endings: [
      {
        code: 'buying',
        label: { ja: '買受サービスを利用できなくなります', en: 'Flowers can no longer be bought' },
        when: [{ path: 'buyerNo', is: 'present' }],
      },
    ],
    suppress: [
      { purpose: 'marketing', set: { newsletter: false } },
      { purpose: 'all-use', set: { newsletter: false, usageStopped: true } },
    ],
    restrict: { set: { usageStopped: true } },
    mentions: ['remarks'],
  },

  'gift-recipients': {
    use: 'mapped',
    label: { ja: 'ギフト送付先', en: 'Gift recipients' },
    // The row belongs to two people: the sender by reference, the recipient by what is written here. Each has only their own fields.
    people: [
      {
        role: 'recipient',
        at: '',
        identify: { contact: 'recipient.contact', postalCode: 'recipient.postalCode', address: 'recipient.address' },
      },
    ],
    reached: [{ as: 'sender', from: { collection: 'orders', role: 'orderer' }, on: { orderId: '_id' } }],
    fields: {
      orderId: field('注文', 'Order', 'technical', { of: 'sender', onErase: 'keep' }),
      senderName: field('ご依頼主名', 'Sender on the card', 'identity', {
        of: 'sender',
        kind: 'full-name',
        correctable: true,
      }),
      'recipient.contact': field('お届け先（氏名・カナ・電話）', 'Recipient (name, reading, telephone)', 'identity', {
        of: 'recipient',
        kind: 'contact',
        correctable: true,
      }),
      'recipient.postalCode': field('お届け先郵便番号', 'Recipient’s postal code', 'contact', {
        of: 'recipient',
        kind: 'postal-code',
        correctable: true,
      }),
      'recipient.address': field('お届け先住所', 'Recipient’s address', 'contact', {
        of: 'recipient',
        kind: 'address',
        correctable: true,
      }),
      cardMessage: field('カードの文面', 'Words on the card', 'free-text', { of: 'sender' }),
      wrapping: field('包装', 'Wrapping', 'transaction'),
      ...written,
    },
    purposes: [{ ja: 'ギフトの配送', en: 'Delivering gifts' }],
    erase: { action: 'remove-fields' },
  },
};
