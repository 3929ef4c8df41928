import {
  addressLine,
  contactString,
  customerNumber,
  dayOf,
  kanjiName,
  moved,
  pdf,
  StoreSamples,
  strangerFrom,
  type FlowerHolding,
  type PersonFacts,
  type Random,
  type SampleDocuments,
  type SamplePerson,
} from '@kenri/testing';
import { holdingOf } from './samples.js';
import { objectId, type ObjectId } from './schemas.js';

/**
 * The documents that the flower store holds because of one person, in its own spelling: one contact string, no prefecture.
 * Deterministic by person, `random` and day.
 * @param asOf the day from which open and past dealings are counted
 */
export function samplesFor(person: SamplePerson, random: Random, asOf: Date = dayOf(new Date())): SampleDocuments {
  const holding = holdingOf(person, random);
  const samples = new FlowerSamples(person, random, asOf);
  if (holding.grower) samples.grower(holding.legalHold ?? false);
  if (holding.buyer) samples.buyer(holding.legalHold ?? false);
  holding.shipments?.forEach((yearsAgo, n) => samples.shipment(yearsAgo, n));
  for (let n = 0; n < (holding.deliveryAddresses ?? 0); n++) samples.deliveryAddress(n);
  holding.orders?.forEach((order, n) => samples.order(order, n));
  return samples.documents;
}

const PRODUCTS = [
  'バラ',
  'カーネーション',
  '輪菊',
  'ユリ',
  'トルコギキョウ',
  'スイートピー',
  'ガーベラ',
  '胡蝶蘭',
] as const;
const FARMS = ['花園', '園芸', 'フラワーファーム', '温室園', 'ばら園'] as const;
const CARDS = [
  'お誕生日おめでとうございます。',
  '開店を心よりお祝い申し上げます。',
  'いつもありがとう。',
  'ご昇進おめでとうございます。',
] as const;

const localAddress = (person: Pick<PersonFacts, 'address'>): string =>
  addressLine(person.address, { prefecture: false });

class FlowerSamples extends StoreSamples<ObjectId> {
  private readonly growerId = this.id('growers');
  private readonly buyerId = this.id('buyers');

  constructor(person: SamplePerson, random: Random, asOf: Date) {
    super('flower', person, random, asOf, objectId);
  }

  grower(legalHold: boolean): void {
    const { person, random } = this;
    this.add('growers', this.growerId, {
      growerNo: customerNumber(person, 'flower'),
      farmName: `${person.familyName.kanji}${random.pick(FARMS)}`,
      contact: contactString(person),
      email: person.email,
      postalCode: person.address.postalCode,
      address: localAddress(person),
      products: [random.pick(PRODUCTS)],
      cooperative: `JA${person.address.city}`,
      payoutAccount: `${random.pick(['みなと銀行', '東都銀行', '農林信用金庫'])} 普通 ${random.digits(7)}`,
      newsletter: true,
      mediaConsent: true,
      usageStopped: false,
      legalHold,
      remarks: random.chance(0.06) ? `出荷の連絡は${kanjiName(strangerFrom(random), '')}様（奥様）へ` : undefined,
    });
  }

  buyer(legalHold: boolean): void {
    const { person, random } = this;
    this.add('buyers', this.buyerId, {
      buyerNo: customerNumber(person, 'flower'),
      shopName: person.office?.kind === 'florist' ? person.office.name : `花の${person.familyName.kanji}`,
      contact: contactString(person),
      email: person.email,
      fax: person.landline?.replace(/.$/, '8'),
      postalCode: person.address.postalCode,
      address: localAddress(person),
      creditLimit: random.between(5, 60) * 10_000,
      bankAccount: `${random.pick(['みなと銀行', '東都銀行', '西日本第一銀行'])} 当座 ${random.digits(7)}`,
      newsletter: true,
      usageStopped: false,
      legalHold,
      remarks: random.chance(0.05) ? '支払いは月末締め翌月払い' : undefined,
    });
  }

  shipment(yearsAgo: number, n: number): void {
    const { person, random } = this;
    const open = yearsAgo < 0.02;
    this.add('shipments', this.id('shipments', n), {
      shipmentNo: `SH${person.index}-${n + 1}`,
      growerId: this.growerId,
      growerContact: contactString(person),
      product: random.pick(PRODUCTS),
      boxes: random.between(2, 60),
      shippedAt: this.ago({ years: yearsAgo }),
      proceeds: open ? undefined : random.between(3, 80) * 1000,
      status: open ? 'in-transit' : 'sold',
    });
  }

  deliveryAddress(n: number): void {
    const { person, random } = this;
    const receiver = strangerFrom(random);
    this.add('delivery-addresses', this.id('delivery-addresses', n), {
      buyerId: this.buyerId,
      label: n === 0 ? '本店' : '駅前店',
      receiver: kanjiName(receiver, ''),
      postalCode: person.address.postalCode,
      address: localAddress(person),
      tel: person.mobile ?? person.landline,
      note: '裏口より搬入。',
    });
  }

  order(order: NonNullable<FlowerHolding['orders']>[number], n: number): void {
    const { person, random } = this;
    const orderId = this.id('orders', n);
    const number = `${person.index}-${n + 1}`;
    const placedAt = this.ago({ years: order.yearsAgo });
    const stems = random.between(5, 200);
    const unitPrice = random.between(60, 900);
    const total = stems * unitPrice;
    this.add('orders', orderId, {
      orderNo: `O${number}`,
      buyerId: this.buyerId,
      ordererContact: contactString(person),
      placedAt,
      lines: [{ product: random.pick(PRODUCTS), stems, unitPrice }],
      total,
      deliverOn: moved(placedAt, { days: 2 }),
      comment: random.chance(0.15) ? '色は白系でまとめてください。' : undefined,
      status: 'delivered',
    });
    if (order.gift) this.gift(orderId, n);
    this.invoice(order.invoice, number, placedAt, total, n);
  }

  private gift(orderId: ObjectId, n: number): void {
    const recipient = strangerFrom(this.random);
    this.add('gift-recipients', this.id('gift-recipients', n), {
      orderId,
      senderName: kanjiName(this.person, ''),
      recipient: {
        contact: contactString(recipient),
        postalCode: recipient.address.postalCode,
        address: localAddress(recipient),
      },
      cardMessage: this.random.pick(CARDS),
      wrapping: this.random.pick(['花束', 'アレンジメント', 'スタンド']),
    });
  }

  private invoice(status: 'unpaid' | 'paid', number: string, placedAt: Date, total: number, n: number): void {
    const { person, random } = this;
    const issuedAt = moved(placedAt, { days: 5 });
    const withFile = person.holdings !== undefined || random.chance(0.25);
    this.add('invoices', this.id('invoices', n), {
      invoiceNo: `I${number}`,
      buyerId: this.buyerId,
      orderNo: `O${number}`,
      addressee: `${kanjiName(person, ' ')} 様`,
      addresseeAddress: localAddress(person),
      sentTo: person.email,
      issuedAt,
      amount: total,
      tax: Math.floor(total * 0.1),
      dueOn: moved(issuedAt, { days: 30 }),
      paidAt: status === 'paid' ? moved(issuedAt, { days: 21 }) : undefined,
      status,
      document: withFile
        ? {
            fileName: `invoice-I${number}.pdf`,
            contentType: 'application/pdf',
            bytes: pdf([`Invoice I${number}`, `Order O${number}`, `Total JPY ${total}`]),
          }
        : undefined,
      usageStopped: false,
    });
    this.add('receivable-ledger', this.id('receivable-ledger', n), {
      entryNo: `E${number}`,
      buyerId: this.buyerId,
      account: '売掛金',
      partner: kanjiName(person, ' '),
      partnerTel: person.mobile ?? person.landline,
      bookedAt: issuedAt,
      booksClosedAt: new Date(Date.UTC(issuedAt.getUTCFullYear(), 11, 31)),
      debit: total,
      credit: status === 'paid' ? total : 0,
      text: `花き代金 O${number}`,
      usageStopped: false,
    });
  }
}
