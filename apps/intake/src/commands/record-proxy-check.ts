import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApplicationStore } from '../application.store.js';
import type { Application, ProxyCheck } from '../decisions/application.js';
import { recordProxyCheck, type ProxyEvidence } from '../decisions/checks.js';
import type { Policy } from '../decisions/policy.js';
import { POLICY } from '../settings.js';

export class RecordProxyCheck extends Command<Application> {
  constructor(
    readonly id: string,
    readonly check: Omit<ProxyCheck, 'by' | 'at'> & { evidence: ProxyEvidence },
    readonly by: string,
    readonly revision?: number,
  ) {
    super();
  }
}

@CommandHandler(RecordProxyCheck)
export class RecordProxyCheckHandler implements ICommandHandler<RecordProxyCheck> {
  constructor(
    private readonly applications: ApplicationStore,
    @Inject(POLICY) private readonly policy: Policy,
  ) {}

  execute({ id, check, by, revision }: RecordProxyCheck): Promise<Application> {
    return this.applications.change(id, (application, { now }) =>
      recordProxyCheck(application, check, by, this.policy, now, revision),
    );
  }
}
