import { randomInt } from 'node:crypto';
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { UniqueIndexViolation } from '@kenri/messaging';
import { hashSecret } from '../applicant-secret.js';
import { ApplicationStore } from '../application.store.js';
import type { Application, Form } from '../decisions/application.js';
import type { Policy } from '../decisions/policy.js';
import { newReference, newSecret } from '../decisions/reference.js';
import { submit, type Submission } from '../decisions/submission.js';
import { Forms } from '../form.js';
import { POLICY } from '../settings.js';

export interface Submitted {
  application: Application;
  /** To be shown once. */
  secret: string;
}

const REFERENCE_ATTEMPTS = 5;

export class SubmitApplication extends Command<Submitted> {
  constructor(
    readonly id: string,
    readonly submission: Submission,
    readonly form: Form,
    /** Staff account, or `applicant`. */
    readonly by: string,
  ) {
    super();
  }
}

@CommandHandler(SubmitApplication)
export class SubmitApplicationHandler implements ICommandHandler<SubmitApplication> {
  constructor(
    private readonly applications: ApplicationStore,
    private readonly forms: Forms,
    @Inject(POLICY) private readonly policy: Policy,
  ) {}

  async execute({ id, submission, form, by }: SubmitApplication): Promise<Submitted> {
    const secret = newSecret(randomInt);
    const [hash, sealed] = await Promise.all([hashSecret(secret), this.forms.seal(id, form)]);
    for (let attempt = 1; ; attempt += 1) {
      try {
        const application = await this.applications.change(id, (existing, { now }) => {
          const identifiers = { id, reference: newReference(now, randomInt), secret: hash };
          return submit(existing, identifiers, submission, sealed, by, this.policy, now);
        });
        return { application, secret };
      } catch (error) {
        // Another application drew the same reference: draw again.
        if (!(error instanceof UniqueIndexViolation) || attempt === REFERENCE_ATTEMPTS) throw error;
      }
    }
  }
}
