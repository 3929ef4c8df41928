import { Schema, Types } from 'mongoose';

/**
 * The motorcycle auction's own store. Its habits: one name field, digits in full width (０９０－…, １９７４／０５／０９), telephone
 * orders taken down as heard.
 */
const options = (collection: string) =>
  ({ collection, timestamps: true, versionKey: false, autoIndex: false }) as const;
const objectIdTo = { type: Schema.Types.ObjectId, index: true };
const unique = { type: String, required: true, unique: true };

export type ObjectId = Types.ObjectId;
/** An ObjectId from its 24 hexadecimal digits. */
export const objectId = (hex: string): Types.ObjectId => new Types.ObjectId(hex);

const memberShops = new Schema(
  {
    shopNo: unique,
    shopName: { type: String, required: true },
    permitNo: String,
    postalCode: String,
    address: String,
    tel: String,
    depositBalance: Number,
    status: { type: String, enum: ['active', 'suspended', 'left'] },
    staff: [
      new Schema(
        {
          staffNo: { type: String, required: true },
          name: { type: String, required: true },
          kana: String,
          role: { type: String, enum: ['owner', 'buyer', 'clerk'] },
          tel: String,
          email: String,
          birthDate: String,
          bidLimit: Number,
          dmStop: Boolean,
          suspended: Boolean,
          lastLoginAt: Date,
        },
        { _id: false },
      ),
    ],
  },
  options('member-shops'),
);

const sellers = new Schema(
  {
    sellerNo: unique,
    name: { type: String, required: true },
    kana: String,
    birthDate: String,
    gender: String,
    occupation: String,
    tel: String,
    email: String,
    postalCode: String,
    address: String,
    payoutAccount: { bank: String, branch: String, number: String, holder: String },
    dmStop: { type: Boolean, default: false },
    groupShareStop: { type: Boolean, default: false },
    frozen: { type: Boolean, default: false },
    legalHold: { type: Boolean, default: false },
    legalHoldNote: String,
    memo: String,
  },
  options('sellers'),
);

const bikes = new Schema(
  {
    bikeNo: unique,
    sellerId: objectIdTo,
    maker: String,
    model: String,
    displacementCc: Number,
    firstYear: String,
    frameNo: String,
    plateNo: String,
    ownerComment: String,
    photo: { fileName: String, contentType: String, bytes: Buffer, onSite: Boolean },
    sale: { lane: String, startsAt: Date, endsAt: Date, startPrice: Number },
    status: { type: String, enum: ['stock', 'live', 'sold', 'returned'], required: true },
  },
  options('bikes'),
);

const bids = new Schema(
  {
    bidNo: unique,
    bikeNo: String,
    shopId: objectIdTo,
    staffNo: String,
    bidderName: String,
    amount: Number,
    bidAt: Date,
    status: { type: String, enum: ['leading', 'outbid', 'won', 'cancelled'] },
  },
  options('bids'),
);

const deals = new Schema(
  {
    dealNo: unique,
    bikeId: objectIdTo,
    sellerId: objectIdTo,
    sellerName: String,
    sellerAddress: String,
    sellerTel: String,
    buyerShopId: objectIdTo,
    buyerStaffNo: String,
    buyerShopName: String,
    buyerName: String,
    buyerTel: String,
    contractedAt: { type: Date, required: true },
    price: Number,
    fee: Number,
    paidToSellerAt: Date,
    settled: { type: Boolean, required: true },
    frozen: { type: Boolean, default: false },
  },
  options('deals'),
);

const antiqueLedger = new Schema(
  {
    ledgerNo: unique,
    sellerId: objectIdTo,
    lastEntryAt: { type: Date, required: true },
    article: String,
    features: String,
    quantity: Number,
    price: Number,
    name: String,
    kana: String,
    address: String,
    age: String,
    occupation: String,
    tel: String,
    identification: String,
    frozen: { type: Boolean, default: false },
  },
  options('antique-ledger'),
);

const pickupRequests = new Schema(
  {
    requestNo: unique,
    name: { type: String, required: true },
    kana: String,
    tel: String,
    email: String,
    postalCode: String,
    address: String,
    bike: String,
    preferredAt: Date,
    driverName: String,
    memo: String,
    status: { type: String, enum: ['requested', 'scheduled', 'collected', 'cancelled'], required: true },
  },
  options('pickup-requests'),
);

const inquiries = new Schema(
  {
    inquiryNo: unique,
    name: String,
    email: String,
    tel: String,
    channel: { type: String, enum: ['web', 'telephone'] },
    body: String,
    receivedAt: Date,
    answer: String,
    answeredBy: String,
    closed: Boolean,
  },
  options('inquiries'),
);

const pushTokens = new Schema(
  {
    token: unique,
    sellerId: objectIdTo,
    platform: { type: String, enum: ['ios', 'android'] },
    enabled: Boolean,
    targeting: Boolean,
    lastUsedAt: Date,
  },
  options('push-tokens'),
);

/** Every collection of the store, by its name. */
export const schemas = {
  'member-shops': memberShops,
  sellers,
  bikes,
  bids,
  deals,
  'antique-ledger': antiqueLedger,
  'pickup-requests': pickupRequests,
  inquiries,
  'push-tokens': pushTokens,
} as const;
