import { field, LAWS, written, type CollectionMap } from '@kenri/connector-kit';

const membership = {
  ja: '会員制オークションの運営及び会員への連絡',
  en: 'Running the members’ auctions and contacting members',
};
const consigning = {
  ja: '車両の出品受付、成約及び代金の支払い',
  en: 'Accepting cars, closing deals and paying the proceeds',
};
const mailing = { ja: '商品・サービスの案内', en: 'News about goods and services' };

/** Where people are recognised who deal with the business: members' staff, private consignors, readers of its mail. */
export const people: Readonly<Record<string, CollectionMap>> = {
  members: {
    use: 'mapped',
    label: { ja: '会員（販売店）', en: 'Member dealers' },
    people: [
      {
        role: 'contact',
        at: 'contacts',
        elementKey: 'contactNo',
        identify: {
          fullName: 'name',
          fullKana: 'kana',
          birthDate: 'birthDate',
          phones: 'mobile',
          emails: 'email',
          organisation: '/companyName',
        },
      },
    ],
    fields: {
      memberNo: field('会員番号', 'Member number', 'reference'),
      companyName: field('会社名', 'Company', 'reference', { kind: 'organisation' }),
      antiquePermitNo: field('古物商許可番号', 'Secondhand dealer permit', 'reference'),
      postalCode: field('郵便番号（会社）', 'Postal code (company)', 'reference'),
      address: field('所在地', 'Address (company)', 'reference'),
      tel: field('代表電話', 'Telephone (company)', 'reference'),
      fax: field('FAX', 'Fax', 'reference'),
      email: field('代表メール', 'E-mail (company)', 'reference'),
      plan: field('会員プラン', 'Membership plan', 'transaction'),
      status: field('会員状態', 'Membership status', 'transaction'),
      joinedAt: field('入会日', 'Member since', 'transaction'),
      'contacts[].contactNo': field('担当者番号', 'Contact number', 'reference'),
      'contacts[].name': field('担当者氏名', 'Name', 'identity', { kind: 'full-name', correctable: true }),
      'contacts[].kana': field('担当者フリガナ', 'Reading of name', 'identity', {
        kind: 'full-kana',
        correctable: true,
      }),
      'contacts[].department': field('部署', 'Department', 'contact'),
      'contacts[].position': field('役職', 'Position', 'contact', { kind: 'occupation', correctable: true }),
      'contacts[].mobile': field('携帯電話', 'Mobile', 'contact', { kind: 'phone', correctable: true }),
      'contacts[].email': field('メールアドレス', 'E-mail', 'contact', { kind: 'email', correctable: true }),
      'contacts[].birthDate': field('生年月日', 'Date of birth', 'identity', { kind: 'birth-date', correctable: true }),
      'contacts[].loginId': field('ログインID', 'Login', 'identity'),
      'contacts[].mailStop': field('案内メール停止', 'No mailings', 'transaction'),
      'contacts[].jointUseStop': field('共同利用停止', 'No joint use', 'transaction'),
      'contacts[].restricted': field('利用制限', 'Use restricted', 'technical'),
      'contacts[].lastLoginAt': field('最終ログイン', 'Last login', 'transaction', { watched: false }),
      ...written,
    },
    purposes: [membership, mailing],
    erase: { action: 'remove-person' },
    endings: [
      {
        code: 'member-login',
        label: { ja: '会員サイトのログインが使えなくなります', en: 'The login to the members’ site ends' },
        when: [{ path: '@.loginId', is: 'present' }],
      },
    ],
    suppress: [
      { purpose: 'marketing', set: { '@.mailStop': true } },
      { purpose: 'joint-use', set: { '@.jointUseStop': true } },
      { purpose: 'all-use', set: { '@.restricted': true } },
    ],
    restrict: { set: { '@.restricted': true } },
  },

  consignors: {
    use: 'mapped',
    label: { ja: '出品者（個人）', en: 'Private consignors' },
    people: [
      {
        role: 'consignor',
        at: '',
        identify: {
          fullName: 'name',
          fullKana: 'kana',
          birthDate: 'birthDate',
          phones: ['mobile', 'tel'],
          emails: 'email',
          postalCode: 'postalCode',
          address: 'address',
          customerNumber: 'consignorNo',
        },
      },
    ],
    fields: {
      consignorNo: field('出品者番号', 'Consignor number', 'reference', { kind: 'customer-number' }),
      name: field('氏名', 'Name', 'identity', { kind: 'full-name', correctable: true }),
      kana: field('フリガナ', 'Reading of name', 'identity', { kind: 'full-kana', correctable: true }),
      birthDate: field('生年月日', 'Date of birth', 'identity', { kind: 'birth-date', correctable: true }),
      sex: field('性別', 'Sex', 'identity'),
      occupation: field('職業', 'Occupation', 'identity', { kind: 'occupation', correctable: true }),
      tel: field('電話番号', 'Telephone', 'contact', { kind: 'phone', correctable: true }),
      mobile: field('携帯電話', 'Mobile', 'contact', { kind: 'phone', correctable: true }),
      email: field('メールアドレス', 'E-mail', 'contact', { kind: 'email', correctable: true }),
      postalCode: field('郵便番号', 'Postal code', 'contact', { kind: 'postal-code', correctable: true }),
      address: field('住所', 'Address', 'contact', { kind: 'address', correctable: true }),
      'bank.bankName': field('銀行名', 'Bank', 'financial'),
      'bank.branchName': field('支店名', 'Branch', 'financial'),
      'bank.accountType': field('口座種別', 'Account type', 'financial'),
      'bank.accountNo': field('口座番号', 'Account number', 'financial'),
      'bank.accountHolder': field('口座名義', 'Account holder', 'financial'),
      'identityDocument.type': field('本人確認書類', 'Identity document', 'identity'),
      'identityDocument.number': field('本人確認書類番号', 'Identity document number', 'identity'),
      'identityDocument.checkedAt': field('本人確認日', 'Identity checked on', 'identity'),
      'dataUse.restricted': field('利用制限', 'Use restricted', 'technical'),
      'dataUse.mailStop': field('案内停止', 'No mailings', 'transaction'),
      'dataUse.imageStop': field('画像提供停止', 'No provision of images', 'transaction'),
      'dataUse.jointUseStop': field('共同利用停止', 'No joint use', 'transaction'),
      'legalHold.active': field('法的保全', 'Legal hold', 'technical'),
      'legalHold.reason': field('法的保全の理由', 'Reason of the legal hold', 'technical'),
      'legalHold.placedAt': field('法的保全の開始', 'Legal hold since', 'technical'),
      status: field('状態', 'Status', 'transaction'),
      remarks: field('備考', 'Remarks', 'free-text'),
      ...written,
    },
    purposes: [consigning, mailing],
    erase: { action: 'delete' },
    legalHold: {
      when: [{ path: 'legalHold.active', is: 'equal', value: true }],
      law: LAWS.civilProcedure,
      article: '220, 224',
    },
    endings: [
      {
        code: 'consigning',
        label: { ja: '出品サービスを利用できなくなります', en: 'Cars can no longer be consigned' },
        when: [{ path: 'status', is: 'equal', value: 'active' }],
      },
    ],
    suppress: [
      { purpose: 'marketing', set: { 'dataUse.mailStop': true } },
      { purpose: 'third-party-provision', set: { 'dataUse.imageStop': true } },
      { purpose: 'joint-use', set: { 'dataUse.jointUseStop': true } },
      { purpose: 'all-use', set: { 'dataUse.restricted': true } },
    ],
    restrict: { set: { 'dataUse.restricted': true } },
    mentions: ['remarks'],
  },

  'mail-subscriptions': {
    use: 'mapped',
    label: { ja: 'メール配信', en: 'Mail subscriptions' },
    people: [
      {
        role: 'subscriber',
        at: '',
        identify: { fullName: 'name', fullKana: 'kana', emails: 'email', phones: 'mobile', birthDate: 'birthDate' },
      },
    ],
    fields: {
      subscriptionNo: field('配信番号', 'Subscription number', 'reference'),
      email: field('メールアドレス', 'E-mail', 'contact', { kind: 'email', correctable: true }),
      name: field('氏名', 'Name', 'identity', { kind: 'full-name', correctable: true }),
      kana: field('フリガナ', 'Reading of name', 'identity', { kind: 'full-kana', correctable: true }),
      mobile: field('携帯電話', 'Mobile', 'contact', { kind: 'phone', correctable: true }),
      birthDate: field('生年月日', 'Date of birth', 'identity', { kind: 'birth-date', correctable: true }),
      'topics[]': field('配信分野', 'Topics', 'transaction'),
      status: field('配信状態', 'Status', 'transaction'),
      adAudience: field('広告配信対象', 'Used for ad audiences', 'transaction'),
      subscribedAt: field('登録日', 'Subscribed on', 'transaction'),
      lastOpenedAt: field('最終開封', 'Last opened', 'transaction', { watched: false }),
      ...written,
    },
    purposes: [mailing, { ja: '広告配信事業者を通じた広告', en: 'Advertising through ad platforms' }],
    erase: { action: 'delete' },
    endings: [
      {
        code: 'mailing',
        label: { ja: 'メール配信が終わります', en: 'The mailing ends' },
        when: [{ path: 'status', is: 'equal', value: 'subscribed' }],
      },
    ],
    suppress: [
      { purpose: 'marketing', set: { status: 'unsubscribed' } },
      { purpose: 'ads', set: { adAudience: false } },
      { purpose: 'all-use', set: { status: 'unsubscribed' } },
    ],
    restrict: { set: { status: 'unsubscribed' } },
  },
};
