import {
  addressLine,
  ageAt,
  asRecorded,
  customerNumber,
  dayOf,
  defined,
  digitsOnly,
  eraShort,
  halfWidthKana,
  hexId,
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
  type AutoHolding,
  type Office,
  type Random,
  type SampleDocuments,
  type SamplePerson,
  type Vehicle,
} from '@kenri/testing';
import { holdingOf } from './samples.js';
import { objectId, type ObjectId } from './schemas.js';

/**
 * The documents that the auto store holds because of one person, in its own spelling. Deterministic by person, `random` and day.
 * @param asOf the day from which open and past dealings are counted
 */
export function samplesFor(person: SamplePerson, random: Random, asOf: Date = dayOf(new Date())): SampleDocuments {
  const holding = holdingOf(person, random);
  const samples = new AutoSamples(person, random, asOf);
  if (holding.employment) samples.member(holding.employment.office, [person, ...holding.employment.colleagues]);
  if (!person.holdings && person.office?.kind === 'car-dealer' && person.office.head === person.index) {
    samples.member(person.office, staffOf(person.office, person.seed));
    samples.auction(person.office);
  }
  if (holding.consignor) samples.consignor(holding.legalHold ?? false);
  holding.vehicles?.forEach((vehicle, n) => samples.vehicle(vehicle, n));
  holding.purchases?.forEach((yearsAgo, n) => samples.ledgerEntry(`P${n}`, yearsAgo, 'received'));
  holding.assurances?.forEach((assurance, n) => samples.assurance(assurance, n));
  if (holding.mail) samples.subscription();
  holding.notes?.forEach((text, n) => samples.note(text, n));
  holding.provisions?.forEach((yearsAgo, n) => samples.provision(yearsAgo, n));
  if (person.holdings || random.chance(0.01)) samples.screening();
  return samples.documents;
}

/** Who of the office's block works there and is known to the auto business, the head first. */
function staffOf(office: Office, seed: string): SamplePerson[] {
  return officeIndexes(office)
    .map((index) => personAt(seed, index))
    .filter((person) => person.office !== undefined && person.systems.includes('auto'));
}

const MODELS = [
  ['トヨタ', 'プリウス'],
  ['トヨタ', 'アルファード'],
  ['ホンダ', 'フィット'],
  ['ホンダ', 'N-BOX'],
  ['日産', 'ノート'],
  ['スズキ', 'ワゴンR'],
  ['マツダ', 'CX-5'],
  ['スバル', 'レヴォーグ'],
  ['ダイハツ', 'タント'],
  ['三菱', 'デリカD:5'],
] as const;
const COLOURS = ['パールホワイト', '黒', '銀', '紺', '赤', 'ガンメタ'] as const;
const PLATES = ['品川', '横浜', '名古屋', 'なにわ', '札幌', '福岡', '仙台', '広島', '松本', '高松'] as const;
const BANKS = ['みなと銀行', '東都銀行', '北陸中央銀行', '西日本第一銀行'] as const;

class AutoSamples extends StoreSamples<ObjectId> {
  private readonly consignorId = this.id('consignors');

  constructor(person: SamplePerson, random: Random, asOf: Date) {
    super('auto', person, random, asOf, objectId);
  }

  member(office: Office, staff: readonly SamplePerson[]): void {
    this.add('members', this.officeId('members', office), {
      memberNo: `AM-${String(office.id).padStart(7, '0')}`,
      companyName: office.name,
      antiquePermitNo: `第${this.random.digits(12)}号`,
      postalCode: digitsOnly(office.address.postalCode),
      address: addressLine(office.address),
      tel: digitsOnly(office.tel),
      fax: digitsOnly(office.tel).replace(/.$/, '9'),
      email: office.email,
      plan: this.random.pick(['light', 'standard', 'premium']),
      status: 'active',
      joinedAt: this.ago({ years: this.random.between(1, 18) }),
      contacts: staff.map((person, n) => this.contact(asRecorded(person, 'auto'), n)),
    });
  }

  private contact(person: SamplePerson, n: number): Record<string, unknown> {
    return defined({
      contactNo: contactNo(person),
      name: kanjiName(person),
      kana: halfWidthKana(kanaName(person)),
      department: n === 0 ? '本社' : this.random.pick(['営業部', '仕入課', '管理課']),
      position: n === 0 ? '代表取締役' : this.random.pick(['課長', '主任', '担当']),
      mobile: person.mobile && digitsOnly(person.mobile),
      email: person.email,
      birthDate: n % 2 === 0 ? eraShort(person.birthDate) : undefined,
      loginId: `u${person.index}`,
      mailStop: false,
      jointUseStop: false,
      restricted: false,
      lastLoginAt: this.ago({ days: this.random.between(0, 60) }),
    });
  }

  auction(office: Office): void {
    const startsAt = moved(this.asOf, { days: this.random.between(-90, 14) });
    this.add('auctions', objectId(hexId('auto', 'auctions', office.id)), {
      code: `AA${String(office.id).padStart(6, '0')}`,
      title: this.random.pick(['週例オークション', '秋の大型オークション', '低走行車フェア']),
      startsAt,
      endsAt: moved(startsAt, { days: 1 }),
      venue: this.random.pick(['東京会場', '大阪会場', '福岡会場']),
    });
  }

  consignor(legalHold: boolean): void {
    const { person, random } = this;
    this.add('consignors', this.consignorId, {
      consignorNo: customerNumber(person, 'auto'),
      name: kanjiName(person),
      kana: halfWidthKana(kanaName(person)),
      birthDate: eraShort(person.birthDate),
      sex: person.sex === 'male' ? 'M' : 'F',
      occupation: person.occupation,
      tel: person.landline && digitsOnly(person.landline),
      mobile: person.mobile && digitsOnly(person.mobile),
      email: person.email,
      postalCode: digitsOnly(person.address.postalCode),
      address: addressLine(person.address),
      bank: {
        bankName: random.pick(BANKS),
        branchName: `${person.address.city}支店`,
        accountType: '普通',
        accountNo: random.digits(7),
        accountHolder: halfWidthKana(kanaName(person)),
      },
      identityDocument: {
        type: random.pick(['運転免許証', '旅券', 'マイナンバーカード（表面）']),
        number: random.digits(12),
        checkedAt: this.ago({ years: random.between(0, 12) }),
      },
      dataUse: { restricted: false, mailStop: false, imageStop: false, jointUseStop: false },
      legalHold: legalHold
        ? { active: true, reason: '売買代金返還請求訴訟の係属', placedAt: this.ago({ days: 200 }) }
        : { active: false },
      status: 'active',
      remarks: random.chance(0.06)
        ? `ご家族（${kanjiName(strangerFrom(random))}様）より代理で連絡の場合あり`
        : undefined,
    });
  }

  vehicle(vehicle: Vehicle, n: number): void {
    const { random } = this;
    const listingId = this.id('listings', n);
    const number = `${this.person.index}-${n + 1}`;
    const [maker, model] = random.pick(MODELS);
    const startsAt = this.ago({ years: vehicle.yearsAgo, days: START_DAYS[vehicle.state] });
    const price = random.between(20, 480) * 10_000;
    this.add('listings', listingId, {
      listingNo: `L${number}`,
      consignorId: this.consignorId,
      vehicle: {
        maker,
        model,
        year: `H${random.between(20, 31)}`,
        mileageKm: random.between(8, 160) * 1000,
        colour: random.pick(COLOURS),
        chassisNo: `${random.pick(['ZVW50', 'GK5', 'MH55S', 'KF5P'])}-${random.digits(7)}`,
        plateNo: plate(random),
      },
      auction: { code: `AA${random.digits(6)}`, startsAt, endsAt: moved(startsAt, { days: 1 }) },
      startPrice: price * 0.7,
      reservePrice: price,
      sellerComment: random.chance(0.2) ? '禁煙車、ガレージ保管。整備記録簿あり。' : undefined,
      status: vehicle.state === 'settled' || vehicle.state === 'unsettled' ? 'sold' : vehicle.state,
    });
    for (let image = 0; image < vehicle.images; image++) this.image(listingId, number, image, startsAt);
    if (vehicle.inspectedFor) this.inspection(vehicle.inspectedFor, listingId, number, startsAt);
    if (vehicle.state === 'settled' || vehicle.state === 'unsettled') {
      this.deal(vehicle, listingId, number, startsAt, price, n);
      this.ledgerEntry(`V${n}`, vehicle.yearsAgo, 'received', `${maker} ${model}`);
    }
  }

  private image(listingId: ObjectId, number: string, image: number, takenAt: Date): void {
    this.add('listing-images', objectId(hexId('auto', 'listing-images', listingId.toHexString(), image)), {
      listingId,
      angle: ['front', 'rear', 'side', 'interior', 'engine'][image % 5],
      fileName: `L${number}_${String(image + 1).padStart(2, '0')}.jpg`,
      contentType: 'image/jpeg',
      bytes: jpeg(`listing ${number} image ${image + 1}`),
      takenAt,
      plateVisible: image === 0,
      published: true,
    });
  }

  private inspection(
    owner: NonNullable<Vehicle['inspectedFor']>,
    listingId: ObjectId,
    number: string,
    day: Date,
  ): void {
    const { person, random } = this;
    const relative = { ...strangerFrom(random), familyName: person.familyName, address: person.address };
    const named = owner === 'family' ? relative : person;
    this.add('inspections', objectId(hexId('auto', 'inspections', listingId.toHexString())), {
      inspectionNo: `K${number}`,
      listingId,
      inspectedAt: day,
      inspectorName: kanjiName(strangerFrom(random)),
      grade: random.pick(['S', '5', '4.5', '4', '3.5', 'R']),
      report: random.pick([
        '外装小キズ。機関良好。',
        '左フェンダー交換歴。走行に支障なし。',
        '内装良好。タイヤ残溝6mm。',
      ]),
      ownerRelation: owner,
      certificate: {
        ownerName: owner === 'finance-company' ? '東都オートファイナンス株式会社' : kanjiName(named, '　'),
        ownerAddress: owner === 'finance-company' ? '東京都千代田区丸の内1丁目1番1号' : addressLine(named.address),
        registrationNo: plate(random),
        expiresOn: eraShort(moved(day, { years: 1.4 }).toISOString().slice(0, 10)),
      },
    });
  }

  private deal(vehicle: Vehicle, listingId: ObjectId, number: string, day: Date, price: number, n: number): void {
    const { person, random } = this;
    const dealer = partnerOffice(person.seed, 'car-dealer', person.index >= PERSONA_BASE ? 0 : person.index);
    const buyer = asRecorded(personAt(person.seed, dealer.head), 'auto');
    const soldAt = moved(day, { days: 1 });
    const settled = vehicle.state === 'settled';
    this.add('deals', this.id('deals', n), {
      dealNo: `D${number}`,
      listingId,
      consignorId: this.consignorId,
      seller: defined({
        name: kanjiName(person),
        address: addressLine(person.address),
        tel: digitsOnly(person.mobile ?? person.landline ?? ''),
        email: person.email,
      }),
      buyerMemberId: this.officeId('members', dealer),
      buyerContactNo: contactNo(buyer),
      buyer: defined({
        companyName: dealer.name,
        contactName: kanjiName(buyer),
        mobile: buyer.mobile && digitsOnly(buyer.mobile),
      }),
      soldAt,
      price,
      fee: Math.round(price * 0.02),
      recyclingDeposit: random.between(8, 18) * 1000,
      settlement: defined({
        status: settled ? 'settled' : random.pick(['unpaid', 'paid']),
        dueOn: moved(soldAt, { days: 7 }),
        settledAt: settled ? moved(soldAt, { days: 6 }) : undefined,
      }),
      restricted: false,
    });
  }

  ledgerEntry(key: string, yearsAgo: number, entry: 'received' | 'delivered', description?: string): void {
    const { person, random } = this;
    const tradedAt = this.ago({ years: yearsAgo });
    this.add('antique-ledger', objectId(hexId('auto', 'antique-ledger', person.index, key)), {
      ledgerNo: `T${person.index}-${key}`,
      entry,
      consignorId: this.consignorId,
      tradedAt,
      lastEntryAt: tradedAt,
      item: {
        category: '自動車',
        description: description ?? random.pick(MODELS).join(' '),
        features: `${random.pick(COLOURS)}、車台番号末尾${random.digits(4)}`,
        quantity: 1,
      },
      price: random.between(20, 400) * 10_000,
      counterparty: defined({
        name: kanjiName(person),
        kana: halfWidthKana(kanaName(person)),
        address: addressLine(person.address),
        age: ageAt(person.birthDate, tradedAt.getUTCFullYear()),
        occupation: person.occupation,
        tel: digitsOnly(person.mobile ?? person.landline ?? ''),
        email: person.email,
        identityCheck: '運転免許証の提示',
      }),
      restricted: false,
    });
  }

  assurance(assurance: NonNullable<AutoHolding['assurances']>[number], n: number): void {
    const { person, random } = this;
    const running = assurance.state === 'running';
    const startsOn = moved(this.asOf, { years: running ? -0.5 : -assurance.yearsAgo });
    this.add('assurance-contracts', this.id('assurance-contracts', n), {
      contractNo: `W${person.index}-${n + 1}`,
      consignorId: this.consignorId,
      holder: defined({
        name: kanjiName(person),
        kana: halfWidthKana(kanaName(person)),
        birthDate: eraShort(person.birthDate),
        mobile: person.mobile && digitsOnly(person.mobile),
        email: person.email,
        postalCode: digitsOnly(person.address.postalCode),
        address: addressLine(person.address),
      }),
      vehicle: { model: random.pick(MODELS)[1], chassisNo: `ZVW50-${random.digits(7)}`, plateNo: plate(random) },
      plan: random.pick(['1年保証', '2年保証', '3年ワイド保証']),
      premium: random.between(2, 12) * 10_000,
      financed: assurance.financed,
      bankAccount: `${random.pick(BANKS)} 普通 ${random.digits(7)}`,
      startsOn,
      endsOn: moved(startsOn, { years: 2 }),
      status: running ? 'active' : 'ended',
      restricted: false,
    });
  }

  subscription(): void {
    const { person, random } = this;
    this.add('mail-subscriptions', this.id('mail-subscriptions', 0), {
      subscriptionNo: `N${person.index}`,
      email: person.email,
      name: kanjiName(person),
      kana: halfWidthKana(kanaName(person)),
      mobile: person.mobile && (person.holdings || random.chance(0.5)) ? digitsOnly(person.mobile) : undefined,
      birthDate: person.holdings || random.chance(0.5) ? eraShort(person.birthDate) : undefined,
      topics: random.chance(0.5) ? ['オークション情報', '相場'] : ['キャンペーン'],
      status: 'subscribed',
      adAudience: random.chance(0.4),
      subscribedAt: this.ago({ years: random.between(0, 8) }),
      lastOpenedAt: this.ago({ days: random.between(0, 300) }),
    });
  }

  note(text: string, n: number): void {
    this.add('counterparty-notes', this.id('counterparty-notes', n), {
      consignorId: this.consignorId,
      authorName: kanjiName(strangerFrom(this.random)),
      writtenAt: this.ago({ days: this.random.between(3, 700) }),
      text: text.replaceAll('{}', kanjiName(this.person, '')),
    });
  }

  provision(yearsAgo: number, n: number): void {
    this.add('provision-records', this.id('provision-records', n), {
      recordNo: `R${this.person.index}-${n + 1}`,
      consignorId: this.consignorId,
      subjectName: kanjiName(this.person),
      providedAt: this.ago({ years: yearsAgo }),
      recipient: {
        name: '東都オートファイナンス株式会社',
        address: '東京都千代田区丸の内1丁目1番1号',
        representative: '代表取締役 森田 隆',
      },
      items: '氏名、住所、電話番号、車両画像',
      ground: '本人の同意（個人情報の保護に関する法律第27条第1項）',
      restricted: false,
    });
  }

  screening(): void {
    this.add('screening-results', this.id('screening-results', 0), {
      subjectName: kanjiName(this.person),
      birthDate: eraShort(this.person.birthDate),
      screenedAt: this.ago({ days: 30 }),
      source: '新聞記事データベース',
      result: '該当なし',
      note: '自動照合',
    });
  }
}

/** Days before the day of filling at which an auction began. */
const START_DAYS: Readonly<Record<Vehicle['state'], number>> = {
  draft: -14,
  scheduled: -7,
  live: 0,
  unsold: 1,
  unsettled: 5,
  settled: 1,
};

/** Number of a person among the contacts of their company: their place in its block. */
const contactNo = ({ index }: { index: number }): number => (index % 24) + 1;
const plate = (random: Random): string =>
  `${random.pick(PLATES)}${random.between(300, 599)} ${random.pick(['あ', 'さ', 'た', 'な', 'は', 'ま'])} ${random.digits(2)}-${random.digits(2)}`;
