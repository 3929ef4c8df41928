import { Schema } from 'mongoose';
import type { DataMap, FieldMap } from '../data-map.js';

/** A small business store for the kit's own tests: one of everything that a map can say. */
const words = (en: string) => ({ ja: `${en}（日本語）`, en });
const field = (category: FieldMap['category'], more: Partial<FieldMap> = {}): FieldMap => ({
  label: words(category),
  category,
  ...more,
});
const options = { versionKey: false, autoIndex: false } as const;

export const trialSchemas = {
  customers: new Schema(
    {
      number: { type: String, index: true },
      name: String,
      kana: String,
      birthDate: String,
      email: String,
      phones: [String],
      address: String,
      mailStop: Boolean,
      restricted: Boolean,
      underOrder: Boolean,
      logins: Number,
      joinedAt: Date,
      status: String,
    },
    options,
  ),
  orders: new Schema(
    {
      customerNumber: { type: String, index: true },
      item: String,
      status: String,
      placedAt: Date,
      giftTo: { name: String, phone: String },
      remark: String,
    },
    options,
  ),
  photos: new Schema(
    { orderId: { type: Schema.Types.ObjectId, index: true }, bytes: Buffer, fileName: String, contentType: String },
    options,
  ),
  ledger: new Schema(
    {
      customerNumber: { type: String, index: true },
      name: String,
      address: String,
      email: String,
      lastEntryAt: Date,
      restricted: Boolean,
    },
    options,
  ),
  companies: new Schema(
    {
      name: String,
      contacts: [
        new Schema(
          {
            no: Number,
            name: String,
            kana: String,
            birthDate: String,
            mobile: String,
            email: String,
            mailStop: Boolean,
          },
          { _id: false },
        ),
      ],
    },
    options,
  ),
  provisions: new Schema(
    { customerNumber: { type: String, index: true }, recipient: String, items: String, at: Date },
    options,
  ),
  notes: new Schema({ author: String, text: String }, options),
  screening: new Schema({ name: String, result: String }, options),
};

export const trialMap: DataMap = {
  system: 'trial',
  label: words('Trial store'),
  controller: 'trial-company',
  reviewers: 'cases',
  collections: {
    customers: {
      use: 'mapped',
      label: words('Customers'),
      purposes: [words('Handling orders')],
      people: [
        {
          role: 'customer',
          at: '',
          identify: {
            fullName: 'name',
            fullKana: 'kana',
            birthDate: 'birthDate',
            emails: 'email',
            phones: 'phones',
            address: 'address',
            customerNumber: 'number',
          },
        },
      ],
      fields: {
        number: field('reference', { kind: 'customer-number' }),
        name: field('identity', { kind: 'full-name', correctable: true }),
        kana: field('identity', { kind: 'full-kana', correctable: true }),
        birthDate: field('identity', { kind: 'birth-date' }),
        email: field('contact', { kind: 'email', correctable: true }),
        'phones[]': field('contact', { kind: 'phone', correctable: true }),
        address: field('contact', { kind: 'address', correctable: true }),
        mailStop: field('technical'),
        restricted: field('technical'),
        underOrder: field('technical'),
        logins: field('technical', { watched: false }),
        joinedAt: field('transaction'),
        status: field('technical'),
      },
      erase: { action: 'delete' },
      legalHold: { when: [{ path: 'underOrder', is: 'equal', value: true }], law: words('Court order'), article: '1' },
      blockers: [
        {
          code: 'in-dispute',
          label: words('In dispute'),
          when: [{ path: 'status', is: 'equal', value: 'dispute' }],
          operations: ['erase'],
        },
      ],
      endings: [
        { code: 'membership', label: words('Membership'), when: [{ path: 'status', is: 'equal', value: 'member' }] },
      ],
      suppress: [
        { purpose: 'marketing', set: { mailStop: true } },
        { purpose: 'all-use', set: { restricted: true } },
      ],
      restrict: { set: { restricted: true } },
    },
    orders: {
      use: 'mapped',
      label: words('Orders'),
      purposes: [words('Delivering')],
      reached: [{ as: 'buyer', from: { collection: 'customers', role: 'customer' }, on: { customerNumber: 'number' } }],
      fields: {
        customerNumber: field('reference'),
        item: field('transaction'),
        status: field('transaction'),
        placedAt: field('transaction'),
        'giftTo.name': field('identity', { of: 'other' }),
        'giftTo.phone': field('contact', { of: 'other' }),
        remark: field('free-text'),
      },
      erase: { action: 'remove-fields' },
      blockers: [
        {
          code: 'order-open',
          label: words('Order open'),
          when: [{ path: 'status', is: 'equal', value: 'open' }],
          operations: ['erase'],
        },
      ],
    },
    photos: {
      use: 'mapped',
      label: words('Photos'),
      purposes: [words('Showing items')],
      reached: [{ as: 'buyer', from: { collection: 'orders', role: 'buyer' }, on: { orderId: '_id' } }],
      fields: {
        orderId: field('reference'),
        bytes: field('image'),
        fileName: field('technical'),
        contentType: field('technical'),
      },
      file: { bytes: 'bytes', name: 'fileName', contentType: 'contentType' },
      erase: { action: 'delete' },
    },
    ledger: {
      use: 'mapped',
      label: words('Ledger'),
      purposes: [words('Keeping the ledger')],
      reached: [
        { as: 'seller', from: { collection: 'customers', role: 'customer' }, on: { customerNumber: 'number' } },
      ],
      fields: {
        customerNumber: field('reference'),
        name: field('identity', { kind: 'full-name' }),
        address: field('contact', { kind: 'address' }),
        email: field('contact', { kind: 'email' }),
        lastEntryAt: field('transaction'),
        restricted: field('technical'),
      },
      erase: { action: 'delete' },
      retention: [
        {
          rule: 'ledger-3y',
          law: words('Ledger Act'),
          article: '18',
          years: 3,
          from: 'lastEntryAt',
          counted: 'date',
          keeps: ['name', 'address'],
        },
      ],
      restrict: { set: { restricted: true } },
    },
    companies: {
      use: 'mapped',
      label: words('Companies'),
      purposes: [words('Dealing with companies')],
      people: [
        {
          role: 'contact',
          at: 'contacts',
          elementKey: 'no',
          identify: {
            fullName: 'name',
            fullKana: 'kana',
            birthDate: 'birthDate',
            phones: 'mobile',
            emails: 'email',
            organisation: '/name',
          },
        },
      ],
      fields: {
        name: field('identity', { kind: 'organisation' }),
        'contacts[].no': field('technical'),
        'contacts[].name': field('identity', { kind: 'full-name', correctable: true }),
        'contacts[].kana': field('identity', { kind: 'full-kana' }),
        'contacts[].birthDate': field('identity', { kind: 'birth-date' }),
        'contacts[].mobile': field('contact', { kind: 'phone', correctable: true }),
        'contacts[].email': field('contact', { kind: 'email' }),
        'contacts[].mailStop': field('technical'),
      },
      erase: { action: 'remove-person' },
      suppress: [{ purpose: 'marketing', set: { '@.mailStop': true } }],
    },
    provisions: {
      use: 'mapped',
      label: words('Provision records'),
      purposes: [words('Showing to whom data was given')],
      reached: [
        { as: 'subject', from: { collection: 'customers', role: 'customer' }, on: { customerNumber: 'number' } },
      ],
      fields: {
        customerNumber: field('reference'),
        recipient: field('transaction'),
        items: field('transaction'),
        at: field('transaction'),
      },
      erase: { action: 'delete' },
      provisionRecord: true,
    },
    notes: {
      use: 'mapped',
      label: words('Notes'),
      purposes: [words('Notes')],
      fields: { author: field('technical'), text: field('free-text', { of: 'other' }) },
      mentions: ['text'],
      erase: { action: 'remove-fields' },
    },
    screening: { use: 'screening', label: words('Screening'), reason: words('Never touched (R-16)') },
  },
};
