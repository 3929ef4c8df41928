import { format, inspect } from 'node:util';
import { BSON } from 'mongodb';
import { encodeJson } from './encoding.js';
import { Personal } from './masked.js';

const CANARY = '金糸雀 花子';

describe('Personal', () => {
  const personal = new Personal({ name: CANARY });

  it.each([
    ['a template', () => `${personal as unknown as string}`],
    ['String()', () => String(personal)],
    ['concatenation', () => 'x' + (personal as unknown as string)],
    ['JSON', () => JSON.stringify({ deep: [{ personal }] })],
    ['util.inspect with everything shown', () => inspect({ personal }, { depth: 9, showHidden: true })],
    ['util.format, as console.log uses it', () => format('%s %o %j', personal, personal, personal)],
    ['an error message', () => new Error(`no ${String(personal)}`).message],
    ['its own keys', () => JSON.stringify(Object.entries(personal))],
  ])('prints as a mask in %s', (_where, print) => {
    expect(print()).not.toContain(CANARY);
  });

  it('gives its value only to reveal()', () => {
    expect(personal.reveal()).toEqual({ name: CANARY });
    expect(personal.map(({ name }) => name).reveal()).toBe(CANARY);
  });

  it('refuses to be stored, masked or in clear', () => {
    expect(() => BSON.serialize({ personal })).toThrow('seal what it reveals');
  });

  it('refuses to be sealed as its mask in place of the data', () => {
    expect(() => encodeJson({ subject: { personal } })).toThrow('must be revealed');
    expect(encodeJson({ subject: personal.reveal() }).toString()).toContain(CANARY);
  });
});
