/** A type as it looks after it went through JSON. */
export type OnTheWire<T> = T extends Date
  ? string
  : T extends readonly (infer E)[]
    ? OnTheWire<E>[]
    : T extends object
      ? { [K in keyof T]: OnTheWire<T[K]> }
      : T;
