import { Schema, Types } from 'mongoose';

/**
 * The flower market's own store. Its habits: one `contact` string that holds name, reading and telephone together, addresses without
 * the prefecture, no dates of birth.
 */
const options = (collection: string) =>
  ({ collection, timestamps: true, versionKey: false, autoIndex: false }) as const;
const objectIdTo = { type: Schema.Types.ObjectId, index: true };
const unique = { type: String, required: true, unique: true };

export type ObjectId = Types.ObjectId;
/** An ObjectId from its 24 hexadecimal digits. */
export const objectId = (hex: string): Types.ObjectId => new Types.ObjectId(hex);

const growers = new Schema(
  {
    growerNo: unique,
    farmName: String,
    contact: { type: String, required: true },
    email: String,
    postalCode: String,
    address: String,
    products: [String],
    cooperative: String,
    payoutAccount: String,
    newsletter: { type: Boolean, default: true },
    mediaConsent: { type: Boolean, default: true },
    usageStopped: { type: Boolean, default: false },
    legalHold: { type: Boolean, default: false },
    remarks: String,
  },
  options('growers'),
);

const buyers = new Schema(
  {
    buyerNo: unique,
    shopName: String,
    contact: { type: String, required: true },
    email: String,
    fax: String,
    postalCode: String,
    address: String,
    creditLimit: Number,
    bankAccount: String,
    newsletter: { type: Boolean, default: true },
    usageStopped: { type: Boolean, default: false },
    legalHold: { type: Boolean, default: false },
    remarks: String,
  },
  options('buyers'),
);

const deliveryAddresses = new Schema(
  {
    buyerId: objectIdTo,
    label: String,
    receiver: String,
    postalCode: String,
    address: String,
    tel: String,
    note: String,
  },
  options('delivery-addresses'),
);

const shipments = new Schema(
  {
    shipmentNo: unique,
    growerId: objectIdTo,
    growerContact: String,
    product: String,
    boxes: Number,
    shippedAt: { type: Date, required: true },
    proceeds: Number,
    status: { type: String, enum: ['announced', 'in-transit', 'sold'], required: true },
  },
  options('shipments'),
);

const orders = new Schema(
  {
    orderNo: unique,
    buyerId: objectIdTo,
    ordererContact: String,
    placedAt: { type: Date, required: true },
    lines: [new Schema({ product: String, stems: Number, unitPrice: Number }, { _id: false })],
    total: Number,
    deliverOn: Date,
    comment: String,
    status: { type: String, enum: ['open', 'delivered', 'cancelled'], required: true },
  },
  options('orders'),
);

const giftRecipients = new Schema(
  {
    orderId: objectIdTo,
    senderName: String,
    recipient: { contact: String, postalCode: String, address: String },
    cardMessage: String,
    wrapping: String,
  },
  options('gift-recipients'),
);

const invoices = new Schema(
  {
    invoiceNo: unique,
    buyerId: objectIdTo,
    orderNo: String,
    addressee: String,
    addresseeAddress: String,
    sentTo: String,
    issuedAt: { type: Date, required: true },
    amount: Number,
    tax: Number,
    dueOn: Date,
    paidAt: Date,
    status: { type: String, enum: ['unpaid', 'paid'], required: true },
    document: { fileName: String, contentType: String, bytes: Buffer },
    usageStopped: { type: Boolean, default: false },
  },
  options('invoices'),
);

const receivableLedger = new Schema(
  {
    entryNo: unique,
    buyerId: objectIdTo,
    account: String,
    partner: String,
    partnerTel: String,
    bookedAt: { type: Date, required: true },
    booksClosedAt: { type: Date, required: true },
    debit: Number,
    credit: Number,
    text: String,
    usageStopped: { type: Boolean, default: false },
  },
  options('receivable-ledger'),
);

/** Every collection of the store, by its name. */
export const schemas = {
  growers,
  buyers,
  'delivery-addresses': deliveryAddresses,
  shipments,
  orders,
  'gift-recipients': giftRecipients,
  invoices,
  'receivable-ledger': receivableLedger,
} as const;
