import type { Bilingual, Operation } from '@kenri/contracts';

/** Why something is not done. A refusal always carries a reason (APPI 36). */
export interface RefusalGround {
  readonly code: string;
  readonly operations: readonly Operation[];
  readonly article: string;
  readonly text: Bilingual;
}

/** R-15 (disclosure), R-13 (correction), R-14 and §8 of the policy (cessation, erasure), R-16 (processor). */
export const REFUSAL_GROUNDS: readonly RefusalGround[] = [
  {
    code: 'harm-to-rights',
    operations: ['export'],
    article: '33(2)(i)',
    text: {
      ja: '本人又は第三者の生命、身体、財産その他の権利利益を害するおそれがある場合（個人情報保護法第33条第2項第1号）',
      en: 'Possible harm to the life, body, property or other rights and interests of the person or a third party (APPI art. 33(2)(i))',
    },
  },
  {
    code: 'impediment-to-business',
    operations: ['export'],
    article: '33(2)(ii)',
    text: {
      ja: '当社の業務の適正な実施に著しい支障を及ぼすおそれがある場合（個人情報保護法第33条第2項第2号）',
      en: 'Serious impediment to the proper conduct of our business (APPI art. 33(2)(ii))',
    },
  },
  {
    code: 'breach-of-other-law',
    operations: ['export'],
    article: '33(2)(iii)',
    text: {
      ja: '他の法令に違反することとなる場合（個人情報保護法第33条第2項第3号）',
      en: 'Disclosure would breach another law (APPI art. 33(2)(iii))',
    },
  },
  {
    code: 'not-incorrect',
    operations: ['correct'],
    article: '34(1)',
    text: {
      ja: '調査の結果、保有する内容が事実でないとは認められないため（個人情報保護法第34条第1項・第2項）',
      en: 'Our investigation did not find the data to be contrary to fact (APPI art. 34(1), (2))',
    },
  },
  {
    code: 'not-needed-for-purpose',
    operations: ['correct'],
    article: '34(2)',
    text: {
      ja: '利用目的の達成に必要な範囲を超える訂正等であるため（個人情報保護法第34条第2項）',
      en: 'The correction goes beyond what the purpose of use needs (APPI art. 34(2))',
    },
  },
  {
    code: 'no-ground-for-cessation',
    operations: ['suppress', 'erase'],
    article: '35(1), (5)',
    text: {
      ja: '利用停止等の請求の理由があると認められないため（個人情報保護法第35条第1項・第5項）',
      en: 'The grounds for cessation or erasure are not met (APPI art. 35(1), (5))',
    },
  },
  {
    code: 'alternative-measures',
    operations: ['suppress', 'erase'],
    article: '35(2), (6) proviso',
    text: {
      ja: '多額の費用を要する等により利用停止等が困難であり、権利利益を保護するため必要な代替措置をとるため（個人情報保護法第35条第2項・第6項ただし書）',
      en: 'Cessation is difficult or disproportionately costly and alternative measures protect the person (APPI art. 35(2), (6), provisos)',
    },
  },
  {
    code: 'legal-retention',
    operations: ['suppress', 'erase'],
    article: 'policy §8',
    text: {
      ja: '法令により保存が義務付けられているため',
      en: 'The law orders the data to be kept',
    },
  },
  {
    code: 'open-transaction',
    operations: ['suppress', 'erase'],
    article: 'policy §8',
    text: {
      ja: '進行中の取引（出品中の車両、未決済の代金等）があるため',
      en: 'A transaction is still open (a running auction, an unsettled payment)',
    },
  },
  {
    code: 'held-as-processor',
    operations: ['export', 'correct', 'suppress', 'erase'],
    article: '16(4)',
    text: {
      ja: '委託を受けて取り扱う情報であり、当社に開示等の権限がないため。委託元へご請求ください（個人情報保護法第16条第4項）',
      en: 'Held on behalf of another company; please ask that company (APPI art. 16(4))',
    },
  },
];

/** The ground of that code if it may be used to refuse every operation named; otherwise undefined. */
export const refusalGround = (code: string, operations: readonly Operation[]): RefusalGround | undefined =>
  REFUSAL_GROUNDS.find(
    (ground) => ground.code === code && operations.every((operation) => ground.operations.includes(operation)),
  );
