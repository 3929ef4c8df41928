import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApplicationStore } from '../application.store.js';
import type { Application, IdentityCheck } from '../decisions/application.js';
import { recordIdentityCheck } from '../decisions/checks.js';
import type { Proof } from '../decisions/proofs.js';

export class RecordIdentityCheck extends Command<Application> {
  constructor(
    readonly id: string,
    readonly check: Omit<IdentityCheck, 'by' | 'at'> & { proof: Proof },
    readonly by: string,
    readonly revision?: number,
  ) {
    super();
  }
}

@CommandHandler(RecordIdentityCheck)
export class RecordIdentityCheckHandler implements ICommandHandler<RecordIdentityCheck> {
  constructor(private readonly applications: ApplicationStore) {}

  execute({ id, check, by, revision }: RecordIdentityCheck): Promise<Application> {
    return this.applications.change(id, (application, { now }) =>
      recordIdentityCheck(application, check, by, now, revision),
    );
  }
}
