import { dayOf } from '../decisions/days.js';

export const today = (): string => dayOf(new Date());

/** A person who exists nowhere, whose data a search would find anywhere. */
export const CANARY = {
  fullName: '金糸雀 囀子',
  fullKana: 'カナリア サエズリコ',
  birthDate: '1981-02-03',
  emails: ['canary.saezuriko@example.jp'],
  phones: ['090-7654-3210'],
  address: '東京都千代田区鳥籠町9-9',
  formerNames: [{ fullName: '雲雀 囀子' }],
  earlierAddresses: ['京都市左京区巣箱町1'],
  customerNumbers: [{ system: 'auto', number: 'CANARY-0001' }],
};

export const disclosure = (identity: object = CANARY) => ({
  kinds: ['disclosure'],
  channel: 'post',
  enclosed: ['identity-proof', 'fee-receipt'],
  identity,
});

export const erasure = (identity: object = CANARY) => ({
  kinds: ['erasure'],
  channel: 'post',
  enclosed: ['identity-proof'],
  identity,
});

export const identityCheck = () => ({
  person: 'data-subject',
  proof: 'driving-licence',
  shows: ['name', 'address'],
  checkedOn: today(),
  expiresOn: '2031-01-01',
  result: 'confirmed',
});
