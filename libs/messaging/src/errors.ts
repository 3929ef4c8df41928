/** A code as it may stand in logs, spans, parked messages: never text that a person wrote. */
const CODE = /^[a-z0-9][a-z0-9-]{0,63}$/;

/**
 * Thrown by a handler (or by the envelope) for a message that can never be handled: it is parked at once.
 * `detail` is shown to operators, so it must hold no personal data: codes, pointers, counts.
 */
export class Unprocessable extends Error {
  override readonly name = 'Unprocessable';
  constructor(
    readonly code: string,
    readonly detail = '',
  ) {
    if (!CODE.test(code)) throw new TypeError('Unprocessable: the code must be lower-case words joined by hyphens');
    super(`message cannot be processed: ${code}${detail ? ` (${detail})` : ''}`);
  }
}

/**
 * Thrown for something this process needs and cannot reach just now (a store, a key service): the partition is paused and
 * tried again later; nothing is parked and nothing is committed.
 */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
  constructor(
    readonly what: string,
    options?: { cause?: unknown },
  ) {
    super(`${what} cannot be reached`, options);
  }
}

/** A handler did not end within bounds: nothing of its consumer would ever be handled again. */
export class HandlerHung extends Error {
  override readonly name = 'HandlerHung';
  /** @param code topic and partition */
  constructor(readonly code: string) {
    super(`a handler of ${code} did not end`);
  }
}

/** Writers kept overtaking each other on these documents beyond the bounded number of attempts. Safe to try again. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError';
  constructor(
    readonly ids: readonly string[],
    readonly attempts: number,
  ) {
    super(`${ids.length} document(s) were changed by others in each of ${attempts} attempts; try again`);
  }
}

/** Another document already has the value of a unique index (not `_id`). */
export class UniqueIndexViolation extends Error {
  override readonly name = 'UniqueIndexViolation';
  constructor(
    readonly id: string,
    readonly index: string,
  ) {
    super(`a document violates the unique index ${index}`);
  }
}

/** A programming error: what a change wants to write or send breaks the rules of the outbox. Nothing was written. */
export class RefusedWrite extends Error {
  override readonly name: string = 'RefusedWrite';
}

/** A state grew beyond what its store takes (`maxBytes`). */
export class TooLarge extends RefusedWrite {
  override readonly name = 'TooLarge';
}
