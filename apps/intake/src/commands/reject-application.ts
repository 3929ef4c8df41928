import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApplicationStore } from '../application.store.js';
import type { Application } from '../decisions/application.js';
import { reject, type RejectionGround } from '../decisions/ending.js';
import type { Policy } from '../decisions/policy.js';
import { Refusal } from '../decisions/refusal.js';
import { POLICY } from '../settings.js';

export class RejectApplication extends Command<Application> {
  constructor(
    readonly id: string,
    readonly rejection: { ground: RejectionGround; duplicateOf?: string },
    readonly by: string,
    readonly revision?: number,
  ) {
    super();
  }
}

@CommandHandler(RejectApplication)
export class RejectApplicationHandler implements ICommandHandler<RejectApplication> {
  constructor(
    private readonly applications: ApplicationStore,
    @Inject(POLICY) private readonly policy: Policy,
  ) {}

  async execute({ id, rejection, by, revision }: RejectApplication): Promise<Application> {
    const { duplicateOf } = rejection;
    if (duplicateOf !== undefined && !(await this.applications.read(duplicateOf))) {
      throw new Refusal({ ja: 'その申請はありません。', en: 'names no application' }, '/duplicateOf');
    }
    return this.applications.change(id, (application, { now }) =>
      reject(application, rejection, by, this.policy, now, revision),
    );
  }
}
