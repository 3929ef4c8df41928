import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApplicationStore } from '../application.store.js';
import type { Application } from '../decisions/application.js';
import { withdraw } from '../decisions/ending.js';
import type { Policy } from '../decisions/policy.js';
import { POLICY } from '../settings.js';

export class WithdrawApplication extends Command<Application> {
  constructor(
    readonly id: string,
    readonly by: { role: 'applicant' | 'clerk'; account: string },
    readonly revision?: number,
  ) {
    super();
  }
}

@CommandHandler(WithdrawApplication)
export class WithdrawApplicationHandler implements ICommandHandler<WithdrawApplication> {
  constructor(
    private readonly applications: ApplicationStore,
    @Inject(POLICY) private readonly policy: Policy,
  ) {}

  execute({ id, by, revision }: WithdrawApplication): Promise<Application> {
    return this.applications.change(id, (application, { now }) =>
      withdraw(application, by, this.policy, now, revision),
    );
  }
}
