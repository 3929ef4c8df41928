import { field, LAWS, written, type CollectionMap } from '@kenri/connector-kit';

const ofBuyer = { from: { collection: 'buyers', role: 'buyer' }, on: { buyerId: '_id' } } as const;
const brokering = { ja: '花きの売買の仲介', en: 'Brokering flowers' };

/** What hangs on growers and buyers: shipments, orders, invoices, the receivables ledger. */
export const trading: Readonly<Record<string, CollectionMap>> = {
  'delivery-addresses': {
    use: 'mapped',
    label: { ja: '配送先', en: 'Delivery addresses' },
    // The buyer’s entry, naming who receives there: the buyer themself or somebody else. The name is the buyer’s only where it is theirs.
    people: [{ role: 'receiver', at: '', identify: { fullName: 'receiver' } }],
    reached: [
      { as: 'buyer', ...ofBuyer },
      { as: 'receiver', ...ofBuyer },
    ],
    fields: {
      buyerId: field('買受人', 'Buyer', 'technical', { of: 'buyer', onErase: 'unset' }),
      label: field('配送先名', 'Name of the address', 'contact', { of: 'buyer' }),
      receiver: field('受取担当者', 'Who receives', 'identity', {
        of: 'receiver',
        kind: 'full-name',
        correctable: true,
      }),
      postalCode: field('郵便番号', 'Postal code', 'contact', { of: 'buyer', kind: 'postal-code', correctable: true }),
      address: field('住所', 'Address', 'contact', { of: 'buyer', kind: 'address', correctable: true }),
      tel: field('電話番号', 'Telephone', 'contact', { of: 'buyer', kind: 'phone', correctable: true }),
      note: field('配送メモ', 'Delivery note', 'free-text', { of: 'buyer' }),
      ...written,
    },
    purposes: [{ ja: '商品の配送', en: 'Delivering goods' }],
    erase: { action: 'remove-fields' },
    // A name alone is no key: somebody else who receives here is offered to a person as a possible mention.
    mentions: ['receiver', 'note'],
  },

  shipments: {
    use: 'mapped',
    label: { ja: '出荷', en: 'Shipments' },
    reached: [{ as: 'grower', from: { collection: 'growers', role: 'grower' }, on: { growerId: '_id' } }],
    fields: {
      shipmentNo: field('出荷番号', 'Shipment number', 'reference'),
      growerId: field('生産者', 'Grower', 'technical', { onErase: 'unset' }),
      growerContact: field('出荷者連絡先', 'Shipper (name, reading, telephone)', 'identity', {
        kind: 'contact',
        correctable: true,
      }),
      product: field('品目', 'Product', 'transaction'),
      boxes: field('箱数', 'Boxes', 'transaction'),
      shippedAt: field('出荷日', 'Shipped on', 'transaction'),
      proceeds: field('売上', 'Proceeds', 'transaction'),
      status: field('状態', 'Status', 'transaction'),
      ...written,
    },
    purposes: [brokering],
    erase: { action: 'remove-fields' },
    blockers: [
      {
        code: 'shipment-open',
        label: { ja: '輸送中又は販売前の出荷', en: 'Shipment on its way or not yet sold' },
        when: [{ path: 'status', is: 'in', value: ['announced', 'in-transit'] }],
        operations: ['erase'],
      },
    ],
  },

  orders: {
    use: 'mapped',
    label: { ja: '注文', en: 'Orders' },
    reached: [{ as: 'orderer', ...ofBuyer }],
    fields: {
      orderNo: field('注文番号', 'Order number', 'reference'),
      buyerId: field('買受人', 'Buyer', 'technical', { onErase: 'unset' }),
      ordererContact: field('注文者連絡先', 'Orderer (name, reading, telephone)', 'identity', {
        kind: 'contact',
        correctable: true,
      }),
      placedAt: field('注文日', 'Ordered on', 'transaction'),
      'lines[].product': field('品目', 'Product', 'transaction'),
      'lines[].stems': field('本数', 'Stems', 'transaction'),
      'lines[].unitPrice': field('単価', 'Unit price', 'transaction'),
      total: field('合計', 'Total', 'transaction'),
      deliverOn: field('納品日', 'Deliver on', 'transaction'),
      comment: field('連絡事項', 'Comment', 'free-text'),
      status: field('状態', 'Status', 'transaction'),
      ...written,
    },
    purposes: [brokering],
    erase: { action: 'remove-fields' },
    blockers: [
      {
        code: 'order-open',
        label: { ja: '納品前の注文', en: 'Order not yet delivered' },
        when: [{ path: 'status', is: 'equal', value: 'open' }],
        operations: ['erase'],
      },
    ],
    mentions: ['comment'],
  },

  invoices: {
    use: 'mapped',
    label: { ja: '請求書', en: 'Invoices' },
    reached: [{ as: 'debtor', ...ofBuyer }],
    fields: {
      invoiceNo: field('請求書番号', 'Invoice number', 'reference'),
      buyerId: field('買受人', 'Buyer', 'technical', { onErase: 'unset' }),
      orderNo: field('注文番号', 'Order number', 'reference'),
      addressee: field('宛名', 'Addressee', 'identity', { kind: 'full-name' }),
      addresseeAddress: field('宛先住所', 'Addressee’s address', 'contact', { kind: 'address' }),
      sentTo: field('送付先メール', 'Sent to (e-mail)', 'contact', { kind: 'email', correctable: true }),
      issuedAt: field('発行日', 'Issued on', 'transaction'),
      amount: field('金額', 'Amount', 'transaction'),
      tax: field('消費税', 'Consumption tax', 'transaction'),
      dueOn: field('支払期日', 'Due on', 'transaction'),
      paidAt: field('入金日', 'Paid on', 'transaction'),
      status: field('状態', 'Status', 'transaction'),
      'document.fileName': field('請求書ファイル名', 'Invoice file name', 'transaction', { onErase: 'unset' }),
      'document.contentType': field('請求書の形式', 'Invoice content type', 'technical', { onErase: 'unset' }),
      'document.bytes': field('請求書（PDF）', 'Invoice (PDF)', 'identity'),
      usageStopped: field('利用停止', 'Use stopped', 'technical'),
      ...written,
    },
    purposes: [{ ja: '代金の請求及び入金の管理', en: 'Invoicing and tracking payments' }],
    erase: { action: 'delete' },
    retention: [
      {
        rule: 'tax-voucher',
        law: LAWS.corporationTax,
        article: '59',
        years: 7,
        from: 'issuedAt',
        counted: 'fiscal-year-filing',
        keeps: ['addressee', 'addresseeAddress', 'document', 'buyerId'],
      },
    ],
    blockers: [
      {
        code: 'invoice-unpaid',
        label: { ja: '未入金の請求書', en: 'Invoice not yet paid' },
        when: [{ path: 'status', is: 'equal', value: 'unpaid' }],
        operations: ['erase'],
      },
    ],
    restrict: { set: { usageStopped: true } },
    file: { bytes: 'document.bytes', name: 'document.fileName', contentType: 'document.contentType' },
  },

  'receivable-ledger': {
    use: 'mapped',
    label: { ja: '売掛金元帳', en: 'Accounts receivable ledger' },
    reached: [{ as: 'partner', ...ofBuyer }],
    fields: {
      entryNo: field('記帳番号', 'Entry number', 'reference'),
      buyerId: field('買受人', 'Buyer', 'technical', { onErase: 'unset' }),
      account: field('勘定科目', 'Account', 'transaction'),
      partner: field('取引先', 'Partner', 'identity', { kind: 'full-name' }),
      partnerTel: field('取引先電話番号', 'Partner’s telephone', 'contact', { kind: 'phone', correctable: true }),
      bookedAt: field('記帳日', 'Booked on', 'transaction'),
      booksClosedAt: field('帳簿閉鎖日', 'Books closed on', 'transaction'),
      debit: field('借方', 'Debit', 'transaction'),
      credit: field('貸方', 'Credit', 'transaction'),
      text: field('摘要', 'Text', 'free-text', { onErase: 'keep' }),
      usageStopped: field('利用停止', 'Use stopped', 'technical'),
      ...written,
    },
    purposes: [{ ja: '会計帳簿の作成', en: 'Keeping the accounting books' }],
    erase: { action: 'remove-fields' },
    retention: [
      {
        rule: 'accounting-books',
        law: LAWS.companies,
        article: '432(2)',
        years: 10,
        // From the closing of the books, not from the entry.
        from: 'booksClosedAt',
        counted: 'date',
        keeps: ['partner', 'buyerId'],
      },
    ],
    restrict: { set: { usageStopped: true } },
  },
};
