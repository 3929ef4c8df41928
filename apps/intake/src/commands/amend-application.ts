import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { isDeepStrictEqual } from 'node:util';
import { ApplicationStore } from '../application.store.js';
import type { Application, Form } from '../decisions/application.js';
import type { Policy } from '../decisions/policy.js';
import { amend, stillReceived, type Amendment } from '../decisions/submission.js';
import { Forms } from '../form.js';
import { POLICY } from '../settings.js';

export class AmendApplication extends Command<Application> {
  constructor(
    readonly id: string,
    /** What the caller saw; undefined: whatever it is now. */
    readonly revision: number | undefined,
    readonly amendment: Amendment,
    /** Parts of the form that are replaced. */
    readonly form: Partial<Form>,
    readonly by: string,
  ) {
    super();
  }
}

@CommandHandler(AmendApplication)
export class AmendApplicationHandler implements ICommandHandler<AmendApplication> {
  constructor(
    private readonly applications: ApplicationStore,
    private readonly forms: Forms,
    @Inject(POLICY) private readonly policy: Policy,
  ) {}

  async execute({ id, revision, amendment, form, by }: AmendApplication): Promise<Application> {
    const before = stillReceived(await this.applications.read(id), revision);
    const whole = { ...amendment, ...(Object.keys(form).length > 0 && (await this.reseal(before, form))) };
    return this.applications.change(id, (application, { now }) =>
      amend(application, before.revision, whole, by, this.policy, now),
    );
  }

  private async reseal(before: Readonly<Application>, changed: Partial<Form>) {
    const held = await this.forms.open(before);
    if (!held) throw new Error(`application ${before._id} has no form`);
    const form: Form = { ...held, ...changed };
    const personChanged =
      !isDeepStrictEqual(held.identity, form.identity) || !isDeepStrictEqual(held.proxy, form.proxy);
    return { sealed: await this.forms.seal(before._id, form), personChanged };
  }
}
