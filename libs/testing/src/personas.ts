import type { Identity } from '@kenri/contracts';
import { reading } from './data/reading.js';
import { SYSTEMS, type Address, type Office } from './facts.js';
import { customerNumber, personAt } from './people.js';
import type { Holdings, SamplePerson } from './sample-person.js';
import { kanaName, kanjiName, addressLine } from './spellings.js';

/** Indexes from here on are personas: beyond any generated population. */
export const PERSONA_BASE = 90_000_000;

/** A person of the demo whose records in the stores are fixed; what they hold and should yield: README.md. */
export interface Persona {
  readonly key: PersonaKey;
  /** What this person is there to show. */
  readonly shows: string;
  readonly person: SamplePerson;
  /** As the applicant fills in the form. Personas that only stand in another's way apply too: their form is as complete. */
  readonly identity: Identity;
}

interface Draft {
  readonly shows: string;
  /** `family:reading given:reading`. */
  readonly name: string;
  readonly birthDate: string;
  readonly sex: 'male' | 'female';
  readonly mobile?: string;
  readonly landline?: string;
  readonly email?: string;
  readonly address: Address;
  readonly earlierAddress?: Address;
  readonly earlierMobile?: string;
  readonly former?: string;
  readonly occupation: string;
  readonly office?: Office;
  readonly holdings: Holdings;
  /** Differences of the form from the facts. */
  readonly form?: Partial<Identity>;
}

const at = (postalCode: string, prefecture: string, city: string, street: string, building?: string): Address => ({
  postalCode,
  prefecture,
  city,
  street,
  ...(building ? { building } : {}),
});

const AOYAMA = at('107-0061', '東京都', '港区', '北青山2丁目5番8号', '青山コーポ301');
const OGAWA_HOME = at('390-0874', '長野県', '松本市', '大手3丁目4番12号');
const SUZUKI_OFFICE: Office = {
  id: 8_000_001,
  kind: 'other',
  name: '東海鈴木製作所株式会社',
  tel: '052-321-4400',
  email: 'info@tokai-suzuki.example.co.jp',
  address: at('460-0002', '愛知県', '名古屋市中区', '丸の内3丁目2番1号'),
  occupation: '会社員',
  head: -1,
};
const ISHII_DEALER: Office = {
  id: 8_000_002,
  kind: 'car-dealer',
  name: '株式会社みなと自動車販売',
  tel: '045-321-7700',
  email: 'info@minato-cars.example.co.jp',
  address: at('220-0011', '神奈川県', '横浜市西区', '高島2丁目10番4号'),
  occupation: '自動車販売業',
  head: -1,
};
const TAKAHASHI_CLINIC: Office = {
  id: 8_000_003,
  kind: 'clinic',
  name: '医療法人社団青葉会',
  tel: '022-267-1100',
  email: 'info@aobakai.example.or.jp',
  address: at('980-0811', '宮城県', '仙台市青葉区', '一番町1丁目8番3号'),
  occupation: '医師',
  head: -1,
};

const DRAFTS = {
  taro: {
    shows: 'in all five systems, only certain matches, no blocker, nothing held: everything can be erased at once',
    name: '山田:ヤマダ 太郎:タロウ',
    birthDate: '1974-05-09',
    sex: 'male',
    mobile: '090-3440-2501',
    landline: '03-6440-2599',
    email: 'taro.yamada@example.jp',
    address: AOYAMA,
    occupation: '会社員',
    holdings: {
      auto: {
        consignor: true,
        vehicles: [
          { state: 'settled', yearsAgo: 12, images: 2, inspectedFor: 'self' },
          { state: 'unsold', yearsAgo: 2, images: 1 },
        ],
        assurances: [{ state: 'ended', yearsAgo: 13, financed: false }],
        mail: true,
        notes: ['{}様より出品相談。次回は秋の大型オークションを希望とのこと。'],
        provisions: [5],
      },
      motorcycle: {
        seller: true,
        bikes: [{ state: 'settled', yearsAgo: 11, photo: true }],
        pickups: [{ state: 'collected' }],
        inquiries: ['下取りの流れを教えてください。平日の夜に電話をもらえると助かります。'],
        push: true,
      },
      flower: { buyer: true, deliveryAddresses: 1, orders: [{ yearsAgo: 13, invoice: 'paid', gift: true }] },
      'brand-item': {
        consignor: true,
        items: [
          { state: 'returned', yearsAgo: 4, photos: 2 },
          { state: 'sold', yearsAgo: 12, photos: 1, payout: 'paid' },
        ],
        visits: 1,
        newsletter: true,
        provisions: [4],
      },
      medical: {
        qualifications: 1,
        employment: { office: TAKAHASHI_CLINIC, colleagues: [] },
        equipment: [{ state: 'delivered', yearsAgo: 16, specified: true }],
        reports: 1,
      },
    },
  },
  'ogawa-father': {
    shows: 'father: shares family name, address and landline with his son; has no mobile',
    name: '小川:オガワ 正雄:マサオ',
    birthDate: '1948-11-03',
    sex: 'male',
    landline: '0263-32-4118',
    address: OGAWA_HOME,
    occupation: '農業',
    holdings: {
      auto: { consignor: true, vehicles: [{ state: 'unsold', yearsAgo: 1, images: 1, inspectedFor: 'self' }] },
      flower: { grower: true, shipments: [1] },
    },
  },
  'ogawa-son': {
    shows: 'son at the same address with the same landline: never touched by his father’s application',
    name: '小川:オガワ 健一:ケンイチ',
    birthDate: '1975-02-18',
    sex: 'male',
    mobile: '080-4118-2263',
    landline: '0263-32-4118',
    email: 'kenichi.ogawa@example.com',
    address: OGAWA_HOME,
    occupation: '会社員',
    holdings: {
      auto: {
        consignor: true,
        vehicles: [{ state: 'unsold', yearsAgo: 1, images: 1, inspectedFor: 'family' }],
        mail: true,
      },
      flower: { grower: true, shipments: [2] },
    },
  },
  ichiro: {
    shows: 'has a namesake at the same company: the namesake’s record is a candidate that a person must reject',
    name: '鈴木:スズキ 一郎:イチロウ',
    birthDate: '1980-07-21',
    sex: 'male',
    mobile: '070-5521-8870',
    email: 'ichiro.suzuki80@example.com',
    address: at('464-0819', '愛知県', '名古屋市千種区', '四谷通1丁目18番', 'メゾン東山502'),
    occupation: '会社員',
    office: SUZUKI_OFFICE,
    holdings: { motorcycle: { seller: true, bikes: [{ state: 'stock', yearsAgo: 1, photo: true }] } },
    form: { phones: ['070-5521-8870', SUZUKI_OFFICE.tel], organisation: SUZUKI_OFFICE.name },
  },
  'ichiro-namesake': {
    shows: 'another 鈴木一郎 of the same company: one pickup request with name and the company’s telephone only',
    name: '鈴木:スズキ 一郎:イチロウ',
    birthDate: '1961-01-30',
    sex: 'male',
    mobile: '090-7710-3345',
    address: at('468-0015', '愛知県', '名古屋市天白区', '原2丁目301番'),
    occupation: '会社員',
    office: SUZUKI_OFFICE,
    holdings: { motorcycle: { pickups: [{ state: 'collected', byNameAndTel: SUZUKI_OFFICE.tel }] } },
    form: { phones: ['090-7710-3345', SUZUKI_OFFICE.tel], organisation: SUZUKI_OFFICE.name },
  },
  yumiko: {
    shows:
      'sold a car outright one year ago: the antique ledger is held for three years, the rest erased, then the ledger by itself',
    name: '中村:ナカムラ 由美子:ユミコ',
    birthDate: '1968-03-12',
    sex: 'female',
    mobile: '090-6612-0937',
    email: 'yumiko-nakamura@home.example.ne.jp',
    address: at('730-0011', '広島県', '広島市中区', '基町6丁目27番'),
    occupation: '自営業',
    holdings: { auto: { consignor: true, purchases: [1], mail: true } },
  },
  makoto: {
    shows: 'root record under a legal hold (litigation): nothing of it is erased while it stands',
    name: '渡邊:ワタナベ 誠:マコト',
    birthDate: '1959-09-25',
    sex: 'male',
    mobile: '080-2525-5909',
    email: 'makoto.watanabe@example.jp',
    address: at('541-0041', '大阪府', '大阪市中央区', '北浜3丁目1番9号'),
    occupation: '会社役員',
    holdings: {
      auto: { consignor: true, legalHold: true, vehicles: [{ state: 'unsold', yearsAgo: 2, images: 1 }], mail: true },
    },
    form: { fullName: '渡辺 誠', familyName: '渡辺' },
  },
  shota: {
    shows: 'a car and a motorcycle in running auctions: erasure is blocked in both systems',
    name: '加藤:カトウ 翔太:ショウタ',
    birthDate: '1991-12-02',
    sex: 'male',
    mobile: '080-9120-2144',
    email: 'kato.shota@mobile.example.ne.jp',
    address: at('812-0011', '福岡県', '福岡市博多区', '博多駅前4丁目14番1号', 'グランドハイツ805'),
    occupation: '運転手',
    holdings: {
      auto: {
        consignor: true,
        vehicles: [{ state: 'live', yearsAgo: 0, images: 2, inspectedFor: 'self' }],
        notes: ['{}様の出品車について、購入を検討中の山田太郎様から車検証の写しの依頼あり。'],
      },
      motorcycle: { seller: true, bikes: [{ state: 'live', yearsAgo: 0, photo: true }] },
    },
  },
  yoko: {
    shows:
      'moved and changed numbers: auto holds the old address and telephone, flower the old address, brand-item is already right',
    name: '清水:シミズ 陽子:ヨウコ',
    birthDate: '1983-06-30',
    sex: 'female',
    mobile: '070-8306-3001',
    earlierMobile: '090-1983-0630',
    email: 'yoko.shimizu@example.jp',
    address: at('604-8005', '京都府', '京都市中京区', '恵比須町534番地', 'レジデンス三条402'),
    earlierAddress: at('420-0852', '静岡県', '静岡市葵区', '紺屋町17番1号'),
    occupation: '美容師',
    holdings: {
      auto: {
        consignor: true,
        recorded: { mobile: '090-1983-0630', address: at('420-0852', '静岡県', '静岡市葵区', '紺屋町17番1号') },
      },
      flower: { buyer: true, recorded: { address: at('420-0852', '静岡県', '静岡市葵区', '紺屋町17番1号') } },
      'brand-item': { consignor: true, newsletter: true },
    },
    form: { phones: ['070-8306-3001', '090-1983-0630'], earlierAddresses: ['静岡県静岡市葵区紺屋町17番1号'] },
  },
  misaki: {
    shows:
      'owner of cars with images and provision records: stop of third-party provision, disclosure of provision records',
    name: '井上:イノウエ:Inoue 美咲:ミサキ',
    birthDate: '1988-04-17',
    sex: 'female',
    mobile: '080-8804-1717',
    email: 'misaki.inoue@example.com',
    address: at('650-0021', '兵庫県', '神戸市中央区', '三宮町2丁目11番1号'),
    occupation: '会社員',
    holdings: {
      auto: {
        consignor: true,
        vehicles: [
          { state: 'unsold', yearsAgo: 1, images: 3, inspectedFor: 'self' },
          { state: 'settled', yearsAgo: 2, images: 2, inspectedFor: 'finance-company' },
        ],
        provisions: [1, 2],
      },
    },
  },
  sakura: {
    shows: 'florist whose orders hold gift recipients: other people’s data that no export shows and no erasure touches',
    name: '森:モリ さくら:サクラ',
    birthDate: '1979-03-28',
    sex: 'female',
    mobile: '090-7903-2800',
    email: 'sakura.mori@example.jp',
    address: at('920-0981', '石川県', '金沢市', '片町1丁目6番12号'),
    occupation: '生花店経営',
    holdings: {
      flower: {
        buyer: true,
        deliveryAddresses: 2,
        orders: [
          { yearsAgo: 12, invoice: 'paid', gift: true },
          { yearsAgo: 12.5, invoice: 'paid', gift: true },
          { yearsAgo: 1, invoice: 'paid', gift: false },
        ],
      },
    },
  },
  takahashi: {
    shows: 'director of a clinic: the form says 高橋 真, the store 医療法人社団青葉会 髙橋 眞 and TAKAHASHI MAKOTO',
    name: '高橋:タカハシ 真:マコト',
    birthDate: '1957-08-14',
    sex: 'male',
    mobile: '090-5708-1414',
    email: 'm.takahashi@aobakai.example.or.jp',
    address: at('981-0933', '宮城県', '仙台市青葉区', '柏木2丁目7番21号'),
    occupation: '医師',
    office: TAKAHASHI_CLINIC,
    holdings: {
      medical: {
        director: true,
        qualifications: 2,
        equipment: [
          { state: 'delivered', yearsAgo: 4, specified: false },
          { state: 'delivered', yearsAgo: 5, specified: true },
          { state: 'listed', yearsAgo: 0.2, specified: false },
        ],
        reports: 1,
        residual: 1,
      },
    },
  },
  sachiko: {
    shows: 'consignor of jewels: identity verification held for seven years, photos and an appraisal erased',
    name: '松本:マツモト 幸子:サチコ',
    birthDate: '1952-10-05',
    sex: 'female',
    mobile: '080-5210-0552',
    landline: '06-6345-2210',
    email: 'sachiko.matsumoto@home.example.ne.jp',
    address: at('530-0001', '大阪府', '大阪市北区', '梅田2丁目4番13号', 'ライオンズガーデン1203'),
    occupation: '無職',
    holdings: {
      'brand-item': {
        consignor: true,
        items: [
          { state: 'sold', yearsAgo: 2, photos: 3, verified: true, payout: 'paid' },
          { state: 'returned', yearsAgo: 1, photos: 2 },
        ],
        visits: 2,
        newsletter: true,
        provisions: [1],
      },
    },
  },
  yui: {
    shows: 'newsletter only',
    name: '西田:ニシダ 結衣:ユイ',
    birthDate: '1999-01-11',
    sex: 'female',
    mobile: '070-9901-1100',
    email: 'yui.nishida@mail.example.jp',
    address: at('700-0821', '岡山県', '岡山市北区', '中山下1丁目9番40号'),
    occupation: '会社員',
    holdings: { 'brand-item': { newsletter: true } },
  },
  shiori: {
    shows: 'found nowhere',
    name: '比嘉:ヒガ 栞:シオリ',
    birthDate: '1995-05-05',
    sex: 'female',
    mobile: '080-9505-0598',
    email: 'shiori.higa@example.jp',
    address: at('900-0021', '沖縄県', '那覇市', '泉崎1丁目2番2号'),
    occupation: '教員',
    holdings: {},
  },
  emi: {
    shows: 'married: auto knows her under the former name 宮本, brand-item under 大野',
    name: '大野:オオノ 恵美:エミ',
    former: '宮本:ミヤモト',
    birthDate: '1986-02-22',
    sex: 'female',
    mobile: '090-8602-2286',
    email: 'emi.m@example.com',
    address: at('260-0013', '千葉県', '千葉市中央区', '中央4丁目5番1号'),
    occupation: '看護師',
    holdings: {
      auto: { consignor: true, recorded: { familyName: reading('宮本:ミヤモト') }, mail: true },
      'brand-item': { consignor: true, visits: 1 },
    },
    form: { formerNames: [{ familyName: '宮本', givenName: '恵美', familyKana: 'ミヤモト', givenKana: 'エミ' }] },
  },
  ishii: {
    shows: 'staff contact of a member dealer: an element of the company’s record; the company and his colleagues stay',
    name: '石井:イシイ:Ishii 大輔:ダイスケ',
    birthDate: '1982-08-08',
    sex: 'male',
    mobile: '080-8208-0882',
    email: 'd.ishii@minato-cars.example.co.jp',
    address: at('231-0023', '神奈川県', '横浜市中区', '山下町162番1号'),
    occupation: '自動車販売業',
    office: ISHII_DEALER,
    holdings: {
      auto: { employment: { office: ISHII_DEALER, colleagues: [] } },
    },
    form: { phones: ['080-8208-0882', ISHII_DEALER.tel], organisation: ISHII_DEALER.name },
  },
  'twin-aoi': {
    shows: 'twin: shares birth date, address, landline and mailbox with her sister',
    name: '青木:アオキ 葵:アオイ',
    birthDate: '1993-09-14',
    sex: 'female',
    mobile: '080-9309-1401',
    landline: '011-251-9314',
    email: 'aoki.family@home.example.ne.jp',
    address: at('060-0042', '北海道', '札幌市中央区', '大通西8丁目2番6号'),
    occupation: '会社員',
    holdings: {
      'brand-item': { consignor: true, items: [{ state: 'returned', yearsAgo: 1, photos: 1 }], newsletter: true },
    },
  },
  'twin-midori': {
    shows: 'the other twin: never touched by her sister’s application',
    name: '青木:アオキ 碧:ミドリ',
    birthDate: '1993-09-14',
    sex: 'female',
    mobile: '080-9309-1402',
    landline: '011-251-9314',
    email: 'aoki.family@home.example.ne.jp',
    address: at('060-0042', '北海道', '札幌市中央区', '大通西8丁目2番6号'),
    occupation: '看護師',
    holdings: { 'brand-item': { consignor: true, items: [{ state: 'returned', yearsAgo: 2, photos: 1 }] } },
  },
  kenji: {
    shows:
      'open dealings in four systems: assurance running, invoice unpaid, item in custody and payout pending, device in transit',
    name: '後藤:ゴトウ 健二:ケンジ',
    birthDate: '1965-12-24',
    sex: 'male',
    mobile: '090-6512-2465',
    email: 'kenji.goto@example.jp',
    address: at('890-0053', '鹿児島県', '鹿児島市', '中央町26番1号'),
    occupation: '医師',
    holdings: {
      auto: { consignor: true, assurances: [{ state: 'running', yearsAgo: 0, financed: true }] },
      flower: { buyer: true, orders: [{ yearsAgo: 0.1, invoice: 'unpaid', gift: false }] },
      'brand-item': {
        consignor: true,
        items: [
          { state: 'in-custody', yearsAgo: 0.1, photos: 1 },
          { state: 'sold', yearsAgo: 0.1, photos: 0, payout: 'pending' },
        ],
      },
      medical: { director: true, equipment: [{ state: 'in-transit', yearsAgo: 0, specified: true }] },
    },
  },
} as const satisfies Record<string, Draft>;

export type PersonaKey = keyof typeof DRAFTS;
export const PERSONA_KEYS = Object.keys(DRAFTS) as PersonaKey[];

/** Persona `key` in the population `seed` (their colleagues are generated people of that seed). */
export function persona(key: PersonaKey, seed = 'kenri'): Persona {
  const draft: Draft = DRAFTS[key];
  const index = PERSONA_BASE + 1 + PERSONA_KEYS.indexOf(key);
  const { form, shows, name, former, holdings, ...facts } = draft;
  const [familyName, givenName] = name.split(' ').map(reading);
  if (!familyName || !givenName) throw new Error(`Persona ${key}: a name is "family:reading given:reading"`);
  const person: SamplePerson = {
    seed,
    index,
    household: { id: index, role: 'single', members: [index], ...(facts.landline ? { landline: facts.landline } : {}) },
    familyName,
    givenName,
    ...(former ? { formerFamilyName: reading(former) } : {}),
    ...facts,
    systems: SYSTEMS.filter((system) => holdings[system]),
    holdings: withColleagues(holdings, seed),
  };
  const identity: Identity = {
    fullName: kanjiName(person),
    familyName: familyName.kanji,
    givenName: givenName.kanji,
    fullKana: kanaName(person),
    familyKana: familyName.kana,
    givenKana: givenName.kana,
    birthDate: person.birthDate,
    emails: person.email ? [person.email] : [],
    phones: [person.mobile, person.landline].filter((number) => number !== undefined),
    postalCode: person.address.postalCode,
    address: addressLine(person.address),
    customerNumbers: person.systems.map((system) => ({ system, number: customerNumber(person, system) })),
    ...form,
  };
  return { key, shows, person, identity };
}

/** All personas with records in `system`, to be inserted in addition to the generated people. */
export function personasIn(system: string, seed = 'kenri'): SamplePerson[] {
  return PERSONA_KEYS.map((key) => persona(key, seed).person).filter(({ systems }) =>
    systems.some((name) => name === system),
  );
}

/** A persona employed by a company has two generated colleagues there. */
function withColleagues(holdings: Holdings, seed: string): Holdings {
  const employment = holdings.auto?.employment;
  if (!holdings.auto || !employment) return holdings;
  const colleagues = [0, 1].map((n) => ({
    ...personAt(`${seed}/colleagues`, n + 1),
    index: employment.office.id * 10 + n,
  }));
  return { ...holdings, auto: { ...holdings.auto, employment: { ...employment, colleagues } } };
}
