import { Schema, Types } from 'mongoose';

/**
 * The used medical device business's own store. Its habits: the facility's name in front of a person's, old character forms as in the
 * physicians' register, rows imported from makers with upper-case romaji only.
 */
const options = (collection: string) =>
  ({ collection, timestamps: true, versionKey: false, autoIndex: false }) as const;
const objectIdTo = { type: Schema.Types.ObjectId, index: true };
const unique = { type: String, required: true, unique: true };

export type ObjectId = Types.ObjectId;
/** An ObjectId from its 24 hexadecimal digits. */
export const objectId = (hex: string): Types.ObjectId => new Types.ObjectId(hex);

const facilities = new Schema(
  {
    facilityNo: unique,
    facilityName: { type: String, required: true },
    permitNo: String,
    tel: String,
    postalCode: String,
    address: String,
    beds: Number,
    director: String,
    directorRomaji: String,
    directorMobile: String,
    directorEmail: String,
    directorLicenceNo: String,
    directorMailStop: { type: Boolean, default: false },
    directorRestricted: { type: Boolean, default: false },
    legalHold: { type: Boolean, default: false },
    imported: Boolean,
  },
  options('facilities'),
);

const staffContacts = new Schema(
  {
    contactNo: unique,
    facilityId: objectIdTo,
    name: String,
    romaji: String,
    department: String,
    duty: String,
    mobile: String,
    email: String,
    mailStop: { type: Boolean, default: false },
    restricted: { type: Boolean, default: false },
    legalHold: { type: Boolean, default: false },
    lastContactAt: Date,
  },
  options('staff-contacts'),
);

const equipmentListings = new Schema(
  {
    listingNo: unique,
    facilityId: objectIdTo,
    responsible: { type: String, enum: ['director', 'staff'], required: true },
    staffContactId: objectIdTo,
    responsibleName: String,
    device: { name: String, maker: String, modelNo: String, serialNo: String, installedYear: String },
    askingPrice: Number,
    comment: String,
    pickUpAt: Date,
    status: { type: String, enum: ['listed', 'in-transit', 'delivered', 'withdrawn'], required: true },
  },
  options('equipment-listings'),
);

const deviceSales = new Schema(
  {
    saleNo: unique,
    listingId: objectIdTo,
    transferor: { facilityName: String, name: String, address: String, tel: String, email: String },
    transferee: { facilityName: String, name: String, address: String },
    device: { name: String, serialNo: String, quantity: Number },
    specifiedMaintenance: { type: Boolean, required: true },
    recordedAt: { type: Date, required: true },
    price: Number,
    restricted: { type: Boolean, default: false },
  },
  options('device-sales'),
);

const maintenanceReports = new Schema(
  {
    reportNo: unique,
    facilityId: objectIdTo,
    responsible: { type: String, enum: ['director', 'staff'], required: true },
    staffContactId: objectIdTo,
    requestedBy: String,
    engineerName: String,
    deviceName: String,
    performedAt: Date,
    findings: String,
    document: { fileName: String, contentType: String, bytes: Buffer },
  },
  options('maintenance-reports'),
);

const qualifications = new Schema(
  {
    qualificationNo: unique,
    holder: { type: String, required: true },
    holderRomaji: String,
    birthDate: String,
    mobile: String,
    email: String,
    licence: String,
    licenceNo: String,
    registeredOn: String,
    courses: [new Schema({ title: String, completedOn: String }, { _id: false })],
    renewalNotice: { type: Boolean, default: true },
    restricted: { type: Boolean, default: false },
  },
  options('qualifications'),
);

const residualDataReports = new Schema(
  {
    reportNo: unique,
    facilityId: objectIdTo,
    deviceSerialNo: String,
    patients: [new Schema({ name: String, birthDate: String, examination: String }, { _id: false })],
    foundAt: Date,
    wipedAt: Date,
  },
  options('residual-data-reports'),
);

/** Every collection of the store, by its name. */
export const schemas = {
  facilities,
  'staff-contacts': staffContacts,
  'equipment-listings': equipmentListings,
  'device-sales': deviceSales,
  'maintenance-reports': maintenanceReports,
  qualifications,
  'residual-data-reports': residualDataReports,
} as const;
