import type { Identity } from '@kenri/contracts';
import { ObjectId, type Db } from 'mongodb';
import { TrialConnector } from './trial-connector.js';
import { trialMap, trialSchemas } from './trial-store.js';

/** 山田太郎 as he applies; and what the trial store holds of him and of others. */
export const taro: Identity = {
  fullName: '山田太郎',
  fullKana: 'ヤマダタロウ',
  birthDate: '1974-05-09',
  emails: ['taro.yamada@example.jp'],
  phones: ['090-1234-5678'],
  address: '東京都港区北青山2-5-8',
};

export const ids = {
  taro: new ObjectId('64b000000000000000000001'),
  son: new ObjectId('64b000000000000000000002'),
  order: new ObjectId('64b000000000000000000011'),
  sonsOrder: new ObjectId('64b000000000000000000012'),
  photo: new ObjectId('64b000000000000000000021'),
  oldLedger: new ObjectId('64b000000000000000000031'),
  freshLedger: new ObjectId('64b000000000000000000032'),
  company: new ObjectId('64b000000000000000000041'),
  provision: new ObjectId('64b000000000000000000051'),
  note: new ObjectId('64b000000000000000000061'),
  screening: new ObjectId('64b000000000000000000071'),
} as const;

export const trialDocuments = (now: Date): Record<string, Record<string, unknown>[]> => {
  const yearsAgo = (years: number) => new Date(Date.UTC(now.getUTCFullYear() - years, now.getUTCMonth(), 1));
  return {
    customers: [
      {
        _id: ids.taro,
        number: 'C-1',
        name: '山田　太郎',
        kana: 'ﾔﾏﾀﾞ ﾀﾛｳ',
        birthDate: 'S49.5.9',
        email: 'taro.yamada@example.jp',
        phones: ['09012345678'],
        address: '東京都港区北青山２－５－８',
        logins: 3,
        joinedAt: yearsAgo(5),
        status: 'member',
      },
      {
        _id: ids.son,
        number: 'C-2',
        name: '山田　一郎',
        kana: 'ﾔﾏﾀﾞ ｲﾁﾛｳ',
        birthDate: 'H16.1.2',
        email: 'ichiro@example.jp',
        phones: ['09012345678'],
        address: '東京都港区北青山２－５－８',
        logins: 1,
        joinedAt: yearsAgo(1),
        status: 'member',
      },
    ],
    orders: [
      {
        _id: ids.order,
        customerNumber: 'C-1',
        item: 'A',
        status: 'done',
        placedAt: yearsAgo(2),
        giftTo: { name: '佐藤花子', phone: '0312345678' },
        remark: '留守がち',
      },
      { _id: ids.sonsOrder, customerNumber: 'C-2', item: 'B', status: 'done', placedAt: yearsAgo(1), remark: '' },
    ],
    photos: [
      {
        _id: ids.photo,
        orderId: ids.order,
        bytes: Buffer.alloc(5000, 7),
        fileName: 'a.jpg',
        contentType: 'image/jpeg',
      },
    ],
    ledger: [
      {
        _id: ids.oldLedger,
        customerNumber: 'C-1',
        name: '山田太郎',
        address: '港区',
        email: 'taro.yamada@example.jp',
        lastEntryAt: yearsAgo(6),
      },
      {
        _id: ids.freshLedger,
        customerNumber: 'C-1',
        name: '山田太郎',
        address: '港区',
        email: 'taro.yamada@example.jp',
        lastEntryAt: yearsAgo(1),
      },
    ],
    companies: [
      {
        _id: ids.company,
        name: '青山商会',
        contacts: [
          {
            no: 1,
            name: '鈴木次郎',
            kana: 'ｽｽﾞｷ ｼﾞﾛｳ',
            birthDate: '1980-01-01',
            mobile: '08099998888',
            email: 'jiro@example.jp',
          },
          {
            no: 2,
            name: '山田太郎',
            kana: 'ﾔﾏﾀﾞ ﾀﾛｳ',
            birthDate: '1974-05-09',
            mobile: '09012345678',
            email: 'taro.yamada@example.jp',
          },
        ],
      },
    ],
    provisions: [{ _id: ids.provision, customerNumber: 'C-1', recipient: '某社', items: '氏名', at: yearsAgo(1) }],
    notes: [{ _id: ids.note, author: '係', text: '先日、山田太郎様より電話あり。折り返し予定。' }],
    screening: [{ _id: ids.screening, name: '山田太郎', result: 'none' }],
  };
};

export async function insertTrialDocuments(store: Db, now: Date): Promise<void> {
  for (const [collection, documents] of Object.entries(trialDocuments(now)))
    await store.collection(collection).insertMany(documents);
}

/** A connector on the trial store with these people in it, all of them indexed. */
export async function openIndexedTrial(more?: Parameters<typeof TrialConnector.open>[2]): Promise<TrialConnector> {
  const trial = await TrialConnector.open(trialMap, trialSchemas, more);
  await insertTrialDocuments(trial.store, trial.clock.now());
  await trial.index();
  return trial;
}
