import { field, LAWS, written, type CollectionMap, type Reach } from '@kenri/connector-kit';

/** A facility's rows are the director's or a staff member's personal data only where that person signs for them. */
const responsible: readonly Reach[] = [
  {
    as: 'responsible',
    from: { collection: 'facilities', role: 'director' },
    on: { facilityId: '_id' },
    when: [{ path: 'responsible', is: 'equal', value: 'director' }],
  },
  {
    as: 'responsible',
    from: { collection: 'staff-contacts', role: 'staff' },
    on: { staffContactId: '_id' },
    when: [{ path: 'responsible', is: 'equal', value: 'staff' }],
  },
];

/** Devices, their sales as the law has them recorded, and maintenance. */
export const dealings: Readonly<Record<string, CollectionMap>> = {
  'equipment-listings': {
    use: 'mapped',
    label: { ja: '出品機器', en: 'Devices for sale' },
    reached: responsible,
    fields: {
      listingNo: field('出品番号', 'Listing number', 'reference'),
      facilityId: field('医療機関', 'Facility', 'technical'),
      responsible: field('責任者区分', 'Signed for by', 'transaction'),
      staffContactId: field('施設担当者', 'Staff contact', 'technical', { onErase: 'unset' }),
      responsibleName: field('責任者氏名', 'Name of the responsible', 'identity', {
        kind: 'full-name',
        correctable: true,
      }),
      'device.name': field('機器名', 'Device', 'transaction'),
      'device.maker': field('製造販売業者', 'Maker', 'transaction'),
      'device.modelNo': field('型式', 'Model', 'transaction'),
      'device.serialNo': field('製造番号', 'Serial number', 'transaction'),
      'device.installedYear': field('設置年', 'Installed in', 'transaction'),
      askingPrice: field('希望価格', 'Asking price', 'transaction'),
      comment: field('コメント', 'Comment', 'free-text'),
      pickUpAt: field('搬出日', 'Picked up on', 'transaction'),
      status: field('状態', 'Status', 'transaction'),
      ...written,
    },
    purposes: [{ ja: '中古医療機器の仲介', en: 'Brokering used medical devices' }],
    erase: { action: 'remove-fields' },
    blockers: [
      {
        code: 'device-in-transit',
        label: { ja: '輸送中の機器', en: 'Device in transit' },
        when: [{ path: 'status', is: 'equal', value: 'in-transit' }],
        operations: ['erase'],
      },
    ],
    mentions: ['comment'],
  },

  'device-sales': {
    use: 'mapped',
    label: { ja: '医療機器の販売記録', en: 'Records of device sales' },
    reached: [
      { as: 'transferor', from: { collection: 'equipment-listings', role: 'responsible' }, on: { listingId: '_id' } },
    ],
    fields: {
      saleNo: field('販売番号', 'Sale number', 'reference'),
      listingId: field('出品', 'Listing', 'technical'),
      'transferor.facilityName': field('譲渡人（施設）', 'Transferring facility', 'reference'),
      'transferor.name': field('譲渡人氏名', 'Transferor', 'identity', { of: 'transferor', kind: 'full-name' }),
      'transferor.address': field('譲渡人住所', 'Transferor’s address', 'contact', {
        of: 'transferor',
        kind: 'address',
      }),
      'transferor.tel': field('譲渡人電話番号', 'Transferor’s telephone', 'contact', {
        of: 'transferor',
        kind: 'phone',
        correctable: true,
      }),
      'transferor.email': field('譲渡人メール', 'Transferor’s e-mail', 'contact', {
        of: 'transferor',
        kind: 'email',
        correctable: true,
      }),
      'transferee.facilityName': field('譲受人（施設）', 'Receiving facility', 'reference', { of: 'other' }),
      'transferee.name': field('譲受人氏名', 'Transferee', 'identity', { of: 'other' }),
      'transferee.address': field('譲受人住所', 'Transferee’s address', 'contact', { of: 'other' }),
      'device.name': field('品名', 'Device', 'transaction'),
      'device.serialNo': field('製造番号', 'Serial number', 'transaction'),
      'device.quantity': field('数量', 'Quantity', 'transaction'),
      specifiedMaintenance: field(
        '特定保守管理医療機器',
        'Specially designated maintenance-managed device',
        'transaction',
      ),
      recordedAt: field('記載日', 'Recorded on', 'transaction'),
      price: field('価格', 'Price', 'transaction'),
      restricted: field('利用制限', 'Use restricted', 'technical'),
      ...written,
    },
    purposes: [
      { ja: '医薬品医療機器等法に基づく譲受け・譲渡の記録', en: 'Recording transfers as the device law asks for' },
    ],
    erase: { action: 'remove-fields' },
    retention: [
      {
        rule: 'device-sale',
        law: LAWS.medicalDevices,
        article: '173',
        years: 3,
        from: 'recordedAt',
        counted: 'date',
        when: [{ path: 'specifiedMaintenance', is: 'equal', value: false }],
        keeps: ['transferor.name', 'transferor.address'],
      },
      {
        rule: 'device-sale-specified-maintenance',
        law: LAWS.medicalDevices,
        article: '173',
        years: 15,
        from: 'recordedAt',
        counted: 'date',
        when: [{ path: 'specifiedMaintenance', is: 'equal', value: true }],
        keeps: ['transferor.name', 'transferor.address'],
      },
    ],
    restrict: { set: { restricted: true } },
  },

  'maintenance-reports': {
    use: 'mapped',
    label: { ja: '保守点検報告', en: 'Maintenance reports' },
    reached: responsible,
    fields: {
      reportNo: field('報告番号', 'Report number', 'reference'),
      facilityId: field('医療機関', 'Facility', 'technical'),
      responsible: field('依頼者区分', 'Requested by', 'transaction'),
      staffContactId: field('施設担当者', 'Staff contact', 'technical', { onErase: 'unset' }),
      requestedBy: field('依頼者氏名', 'Name of the requester', 'identity', { kind: 'full-name', correctable: true }),
      engineerName: field('点検者', 'Engineer', 'identity', { of: 'other' }),
      deviceName: field('機器名', 'Device', 'transaction'),
      performedAt: field('点検日', 'Performed on', 'transaction'),
      findings: field('所見', 'Findings', 'free-text', { onErase: 'keep' }),
      'document.fileName': field('報告書ファイル名', 'Report file name', 'transaction', { onErase: 'unset' }),
      'document.contentType': field('報告書の形式', 'Report content type', 'technical', { onErase: 'unset' }),
      'document.bytes': field('報告書（PDF）', 'Report (PDF)', 'identity'),
      ...written,
    },
    purposes: [{ ja: '医療機器の保守点検', en: 'Maintaining medical devices' }],
    erase: { action: 'remove-fields' },
    file: { bytes: 'document.bytes', name: 'document.fileName', contentType: 'document.contentType' },
    mentions: ['findings'],
  },
};
