import { inspect } from 'node:util';

const MASK = '[personal]';
let masked = 0;

/** How often a mask was written into JSON; tells the vault that it is about to seal a mask in place of the data. */
export const maskedCount = (): number => masked;

/**
 * Personal data that prints as `[personal]` wherever it is written without intent: templates, JSON, logs, the inspector
 * (quality.md, Security). `reveal()` is the one way to the value, and easy to search for in a review.
 */
export class Personal<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  reveal(): T {
    return this.#value;
  }

  map<U>(change: (value: T) => U): Personal<U> {
    return new Personal(change(this.#value));
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    masked += 1;
    return MASK;
  }

  [Symbol.toPrimitive](): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }

  get [Symbol.toStringTag](): string {
    return 'Personal';
  }

  /** Masks would silently replace the data in the database; clear values do not belong there either. */
  toBSON(): never {
    throw new TypeError('A Personal value cannot be stored: seal what it reveals.');
  }
}
