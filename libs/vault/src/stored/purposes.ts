/** What stored personal data is kept for; each has its own key per owner, and so its own end (contracts.md, Keys). */
export const STORED_PURPOSES = [
  'identity',
  'evidence',
  'package',
  'undo',
  'deferral',
  'suppression',
  'parked',
  'manifest',
] as const;
export type StoredPurpose = (typeof STORED_PURPOSES)[number];
