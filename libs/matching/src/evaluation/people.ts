import { type ListedName, type NameLists } from './name-lists.js';
import { type Random } from './random.js';

/** A generated person as the world knows them, before any system spells them. */
export interface TruePerson {
  family: ListedName;
  given: ListedName;
  sex: 'm' | 'f';
  /** Year, month, day. */
  birth: [number, number, number];
  mobile: string;
  landline: string;
  email: string;
  town: Town;
  /** Chome, block, house. */
  block: [number, number, number];
  building: string | null;
  organisation: string;
  customerNumber: string;
}

export interface Town {
  readonly prefecture: string;
  readonly city: string;
  readonly town: string;
  readonly postalCode: string;
  readonly areaCode: string;
}

const TOWNS: readonly Town[] =
  `東京都 千代田区 霞が関 1000013 03|東京都 港区 北青山 1070061 03|神奈川県 横浜市中区 本町 2310005 045|大阪府 大阪市北区 梅田 5300001 06|愛知県 名古屋市中区 栄 4600008 052|北海道 札幌市中央区 北一条西 0600001 011|
福岡県 福岡市博多区 博多駅前 8120011 092|宮城県 仙台市青葉区 一番町 9800811 022|広島県 広島市中区 紙屋町 7300031 082|京都府 京都市中京区 三条町 6040000 075|静岡県 浜松市中央区 鍛冶町 4300932 053|新潟県 長岡市 大手通 9400062 0258|
茨城県 竜ヶ崎市 佐貫 3010033 0297|神奈川県 茅ヶ崎市 東海岸北 2530053 0467|千葉県 市川市 八幡 2720021 047|埼玉県 さいたま市浦和区 高砂 3300063 048|岐阜県 各務原市 那加桜町 5040911 058|兵庫県 神戸市中央区 三宮町 6500021 078|
沖縄県 那覇市 泉崎 9000021 098|長野県 松本市 丸の内 3900873 0263|熊本県 熊本市中央区 手取本町 8600808 096|石川県 金沢市 香林坊 9200961 076|岡山県 岡山市北区 内山下 7000824 086|香川県 高松市 番町 7600017 087`
    .replaceAll('\n', '')
    .split('|')
    .map((line) => {
      const [prefecture, city, town, postalCode, areaCode] = line.split(' ') as [
        string,
        string,
        string,
        string,
        string,
      ];
      return { prefecture, city, town, postalCode, areaCode };
    });
const BUILDINGS = ['グランドハイツ', 'メゾン青葉', 'コーポ山手', '第二富士ビル', 'サンライズマンション'];
const COMPANIES = [
  '株式会社東洋自動車',
  '有限会社丸和モータース',
  '合同会社みどり園芸',
  '医療法人健友会 中央クリニック',
  '株式会社花実',
  '(株)光バイク販売',
];
const DOMAINS = [
  'example.jp',
  'mail.example.com',
  'example.ne.jp',
  'docomo.example.ne.jp',
  'gmail.com',
  'example.co.jp',
];

export function makePerson(random: Random, lists: NameLists): TruePerson {
  const sex = random.chance(0.5) ? 'm' : 'f';
  const town = random.pick(TOWNS);
  const local = 10 - town.areaCode.length;
  return {
    family: random.pick(lists.surnames),
    given: random.pick(sex === 'm' ? lists.men : lists.women),
    sex,
    birth: makeBirth(random),
    mobile: makeMobile(random),
    landline: town.areaCode + String(2 + random.below(7)) + random.digits(local - 1),
    email: `${String.fromCharCode(97 + random.below(26))}${random.digits(2)}.${random.pick(lists.surnames).reading.length}${random.digits(5)}@${random.pick(DOMAINS)}`,
    town,
    block: [1 + random.below(8), 1 + random.below(40), 1 + random.below(30)],
    building: random.chance(0.4) ? `${random.pick(BUILDINGS)}${1 + random.below(9)}0${1 + random.below(9)}` : null,
    organisation: random.pick(COMPANIES),
    customerNumber: `${random.pick(['A', 'M', 'F'])}${random.digits(7)}`,
  };
}

export function makeBirth(random: Random): [number, number, number] {
  return [1932 + random.below(75), 1 + random.below(12), 1 + random.below(28)];
}

export function makeMobile(random: Random): string {
  return `0${random.pick([7, 8, 9])}0${1 + random.below(9)}${random.digits(7)}`;
}

/** Another home: for movers and strangers. */
export function moveHouse(random: Random, person: TruePerson): TruePerson {
  const town = random.pick(TOWNS.filter((each) => each !== person.town));
  return {
    ...person,
    town,
    block: [1 + random.below(8), 1 + random.below(40), 1 + random.below(30)],
    landline: town.areaCode + String(2 + random.below(7)) + random.digits(9 - town.areaCode.length),
  };
}
