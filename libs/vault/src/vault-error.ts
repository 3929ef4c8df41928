/**
 * What the vault refuses, as a code. Messages name ids, key ids and settings, never content: they may be logged.
 * - `malformed`: not in the form the vault writes
 * - `not-a-recipient`: sealed, but not for the name it was opened as
 * - `moved`: sealed for another id, type or system than it was found under
 * - `tampered`: altered since it was sealed (or sealed under another key than the one named)
 * - `key-unknown`: the key it names is not, or no longer, in the key directory
 */
export type RefusalCode = 'malformed' | 'not-a-recipient' | 'moved' | 'tampered' | 'key-unknown';

export class VaultError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Something sealed could not be opened. Trying again does not help: park it. */
export class SealRefused extends VaultError {
  constructor(
    readonly code: RefusalCode,
    message: string,
  ) {
    super(message);
  }
}

/** A signature does not hold. Never act on what it came with. */
export class SignatureRefused extends VaultError {
  constructor(
    readonly code: RefusalCode,
    message: string,
  ) {
    super(message);
  }
}

/** An artifact is missing, cut short, reordered, altered, or not the one its reference names. */
export class ArtifactRefused extends VaultError {
  constructor(
    readonly code: RefusalCode | 'missing' | 'truncated' | 'wrong-size' | 'wrong-digest',
    readonly artifact: string,
    message: string,
  ) {
    super(message);
  }
}

/** The data key was destroyed on purpose. It never exists again; what it sealed is gone. */
export class KeyDestroyed extends VaultError {
  constructor(
    readonly purpose: string,
    readonly owner: string,
  ) {
    super(`The key of ${owner} for ${purpose} was destroyed: nothing can be sealed or opened under it any more.`);
  }
}

/** Nothing was ever sealed under this purpose and owner in this service. */
export class KeyMissing extends VaultError {
  constructor(
    readonly purpose: string,
    readonly owner: string,
  ) {
    super(
      `There is no key of ${owner} for ${purpose}: nothing was sealed under it here, or the key database was lost.`,
    );
  }
}

/** A recipient has not published its public key (in time). Transient: it may appear when that service first starts. */
export class PublicKeyMissing extends VaultError {
  constructor(
    readonly recipient: string,
    message: string,
  ) {
    super(message);
  }
}

/** A key file or setting cannot be used as it is; the message says how to mend it. */
export class KeyFileRefused extends VaultError {}
