import type { CollectionMap } from '@kenri/connector-kit';
import { CORPORATION_TAX, CRIMINAL_PROCEEDS, PERSONAL_INFORMATION } from '../laws.js';
import { field, written } from './field.js';

/** Assurance contracts, notes about counterparties, and to whom data was given. */
export const contracts: Readonly<Record<string, CollectionMap>> = {
  'assurance-contracts': {
    use: 'mapped',
    label: { ja: '中古車保証契約', en: 'Car assurance contracts' },
    people: [
      {
        role: 'holder',
        at: '',
        identify: {
          fullName: 'holder.name',
          fullKana: 'holder.kana',
          birthDate: 'holder.birthDate',
          phones: 'holder.mobile',
          emails: 'holder.email',
          postalCode: 'holder.postalCode',
          address: 'holder.address',
        },
      },
    ],
    fields: {
      contractNo: field('契約番号', 'Contract number', 'reference'),
      consignorId: field('出品者', 'Consignor', 'technical', { onErase: 'unset' }),
      'holder.name': field('契約者氏名', 'Name', 'identity', { kind: 'full-name', correctable: true }),
      'holder.kana': field('契約者フリガナ', 'Reading of name', 'identity', { kind: 'full-kana', correctable: true }),
      'holder.birthDate': field('生年月日', 'Date of birth', 'identity', { kind: 'birth-date', correctable: true }),
      'holder.mobile': field('携帯電話', 'Mobile', 'contact', { kind: 'phone', correctable: true }),
      'holder.email': field('メールアドレス', 'E-mail', 'contact', { kind: 'email', correctable: true }),
      'holder.postalCode': field('郵便番号', 'Postal code', 'contact', { kind: 'postal-code', correctable: true }),
      'holder.address': field('住所', 'Address', 'contact', { kind: 'address', correctable: true }),
      'vehicle.model': field('車名', 'Model', 'transaction'),
      'vehicle.chassisNo': field('車台番号', 'Chassis number', 'identity'),
      'vehicle.plateNo': field('登録番号', 'Licence plate', 'identity'),
      plan: field('保証プラン', 'Plan', 'transaction'),
      premium: field('保証料', 'Premium', 'transaction'),
      financed: field('ローン利用', 'Financed', 'transaction'),
      bankAccount: field('引落口座', 'Bank account', 'financial'),
      startsOn: field('開始日', 'Starts on', 'transaction'),
      endsOn: field('終了日', 'Ends on', 'transaction'),
      status: field('契約状態', 'Status', 'transaction'),
      restricted: field('利用制限', 'Use restricted', 'technical'),
      ...written,
    },
    purposes: [
      { ja: '中古車保証契約の締結、履行及び保険金の支払い', en: 'Concluding and performing car assurance contracts' },
    ],
    erase: { action: 'delete' },
    retention: [
      {
        rule: 'tax-voucher',
        law: CORPORATION_TAX,
        article: '59',
        years: 7,
        from: 'startsOn',
        counted: 'fiscal-year-filing',
        keeps: ['holder.name', 'holder.address', 'consignorId'],
      },
      {
        rule: 'criminal-proceeds-record',
        law: CRIMINAL_PROCEEDS,
        article: '6, 7',
        years: 7,
        from: 'endsOn',
        counted: 'date',
        when: [{ path: 'financed', is: 'equal', value: true }],
        keeps: ['holder.name', 'holder.birthDate', 'holder.address', 'bankAccount', 'consignorId'],
      },
    ],
    blockers: [
      {
        code: 'assurance-running',
        label: { ja: '有効な保証契約', en: 'Assurance contract still running' },
        when: [
          { path: 'status', is: 'equal', value: 'active' },
          { path: 'endsOn', is: 'after-now' },
        ],
        operations: ['erase'],
      },
    ],
    endings: [
      {
        code: 'assurance',
        label: { ja: '中古車保証が終了します', en: 'The car assurance ends' },
        when: [{ path: 'status', is: 'equal', value: 'active' }],
      },
    ],
    restrict: { set: { restricted: true } },
  },

  'counterparty-notes': {
    use: 'mapped',
    label: { ja: '応対メモ', en: 'Notes on counterparties' },
    reached: [{ as: 'consignor', from: { collection: 'consignors', role: 'consignor' }, on: { consignorId: '_id' } }],
    fields: {
      consignorId: field('出品者', 'Consignor', 'technical'),
      authorName: field('記入者', 'Written by', 'identity', { of: 'other' }),
      writtenAt: field('記入日', 'Written on', 'transaction'),
      text: field('内容', 'Text', 'free-text'),
      ...written,
    },
    purposes: [{ ja: '取引先との応対の記録', en: 'Recording contacts with counterparties' }],
    erase: { action: 'delete' },
    mentions: ['text'],
  },

  'provision-records': {
    use: 'mapped',
    label: { ja: '第三者提供記録', en: 'Records of provision to third parties' },
    provisionRecord: true,
    reached: [{ as: 'subject', from: { collection: 'consignors', role: 'consignor' }, on: { consignorId: '_id' } }],
    fields: {
      recordNo: field('記録番号', 'Record number', 'reference'),
      consignorId: field('出品者', 'Consignor', 'technical', { onErase: 'unset' }),
      subjectName: field('本人の氏名', 'Name of the person', 'identity', { kind: 'full-name' }),
      providedAt: field('提供年月日', 'Provided on', 'transaction'),
      'recipient.name': field('提供先', 'Recipient', 'reference'),
      'recipient.address': field('提供先の住所', 'Recipient’s address', 'reference'),
      'recipient.representative': field('提供先の代表者', 'Recipient’s representative', 'reference'),
      items: field('提供した項目', 'Items provided', 'transaction'),
      ground: field('提供の根拠', 'Ground', 'transaction'),
      restricted: field('利用制限', 'Use restricted', 'technical'),
      ...written,
    },
    purposes: [{ ja: '第三者提供の記録の作成及び保存', en: 'Keeping records of provision to third parties' }],
    erase: { action: 'delete' },
    retention: [
      {
        rule: 'provision-record',
        law: PERSONAL_INFORMATION,
        article: '29(2)',
        years: 3,
        from: 'providedAt',
        counted: 'date',
        keeps: ['subjectName', 'consignorId'],
      },
    ],
    restrict: { set: { restricted: true } },
  },
};
