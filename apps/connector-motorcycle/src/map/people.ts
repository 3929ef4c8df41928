import type { CollectionMap } from '@kenri/connector-kit';
import { LITIGATION } from '../laws.js';
import { field, written } from './field.js';

const auctioning = { ja: 'オートバイのオークション運営', en: 'Running motorcycle auctions' };
const directMail = { ja: '商品・サービスの案内（DM）', en: 'News about goods and services (direct mail)' };

/** Where people are recognised: staff of member shops, sellers, and whoever asked for a pickup or a word. */
export const people: Readonly<Record<string, CollectionMap>> = {
  'member-shops': {
    use: 'mapped',
    label: { ja: '会員店', en: 'Member shops' },
    people: [
      {
        role: 'staff',
        at: 'staff',
        elementKey: 'staffNo',
        identify: {
          fullName: 'name',
          fullKana: 'kana',
          birthDate: 'birthDate',
          phones: 'tel',
          emails: 'email',
          organisation: '/shopName',
        },
      },
    ],
    fields: {
      shopNo: field('会員店番号', 'Shop number', 'reference'),
      shopName: field('店名', 'Shop', 'reference', { kind: 'organisation' }),
      permitNo: field('古物商許可番号', 'Secondhand dealer permit', 'reference'),
      postalCode: field('郵便番号（店）', 'Postal code (shop)', 'reference'),
      address: field('所在地', 'Address (shop)', 'reference'),
      tel: field('代表電話', 'Telephone (shop)', 'reference'),
      depositBalance: field('預り金残高', 'Deposit', 'technical'),
      status: field('会員状態', 'Status', 'transaction'),
      'staff[].staffNo': field('スタッフ番号', 'Staff number', 'reference'),
      'staff[].name': field('氏名', 'Name', 'identity', { kind: 'full-name', correctable: true }),
      'staff[].kana': field('フリガナ', 'Reading of name', 'identity', { kind: 'full-kana', correctable: true }),
      'staff[].role': field('役割', 'Role', 'transaction'),
      'staff[].tel': field('電話番号', 'Telephone', 'contact', { kind: 'phone', correctable: true }),
      'staff[].email': field('メールアドレス', 'E-mail', 'contact', { kind: 'email', correctable: true }),
      'staff[].birthDate': field('生年月日', 'Date of birth', 'identity', { kind: 'birth-date', correctable: true }),
      'staff[].bidLimit': field('入札限度額', 'Bid limit', 'financial'),
      'staff[].dmStop': field('DM停止', 'No direct mail', 'transaction'),
      'staff[].suspended': field('利用停止', 'Use suspended', 'technical'),
      'staff[].lastLoginAt': field('最終ログイン', 'Last login', 'transaction', { watched: false }),
      ...written,
    },
    purposes: [auctioning, directMail],
    erase: { action: 'remove-person' },
    endings: [
      {
        code: 'bidding',
        label: { ja: '入札できなくなります', en: 'Bidding is no longer possible' },
        when: [{ path: '@.role', is: 'in', value: ['owner', 'buyer'] }],
      },
    ],
    suppress: [
      { purpose: 'marketing', set: { '@.dmStop': true } },
      { purpose: 'all-use', set: { '@.dmStop': true, '@.suspended': true } },
    ],
    restrict: { set: { '@.suspended': true } },
  },

  sellers: {
    use: 'mapped',
    label: { ja: '出品者', en: 'Sellers' },
    people: [
      {
        role: 'seller',
        at: '',
        identify: {
          fullName: 'name',
          fullKana: 'kana',
          birthDate: 'birthDate',
          phones: 'tel',
          emails: 'email',
          postalCode: 'postalCode',
          address: 'address',
          customerNumber: 'sellerNo',
        },
      },
    ],
    fields: {
      sellerNo: field('出品者番号', 'Seller number', 'reference', { kind: 'customer-number' }),
      name: field('氏名', 'Name', 'identity', { kind: 'full-name', correctable: true }),
      kana: field('フリガナ', 'Reading of name', 'identity', { kind: 'full-kana', correctable: true }),
      birthDate: field('生年月日', 'Date of birth', 'identity', { kind: 'birth-date', correctable: true }),
      gender: field('性別', 'Sex', 'identity'),
      occupation: field('職業', 'Occupation', 'identity', { kind: 'occupation', correctable: true }),
      tel: field('電話番号', 'Telephone', 'contact', { kind: 'phone', correctable: true }),
      email: field('メールアドレス', 'E-mail', 'contact', { kind: 'email', correctable: true }),
      postalCode: field('郵便番号', 'Postal code', 'contact', { kind: 'postal-code', correctable: true }),
      address: field('住所', 'Address', 'contact', { kind: 'address', correctable: true }),
      'payoutAccount.bank': field('振込先銀行', 'Bank', 'financial'),
      'payoutAccount.branch': field('振込先支店', 'Branch', 'financial'),
      'payoutAccount.number': field('口座番号', 'Account number', 'financial'),
      'payoutAccount.holder': field('口座名義', 'Account holder', 'financial'),
      dmStop: field('DM停止', 'No direct mail', 'transaction'),
      groupShareStop: field('グループ共同利用停止', 'No joint use in the group', 'transaction'),
      frozen: field('利用凍結', 'Use frozen', 'technical'),
      legalHold: field('法的保全', 'Legal hold', 'technical'),
      legalHoldNote: field('法的保全の理由', 'Reason of the legal hold', 'technical'),
      memo: field('メモ', 'Memo', 'free-text'),
      ...written,
    },
    purposes: [auctioning, directMail],
    erase: { action: 'delete' },
    legalHold: { when: [{ path: 'legalHold', is: 'equal', value: true }], law: LITIGATION, article: '220, 224' },
    endings: [
      {
        code: 'selling',
        label: { ja: '出品サービスを利用できなくなります', en: 'Motorcycles can no longer be consigned' },
        when: [{ path: 'sellerNo', is: 'present' }],
      },
    ],
    suppress: [
      { purpose: 'marketing', set: { dmStop: true } },
      { purpose: 'joint-use', set: { groupShareStop: true } },
      { purpose: 'all-use', set: { frozen: true } },
    ],
    restrict: { set: { frozen: true } },
    mentions: ['memo'],
  },

  'pickup-requests': {
    use: 'mapped',
    label: { ja: '引取依頼', en: 'Pickup requests' },
    people: [
      {
        role: 'requester',
        at: '',
        identify: {
          fullName: 'name',
          fullKana: 'kana',
          phones: 'tel',
          emails: 'email',
          postalCode: 'postalCode',
          address: 'address',
        },
      },
    ],
    fields: {
      requestNo: field('依頼番号', 'Request number', 'reference'),
      name: field('氏名', 'Name', 'identity', { kind: 'full-name', correctable: true }),
      kana: field('フリガナ', 'Reading of name', 'identity', { kind: 'full-kana', correctable: true }),
      tel: field('電話番号', 'Telephone', 'contact', { kind: 'phone', correctable: true }),
      email: field('メールアドレス', 'E-mail', 'contact', { kind: 'email', correctable: true }),
      postalCode: field('郵便番号', 'Postal code', 'contact', { kind: 'postal-code', correctable: true }),
      address: field('引取先住所', 'Address', 'contact', { kind: 'address', correctable: true }),
      bike: field('車種', 'Motorcycle', 'transaction'),
      preferredAt: field('希望日', 'Preferred day', 'transaction'),
      driverName: field('担当ドライバー', 'Driver', 'identity', { of: 'other' }),
      memo: field('メモ', 'Memo', 'free-text'),
      status: field('状態', 'Status', 'transaction'),
      ...written,
    },
    purposes: [{ ja: '車両の引取り', en: 'Collecting motorcycles' }],
    erase: { action: 'delete' },
    blockers: [
      {
        code: 'pickup-scheduled',
        label: { ja: '引取りの予約あり', en: 'A pickup is scheduled' },
        when: [{ path: 'status', is: 'in', value: ['requested', 'scheduled'] }],
        operations: ['erase'],
      },
    ],
    mentions: ['memo'],
  },

  inquiries: {
    use: 'mapped',
    label: { ja: '問合せ', en: 'Inquiries' },
    people: [{ role: 'inquirer', at: '', identify: { fullName: 'name', emails: 'email', phones: 'tel' } }],
    fields: {
      inquiryNo: field('問合せ番号', 'Inquiry number', 'reference'),
      name: field('氏名', 'Name', 'identity', { kind: 'full-name', correctable: true }),
      email: field('メールアドレス', 'E-mail', 'contact', { kind: 'email', correctable: true }),
      tel: field('電話番号', 'Telephone', 'contact', { kind: 'phone', correctable: true }),
      channel: field('受付経路', 'Channel', 'transaction'),
      body: field('内容', 'Text', 'free-text'),
      receivedAt: field('受付日時', 'Received', 'transaction'),
      answer: field('回答', 'Answer', 'free-text'),
      answeredBy: field('回答者', 'Answered by', 'identity', { of: 'other' }),
      closed: field('対応済み', 'Closed', 'transaction'),
      ...written,
    },
    purposes: [{ ja: '問合せへの回答', en: 'Answering inquiries' }],
    erase: { action: 'delete' },
    mentions: ['body', 'answer'],
  },
};
