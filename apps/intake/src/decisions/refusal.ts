import type { Bilingual } from '@kenri/contracts';

/** Why a command cannot be carried out: a fault of what was sent (`field`), or the application's present state. */
export class Refusal extends Error {
  constructor(
    readonly wording: Bilingual,
    /** JSON Pointer into the command's body, where it is a fault of the input. */
    readonly field?: string,
  ) {
    super(wording.en);
    this.name = 'Refusal';
  }
}

/** Someone changed the application since the caller read it. */
export class ChangedMeanwhile extends Error {
  constructor(readonly revision: number) {
    super('the application was changed meanwhile');
    this.name = 'ChangedMeanwhile';
  }
}

/** There is no such application. */
export class UnknownApplication extends Error {
  constructor() {
    super('there is no such application');
    this.name = 'UnknownApplication';
  }
}
