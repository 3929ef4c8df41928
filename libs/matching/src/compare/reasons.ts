import { type Reason } from '../person.js';

/** Sentences for the case worker. No personal value may ever appear in one. */
const SENTENCES = {
  'name-agrees': [
    '氏名が一致しています（字体・表記の違いは同じ字として扱いました）。',
    'The full name agrees (forms of one character count as one).',
  ],
  'name-former': ['旧姓など以前の氏名で一致しています。', 'It agrees by a former name.'],
  'name-look-alike': [
    '氏名は似た字が使われていますが、同じ字ではありません（例：斉と斎）。',
    'The names use look-alike characters that are not the same (such as 斉 and 斎).',
  ],
  'name-reading-differs': [
    '漢字の氏名は一致していますが、読みが異なります。',
    'The written name agrees, but its reading differs.',
  ],
  'name-reading-same': ['読みは同じですが、漢字が異なります。', 'The reading is the same, but the kanji differ.'],
  'name-swapped': ['姓と名が入れ替わっているように見えます。', 'Family and given name look exchanged.'],
  'name-slip': [
    '氏名が一文字だけ異なります（誤記の可能性があります）。',
    'The names differ by one character (perhaps a slip).',
  ],
  'name-family-changed': [
    '名は一致し、姓が異なります（婚姻などで改姓した可能性があります）。',
    'The given name agrees, the family name differs (perhaps changed by marriage).',
  ],
  'name-partial': [
    '一方の氏名が一部（姓のみ・頭文字など）しかなく、その部分は合っています。',
    'One side has only part of the name (family name, initial); that part fits.',
  ],
  'name-reading-fits': [
    'カナとローマ字の比較です。読みは合いますが、同じ文字種での確認はできません。',
    'Kana against romaji: the reading fits, but no script is common to both.',
  ],
  'name-different': ['氏名が異なります。', 'The names differ.'],
  'name-same-family': [
    '姓は同じですが名が異なります（家族の可能性があります）。',
    'The family name agrees, the given name differs (perhaps a relative).',
  ],
  'name-not-comparable': [
    '氏名の文字種が異なるため（漢字とカナなど）、比較できません。',
    'The names are in different scripts (kanji against kana) and cannot be compared.',
  ],
  'name-missing': ['一方に氏名がありません。', 'One side has no name.'],
  'birth-agrees': ['生年月日が一致しています。', 'The birth date agrees.'],
  'birth-slip': [
    '生年月日が一か所だけ異なります（誤記の可能性があります）。',
    'The birth dates differ in one place (perhaps a slip).',
  ],
  'birth-disagrees': ['生年月日が異なります。', 'The birth dates differ.'],
  'email-agrees': ['メールアドレスが一致しています。', 'An e-mail address agrees.'],
  'email-disagrees': [
    '双方にメールアドレスがありますが、一致するものがありません。',
    'Both sides have e-mail addresses, and share none.',
  ],
  'email-role': [
    '代表・共用のメールアドレスは本人確認に使いません。',
    'A shared mailbox (info@ and its like) identifies nobody and was left out.',
  ],
  'phone-agrees': ['電話番号が一致しています。', 'A telephone number agrees.'],
  'phone-disagrees': [
    '双方に電話番号がありますが、一致するものがありません。',
    'Both sides have telephone numbers, and share none.',
  ],
  'phone-switchboard': [
    '一致した電話番号は代表番号（内線あり）のため、本人の特定には弱い根拠です。',
    'The telephone that agrees is a switchboard with extensions: weak evidence.',
  ],
  'customer-number-agrees': ['会員番号・顧客番号が一致しています。', 'The customer number agrees.'],
  'customer-number-disagrees': ['会員番号・顧客番号が異なります。', 'The customer numbers differ.'],
  'place-agrees': [
    '住所（または郵便番号・勤務先）が一致していますが、順位付けにのみ使います。',
    'Address, postal code or organisation agrees; it only ranks.',
  ],
  'address-disagrees': ['住所が異なります（転居の可能性があります）。', 'The addresses differ (perhaps a move).'],
  'shared-contact': [
    '電話・メール・住所は家族や職場で共有されることがあるため、氏名が違えば別人として扱います。',
    'Families and offices share telephones, mailboxes and addresses; with another name it is another person.',
  ],
  'too-few-strong': [
    '強い識別項目（氏名＋生年月日・メール・電話・会員番号）の一致が二つに足りません。',
    'Fewer than two strong identifiers agree (name with birth date, e-mail, telephone, customer number).',
  ],
  'conflict-blocks': [
    '一致する項目がありますが、食い違う項目があるため自動では確定しません。',
    'Some identifiers agree, but one disagrees, so it is not settled automatically.',
  ],
  'plainly-another': [
    '一致の組み合わせから、明らかに別人と判断しました。',
    'The pattern of agreement shows plainly another person.',
  ],
  'nothing-links': ['両者を結び付ける項目がありません。', 'Nothing links the two.'],
  unreadable: ['読み取れない値があり、空欄として扱いました。', 'A value could not be read and was treated as absent.'],
} as const;

export type ReasonCode = keyof typeof SENTENCES;

export const REASONS = Object.fromEntries(
  Object.entries(SENTENCES).map(([code, [ja, en]]) => [code, Object.freeze({ code, ja, en })]),
) as Readonly<Record<ReasonCode, Reason>>;
