import {
  addressLine,
  ageAt,
  customerNumber,
  dayOf,
  kanjiName,
  png,
  StoreSamples,
  strangerFrom,
  type BrandItemHolding,
  type Random,
  type SampleDocuments,
  type SamplePerson,
} from '@kenri/testing';
import { holdingOf } from './samples.js';
import { objectId, type ObjectId } from './schemas.js';

type Item = NonNullable<BrandItemHolding['items']>[number];

/**
 * The documents that the brand-item store holds because of one person: clean rows, names in parts, ISO dates. Deterministic by person,
 * `random` and day.
 * @param asOf the day from which open and past dealings are counted
 */
export function samplesFor(person: SamplePerson, random: Random, asOf: Date = dayOf(new Date())): SampleDocuments {
  const holding = holdingOf(person, random);
  const samples = new BrandItemSamples(person, random, asOf);
  if (holding.consignor) samples.consignor(holding.legalHold ?? false);
  holding.items?.forEach((item, n) => samples.item(item, n));
  for (let n = 0; n < (holding.visits ?? 0); n++) samples.visit(n);
  if (holding.newsletter) samples.reader();
  holding.provisions?.forEach((yearsAgo, n) => samples.provision(yearsAgo, n));
  return samples.documents;
}

const GOODS = [
  ['ロレックス', '時計', 'デイトジャスト'],
  ['オメガ', '時計', 'スピードマスター'],
  ['エルメス', 'バッグ', 'バーキン30'],
  ['ルイ・ヴィトン', 'バッグ', 'スピーディ25'],
  ['シャネル', 'バッグ', 'マトラッセ'],
  ['カルティエ', '宝飾', 'トリニティリング'],
] as const;
const JEWELS = [
  ['カルティエ', '宝飾', 'ダイヤモンドネックレス'],
  ['ティファニー', '宝飾', 'プラチナリング'],
] as const;

class BrandItemSamples extends StoreSamples<ObjectId> {
  private readonly consignorId = this.id('consignors');

  constructor(person: SamplePerson, random: Random, asOf: Date) {
    super('brand-item', person, random, asOf, objectId);
  }

  private get names(): Record<string, string> {
    const { familyName, givenName } = this.person;
    return {
      familyName: familyName.kanji,
      givenName: givenName.kanji,
      familyKana: familyName.kana,
      givenKana: givenName.kana,
    };
  }

  consignor(legalHold: boolean): void {
    const { person, random } = this;
    const former = person.formerFamilyName?.kanji;
    this.add('consignors', this.consignorId, {
      consignorNo: customerNumber(person, 'brand-item'),
      ...this.names,
      formerFamilyName: former === person.familyName.kanji ? undefined : former,
      birthDate: person.birthDate,
      sex: person.sex,
      occupation: person.occupation,
      mobile: person.mobile,
      landline: person.landline,
      email: person.email,
      postalCode: person.address.postalCode,
      address: addressLine(person.address),
      consents: { mail: true, sharing: true, groupUse: true },
      processingRestricted: false,
      legalHold: legalHold ? { active: true, reference: '民事訴訟 係属中' } : { active: false },
      note: random.chance(0.05) ? `ご紹介：${kanjiName(strangerFrom(random), '')}様` : undefined,
    });
  }

  item(item: Item, n: number): void {
    const { person, random } = this;
    const itemId = this.id('items', n);
    const itemNo = `G${person.index}-${n + 1}`;
    const [brand, category, model] = random.pick<readonly [string, string, string]>(item.verified ? JEWELS : GOODS);
    const day = this.ago({ years: item.yearsAgo });
    const price = item.verified ? random.between(201, 900) * 10_000 : random.between(3, 180) * 10_000;
    this.add('items', itemId, {
      itemNo,
      consignorId: this.consignorId,
      brand,
      category,
      model,
      serialNo: `${random.pick(['A', 'K', 'SD', 'Y'])}${random.digits(6)}`,
      condition: random.pick(['S', 'A', 'AB', 'B']),
      storage: `倉庫${random.between(1, 4)}-${random.digits(3)}`,
      receivedAt: this.ago({ years: item.yearsAgo, days: 20 }),
      returnedAt: item.state === 'returned' ? day : undefined,
      estimate: price,
      ownerStory: random.chance(0.2) ? '母から譲り受けたもの。箱・保証書あり。' : undefined,
      status: item.state,
    });
    for (let photo = 0; photo < item.photos; photo++) {
      this.add('item-photos', this.id('item-photos', `${n}.${photo}`), {
        itemId,
        position: photo + 1,
        fileName: `${itemNo}_${photo + 1}.png`,
        contentType: 'image/png',
        bytes: png(random.between(0, 0xffffff), 32),
        takenAt: this.ago({ years: item.yearsAgo, days: 18 }),
        inCatalogue: true,
      });
    }
    if (person.holdings || random.chance(0.5)) {
      this.add('appraisals', this.id('appraisals', n), {
        itemId,
        appraiserName: kanjiName(strangerFrom(random)),
        appraisedAt: this.ago({ years: item.yearsAgo, days: 19 }),
        amount: Math.round(price * 0.9),
        comment: random.pick(['小傷あり、付属品完備。', '真贋確認済み。', '角スレ軽微。']),
      });
    }
    if (item.state === 'sold') this.sold(item, itemNo, day, price, `${brand} ${model}`, n);
  }

  private sold(item: Item, itemNo: string, day: Date, price: number, article: string, n: number): void {
    const { person, random } = this;
    const held = { consignorId: this.consignorId, processingRestricted: false };
    this.add('antique-ledger', this.id('antique-ledger', n), {
      ...held,
      ledgerNo: `BL${itemNo}`,
      itemNo,
      lastEntryAt: day,
      article,
      features: `製造番号末尾${random.digits(3)}`,
      price,
      counterparty: {
        fullName: kanjiName(person),
        address: addressLine(person.address),
        age: ageAt(person.birthDate, day.getUTCFullYear()),
        occupation: person.occupation,
        phone: person.mobile ?? person.landline,
        email: person.email,
      },
      identification: 'マイナンバーカードの提示',
    });
    if (item.payout) {
      this.add('payouts', this.id('payouts', n), {
        ...held,
        payoutNo: `PO${itemNo}`,
        itemNo,
        payee: kanjiName(person),
        bank: {
          name: random.pick(['みなと銀行', '東都銀行', '西日本第一銀行']),
          branch: `${person.address.city}支店`,
          accountType: '普通',
          accountNo: random.digits(7),
        },
        amount: Math.round(price * 0.85),
        paidAt: item.payout === 'paid' ? day : undefined,
        bookedAt: day,
        status: item.payout,
      });
    }
    if (item.verified) {
      this.add('identity-verifications', this.id('identity-verifications', n), {
        ...held,
        verificationNo: `IV${itemNo}`,
        fullName: kanjiName(person),
        birthDate: person.birthDate,
        address: addressLine(person.address),
        occupation: person.occupation,
        purpose: '資産の売却',
        method: '対面',
        documentType: 'マイナンバーカード（表面）',
        documentNo: random.digits(10),
        phone: person.mobile ?? person.landline,
        verifiedAt: this.ago({ years: item.yearsAgo, days: 20 }),
        dealingEndedAt: day,
        image: { fileName: `IV${itemNo}.png`, contentType: 'image/png', bytes: png(random.between(0, 0xffffff), 40) },
      });
    }
  }

  visit(n: number): void {
    const { person, random } = this;
    this.add('store-visits', this.id('store-visits', n), {
      visitNo: `V${person.index}-${n + 1}`,
      ...this.names,
      phone: person.mobile ?? person.landline,
      email: person.holdings || random.chance(0.5) ? person.email : undefined,
      visitedAt: this.ago({ days: random.between(10, 1500) }),
      store: random.pick(['銀座店', '梅田店', '天神店']),
      purpose: random.pick(['査定', '受取り', '相談']),
      staffName: kanjiName(strangerFrom(random)),
      memo: random.chance(0.15) ? `お連れ様（${kanjiName(strangerFrom(random), '')}様）と来店` : undefined,
    });
  }

  reader(): void {
    const { person, random } = this;
    this.add('newsletter', this.id('newsletter'), {
      readerNo: `NL${person.index}`,
      email: person.email,
      familyName: person.familyName.kanji,
      givenName: person.givenName.kanji,
      birthDate: person.holdings || random.chance(0.6) ? person.birthDate : undefined,
      interests: [random.pick(['時計', 'バッグ', '宝飾'])],
      active: true,
      adMatching: random.chance(0.4),
      joinedAt: this.ago({ years: random.between(0, 7) }),
      lastOpenedAt: this.ago({ days: random.between(0, 300) }),
    });
  }

  provision(yearsAgo: number, n: number): void {
    const { person } = this;
    this.add('provision-records', this.id('provision-records', n), {
      recordNo: `PR${person.index}-${n + 1}`,
      consignorId: this.consignorId,
      subjectName: kanjiName(person),
      providedAt: this.ago({ years: yearsAgo }),
      recipientName: '東都鑑定協会',
      recipientAddress: '東京都台東区上野5丁目1番1号',
      items: '氏名、委託品の写真',
      ground: '本人の同意（個人情報の保護に関する法律第27条第1項）',
      processingRestricted: false,
    });
  }
}
