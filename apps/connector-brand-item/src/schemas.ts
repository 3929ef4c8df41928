import { Schema, Types } from 'mongoose';

/** The brand-item business's own store. Its habits: clean rows, family and given names apart with readings, ISO dates. */
const options = (collection: string) =>
  ({ collection, timestamps: true, versionKey: false, autoIndex: false }) as const;
const objectIdTo = { type: Schema.Types.ObjectId, index: true };
const unique = { type: String, required: true, unique: true };

export type ObjectId = Types.ObjectId;
/** An ObjectId from its 24 hexadecimal digits. */
export const objectId = (hex: string): Types.ObjectId => new Types.ObjectId(hex);

const consignors = new Schema(
  {
    consignorNo: unique,
    familyName: { type: String, required: true },
    givenName: { type: String, required: true },
    familyKana: String,
    givenKana: String,
    formerFamilyName: String,
    birthDate: String,
    sex: { type: String, enum: ['male', 'female'] },
    occupation: String,
    mobile: String,
    landline: String,
    email: String,
    postalCode: String,
    address: String,
    consents: { mail: Boolean, sharing: Boolean, groupUse: Boolean },
    processingRestricted: { type: Boolean, default: false },
    legalHold: { active: { type: Boolean, default: false }, reference: String },
    note: String,
  },
  options('consignors'),
);

const items = new Schema(
  {
    itemNo: unique,
    consignorId: objectIdTo,
    brand: String,
    category: String,
    model: String,
    serialNo: String,
    condition: String,
    storage: String,
    receivedAt: Date,
    returnedAt: Date,
    estimate: Number,
    ownerStory: String,
    status: { type: String, enum: ['in-custody', 'live', 'sold', 'returned'], required: true },
  },
  options('items'),
);

const itemPhotos = new Schema(
  {
    itemId: objectIdTo,
    position: Number,
    fileName: String,
    contentType: String,
    bytes: Buffer,
    takenAt: Date,
    inCatalogue: { type: Boolean, default: true },
  },
  options('item-photos'),
);

const appraisals = new Schema(
  { itemId: objectIdTo, appraiserName: String, appraisedAt: Date, amount: Number, comment: String },
  options('appraisals'),
);

const identityVerifications = new Schema(
  {
    verificationNo: unique,
    consignorId: objectIdTo,
    fullName: String,
    birthDate: String,
    address: String,
    occupation: String,
    purpose: String,
    method: String,
    documentType: String,
    documentNo: String,
    phone: String,
    verifiedAt: Date,
    dealingEndedAt: { type: Date, required: true },
    image: { fileName: String, contentType: String, bytes: Buffer },
    processingRestricted: { type: Boolean, default: false },
  },
  options('identity-verifications'),
);

const antiqueLedger = new Schema(
  {
    ledgerNo: unique,
    consignorId: objectIdTo,
    itemNo: String,
    lastEntryAt: { type: Date, required: true },
    article: String,
    features: String,
    price: Number,
    counterparty: { fullName: String, address: String, age: Number, occupation: String, phone: String, email: String },
    identification: String,
    processingRestricted: { type: Boolean, default: false },
  },
  options('antique-ledger'),
);

const payouts = new Schema(
  {
    payoutNo: unique,
    consignorId: objectIdTo,
    itemNo: String,
    payee: String,
    bank: { name: String, branch: String, accountType: String, accountNo: String },
    amount: Number,
    paidAt: Date,
    bookedAt: { type: Date, required: true },
    status: { type: String, enum: ['pending', 'paid'], required: true },
    processingRestricted: { type: Boolean, default: false },
  },
  options('payouts'),
);

const storeVisits = new Schema(
  {
    visitNo: unique,
    familyName: String,
    givenName: String,
    familyKana: String,
    givenKana: String,
    phone: String,
    email: String,
    visitedAt: Date,
    store: String,
    purpose: String,
    staffName: String,
    memo: String,
  },
  options('store-visits'),
);

const newsletter = new Schema(
  {
    readerNo: unique,
    email: { type: String, required: true },
    familyName: String,
    givenName: String,
    birthDate: String,
    interests: [String],
    active: Boolean,
    adMatching: Boolean,
    joinedAt: Date,
    lastOpenedAt: Date,
  },
  options('newsletter'),
);

const provisionRecords = new Schema(
  {
    recordNo: unique,
    consignorId: objectIdTo,
    subjectName: String,
    providedAt: { type: Date, required: true },
    recipientName: String,
    recipientAddress: String,
    items: String,
    ground: String,
    processingRestricted: { type: Boolean, default: false },
  },
  options('provision-records'),
);

/** Every collection of the store, by its name. */
export const schemas = {
  consignors,
  items,
  'item-photos': itemPhotos,
  appraisals,
  'identity-verifications': identityVerifications,
  'antique-ledger': antiqueLedger,
  payouts,
  'store-visits': storeVisits,
  newsletter,
  'provision-records': provisionRecords,
} as const;
