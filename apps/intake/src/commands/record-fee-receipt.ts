import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApplicationStore } from '../application.store.js';
import type { Application } from '../decisions/application.js';
import { recordFee } from '../decisions/checks.js';
import type { Policy } from '../decisions/policy.js';
import { POLICY } from '../settings.js';

export class RecordFeeReceipt extends Command<Application> {
  constructor(
    readonly id: string,
    readonly receipt: { amount: number; paidOn: string },
    readonly by: string,
    readonly revision?: number,
  ) {
    super();
  }
}

@CommandHandler(RecordFeeReceipt)
export class RecordFeeReceiptHandler implements ICommandHandler<RecordFeeReceipt> {
  constructor(
    private readonly applications: ApplicationStore,
    @Inject(POLICY) private readonly policy: Policy,
  ) {}

  execute({ id, receipt, by, revision }: RecordFeeReceipt): Promise<Application> {
    return this.applications.change(id, (application, { now }) =>
      recordFee(application, receipt, by, this.policy, now, revision),
    );
  }
}
