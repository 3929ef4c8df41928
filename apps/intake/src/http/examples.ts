/** Examples of the OpenAPI page. The persons are made up. */
export const SUBMISSIONS = {
  'disclosure by web': {
    summary: 'the public asks for disclosure',
    value: {
      kinds: ['disclosure'],
      identity: {
        fullName: '山田 太郎',
        fullKana: 'ヤマダ タロウ',
        birthDate: '1974-05-09',
        emails: ['taro.yamada@example.jp'],
        phones: ['03-6440-2500'],
        address: '東京都港区北青山2-5-8',
        customerNumbers: [{ system: 'auto', number: 'A-102938' }],
      },
    },
  },
  'correction by post': {
    summary: 'a clerk transcribes a form that came by post',
    value: {
      kinds: ['correction'],
      channel: 'post',
      receivedOn: '2026-04-02',
      postmarkedOn: '2026-03-31',
      enclosed: ['identity-proof'],
      identity: {
        fullName: '鈴木 花子',
        fullKana: 'スズキ ハナコ',
        birthDate: '昭和49年5月9日',
        address: '大阪市北区梅田1-1',
      },
      particulars: {
        claims: [{ kind: 'correction', field: 'address', current: '旧住所', claimed: '大阪市北区梅田1-1' }],
      },
    },
  },
  'complaint by telephone': {
    summary: 'a clerk takes a complaint',
    value: {
      kinds: ['complaint'],
      channel: 'telephone',
      identity: { fullName: '佐藤 一郎', phones: ['090-1234-5678'] },
      particulars: { statement: '案内メールが止まらない。' },
    },
  },
} as const;

export const AMENDMENT = {
  'a reading was wrong': {
    value: { identity: { fullName: '山田 太郎', fullKana: 'ヤマダ タロウ', birthDate: '1974-05-09' } },
  },
} as const;
