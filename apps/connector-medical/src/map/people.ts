import { field, LAWS, written, type CollectionMap } from '@kenri/connector-kit';

const brokering = { ja: '中古医療機器の仲介', en: 'Brokering used medical devices' };
const information = { ja: '機器・セミナーの案内', en: 'News about devices and seminars' };
const legalHold = {
  when: [{ path: 'legalHold', is: 'equal', value: true }],
  law: LAWS.civilProcedure,
  article: '220, 224',
} as const;

/** Where people are recognised: directors, facility staff, holders of qualifications. */
export const people: Readonly<Record<string, CollectionMap>> = {
  facilities: {
    use: 'mapped',
    label: { ja: '医療機関', en: 'Facilities' },
    people: [
      {
        role: 'director',
        at: '',
        identify: {
          fullName: 'director',
          romaji: 'directorRomaji',
          phones: 'directorMobile',
          emails: 'directorEmail',
          organisation: 'facilityName',
          postalCode: 'postalCode',
          address: 'address',
        },
      },
    ],
    // The facility is no person: what names its director goes, the facility stays.
    fields: {
      facilityNo: field('施設番号', 'Facility number', 'reference'),
      facilityName: field('施設名', 'Facility', 'reference', { kind: 'organisation' }),
      permitNo: field('開設許可番号', 'Permit', 'reference'),
      tel: field('代表電話', 'Telephone (facility)', 'reference'),
      postalCode: field('郵便番号', 'Postal code (facility)', 'reference'),
      address: field('所在地', 'Address (facility)', 'reference'),
      beds: field('病床数', 'Beds', 'technical'),
      director: field('管理者（施設名・氏名）', 'Director (facility and name)', 'identity', {
        of: 'director',
        kind: 'full-name',
        correctable: true,
      }),
      directorRomaji: field('管理者（ローマ字）', 'Director (romaji)', 'identity', {
        of: 'director',
        kind: 'romaji',
        correctable: true,
      }),
      directorMobile: field('管理者携帯電話', 'Director’s mobile', 'contact', {
        of: 'director',
        kind: 'phone',
        correctable: true,
      }),
      directorEmail: field('管理者メール', 'Director’s e-mail', 'contact', {
        of: 'director',
        kind: 'email',
        correctable: true,
      }),
      directorLicenceNo: field('医籍登録番号', 'Medical licence number', 'identity', { of: 'director' }),
      directorMailStop: field('案内停止', 'No mailings', 'transaction', { of: 'director' }),
      directorRestricted: field('利用制限', 'Use restricted', 'technical', { of: 'director' }),
      legalHold: field('法的保全', 'Legal hold', 'technical'),
      imported: field('取込データ', 'Imported', 'technical'),
      ...written,
    },
    purposes: [brokering, information],
    erase: { action: 'remove-fields' },
    legalHold,
    endings: [
      {
        code: 'director-contact',
        label: {
          ja: '管理者としての取引連絡ができなくなります',
          en: 'The director can no longer be reached about dealings',
        },
        when: [{ path: 'director', is: 'present' }],
      },
    ],
    suppress: [
      { purpose: 'marketing', set: { directorMailStop: true } },
      { purpose: 'all-use', set: { directorMailStop: true, directorRestricted: true } },
    ],
    restrict: { set: { directorRestricted: true } },
  },

  'staff-contacts': {
    use: 'mapped',
    label: { ja: '施設担当者', en: 'Staff contacts' },
    people: [
      {
        role: 'staff',
        at: '',
        identify: {
          fullName: 'name',
          romaji: 'romaji',
          phones: 'mobile',
          emails: 'email',
          customerNumber: 'contactNo',
        },
      },
    ],
    fields: {
      contactNo: field('担当者番号', 'Contact number', 'reference', { kind: 'customer-number' }),
      facilityId: field('医療機関', 'Facility', 'technical'),
      name: field('施設名・氏名', 'Facility and name', 'identity', { kind: 'full-name', correctable: true }),
      romaji: field('氏名（ローマ字）', 'Name (romaji)', 'identity', { kind: 'romaji', correctable: true }),
      department: field('診療科・部署', 'Department', 'contact'),
      duty: field('職務', 'Duty', 'contact', { kind: 'occupation', correctable: true }),
      mobile: field('携帯電話', 'Mobile', 'contact', { kind: 'phone', correctable: true }),
      email: field('メールアドレス', 'E-mail', 'contact', { kind: 'email', correctable: true }),
      mailStop: field('案内停止', 'No mailings', 'transaction'),
      restricted: field('利用制限', 'Use restricted', 'technical'),
      legalHold: field('法的保全', 'Legal hold', 'technical'),
      lastContactAt: field('最終連絡日', 'Last contact', 'transaction', { watched: false }),
      ...written,
    },
    purposes: [brokering, information],
    erase: { action: 'delete' },
    legalHold,
    endings: [
      {
        code: 'facility-contact',
        label: { ja: '施設担当者としての連絡が届かなくなります', en: 'Messages to the facility’s contact end' },
        when: [{ path: 'contactNo', is: 'present' }],
      },
    ],
    suppress: [
      { purpose: 'marketing', set: { mailStop: true } },
      { purpose: 'all-use', set: { mailStop: true, restricted: true } },
    ],
    restrict: { set: { restricted: true } },
  },

  qualifications: {
    use: 'mapped',
    label: { ja: '資格・講習', en: 'Qualifications' },
    people: [
      {
        role: 'holder',
        at: '',
        identify: {
          fullName: 'holder',
          romaji: 'holderRomaji',
          birthDate: 'birthDate',
          phones: 'mobile',
          emails: 'email',
        },
      },
    ],
    fields: {
      qualificationNo: field('資格番号', 'Qualification number', 'reference'),
      holder: field('氏名', 'Name', 'identity', { kind: 'full-name', correctable: true }),
      holderRomaji: field('氏名（ローマ字）', 'Name (romaji)', 'identity', { kind: 'romaji', correctable: true }),
      birthDate: field('生年月日', 'Date of birth', 'identity', { kind: 'birth-date', correctable: true }),
      mobile: field('携帯電話', 'Mobile', 'contact', { kind: 'phone', correctable: true }),
      email: field('メールアドレス', 'E-mail', 'contact', { kind: 'email', correctable: true }),
      licence: field('免許・資格', 'Licence', 'identity', { kind: 'occupation', correctable: true }),
      licenceNo: field('登録番号', 'Licence number', 'identity'),
      registeredOn: field('登録年月日', 'Registered on', 'transaction'),
      'courses[].title': field('受講した講習', 'Course', 'transaction'),
      'courses[].completedOn': field('修了日', 'Completed on', 'transaction'),
      renewalNotice: field('更新案内', 'Renewal notices', 'transaction'),
      restricted: field('利用制限', 'Use restricted', 'technical'),
      ...written,
    },
    purposes: [{ ja: '医療機器の取扱資格の確認', en: 'Checking who may handle medical devices' }, information],
    erase: { action: 'delete' },
    suppress: [
      { purpose: 'marketing', set: { renewalNotice: false } },
      { purpose: 'all-use', set: { renewalNotice: false, restricted: true } },
    ],
    restrict: { set: { restricted: true } },
  },
};
