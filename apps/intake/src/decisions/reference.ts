import { dayOf } from './days.js';

/** Digits and letters that are not taken for each other when read aloud or written by hand: no 0 O 1 I L U V. */
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTWXYZ';
export const REFERENCE = new RegExp(`^K-\\d{4}-[${ALPHABET}]{6}$`);

const draw = (length: number, random: (below: number) => number) =>
  Array.from({ length }, () => ALPHABET[random(ALPHABET.length)]).join('');

/** What an applicant is called by, such as `K-2026-7F3K9Q`. `random` gives a whole number from 0 below its argument. */
export const newReference = (now: Date, random: (below: number) => number): string =>
  `K-${dayOf(now).slice(0, 4)}-${draw(6, random)}`;

/** 24 characters, 116 bits: what the applicant shows to follow the case. In groups of four, for copying by hand. */
export const newSecret = (random: (below: number) => number): string =>
  Array.from({ length: 6 }, () => draw(4, random)).join('-');

/** As a person types it: any case, blanks and hyphens. */
export const normaliseSecret = (typed: string): string => typed.toUpperCase().replaceAll(/[\s-]/g, '');
