import { Schema, Types } from 'mongoose';

/**
 * The used-car business's own store: dealer members, private consignors, auctions, inspections, assurance contracts. Its habits: names
 * in kanji with half-width readings, telephones without hyphens, dates of birth in short era form (S49.5.9).
 */
const options = (collection: string) =>
  ({ collection, timestamps: true, versionKey: false, autoIndex: false }) as const;
const objectIdTo = { type: Schema.Types.ObjectId, index: true };
const unique = { type: String, required: true, unique: true };

export type ObjectId = Types.ObjectId;
/** An ObjectId from its 24 hexadecimal digits. */
export const objectId = (hex: string): Types.ObjectId => new Types.ObjectId(hex);

const members = new Schema(
  {
    memberNo: unique,
    companyName: { type: String, required: true },
    antiquePermitNo: String,
    postalCode: String,
    address: String,
    tel: String,
    fax: String,
    email: String,
    plan: { type: String, enum: ['light', 'standard', 'premium'] },
    status: { type: String, enum: ['active', 'suspended', 'withdrawn'], default: 'active' },
    joinedAt: Date,
    contacts: [
      new Schema(
        {
          contactNo: { type: Number, required: true },
          name: { type: String, required: true },
          kana: String,
          department: String,
          position: String,
          mobile: String,
          email: String,
          birthDate: String,
          loginId: String,
          mailStop: Boolean,
          jointUseStop: Boolean,
          restricted: Boolean,
          lastLoginAt: Date,
        },
        { _id: false },
      ),
    ],
  },
  options('members'),
);

const consignors = new Schema(
  {
    consignorNo: unique,
    name: { type: String, required: true },
    kana: String,
    birthDate: String,
    sex: { type: String, enum: ['M', 'F'] },
    occupation: String,
    tel: String,
    mobile: String,
    email: String,
    postalCode: String,
    address: String,
    bank: { bankName: String, branchName: String, accountType: String, accountNo: String, accountHolder: String },
    identityDocument: { type: { type: String }, number: String, checkedAt: Date },
    dataUse: {
      restricted: { type: Boolean, default: false },
      mailStop: { type: Boolean, default: false },
      imageStop: { type: Boolean, default: false },
      jointUseStop: { type: Boolean, default: false },
    },
    legalHold: { active: { type: Boolean, default: false }, reason: String, placedAt: Date },
    status: { type: String, enum: ['active', 'closed'], default: 'active' },
    remarks: String,
  },
  options('consignors'),
);

const listings = new Schema(
  {
    listingNo: unique,
    consignorId: objectIdTo,
    vehicle: {
      maker: String,
      model: String,
      year: String,
      mileageKm: Number,
      colour: String,
      chassisNo: String,
      plateNo: String,
    },
    auction: { code: String, startsAt: Date, endsAt: Date },
    startPrice: Number,
    reservePrice: Number,
    sellerComment: String,
    status: { type: String, enum: ['draft', 'scheduled', 'live', 'sold', 'unsold', 'withdrawn'], required: true },
  },
  options('listings'),
);

const listingImages = new Schema(
  {
    listingId: objectIdTo,
    angle: { type: String, enum: ['front', 'rear', 'side', 'interior', 'engine'] },
    fileName: String,
    contentType: String,
    bytes: Buffer,
    takenAt: Date,
    plateVisible: Boolean,
    published: { type: Boolean, default: true },
  },
  options('listing-images'),
);

const inspections = new Schema(
  {
    inspectionNo: unique,
    listingId: objectIdTo,
    inspectedAt: Date,
    inspectorName: String,
    grade: String,
    report: String,
    ownerRelation: { type: String, enum: ['self', 'family', 'finance-company'], required: true },
    certificate: { ownerName: String, ownerAddress: String, registrationNo: String, expiresOn: String },
  },
  options('inspections'),
);

const deals = new Schema(
  {
    dealNo: unique,
    listingId: objectIdTo,
    consignorId: objectIdTo,
    seller: { name: String, address: String, tel: String, email: String },
    buyerMemberId: objectIdTo,
    buyerContactNo: Number,
    buyer: { companyName: String, contactName: String, mobile: String },
    soldAt: { type: Date, required: true },
    price: Number,
    fee: Number,
    recyclingDeposit: Number,
    settlement: { status: { type: String, enum: ['unpaid', 'paid', 'settled'] }, dueOn: Date, settledAt: Date },
    restricted: { type: Boolean, default: false },
  },
  options('deals'),
);

const antiqueLedger = new Schema(
  {
    ledgerNo: unique,
    entry: { type: String, enum: ['received', 'delivered'] },
    consignorId: objectIdTo,
    tradedAt: Date,
    lastEntryAt: { type: Date, required: true },
    item: { category: String, description: String, features: String, quantity: Number },
    price: Number,
    counterparty: {
      name: String,
      kana: String,
      address: String,
      age: Number,
      occupation: String,
      tel: String,
      email: String,
      identityCheck: String,
    },
    restricted: { type: Boolean, default: false },
  },
  options('antique-ledger'),
);

const assuranceContracts = new Schema(
  {
    contractNo: unique,
    consignorId: objectIdTo,
    holder: {
      name: { type: String, required: true },
      kana: String,
      birthDate: String,
      mobile: String,
      email: String,
      postalCode: String,
      address: String,
    },
    vehicle: { model: String, chassisNo: String, plateNo: String },
    plan: String,
    premium: Number,
    financed: Boolean,
    bankAccount: String,
    startsOn: { type: Date, required: true },
    endsOn: { type: Date, required: true },
    status: { type: String, enum: ['active', 'ended', 'cancelled'] },
    restricted: { type: Boolean, default: false },
  },
  options('assurance-contracts'),
);

const mailSubscriptions = new Schema(
  {
    subscriptionNo: unique,
    email: { type: String, required: true, index: true },
    name: String,
    kana: String,
    mobile: String,
    birthDate: String,
    topics: [String],
    status: { type: String, enum: ['subscribed', 'unsubscribed'] },
    adAudience: Boolean,
    subscribedAt: Date,
    lastOpenedAt: Date,
  },
  options('mail-subscriptions'),
);

const counterpartyNotes = new Schema(
  { consignorId: objectIdTo, authorName: String, writtenAt: Date, text: String },
  options('counterparty-notes'),
);

const provisionRecords = new Schema(
  {
    recordNo: unique,
    consignorId: objectIdTo,
    subjectName: String,
    providedAt: { type: Date, required: true },
    recipient: { name: String, address: String, representative: String },
    items: String,
    ground: String,
    restricted: { type: Boolean, default: false },
  },
  options('provision-records'),
);

const screeningResults = new Schema(
  { subjectName: String, birthDate: String, screenedAt: Date, source: String, result: String, note: String },
  options('screening-results'),
);

const auctions = new Schema(
  { code: unique, title: String, startsAt: Date, endsAt: Date, venue: String },
  options('auctions'),
);

/** Every collection of the store, by its name. */
export const schemas = {
  members,
  consignors,
  listings,
  'listing-images': listingImages,
  inspections,
  deals,
  'antique-ledger': antiqueLedger,
  'assurance-contracts': assuranceContracts,
  'mail-subscriptions': mailSubscriptions,
  'counterparty-notes': counterpartyNotes,
  'provision-records': provisionRecords,
  'screening-results': screeningResults,
  auctions,
} as const;
