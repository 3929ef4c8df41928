import { Module, type DynamicModule } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ApplicationStore } from './application.store.js';
import { ApplicationTimers } from './application.timers.js';
import { AcceptApplicationHandler } from './commands/accept-application.js';
import { AmendApplicationHandler } from './commands/amend-application.js';
import { DisposeApplicationsHandler } from './commands/dispose-applications.js';
import { NoteCaseNewsHandler } from './commands/note-case-news.js';
import { RecordFeeReceiptHandler } from './commands/record-fee-receipt.js';
import { RecordIdentityCheckHandler } from './commands/record-identity-check.js';
import { RecordProxyCheckHandler } from './commands/record-proxy-check.js';
import { RejectApplicationHandler } from './commands/reject-application.js';
import { SubmitApplicationHandler } from './commands/submit-application.js';
import { WithdrawApplicationHandler } from './commands/withdraw-application.js';
import { Forms } from './form.js';
import { ApplicationsController } from './http/applications.controller.js';
import { StatusController } from './http/status.controller.js';
import { CaseEvents } from './messages/case.events.js';
import { FindOwnApplicationHandler } from './queries/find-own-application.js';
import { GetApplicationHandler } from './queries/get-application.js';
import { GetFormHandler } from './queries/get-form.js';
import { ListApplicationsHandler } from './queries/list-applications.js';
import { POLICY, policyOf, type IntakeConfiguration } from './settings.js';
import { WrongSecretStore } from './wrong-secret.store.js';

@Module({})
export class IntakeModule {
  static configured(configuration: IntakeConfiguration): DynamicModule {
    return {
      module: IntakeModule,
      imports: [CqrsModule],
      controllers: [ApplicationsController, StatusController, CaseEvents],
      providers: [
        { provide: POLICY, useValue: policyOf(configuration) },
        ApplicationStore,
        ApplicationTimers,
        Forms,
        WrongSecretStore,
        AcceptApplicationHandler,
        AmendApplicationHandler,
        DisposeApplicationsHandler,
        NoteCaseNewsHandler,
        RecordFeeReceiptHandler,
        RecordIdentityCheckHandler,
        RecordProxyCheckHandler,
        RejectApplicationHandler,
        SubmitApplicationHandler,
        WithdrawApplicationHandler,
        FindOwnApplicationHandler,
        GetApplicationHandler,
        GetFormHandler,
        ListApplicationsHandler,
      ],
    };
  }
}
