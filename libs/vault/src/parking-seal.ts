import type { Clock } from './clock.js';
import { SealRefused } from './vault-error.js';
import type { StoredData } from './stored/stored-data.js';

/** What messaging keeps of a message it parked, sealed at rest. */
export interface ParkingSeal {
  seal(bytes: Uint8Array): Promise<Uint8Array>;
  open(sealed: Uint8Array): Promise<Uint8Array>;
}

/** Owner of the key of what is parked on this day (UTC): destroying it forgets that day's parked messages. */
export const parkingDay = (date: Date): string => date.toISOString().slice(0, 10);

/**
 * Seals parked messages under purpose 'parked', one key per day, so that a parked message of an unknown case can be forgotten
 * too. The day stands in front of the sealed bytes.
 */
export function parkingSeal(stored: StoredData, clock: Clock): ParkingSeal {
  return {
    async seal(bytes) {
      const day = parkingDay(clock.now());
      return Buffer.concat([Buffer.from(day, 'ascii'), await stored.seal('parked', day, bytes)]);
    },
    async open(sealed) {
      const day = Buffer.from(sealed.subarray(0, 10)).toString('latin1');
      if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) throw new SealRefused('malformed', 'A parked message begins with its day.');
      return stored.open<Uint8Array>('parked', day, sealed.subarray(10));
    },
  };
}
