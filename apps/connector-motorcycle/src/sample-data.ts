import {
  addressLine,
  ageAt,
  asRecorded,
  customerNumber,
  dayOf,
  defined,
  fullWidth,
  hiragana,
  jpeg,
  kanaName,
  kanjiName,
  moved,
  officeIndexes,
  partnerOffice,
  PERSONA_BASE,
  personAt,
  StoreSamples,
  strangerFrom,
  type MotorcycleHolding,
  type Office,
  type Random,
  type SampleDocuments,
  type SamplePerson,
} from '@kenri/testing';
import { holdingOf } from './samples.js';
import { objectId, type ObjectId } from './schemas.js';

/**
 * The documents that the motorcycle store holds because of one person, in its own spelling: full-width digits, one name field.
 * Deterministic by person, `random` and day.
 * @param asOf the day from which open and past dealings are counted
 */
export function samplesFor(person: SamplePerson, random: Random, asOf: Date = dayOf(new Date())): SampleDocuments {
  const holding = holdingOf(person, random);
  const samples = new MotorcycleSamples(person, random, asOf);
  if (holding.employment) samples.shop(holding.employment.office, [person, ...holding.employment.colleagues]);
  if (!person.holdings && person.office?.kind === 'bike-shop' && person.office.head === person.index)
    samples.shop(person.office, staffOf(person.office, person.seed));
  if (holding.seller) samples.seller(holding.legalHold ?? false);
  holding.bikes?.forEach((bike, n) => samples.bike(bike, n));
  if (person.office) for (const [n, state] of (holding.bids ?? []).entries()) samples.bid(person.office, state, n);
  holding.pickups?.forEach((pickup, n) => samples.pickup(pickup, n));
  holding.inquiries?.forEach((text, n) => samples.inquiry(text, n));
  if (holding.push) samples.pushToken();
  return samples.documents;
}

/** Who of the office's block works there and is known to the motorcycle business, the head first. */
function staffOf(office: Office, seed: string): SamplePerson[] {
  return officeIndexes(office)
    .map((index) => personAt(seed, index))
    .filter((person) => person.office !== undefined && person.systems.includes('motorcycle'));
}

const MODELS = [
  ['ホンダ', 'CB400 SUPER FOUR', 399],
  ['ホンダ', 'スーパーカブ110', 109],
  ['ヤマハ', 'MT-07', 688],
  ['ヤマハ', 'セロー250', 249],
  ['カワサキ', 'ニンジャ250', 248],
  ['スズキ', 'ジクサー150', 154],
] as const;

/** `090-1234-5678` as typed on this shop's Japanese keyboards. */
const wide = (number: string | undefined): string | undefined => number && fullWidth(number).replaceAll('－', 'ー');
const wideDate = (date: string): string => fullWidth(date.replaceAll('-', '/'));
const wideAddress = (person: Pick<SamplePerson, 'address'>): string => fullWidth(addressLine(person.address));

class MotorcycleSamples extends StoreSamples<ObjectId> {
  private readonly sellerId = this.id('sellers');

  constructor(person: SamplePerson, random: Random, asOf: Date) {
    super('motorcycle', person, random, asOf, objectId);
  }

  /** With a full-width space or none at all: the field does not say where the family name ends. */
  private get name(): string {
    return kanjiName(this.person, this.person.index % 3 === 0 ? '' : '\u3000');
  }

  shop(office: Office, staff: readonly SamplePerson[]): void {
    this.add('member-shops', this.officeId('member-shops', office), {
      shopNo: `MS-${String(office.id).padStart(7, '0')}`,
      shopName: office.name,
      permitNo: `第${fullWidth(this.random.digits(12))}号`,
      postalCode: wide(office.address.postalCode),
      address: fullWidth(addressLine(office.address)),
      tel: wide(office.tel),
      depositBalance: this.random.between(1, 50) * 10_000,
      status: 'active',
      staff: staff.map((member, n) => {
        const person = asRecorded(member, 'motorcycle');
        return defined({
          staffNo: staffNo(person),
          name: kanjiName(person, '\u3000'),
          kana: kanaName(person, '\u3000'),
          role: n === 0 ? 'owner' : this.random.pick(['buyer', 'clerk']),
          tel: wide(person.mobile),
          email: person.email,
          birthDate: n % 2 === 0 ? wideDate(person.birthDate) : undefined,
          bidLimit: this.random.between(5, 100) * 10_000,
          dmStop: false,
          suspended: false,
          lastLoginAt: this.ago({ days: this.random.between(0, 90) }),
        });
      }),
    });
  }

  seller(legalHold: boolean): void {
    const { person, random } = this;
    this.add('sellers', this.sellerId, {
      sellerNo: customerNumber(person, 'motorcycle'),
      name: this.name,
      kana: kanaName(person, '\u3000'),
      birthDate: wideDate(person.birthDate),
      gender: person.sex === 'male' ? '男' : '女',
      occupation: person.occupation,
      tel: wide(person.mobile ?? person.landline),
      email: person.email,
      postalCode: wide(person.address.postalCode),
      address: wideAddress(person),
      payoutAccount: {
        bank: random.pick(['みなと銀行', '東都銀行', '西日本第一銀行']),
        branch: `${person.address.city}支店`,
        number: fullWidth(random.digits(7)),
        holder: kanaName(person, '\u3000'),
      },
      dmStop: false,
      groupShareStop: false,
      frozen: false,
      legalHold,
      legalHoldNote: legalHold ? '盗難車疑いによる捜査関係事項照会' : undefined,
      memo: random.chance(0.05) ? `紹介者：${kanjiName(strangerFrom(random), '')}様` : undefined,
    });
  }

  bike(bike: NonNullable<MotorcycleHolding['bikes']>[number], n: number): void {
    const { person, random } = this;
    const bikeId = this.id('bikes', n);
    const number = `${person.index}-${n + 1}`;
    const [maker, model, displacementCc] = random.pick(MODELS);
    const startsAt = this.ago({ years: bike.yearsAgo, days: bike.state === 'settled' ? 1 : 0 });
    const price = random.between(5, 120) * 10_000;
    const sold = bike.state === 'settled' || bike.state === 'unsettled';
    this.add('bikes', bikeId, {
      bikeNo: `B${number}`,
      sellerId: this.sellerId,
      maker,
      model,
      displacementCc,
      firstYear: fullWidth(String(random.between(2005, 2024))),
      frameNo: `${random.pick(['NC42', 'JA44', 'RM33J'])}-${random.digits(7)}`,
      plateNo: `${random.pick(['品川', '名古屋', 'なにわ', '福岡'])} ${random.pick(['あ', 'い', 'う'])} ${fullWidth(random.digits(4))}`,
      ownerComment: random.chance(0.2) ? '車庫保管、転倒なし。' : undefined,
      photo: bike.photo
        ? { fileName: `B${number}.jpg`, contentType: 'image/jpeg', bytes: jpeg(`bike ${number}`), onSite: true }
        : undefined,
      sale:
        bike.state === 'stock'
          ? undefined
          : {
              lane: random.pick(['A', 'B', 'C']),
              startsAt,
              endsAt: moved(startsAt, { days: 1 }),
              startPrice: price * 0.6,
            },
      status: sold ? 'sold' : bike.state,
    });
    if (sold) this.sold(bike, bikeId, number, startsAt, price, `${maker} ${model}`, n);
  }

  private sold(
    bike: NonNullable<MotorcycleHolding['bikes']>[number],
    bikeId: ObjectId,
    number: string,
    contractedAt: Date,
    price: number,
    article: string,
    n: number,
  ): void {
    const { person, random } = this;
    const shop = partnerOffice(person.seed, 'bike-shop', person.index >= PERSONA_BASE ? 0 : person.index);
    const buyer = asRecorded(personAt(person.seed, shop.head), 'motorcycle');
    const settled = bike.state === 'settled';
    this.add('deals', this.id('deals', n), {
      dealNo: `MD${number}`,
      bikeId,
      sellerId: this.sellerId,
      sellerName: this.name,
      sellerAddress: wideAddress(person),
      sellerTel: wide(person.mobile ?? person.landline),
      buyerShopId: this.officeId('member-shops', shop),
      buyerStaffNo: staffNo(buyer),
      buyerShopName: shop.name,
      buyerName: kanjiName(buyer, '\u3000'),
      buyerTel: wide(buyer.mobile),
      contractedAt,
      price,
      fee: Math.round(price * 0.03),
      paidToSellerAt: settled ? moved(contractedAt, { days: 5 }) : undefined,
      settled,
      frozen: false,
    });
    this.add('antique-ledger', this.id('antique-ledger', n), {
      ledgerNo: `ML${number}`,
      sellerId: this.sellerId,
      lastEntryAt: contractedAt,
      article,
      features: `${random.pick(['黒', '赤', '白', '緑'])}、車台番号末尾${fullWidth(random.digits(4))}`,
      quantity: 1,
      price,
      name: this.name,
      kana: kanaName(person, '\u3000'),
      address: wideAddress(person),
      age: fullWidth(String(ageAt(person.birthDate, contractedAt.getUTCFullYear()))),
      occupation: person.occupation,
      tel: wide(person.mobile ?? person.landline),
      identification: '運転免許証の提示',
      frozen: false,
    });
  }

  bid(office: Office, status: 'leading' | 'outbid', n: number): void {
    const { person, random } = this;
    this.add('bids', this.id('bids', n), {
      bidNo: `NB${person.index}-${n + 1}`,
      bikeNo: `B${random.digits(5)}-1`,
      shopId: this.officeId('member-shops', office),
      staffNo: staffNo(person),
      bidderName: this.name,
      amount: random.between(5, 90) * 10_000,
      bidAt: this.ago({ days: status === 'leading' ? 0 : random.between(2, 400) }),
      status,
    });
  }

  pickup(pickup: NonNullable<MotorcycleHolding['pickups']>[number], n: number): void {
    const { person, random } = this;
    const byTelephone = pickup.byNameAndTel !== undefined;
    this.add('pickup-requests', this.id('pickup-requests', n), {
      requestNo: `PU${person.index}-${n + 1}`,
      name: this.name,
      kana: byTelephone ? undefined : kanaName(person, ''),
      tel: wide(pickup.byNameAndTel ?? person.mobile ?? person.landline),
      email: byTelephone ? undefined : person.email,
      postalCode: byTelephone ? undefined : wide(person.address.postalCode),
      address: byTelephone ? undefined : wideAddress(person),
      bike: random.pick(MODELS)[1],
      preferredAt:
        pickup.state === 'scheduled' ? moved(this.asOf, { days: 5 }) : this.ago({ days: random.between(20, 900) }),
      driverName: kanjiName(strangerFrom(random), '\u3000'),
      memo: random.chance(0.1) ? `ご不在時は${kanjiName(strangerFrom(random), '')}様が立会い` : undefined,
      status: pickup.state,
    });
  }

  inquiry(text: string, n: number): void {
    const { person, random } = this;
    this.add('inquiries', this.id('inquiries', n), {
      inquiryNo: `Q${person.index}-${n + 1}`,
      // Typed by people themselves: a persona in kanji, others as the mood takes them.
      name: person.holdings || random.chance(0.6) ? kanjiName(person, '') : hiragana(kanaName(person, ' ')),
      email: person.email,
      tel: person.holdings || random.chance(0.7) ? wide(person.mobile) : undefined,
      channel: 'web',
      body: text,
      receivedAt: this.ago({ days: random.between(5, 900) }),
      answer: 'お問合せありがとうございます。担当よりお電話いたします。',
      answeredBy: kanjiName(strangerFrom(random)),
      closed: true,
    });
  }

  pushToken(): void {
    const { person, random } = this;
    this.add('push-tokens', this.id('push-tokens'), {
      token: `${random.digits(16)}:APA${person.index.toString(36)}`,
      sellerId: this.sellerId,
      platform: random.pick(['ios', 'android']),
      enabled: true,
      targeting: true,
      lastUsedAt: this.ago({ days: random.between(0, 90) }),
    });
  }
}

/** Number of a person among the staff of their shop: their place in its block. */
const staffNo = ({ index }: { index: number }): string => `S${String((index % 24) + 1).padStart(2, '0')}`;
